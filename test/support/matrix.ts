// Owns the matrix of the conformance suite: one body, run on every transport and in both colours, against a peer that is
// Python. A body awaits everything, which does no harm to plain values. It must not know what is tested.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { connect as netConnect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as promises from 'berkeley';
import { fromDuplex } from 'berkeley/streams';
import * as blocking from 'berkeley/sync';
import { exactly } from './faults.js';
import { pki } from './pki.js';
import { PeerProcess, type Peer, type PeerOptions, type Step, type Where } from './peer.js';

export type Mode = 'async' | 'sync';
export type AnyConn = promises.Conn<Mode>;
export type AnyNet = promises.Net<Mode>;
export type AnyListener = promises.Listener<Mode>;
/**
 * `tls`: TLS 1.3 over TCP, our end is the client. `tls-unix`: TLS 1.2 over a Unix socket, our end is the server. `duplex`: a net.Socket over TCP, as
 * fromDuplex makes a connection of it.
 */
export type Transport = 'tcp4' | 'tcp6' | 'unix' | 'abstract' | 'pair' | 'tls' | 'tls-unix' | 'duplex';
export type Failure = promises.SocketError;

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
export const transports: readonly Transport[] = [
  'tcp4',
  ...(hasIpv6 ? ['tcp6' as const] : []),
  'unix',
  'abstract',
  'pair',
  'tls',
  'tls-unix',
  'duplex',
];
/** Those whose descriptor is the one that the peer's bytes come through. */
export const direct: readonly Transport[] = transports.filter((one) => one !== 'duplex');
/** What a transport stands on. */
const below = {
  tcp4: 'tcp4',
  tcp6: 'tcp6',
  unix: 'unix',
  abstract: 'abstract',
  pair: 'pair',
  tls: 'tcp4',
  'tls-unix': 'unix',
  duplex: 'tcp4',
} as const;
export const colours: readonly Mode[] = ['async', 'sync'];
export const tcp: readonly Transport[] = transports.filter((one) => one.startsWith('tcp'));

/** On these our end is the one that accepts; on the others it connects. */
const accepting: readonly Transport[] = ['tcp6', 'abstract', 'tls-unix'];

export interface Choice {
  transports?: readonly Transport[];
  colours?: readonly Mode[];
  /** The body counts on what the kernel takes and has at a moment: see `exactly`. */
  exact?: boolean;
}

/** What a body works with. */
export class Bench {
  readonly #opened: { conn: AnyConn; peer: Peer }[] = [];
  readonly transport: Transport;
  readonly colour: Mode;
  readonly net: AnyNet;
  readonly isTcp: boolean;
  readonly family: 'ipv4' | 'ipv6' | 'unix';

  constructor(transport: Transport, colour: Mode) {
    this.transport = transport;
    this.colour = colour;
    this.net = netOf(colour);
    this.isTcp = transport.startsWith('tcp');
    this.family = below[transport] === 'tcp4' ? 'ipv4' : below[transport] === 'tcp6' ? 'ipv6' : 'unix';
  }

  /** A connection whose other end runs the script. */
  async open(steps: readonly Step[], options: PeerOptions = {}): Promise<{ conn: AnyConn; peer: Peer }> {
    const both =
      this.transport === 'pair'
        ? await this.#handedOver(steps, options)
        : accepting.includes(this.transport)
          ? await this.#accepted(steps, options)
          : await this.#connected(steps, options);
    this.#opened.push(both);
    return both;
  }

  async end(): Promise<void> {
    for (const { conn, peer } of this.#opened) {
      conn.abort();
      await peer.stop();
    }
  }

  async #handedOver(steps: readonly Step[], options: PeerOptions): Promise<{ conn: AnyConn; peer: Peer }> {
    const { process, conn, fd } = await takePair();
    const peer = await process.start({ how: 'fd', fd }, steps, options);
    return { conn: this.net.share(conn), peer };
  }

  async #connected(steps: readonly Step[], options: PeerOptions): Promise<{ conn: AnyConn; peer: Peer }> {
    const { process } = current();
    const where = this.#where('listen');
    const secure = this.transport === 'tls';
    const { server, root } = secure ? pki() : { server: null, root: null };
    if (this.transport === 'duplex') {
      const peer = await process.start(where, steps, options);
      return {
        conn: fromDuplex(netConnect({ port: await peer.ready(), host: '127.0.0.1', allowHalfOpen: true })),
        peer,
      };
    }
    const tls = server && { server: true, version: 'TLSv1_3' as const, cert: server.certFile, key: server.keyFile };
    const peer = await process.start(where, steps, tls ? { ...options, tls } : options);
    const conn = await this.net.connect(targetOf(where, await peer.ready()), {
      tls: root ? { ca: root.cert } : false,
    });
    return { conn, peer };
  }

  async #accepted(steps: readonly Step[], options: PeerOptions): Promise<{ conn: AnyConn; peer: Peer }> {
    const { process } = current();
    const where = this.#where('connect');
    const { server, root } = this.transport === 'tls-unix' ? pki() : { server: null, root: null };
    const tls = root && { server: false, version: 'TLSv1_2' as const, ca: root.certFile };
    const listener = await this.net.listen(
      targetOf(where, 0),
      server ? { tls: { cert: server.cert, key: server.key } } : {},
    );
    try {
      where.port = listener.address.port ?? 0;
      const peer = await process.start(where, steps, tls ? { ...options, tls } : options);
      const conn = await listener.accept();
      if (server) await conn.handshake();
      return { conn, peer };
    } finally {
      listener.close();
    }
  }

  #where(how: 'listen' | 'connect'): Exclude<Where, { how: 'fd' }> {
    const kind = below[this.transport];
    if (kind.startsWith('tcp')) return { how, kind };
    const name = `${++names}.sock`;
    return { how, kind, path: kind === 'unix' ? join(folder(), name) : `berkeley-${process.pid}-${name}` };
  }
}

/** Registers the body once for every transport and colour. */
export function onEvery(title: string, body: (it: Bench) => Promise<void>, choice: Choice = {}): void {
  for (const transport of choice.transports ?? transports) {
    for (const colour of choice.colours ?? colours) {
      // The event loop carries its bytes, which a blocking call would stop, and between it and the peer there are two more queues.
      if (transport === 'duplex' && (colour === 'sync' || choice.exact === true)) continue;
      void test(`${title} [${transport}, ${colour}]`, async () => {
        const bench = new Bench(transport, colour);
        try {
          await (choice.exact === true ? exactly(() => body(bench)) : body(bench));
        } finally {
          await bench.end();
        }
      });
    }
  }
}

/** Runs a call that must fail, and returns its error. */
export async function failure(call: () => unknown, code: string): Promise<Failure> {
  let value: unknown;
  try {
    value = await call();
  } catch (error) {
    assert.ok(error instanceof promises.SocketError, String(error));
    assert.equal(error.code, code, error.message);
    return error;
  }
  assert.fail(`it should have failed with ${code}, and returned ${String(value)}`);
}

/** Whether nothing has ended the connection yet. */
export function isOpen(conn: AnyConn): boolean {
  return conn.closeInfo === null;
}

/** The net of a colour, in the type of both. */
export function netOf(colour: Mode): AnyNet {
  return colour === 'async' ? promises : blocking;
}

function targetOf(where: Exclude<Where, { how: 'fd' }>, port: number): string {
  if (where.kind === 'tcp4') return `127.0.0.1:${port}`;
  if (where.kind === 'tcp6') return `[::1]:${port}`;
  return where.kind === 'abstract' ? `unix:@${where.path!}` : `unix:${where.path!}`;
}

const processes: PeerProcess[] = [];
let names = 0;
let temporary: string | null = null;
const before = socketsOpen();

function current(): { process: PeerProcess } {
  if (processes.length === 0) processes.push(new PeerProcess());
  return { process: processes.at(-1)! };
}

async function takePair(): Promise<{ process: PeerProcess; conn: promises.AsyncConn; fd: number }> {
  let { process } = current();
  if (process.pairs.length === 0) {
    await process.end();
    processes.pop();
    ({ process } = current());
  }
  return { process, ...process.pairs.shift()! };
}

function folder(): string {
  return (temporary ??= mkdtempSync(join(tmpdir(), 'berkeley-')));
}

function socketsOpen(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const link = readlinkSync(`/proc/self/fd/${fd}`);
      return link.startsWith('socket:') ? [link] : [];
    } catch {
      return [];
    }
  });
}

after(async () => {
  for (const process of processes) await process.end();
  if (temporary !== null) rmSync(temporary, { recursive: true });
  // What the library opened is closed, and so are the pipes of the peers.
  assert.deepEqual(
    socketsOpen().filter((link) => !before.includes(link)),
    [],
  );
});
