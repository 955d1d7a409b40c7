// Owns SO_RCVTIMEO and SO_SNDTIMEO: a struct timeval for the kernel, and the same limit for our own waits, because on a
// non-blocking descriptor the kernel's never fires.

import { systemError } from '../../error/system.js';
import { SO_RCVLOWAT, SO_RCVTIMEO, SO_SNDTIMEO, SOCK_STREAM, SOL_SOCKET } from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Handle } from '../handle.js';

const words = new BigInt64Array(2);
const bytes = new Uint8Array(words.buffer);
const mark = new Int32Array(1);
const markBytes = new Uint8Array(mark.buffer);

/** Milliseconds, or null for no limit. */
export function getLimit(handle: Handle, option: number): number | null {
  const result = native.getsockopt(handle.fd, SOL_SOCKET, option, bytes);
  if (result < 0) throw systemError(result, 'getsockopt', 'option');
  const ms = Number(words[0]) * 1000 + Number(words[1]) / 1000;
  return ms === 0 ? null : ms;
}

/** Milliseconds, rounded up to a microsecond; null for no limit. The bytes are good until the next call. */
export function encodeLimit(ms: number | null): Uint8Array {
  const us = BigInt(Math.ceil((ms ?? 0) * 1000));
  words[0] = us / 1_000_000n;
  words[1] = us % 1_000_000n;
  return bytes;
}

export function setLimit(handle: Handle, option: number, ms: number | null): void {
  const result = native.setsockopt(handle.fd, SOL_SOCKET, option, encodeLimit(ms), bytes.length);
  if (result < 0) throw systemError(result, 'setsockopt', 'option');
  readTimeouts(handle);
}

/** Learns the mark below which a receive of a stream waits. Datagrams know no such thing. */
export function readLowWater(handle: Handle): void {
  if (handle.kind !== SOCK_STREAM || native.getsockopt(handle.fd, SOL_SOCKET, SO_RCVLOWAT, markBytes) < 0) return;
  handle.registration.lowWater = mark[0]!;
  // There was no edge for what came below the mark.
  handle.registration.readable = true;
}

/** Learns the limits from the kernel: after setting one in whatever way, and for a descriptor from elsewhere. */
export function readTimeouts(handle: Handle): void {
  handle.receiveLimit = getLimit(handle, SO_RCVTIMEO) ?? Infinity;
  handle.sendLimit = getLimit(handle, SO_SNDTIMEO) ?? Infinity;
}
