// Owns the Python process that is the other end of the connections of a test file. A peer gets its script beforehand and
// runs it in a thread of that process, so it works while the test blocks its own. It must not know what is tested.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as promises from 'berkeley';

export type PeerBytes = { text: string } | { hex: string } | { pattern: number };

/** One step of a peer. Each prints a line with its facts when it is done. */
export type Step =
  | [op: 'send' | 'dribble', bytes: PeerBytes]
  | [op: 'recv' | 'line', bytes: number]
  | [op: 'recvall', how?: { chunk?: number; delay?: number }]
  | [op: 'shutdown', how: 'rd' | 'wr' | 'rdwr']
  | [op: 'flood' | 'echo' | 'close' | 'reset' | 'acked' | 'wait']
  | [op: 'pause', ms: number]
  | [op: 'mark', name: string]
  | [op: 'try', ...step: unknown[]];

export type Where =
  { how: 'listen' | 'connect'; kind: string; port?: number; path?: string } | { how: 'fd'; fd: number };

export interface PeerOptions {
  rcvbuf?: number;
  sndbuf?: number;
  /** TLS from the start: files of PEM. */
  tls?: { server: boolean; version: 'TLSv1_2' | 'TLSv1_3'; cert?: string; key?: string; ca?: string };
}

/** What a step of a peer reported. */
export interface Facts {
  length: number;
  sha256: string;
  /** The first 4,096 bytes, in hex. */
  head: string;
  /** How receiving ended. */
  end: 'limit' | 'eof' | 'reset';
  errno?: number;
}

interface Line extends Partial<Omit<Facts, 'end'>> {
  job: number;
  ready?: boolean;
  port?: number;
  mark?: string;
  step?: number;
  op?: string;
  end?: string;
  error?: string;
}

/** Pairs whose other ends one Python process inherits. */
const PAIRS = 12;
const script = fileURLToPath(new URL('../../../test/support/peer.py', import.meta.url));

/** The Python process. It inherits the ends of some pairs when it is started, for there is no other way to hand them over. */
export class PeerProcess {
  readonly pairs: { conn: promises.AsyncConn; fd: number }[] = [];
  readonly #child: ChildProcess;
  readonly #peers = new Map<number, Peer>();
  #jobs = 0;

  constructor() {
    const fds: number[] = [];
    for (let i = 0; i < PAIRS; i++) {
      const [conn, other] = promises.pair();
      this.pairs.push({ conn, fd: 3 + i });
      fds.push(other.socket.detach());
    }
    const child = spawn('python3', ['-I', '-S', script], { stdio: ['pipe', 'pipe', 'inherit', ...fds] });
    for (const fd of fds) closeSync(fd);
    this.#child = child;
    createInterface({ input: child.stdout as Readable }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      this.#peers.get(line.job)!.heard(line);
    });
    child.on('close', (code) => {
      for (const peer of this.#peers.values())
        peer.heard({ job: 0, end: 'failed', error: `python ended with ${code}` });
    });
  }

  async start(where: Where, steps: readonly Step[], options: PeerOptions = {}): Promise<Peer> {
    const job = ++this.#jobs;
    const peer = new Peer(this.#child.stdin!, job);
    this.#peers.set(job, peer);
    this.#child.stdin!.write(JSON.stringify({ job, where, options, script: steps }) + '\n');
    await peer.ready();
    return peer;
  }

  async end(): Promise<void> {
    for (const { conn } of this.pairs) conn.abort();
    const closed = once(this.#child, 'close');
    this.#child.stdin!.end();
    await closed;
  }
}

/** The other end of one connection. */
export class Peer {
  readonly #orders: Writable;
  readonly #job: number;
  readonly #lines: Line[] = [];
  #changed: (() => void)[] = [];

  constructor(orders: Writable, job: number) {
    this.#orders = orders;
    this.#job = job;
  }

  heard(line: Line): void {
    this.#lines.push(line);
    const changed = this.#changed;
    this.#changed = [];
    for (const tell of changed) tell();
  }

  /** Ends a "wait" of the script. */
  go(): void {
    this.#orders.write(`{"go":${this.#job}}\n`);
  }

  /** The port it listens on, if it listens. */
  async ready(): Promise<number> {
    return (await this.#find((line) => line.ready === true)).port ?? 0;
  }

  /** When the script has come to this mark. */
  async mark(name: string): Promise<void> {
    await this.#find((line) => line.mark === name);
  }

  /** What a step reported: of those with this name, the first unless told. */
  async done(op: Step[0], which = 0): Promise<Facts> {
    let left = which;
    return (await this.#find(
      (line) => line.op === op && left-- === 0,
      () => (left = which),
    )) as Facts;
  }

  /** When the whole script is done. */
  async finished(): Promise<void> {
    const line = await this.#find((line) => line.end !== undefined && line.step === undefined);
    assert.equal(line.end, 'done', line.error);
  }

  /** Ends the script wherever it is. */
  async stop(): Promise<void> {
    this.#orders.write(`{"stop":${this.#job}}\n`);
    await this.#find((line) => line.end !== undefined && line.step === undefined);
  }

  async #find(wanted: (line: Line) => boolean, again: () => void = () => undefined): Promise<Line> {
    for (;;) {
      again();
      const line = this.#lines.find(wanted);
      if (line !== undefined) return line;
      const end = this.#lines.find((line) => line.end !== undefined && line.step === undefined);
      if (end !== undefined) throw new Error(`the peer ended (${end.end}) without it: ${end.error ?? ''}`);
      await new Promise<void>((tell) => this.#changed.push(tell));
    }
  }
}
