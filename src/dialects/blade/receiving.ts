// Owns what a receive of Blade takes: what is there, or a number of bytes. It must not know the state of the socket.

import { conn, constants, TimeoutError } from '../../sync/index.js';
import type { Socket } from '../../contract/socket.js';
import { textOfBytes } from '../byte-string.js';

/** What `receive_from` got, and from whom. */
export interface ReceivedFrom {
  readonly data: string;
  readonly host: string;
  readonly port: number;
}

/** The most that one receive can be asked for: what the kernel transfers at once. */
export const MOST = 0x7ffff000;

const NOTHING = Buffer.alloc(0);
const { MSG_DONTWAIT = 0, MSG_OOB = 0, MSG_PEEK = 0, MSG_WAITALL = 0 } = constants;

/**
 * Takes `length` bytes, or what is there where it is negative. Null is the end; nothing comes back where nothing is there and there is
 * no waiting for it. A message is received alone, and what does not fit is lost.
 */
export function take(socket: Socket<'sync'>, length: number, flags: number, blocking: boolean): Buffer | null {
  if (length === 0) return NOTHING;
  const waits = blocking && !(flags & MSG_DONTWAIT);
  const o = waits ? { flags } : { flags, timeout: 0 };
  try {
    if (length < 0) return available(socket, o);
    // On a stream this waits for all of it, or for the limit, which returns what came.
    const all = waits && !(flags & MSG_OOB) ? MSG_WAITALL : 0;
    return socket.recv(length, { ...o, flags: flags | all });
  } catch (error) {
    if (!waits && error instanceof TimeoutError) return NOTHING;
    throw error;
  }
}

/** Takes one message and its sender. Null is the end of a stream, and nothing where there is no waiting for it. */
export function takeFrom(
  socket: Socket<'sync'>,
  length: number,
  flags: number,
  blocking: boolean,
): ReceivedFrom | null {
  try {
    const datagram = socket.recvFrom(length, blocking ? { flags } : { flags, timeout: 0 });
    if (datagram === null) return null;
    const { address, path = address, port = 0 } = datagram.from;
    return { data: textOfBytes(datagram.data), host: path, port };
  } catch (error) {
    if (!blocking && error instanceof TimeoutError) return null;
    throw error;
  }
}

/** Takes everything up to the end of a stream, or one message. What came before a failure is returned. */
export function takeAll(socket: Socket<'sync'>, blocking: boolean): Buffer | null {
  if (!blocking || socket.kind !== 'stream') return take(socket, -1, 0, blocking);
  const pieces: Buffer[] = [];
  try {
    for (const piece of conn(socket)) pieces.push(piece);
  } catch (error) {
    if (pieces.length === 0) throw error;
  }
  return Buffer.concat(pieces);
}

function available(socket: Socket<'sync'>, o: { flags: number; timeout?: number }): Buffer | null {
  if (socket.kind === 'stream') {
    const there = queued(socket);
    if (there === 0) return socket.recv(undefined, o);
    const memory = Buffer.allocUnsafe(there);
    const n = socket.recvInto(memory, o);
    return n === 0 ? null : memory.subarray(0, n);
  }
  // Waits for a message, learns how long it is, and takes it whole.
  if (socket.recv(1, { ...o, flags: o.flags | MSG_PEEK }) === null) return null;
  return socket.recv(Math.max(queued(socket), 1), o);
}

function queued(socket: Socket<'sync'>): number {
  try {
    return socket.queued().in;
  } catch {
    // Not every family counts.
    return 0;
  }
}
