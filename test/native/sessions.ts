// Owns TLS sessions that are driven by hand: two ends over a socket pair, in one thread, step by step. It must not know
// what is tested.

import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { Binding } from '../../src/native/binding.js';
import type * as LoadTls from '../../src/native/load-tls.js';
import type * as Load from '../../src/native/load.js';
import type * as Functions from '../../src/native/tls-binding.js';
import { pki, type Issued } from '../support/pki.js';

export type Ask = Functions.Ask;
export type ContextSettings = Functions.ContextSettings;
export type SessionSettings = Functions.SessionSettings;
export type TlsContext = Functions.TlsContext;
export type TlsSession = Functions.TlsSession;
export type TlsStore = Functions.TlsStore;

const load = (file: string): Promise<unknown> =>
  import(new URL(`../../../compiled/native/${file}.js`, import.meta.url).href);
export const native: Binding = ((await load('load')) as typeof Load).native;
export const tls = ((await load('load-tls')) as typeof LoadTls).loadTls();
export const { tlsResult, tlsStatus } = (await load('tls-binding')) as typeof Functions;

export const status = new Int32Array(5);
tls.setStatus(status);

export const TLS12 = 0x0303;
export const TLS13 = 0x0304;
export const versions = [
  ['TLSv1.2', TLS12],
  ['TLSv1.3', TLS13],
] as const;

const { AF_UNIX, SOCK_STREAM, POLLIN } = native.constants as Record<string, number>;

export function der(certificates: string): Buffer[] {
  const blocks = certificates.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => Buffer.from(new X509Certificate(block).raw));
}

export function keyDer(one: Issued): Buffer {
  return createPrivateKey(one.key).export({ type: 'pkcs8', format: 'der' });
}

/** What a certificate gives a context. */
export function identity(one: Issued): Pick<ContextSettings, 'chain' | 'key'> {
  return { chain: der(one.cert), key: keyDer(one) };
}

export function trust(...authorities: Issued[]): TlsStore {
  return tls.storeNew(
    authorities.flatMap((one) => der(one.leaf)),
    [],
  );
}

const plain: Omit<ContextSettings, 'server'> = {
  minVersion: TLS12,
  maxVersion: TLS13,
  ciphers: null,
  suites: null,
  groups: null,
  sigalgs: null,
  securityLevel: 1,
  chain: [],
  key: null,
  store: null,
  verifyMode: 0,
  clientCas: [],
  alpn: null,
  sessionIdContext: Buffer.from('test'),
  staple: null,
  asksName: false,
};

/** A server's context, with the certificate for localhost unless told. */
export function serverContext(o: Partial<ContextSettings> = {}): TlsContext {
  return tls.contextNew({ ...plain, ...identity(pki().server), ...o, server: true });
}

/** A client's, which trusts the root of the tests unless told. */
export function clientContext(o: Partial<ContextSettings> = {}): TlsContext {
  return tls.contextNew({ ...plain, store: trust(pki().root), ...o, server: false });
}

const session: SessionSettings = {
  server: false,
  sni: null,
  checkHost: null,
  checkIp: null,
  enforce: true,
  asksVerdict: false,
  alpn: null,
  session: null,
  ocsp: 0,
  keylog: false,
};

/** One end. */
export class End {
  readonly fd: number;
  readonly session: TlsSession;
  #open = true;

  constructor(context: TlsContext, fd: number, settings: Partial<SessionSettings>) {
    this.fd = fd;
    this.session = tls.sessionNew(context, fd, { ...session, ...settings });
  }

  shake(ask: Ask | null = null): number {
    const answer = tls.handshake(this.session, ask);
    if (answer === 0) tls.flush(this.session);
    return answer;
  }

  write(bytes: Uint8Array | string): number {
    const buffer = Buffer.from(bytes);
    return tls.write(this.session, buffer, 0, buffer.length);
  }

  /** What one call reads, or its number when that is not above 0. */
  read(length = 65536, receive = true): Buffer | number {
    const buffer = Buffer.alloc(length);
    const count = tls.read(this.session, buffer, 0, length, receive);
    return count > 0 ? buffer.subarray(0, count) : count;
  }

  text(length?: number): string {
    return String(this.read(length));
  }

  /** What is in the descriptor itself. */
  raw(length = 65536): Buffer {
    const buffer = Buffer.alloc(length);
    const count = native.recv(this.fd, buffer, 0, length, 0);
    return buffer.subarray(0, Math.max(0, count));
  }

  send(bytes: Uint8Array | string): void {
    const buffer = Buffer.from(bytes);
    assert.equal(native.send(this.fd, buffer, 0, buffer.length, 0), buffer.length);
  }

  /** Waits for the descriptor: the peer is another process. */
  readable(): void {
    assert.notEqual(native.poll(this.fd, POLLIN!, 10_000), 0, 'nothing came in ten seconds');
  }

  get facts(): Functions.SessionFacts {
    return tls.facts(this.session);
  }

  get failure(): Functions.SessionFailure {
    return tls.failure(this.session);
  }

  /** Closes the descriptor; the session goes on. */
  hangUp(): void {
    if (this.#open) native.close(this.fd);
    this.#open = false;
  }

  close(): void {
    tls.sessionFree(this.session);
    this.hangUp();
  }
}

/** Two connected descriptors. */
export function descriptors(): [number, number] {
  const out = new Int32Array(2);
  assert.equal(native.socketpair(AF_UNIX!, SOCK_STREAM!, 0, out), 0);
  return [out[0]!, out[1]!];
}

export interface PairOptions {
  client?: TlsContext;
  server?: TlsContext;
  clientSession?: Partial<SessionSettings>;
  serverSession?: Partial<SessionSettings>;
  /** Of both, when no context is given. */
  version?: number;
}

/** A client and a server that have not begun. */
export function pair(t: TestContext, o: PairOptions = {}): [client: End, server: End] {
  const [one, other] = descriptors();
  const only = o.version === undefined ? {} : { minVersion: o.version, maxVersion: o.version };
  const client = new End(o.client ?? clientContext(only), one, { checkHost: 'localhost', ...o.clientSession });
  const server = new End(o.server ?? serverContext(only), other, { server: true, ...o.serverSession });
  t.after(() => client.close());
  t.after(() => server.close());
  return [client, server];
}

const wants = (answer: number): boolean => answer === tlsResult.wantRead || answer === tlsResult.wantWrite;

/** Lets both step in turn until neither wants to go on, or goes on in vain. */
export function shake(
  client: End,
  server: End,
  clientAsk: Ask | null = null,
  serverAsk: Ask | null = null,
): [client: number, server: number] {
  let one: number = tlsResult.wantRead;
  let other: number = tlsResult.wantRead;
  for (let turn = 0; turn < 20 && (wants(one) || wants(other)); turn++) {
    if (wants(one)) one = client.shake(clientAsk);
    if (wants(other)) other = server.shake(serverAsk);
  }
  return [one, other];
}

/** A client and a server behind their handshake. */
export function connected(t: TestContext, o: PairOptions = {}): [client: End, server: End] {
  const ends = pair(t, o);
  assert.deepEqual(shake(...ends), [0, 0]);
  return ends;
}

/** An `ask` that answers one question and fails on the other. */
export function asked(question: 'name', answer: (name: string | null) => TlsContext | null | false): Ask;
export function asked(question: 'verdict', answer: (code: number, depth: number) => boolean): Ask;
export function asked(question: string, answer: (...words: never[]) => unknown): Ask {
  return ((what: string, ...words: never[]) => {
    assert.equal(what, question);
    return answer(...words);
  }) as Ask;
}
