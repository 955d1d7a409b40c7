// Owns getsockopt(2) and setsockopt(2): by token with a typed value, and raw.

import type { SocketOption } from '../../contract/option.js';
import { invalidType, outOfRange, wholeNumber } from '../../error/invalid.js';
import { refusal } from '../../error/make.js';
import { systemError } from '../../error/system.js';
import { SOL_SOCKET } from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Handle } from '../handle.js';
import { getLinger, setLinger } from './linger.js';
import { formOf } from './table.js';
import { getLimit, readTimeouts, setLimit } from './timeouts.js';

export function getOption(handle: Handle, option: SocketOption<unknown>): unknown {
  const { level, name } = checkToken(handle, option);
  switch (formOf(option)) {
    case 'flag':
      return getInt(handle, level, name) !== 0;
    case 'int':
      return getInt(handle, level, name);
    case 'linger':
      return getLinger(handle);
    case 'timeval':
      return getLimit(handle, name);
    case 'text': {
      const bytes = getBytes(handle, level, name, 256);
      const end = bytes.indexOf(0);
      return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
    }
  }
}

export function setOption(handle: Handle, option: SocketOption<unknown>, value: unknown): void {
  const { level, name, label } = checkToken(handle, option);
  switch (formOf(option)) {
    case 'flag':
      if (typeof value !== 'boolean') throw invalidType(label, 'a boolean', value);
      setInt(handle, level, name, value ? 1 : 0);
      return;
    case 'int':
      setInt(handle, level, name, wholeNumber(label, value, -0x80000000, 0x7fffffff));
      return;
    case 'linger':
      setLinger(handle, milliseconds(label, value));
      return;
    case 'timeval':
      setLimit(handle, name, milliseconds(label, value));
      return;
    case 'text': {
      if (typeof value !== 'string') throw invalidType(label, 'a string', value);
      setBytes(handle, level, name, Buffer.from(value, 'latin1'), value.length);
    }
  }
}

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
}

/** `value` null passes a NULL pointer. */
export function setBytes(handle: Handle, level: number, name: number, value: Uint8Array | null, length: number): void {
  handle.check('option');
  const result = native.setsockopt(handle.fd, level, name, value, length);
  if (result < 0) throw systemError(result, 'setsockopt', 'option');
  if (level === SOL_SOCKET) readTimeouts(handle);
}

/** Refuses what is no token, or one that this system lacks. */
function checkToken(handle: Handle, option: SocketOption<unknown>): SocketOption<unknown> {
  if (typeof option !== 'object' || option === null || typeof option.label !== 'string')
    throw invalidType('option', 'a token of `options`', option);
  if (option.level < 0 || option.name < 0)
    throw refusal('ERR_UNSUPPORTED_OPTION', 'option', `this system does not have ${option.label}`);
  handle.check('option');
  return option;
}

function milliseconds(label: string, value: unknown): number | null {
  if (value === null) return null;
  if (typeof value !== 'number') throw invalidType(label, 'a number of milliseconds or null', value);
  if (!(value >= 0) || value > 1e15) throw outOfRange(label, 'a number of milliseconds from 0', value);
  return value;
}
