// Owns the fast paths of the blocking colour: a read or a write of a connection that need not wait has no operation made for
// it. What must wait gets its operation then, whose first step was this one. Anything unusual goes the long way, which is how
// an argument or a connection that will not do is told.
//
// FAST PATHS (bench: blocking round trip).

import type { Data, Op } from '../contract/mode.js';
import { PIECE, ReadInto, ReadPiece } from '../core/reading.js';
import { judge } from '../core/receive.js';
import { slabMemory, slabRoom, slabTake, slabUsed } from '../core/slab.js';
import type { Stream } from '../core/stream.js';
import { isWant } from '../core/want.js';
import { writeAtOnce, writeRest } from '../core/writing.js';
import { deliver, undelivered } from '../event/outbox.js';
import { blocking, goOn, receiveOrWait } from '../wait/blocking.js';
import { admit } from '../wait/limit.js';

/** Undefined says that the long way must be gone, and that nothing was done; likewise below. */
export function readIntoAtOnce(stream: Stream, buffer: Uint8Array, o: Op | undefined): number | undefined {
  if (!(buffer instanceof Uint8Array) || buffer.length === 0 || !mayReceive(stream)) return undefined;
  admit(o, 'read');
  let n: number;
  try {
    n = mayWait(stream, o) ? receive(stream, buffer, 0, buffer.length) : stream.receiveInto(buffer, 0, buffer.length);
  } catch (error) {
    throw told(error);
  }
  if (isWant(n)) return goOn(new ReadInto(stream, buffer), n, o);
  if (undelivered) deliver();
  return n;
}

export function readAtOnce(stream: Stream, o: Op | undefined): Buffer | null | undefined {
  if (!mayReceive(stream)) return undefined;
  admit(o, 'read');
  let piece: ReturnType<Stream['receivePiece']>;
  try {
    piece = mayWait(stream, o) ? receivePiece(stream) : stream.receivePiece(PIECE);
  } catch (error) {
    throw told(error);
  }
  if (isWant(piece)) return goOn(new ReadPiece(stream, PIECE), piece, o);
  if (undelivered) deliver();
  return piece;
}

export function writeNow(stream: Stream, data: Data | Data[], o: Op | undefined): number | undefined {
  const { registration } = stream.handle;
  if (!(data instanceof Uint8Array) || registration.fd < 0) return undefined;
  admit(o, 'write');
  // Nobody reads the edges while the thread is blocked.
  registration.writable = true;
  let n: number;
  try {
    n = writeAtOnce(stream, data);
  } catch (error) {
    throw told(error);
  }
  if (n === 0) return undefined;
  if (n < data.length || !stream.flushed) return blocking.run(writeRest, stream, data, n, o);
  if (undelivered) deliver();
  return n;
}

/** Nothing is buffered, and nobody waits in front of us. */
function mayReceive(stream: Stream): boolean {
  const { handle } = stream;
  const { registration } = handle;
  if (stream.buffered > 0 || handle.closing || registration.fd < 0 || handle.firstRead !== null) return false;
  registration.readable = true;
  return true;
}

/** There is no limit, the bytes come as they are, and nobody has to hear of anything first. */
function mayWait({ handle, layer }: Stream, o: Op | undefined): boolean {
  const unlimited = o === undefined && handle.receiveLimit === Infinity;
  return unlimited && layer === null && handle.registration.lowWater <= 1 && !undelivered;
}

function receive(stream: Stream, memory: Uint8Array, offset: number, length: number): number {
  const { registration } = stream.handle;
  const received = receiveOrWait(registration.fd, memory, offset, length);
  let n: number;
  try {
    n = stream.count(received === length ? received : judge(registration, received, 0, null));
  } catch (error) {
    throw stream.blame(error, 0);
  }
  if (n > 0) stream.tellRead(n, null);
  return n;
}

function receivePiece(stream: Stream): ReturnType<Stream['receivePiece']> {
  const length = slabRoom(PIECE);
  const n = receive(stream, slabMemory(), slabUsed(), length);
  if (isWant(n)) return n;
  return n === 0 ? null : slabTake(n);
}

function told(error: unknown): unknown {
  if (undelivered) deliver();
  return error;
}
