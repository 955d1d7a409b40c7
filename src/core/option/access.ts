// Owns getsockopt(2) and setsockopt(2) by number. It must not know what any option means, but that the time limits and
// the low-water mark are ours to keep, too.

import { systemError } from '../../error/system.js';
import { SO_RCVLOWAT, SOL_SOCKET } from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Handle } from '../handle.js';
import { readLowWater, readTimeouts } from './timeouts.js';

export function getInt(handle: Handle, level: number, name: number): number {
  const bytes = getBytes(handle, level, name, 4);
  // Some options are a single byte in the kernel.
  return bytes.length >= 4 ? new Int32Array(bytes.buffer, bytes.byteOffset, 1)[0]! : (bytes[0] ?? 0);
}

export function getBytes(handle: Handle, level: number, name: number, length: number): Buffer {
  handle.check('option');
  const bytes = Buffer.from(new ArrayBuffer(length));
  const result = native.getsockopt(handle.fd, level, name, bytes);
  if (result < 0) throw systemError(result, 'getsockopt', 'option');
  return bytes.subarray(0, Math.min(result, length));
}

export function setInt(handle: Handle, level: number, name: number, value: number): void {
  handle.check('option');
  const result = native.setsockoptInt(handle.fd, level, name, value);
  if (result < 0) throw systemError(result, 'setsockopt', 'option');
  if (level === SOL_SOCKET && name === SO_RCVLOWAT) readLowWater(handle);
}

/** `value` null passes a NULL pointer. */
export function setBytes(handle: Handle, level: number, name: number, value: Uint8Array | null, length: number): void {
  handle.check('option');
  const result = native.setsockopt(handle.fd, level, name, value, length);
  if (result < 0) throw systemError(result, 'setsockopt', 'option');
  if (level !== SOL_SOCKET) return;
  readTimeouts(handle);
  readLowWater(handle);
}
