// TLS as a property of a connection: what it is asked for and what it came to.

import type { KeyObject, X509Certificate } from 'node:crypto';
import type { Duration } from './mode.js';

/** PEM text or bytes, DER bytes, a file with either, or what node:crypto has parsed already. A file is read when it is needed, and again only after it has changed. */
export type Pem = string | Uint8Array | { file: string } | KeyObject | X509Certificate;

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** The same object may be used for any number of connections; what it names is parsed once. */
export interface TlsOptions {
  /** The name to send as SNI and to check the certificate against: the host that was connected to, unless told. `false` sends none and checks none. An IP address is checked and never sent. On a Unix socket there is no host: without a name, and with `verify` true, the call fails with `ERR_TLS_SERVER_NAME`. */
  serverName?: string | false;
  /**
   * Whether the peer's certificate must be valid: `true`, the default, for chain, purpose, dates, host name and pins.
   * `false` accepts any; `conn.tls.authorized` still says what was found. A function decides alone, in the middle of the
   * handshake: it gets the facts so far, and only `true` passes. On a server it needs `clientCert`.
   */
  verify?: boolean | ((info: TlsInfo) => boolean);
  /**
   * Who may sign the peer's certificate, in place of the usual roots. `{ store: 'default' }` is Node's own list and
   * NODE_EXTRA_CA_CERTS, `'bundled'` Node's list alone, `'system'` this machine's (SSL_CERT_FILE, SSL_CERT_DIR, else the
   * distribution's file). For a server: who may sign client certificates.
   */
  ca?: Pem | Pem[] | { store: 'default' | 'system' | 'bundled' };
  /** Our certificate; a PEM file may hold the whole chain, ours first, and it is sent whole. It may hold the key as well. */
  cert?: Pem;
  /** The private key of `cert`: PKCS#1, PKCS#8 or SEC1, encrypted or not. May be left out where `cert` is PEM and holds it. */
  key?: Pem;
  /** Certificate, key and chain in one: PKCS#12. */
  pfx?: Pem;
  /** Opens an encrypted `key` or `pfx`. Nobody is ever asked for it. */
  passphrase?: string;
  /** SHA-256 of public keys (SubjectPublicKeyInfo), in base64 or hexadecimal, `sha256/` in front allowed: the key of the peer's own certificate must be one of them, besides everything else, and with `verify: false` alone. On a server they need `clientCert`. */
  pins?: string[];
  /** Certificate revocation lists. With one, every certificate of the peer's chain below the root must be covered and not revoked. */
  crl?: Pem[];
  /** `'TLSv1.2'` unless told, `'TLSv1.3'` where `ciphers` names suites of TLS 1.3 only. */
  minVersion?: TlsVersion;
  /** `'TLSv1.3'` unless told. */
  maxVersion?: TlsVersion;
  /** OpenSSL's cipher list; names that begin with `TLS_` choose among the suites of TLS 1.3. Unless told: forward secrecy and authenticated encryption only, the same on every Node line. */
  ciphers?: string;
  /** Groups for the key exchange, `'X25519:P-256'`. */
  groups?: string;
  /** Signature algorithms, `'ECDSA+SHA256:RSA-PSS+SHA256'`. */
  sigalgs?: string;
  /** Application protocols, ours first. A client offers them; a server takes the first of its own that the client offers, and refuses a client that offers none of them. */
  alpn?: string[];
  /** Servers: whether a client shows a certificate. What it shows must be valid unless `verify` says otherwise. */
  clientCert?: 'none' | 'request' | 'require';
  /** Servers: other options for other names: `{ 'a.example': { cert, key }, '*.b.example': { … } }`, or a function, which gets the name in lower case in the middle of the handshake. What they leave out is as for the listener; `keylog` and `handshakeTimeout` always are. A name that is not there gets the listener's own certificate, and is refused where it has none. */
  sni?: Record<string, TlsOptions> | ((name: string) => TlsOptions | undefined);
  /** Clients: what `conn.tls.session` of an earlier connection to the same server was. One of another name, or of other rules of verification, is not used. */
  session?: Uint8Array;
  /** Where the secrets of this connection go, in the format of SSLKEYLOGFILE: a file to append to, or a function. Nothing is logged unless it is asked for here. */
  keylog?: string | ((line: string) => void);
  /** Clients: whether to ask for a stapled OCSP response; `'require'` fails without a good one. */
  ocsp?: 'off' | 'request' | 'require';
  /** Servers: the OCSP response to staple, DER. */
  staple?: Uint8Array;
  /** The end of the stream without close_notify is `null` instead of `ERR_TLS_TRUNCATED`. */
  allowTruncation?: boolean;
  /** How long a handshake may take, from its first step: 30 s unless told. */
  handshakeTimeout?: Duration;
}

/** What a handshake came to. `session` and `exportKey` are secrets; they show in no event, error or `inspect`. */
export interface TlsInfo {
  /** `'TLSv1.3'` */
  readonly version: string;
  /** The name in the RFCs: `'TLS_AES_128_GCM_SHA256'` */
  readonly cipher: string;
  /** The version that the cipher belongs to: `'TLSv1.3'`, `'TLSv1.2'`. */
  readonly cipherVersion: string;
  /** The group of the key exchange, `'X25519'`; `null` where there was none. */
  readonly group: string | null;
  /** The application protocol that was agreed on. */
  readonly alpn: string | null;
  /** SNI: what a client sent, in lower case; `null` also where that was no name. */
  readonly serverName: string | null;
  /** The session of an earlier connection was taken up. */
  readonly resumed: boolean;
  readonly peer: X509Certificate | null;
  /** What the peer sent, its own first. After a resumption only its own. */
  readonly chain: X509Certificate[];
  /** The peer's certificate is valid for the name. */
  readonly authorized: boolean;
  /** `'OK'`, or OpenSSL's name for what is wrong with it: `'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'`, `'HOSTNAME_MISMATCH'`, `'CERT_HAS_EXPIRED'` … `'NO_PEER_CERTIFICATE'` when there is none. */
  readonly verifyCode: string;
  /** Clients: what another connection may begin with, the newest there is. With TLS 1.3 it comes with the first read. */
  readonly session: Uint8Array | null;
  /** The stapled OCSP response, DER. */
  readonly ocsp: Uint8Array | null;
  /** Keying material for another protocol: RFC 5705, RFC 8446 §7.5. @throws SocketError once the connection is closed */
  exportKey(length: number, label: string, context?: Uint8Array): Buffer;
  /** What binds another authentication to this connection: RFC 9266, RFC 5929. @throws SocketError when the version has no such binding */
  channelBinding(type: 'tls-exporter' | 'tls-unique' | 'tls-server-end-point'): Buffer;
}
