// Owns struct linger: two C ints, on or off and whole seconds.

import { systemError } from '../../error/system.js';
import { SO_LINGER, SOL_SOCKET } from '../../native/constants.js';
import { native } from '../../native/load.js';

/** A handle, or what is left of one. */
interface Descriptor {
  readonly fd: number;
}

const ints = new Int32Array(2);
const bytes = new Uint8Array(ints.buffer);

/** Milliseconds, or null when off. */
export function getLinger(socket: Descriptor): number | null {
  const result = native.getsockopt(socket.fd, SOL_SOCKET, SO_LINGER, bytes);
  if (result < 0) throw systemError(result, 'getsockopt', 'option');
  return ints[0] === 0 ? null : ints[1]! * 1000;
}

/** Milliseconds, rounded up to whole seconds, or null for off. The bytes are good until the next call. */
export function encodeLinger(ms: number | null): Uint8Array {
  ints[0] = ms === null ? 0 : 1;
  ints[1] = Math.min(Math.ceil((ms ?? 0) / 1000), 0x7fffffff);
  return bytes;
}

export function setLinger(socket: Descriptor, ms: number | null): void {
  const result = native.setsockopt(socket.fd, SOL_SOCKET, SO_LINGER, encodeLinger(ms), bytes.length);
  if (result < 0) throw systemError(result, 'setsockopt', 'option');
}

/** For those who close: what cannot be asked or set must not keep the descriptor open. */
export function lingerAtEnd(socket: Descriptor): number | null {
  try {
    return getLinger(socket);
  } catch {
    return null;
  }
}

/** Likewise. */
export function setLingerAtEnd(socket: Descriptor, ms: number | null): void {
  try {
    setLinger(socket, ms);
  } catch {
    // The descriptor is closed all the same.
  }
}
