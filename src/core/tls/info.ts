// Owns TlsInfo: the facts of a handshake, read from OpenSSL when they are first asked for, and kept when the connection
// closes. Secrets are only ever handed to who asks for them by name.

import { createHash, X509Certificate } from 'node:crypto';
import type { TlsFacts } from '../../contract/event.js';
import type { TlsInfo } from '../../contract/tls.js';
import { invalidValue, wholeNumber } from '../../error/invalid.js';
import { closedError, refusal } from '../../error/make.js';
import { customInspect, show, type Shown } from '../../error/shown.js';
import type { SessionFacts, TlsSession } from '../../native/tls-binding.js';
import { tls } from './library.js';
import { nameThatCame } from './server-name.js';
import type { SessionPlan } from './session-plan.js';
import { verifyName } from './verify-code.js';

const NO_CERTIFICATE = 'NO_PEER_CERTIFICATE';

export class Info implements TlsInfo {
  readonly #session: TlsSession;
  readonly #plan: SessionPlan;
  #facts: SessionFacts | null = null;
  #der: readonly Buffer[] | null = null;
  #chain: X509Certificate[] | null = null;
  #closed = false;
  /** The newest session when the connection closed. */
  #kept: Buffer | null = null;
  /** When the certificates were looked at. */
  readonly #since = Date.now();

  constructor(session: TlsSession, plan: SessionPlan) {
    this.#session = session;
    this.#plan = plan;
  }

  get version(): string {
    return this.#known.version;
  }
  get cipher(): string {
    return this.#known.cipher;
  }
  get cipherVersion(): string {
    return this.#known.cipherVersion;
  }
  get group(): string | null {
    return this.#known.group;
  }
  get alpn(): string | null {
    return this.#known.alpn;
  }
  get serverName(): string | null {
    const { serverName } = this.#known;
    // As the options for names saw it: two spellings of one name must not be two hosts to the program.
    return this.#plan.server ? nameThatCame(serverName) : serverName;
  }
  get resumed(): boolean {
    return this.#known.resumed;
  }
  get ocsp(): Uint8Array | null {
    return this.#known.ocsp;
  }
  get chain(): X509Certificate[] {
    return (this.#chain ??= this.chainBytes.map((der) => new X509Certificate(der)));
  }
  get peer(): X509Certificate | null {
    return this.chain[0] ?? null;
  }
  get verifyCode(): string {
    return this.chainBytes.length === 0 ? NO_CERTIFICATE : verifyName(this.#known.verifyResult);
  }
  get authorized(): boolean {
    return this.verifyCode === 'OK';
  }
  get session(): Uint8Array | null {
    if (this.#plan.server) return null;
    const der = this.#closed ? this.#kept : tls().newestSession(this.#session);
    if (der === null) return null;
    const { authorized, resumed } = this;
    return this.#plan.wrapSession(der, { authorized, resumed, until: this.#validUntil });
  }

  /** The certificates as they came. */
  get chainBytes(): readonly Buffer[] {
    return (this.#der ??= tls().peerChain(this.#session));
  }

  exportKey(length: number, label: string, context?: Uint8Array): Buffer {
    wholeNumber('length', length, 1, 0xffff);
    const key = tls().exportKey(this.#open(), length, label, context ?? null);
    if (key === null) throw refusal('ERR_TLS_INVALID', 'config', 'this connection exports no key under that label');
    return key;
  }

  channelBinding(type: 'tls-exporter' | 'tls-unique' | 'tls-server-end-point'): Buffer {
    switch (type) {
      case 'tls-exporter':
        // RFC 9266 §2: a context of length 0.
        return this.exportKey(32, 'EXPORTER-Channel-Binding', new Uint8Array(0));
      case 'tls-unique':
        return this.#unique();
      case 'tls-server-end-point':
        return this.#endPoint();
      default:
        throw invalidValue('type', 'must be tls-exporter, tls-unique or tls-server-end-point', type);
    }
  }

  /** The handshake went on: what was asked for in its middle may have changed. */
  refresh(): void {
    this.#facts = null;
    this.#der = null;
    this.#chain = null;
  }

  /** The connection closes: keeps the facts, lets go of the rest. */
  keep(): void {
    if (this.#closed) return;
    // The addon keeps a server's, which are rarely asked for any more.
    if (!this.#plan.server) this.#facts = this.#known;
    this.#der = this.chainBytes;
    if (!this.#plan.server) this.#kept = tls().newestSession(this.#session);
    this.#closed = true;
  }

  [customInspect](...shown: Shown): string {
    const { version, cipher, group, alpn, serverName, resumed, verifyCode } = this;
    return show('TlsInfo', { version, cipher, group, alpn, serverName, resumed, verifyCode }, shown);
  }

  get #known(): SessionFacts {
    return (this.#facts ??= tls().facts(this.#session));
  }

  /** When the first of the certificates expires, or of what says that they are not revoked. What had expired already was sent in vain, or nobody minded. */
  get #validUntil(): number {
    const ends = [this.#known.freshUntil, ...this.chain.map(({ validTo }) => Date.parse(validTo))];
    return Math.min(...ends.filter((end) => end > this.#since));
  }

  #open(): TlsSession {
    if (this.#closed) throw closedError('tls');
    return this.#session;
  }

  /** RFC 5929 §3: the first Finished message: the client's, or after a resumption the server's. */
  #unique(): Buffer {
    if (this.version !== 'TLSv1.2')
      throw refusal('ERR_TLS_INVALID', 'config', `${this.version} has no tls-unique`, {
        hint: "TLS 1.3 has 'tls-exporter'.",
      });
    const clientFirst = !this.resumed;
    return tls().finished(this.#open(), clientFirst !== this.#plan.server);
  }

  /** RFC 5929 §4: the hash of the server's certificate, by the hash of its signature; SHA-256 where that is MD5 or SHA-1. */
  #endPoint(): Buffer {
    const certificate = this.#plan.server ? tls().ownCertificate(this.#open()) : (this.chainBytes[0] ?? null);
    if (certificate === null) throw refusal('ERR_TLS_INVALID', 'config', 'the server has no certificate');
    const hash = tls().signatureHash(certificate).toLowerCase();
    if (hash === '')
      throw refusal(
        'ERR_TLS_INVALID',
        'config',
        'the signature of the certificate has no hash, so tls-server-end-point is not defined',
      );
    return createHash(hash === 'md5' || hash === 'sha1' ? 'sha256' : hash)
      .update(certificate)
      .digest();
  }
}

/** What may be told to everybody. */
export function factsOf(info: Info): TlsFacts {
  const { version, cipher, cipherVersion, alpn, serverName, resumed, authorized, verifyCode } = info;
  return { version, cipher, cipherVersion, alpn, serverName, resumed, authorized, verifyCode };
}
