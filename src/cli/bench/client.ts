// Owns the clients of a load: each sends a message, waits until all of it has come back, compares it, and begins again. It must
// not know whom they talk to.

import { createConnection, type Socket } from 'node:net';
import type { AsyncConn, SyncConn } from '../../contract/conn.js';
import type { Duration } from '../../contract/mode.js';
import type { UdpSocket } from '../../contract/udp.js';
import type { Load } from './command.js';
import { Latencies } from './figures.js';

/** What came back is not what was sent. */
class NoEcho extends Error {
  readonly code = 'NO_ECHO';
}

/** When a load is over, and what it has come to. */
export class Run {
  readonly latencies = new Latencies();
  readonly #until: number;
  readonly #count: number;
  #begun = 0;

  constructor({ duration, count }: Load) {
    this.#until = performance.now() + duration;
    this.#count = count;
  }

  /** Whether one more message is to be sent. */
  next(): boolean {
    if (this.#begun >= this.#count || performance.now() >= this.#until) return false;
    this.#begun++;
    return true;
  }
}

/** No two neighbouring stretches alike, so that no place of a message is taken for another. */
export function message(size: number): Buffer {
  return Buffer.alloc(size, Buffer.from(Array.from({ length: 251 }, (_, i) => i)));
}

export async function talk(conn: AsyncConn, run: Run, sent: Buffer, timeout: Duration): Promise<void> {
  const limit = { timeout };
  while (run.next()) {
    const from = performance.now();
    // A large message comes back while it is still being sent.
    const [got] = await Promise.all([conn.readExact(sent.length, limit), conn.write(sent, limit)]);
    compare(sent, got);
    run.latencies.add(performance.now() - from);
  }
}

/** The same, blocking until all is over: in pieces that fit what the kernel keeps, since nobody reads while this side writes. */
export function blocking(conn: SyncConn, run: Run, sent: Buffer, timeout: Duration): Promise<void> {
  const limit = { timeout };
  while (run.next()) {
    const from = performance.now();
    for (let at = 0; at < sent.length; at += PIECE) {
      const piece = sent.subarray(at, at + PIECE);
      conn.write(piece, limit);
      compare(piece, conn.readExact(piece.length, limit));
    }
    run.latencies.add(performance.now() - from);
  }
  return Promise.resolve();
}

export async function talkDatagrams(
  socket: UdpSocket<'async'>,
  run: Run,
  sent: Buffer,
  timeout: Duration,
): Promise<void> {
  while (run.next()) {
    const from = performance.now();
    await socket.send(sent);
    const { data } = await socket.recv({ timeout });
    compare(sent, data);
    run.latencies.add(performance.now() - from);
  }
}

/** node:net, for comparison, as one writes it by hand. */
export function talkNode(port: number, run: Run, sent: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
    const got = Buffer.alloc(sent.length);
    let have = 0;
    let from = 0;
    const next = (): void => {
      if (!run.next()) {
        socket.end();
        resolve();
        return;
      }
      from = performance.now();
      have = 0;
      socket.write(sent);
    };
    socket.on('connect', next);
    socket.on('data', (piece) => {
      have += piece.copy(got, have);
      if (have < sent.length) return;
      if (!sent.equals(got)) reject(new NoEcho('what came back is not what was sent'));
      run.latencies.add(performance.now() - from);
      next();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new NoEcho('the server has ended the connection')));
  });
}

function compare(sent: Buffer, got: Buffer): void {
  if (!sent.equals(got)) throw new NoEcho('what came back is not what was sent: is it an echo server?');
}

const PIECE = 32_768;
