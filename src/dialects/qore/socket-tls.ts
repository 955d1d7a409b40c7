// Owns the part of a Socket that is TLS: connecting with it, beginning and ending it, certificates and keys.

import { countdown, limitOf, type SoftInt, type SoftString, type Timeout } from './argument.js';
import { SSLCertificate, SSLPrivateKey } from './certificate.js';
import { connectTo, connectToPath, connectToPort } from './connecting.js';
import * as C from './constants.js';
import { noVariant } from './exception.js';
import { sslFailure } from './failure.js';
import { secure } from './secure.js';
import { OpeningSocket } from './socket-opening.js';
import { reasonOf } from './x509.js';

export class TlsSocket extends OpeningSocket {
  /**
   * Connects as `connect` does and makes the handshake of TLS, within one limit. A handshake that fails closes the connection.
   * @throws QoreException `SOCKET-CONNECT-ERROR`, `SOCKET-SSL-ERROR`, `SOCKET-CLOSED` when the other end closes during the handshake
   */
  connectSSL(dest: string, timeout_ms: Timeout = -1): null {
    const ms = limitOf('connectSSL', timeout_ms);
    const left = countdown(ms);
    connectTo(this.link, 'connectSSL', dest, ms);
    this.#handshake('connectSSL', false, left());
    return null;
  }

  /** The same for a host and a port or service. @throws as connectSSL */
  connectINETSSL(
    host: string,
    service: SoftString,
    timeout_ms: Timeout = -1,
    family: SoftInt = C.AF_UNSPEC,
    socktype: SoftInt = C.SOCK_STREAM,
  ): null {
    const ms = limitOf('connectINETSSL', timeout_ms);
    const left = countdown(ms);
    connectToPort(this.link, 'connectINETSSL', host, service, ms, family, socktype);
    this.#handshake('connectINETSSL', false, left());
    return null;
  }

  /** The same for a UNIX domain socket. @throws as connectSSL */
  connectUNIXSSL(file: string, socktype: SoftInt = C.SOCK_STREAM, protocol: SoftInt = 0): null {
    connectToPath(this.link, 'connectUNIXSSL', file, socktype, protocol);
    this.#handshake('connectUNIXSSL', false, null);
    return null;
  }

  /** Begins TLS on an open connection, as the client; nothing when it is on. @throws QoreException `SOCKET-NOT-OPEN`, as connectSSL */
  upgradeClientToSSL(timeout_ms: Timeout = -1): null {
    const ms = limitOf('upgradeClientToSSL', timeout_ms);
    this.link.open('upgradeClientToSSL');
    if (!this.isSecure()) this.#handshake('upgradeClientToSSL', false, ms);
    return null;
  }

  /** Begins TLS on an open connection, as the server; nothing when it is on. @throws QoreException `SOCKET-NOT-OPEN`, as connectSSL */
  upgradeServerToSSL(timeout_ms: Timeout = -1): null {
    const ms = limitOf('upgradeServerToSSL', timeout_ms);
    this.link.open('upgradeServerToSSL');
    if (!this.isSecure()) this.#handshake('upgradeServerToSSL', true, ms);
    return null;
  }

  /**
   * Says that nothing more comes from here: close_notify. Reading goes on to the other end's. Nothing without TLS.
   * @throws QoreException `SOCKET-SSL-ERROR`
   */
  shutdownSSL(): null {
    if (!this.isSecure()) return null;
    try {
      this.link.connected('shutdownSSL').closeWrite();
    } catch (error) {
      throw sslFailure('shutdownSSL', error);
    }
    return null;
  }

  /** The cipher, by its name in the RFCs; `null` without TLS. */
  getSSLCipherName(): string | null {
    return this.isSecure() ? (this.link.conn?.tls?.cipher ?? null) : null;
  }

  /** The version of TLS that the cipher belongs to; `null` without TLS. */
  getSSLCipherVersion(): string | null {
    return this.isSecure() ? (this.link.conn?.tls?.cipherVersion ?? null) : null;
  }

  /** The certificate for the next handshake: an object, PEM text or DER bytes. @throws QoreException `SSLCERTIFICATE-CONSTRUCTOR-ERROR` */
  setCertificate(certificate: SSLCertificate | string | Uint8Array): null {
    if (
      typeof certificate !== 'string' &&
      !(certificate instanceof Uint8Array) &&
      !(certificate instanceof SSLCertificate)
    )
      throw noVariant('Socket::setCertificate', certificate);
    this.link.certificate = certificate instanceof SSLCertificate ? certificate : new SSLCertificate(certificate);
    return null;
  }

  /** The private key of the certificate: an object, PEM text with its password, or DER bytes. @throws QoreException `SSLPRIVATEKEY-CONSTRUCTOR-ERROR` */
  setPrivateKey(key: SSLPrivateKey | Uint8Array): null;
  setPrivateKey(key_pem: string, pass?: string | null): null;
  setPrivateKey(key: SSLPrivateKey | string | Uint8Array, pass?: string | null): null {
    if (typeof key !== 'string' && !(key instanceof Uint8Array) && !(key instanceof SSLPrivateKey))
      throw noVariant('Socket::setPrivateKey', key, null);
    this.link.privateKey = key instanceof SSLPrivateKey ? key : new SSLPrivateKey(key, pass);
    return null;
  }

  /**
   * What the certificate of the other end is worth: a key of X509_VerificationReasons. `null` without TLS, without a certificate, and for what
   * has no key: a certificate of another host.
   */
  verifyPeerCertificate(): string | null {
    const info = this.isSecure() ? (this.link.conn?.tls ?? null) : null;
    return info === null || info.peer === null ? null : reasonOf(info.verifyCode);
  }

  #handshake(method: string, server: boolean, ms: number | null): void {
    secure(this.link, method, { server, told: this.link, identity: this.link }, ms);
  }
}
