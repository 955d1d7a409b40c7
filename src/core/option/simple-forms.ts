// Owns the forms of plain values: C ints, texts and bytes.

import { invalidType, invalidValue, wholeNumber } from '../../error/invalid.js';
import { ERANGE } from '../../native/constants.js';
import { native } from '../../native/load.js';
import { refusal } from '../../error/make.js';
import { systemError } from '../../error/system.js';
import type { Handle } from '../handle.js';
import { getBytes, getInt } from './access.js';
import type { Form } from './form.js';

/** A C int that is 0 or not. */
export const flag: Form<boolean> = {
  get: (handle, level, name) => getInt(handle, level, name) !== 0,
  encode(label, value) {
    if (typeof value !== 'boolean') throw invalidType(label, 'a boolean', value);
    return value ? 1 : 0;
  },
};

export const int: Form<number> = {
  get: getInt,
  encode: (label, value) => wholeNumber(label, value, -0x80000000, 0x7fffffff),
};

/** An unsigned C int: marks, sequence numbers. */
export const uint: Form<number> = {
  get: (handle, level, name) => getInt(handle, level, name) >>> 0,
  encode: (label, value) => wholeNumber(label, value, 0, 0xffffffff) | 0,
};

/** An interface by its index, which the kernel wants in network byte order. */
export const index: Form<number> = {
  get: (handle, level, name) => swapped(getInt(handle, level, name)),
  encode: (label, value) => swapped(wholeNumber(label, value, 0, 0x7fffffff)),
};

/** Does something once; there is no value. */
export const action: Form<null> = {
  get: () => null,
  encode(label, value) {
    if (value !== null) throw invalidType(label, 'null', value);
    return 0;
  },
};

export const u64: Form<bigint> = {
  get: (handle, level, name) => new BigUint64Array(exactly(handle, level, name, 8).buffer)[0]!,
  encode(label, value) {
    throw invalidType(label, 'nothing: it can only be read', value);
  },
};

/** Bytes a second; the kernel's ~0 is no limit. */
export const rate: Form<number | null> = {
  get(handle, level, name) {
    const value = u64.get(handle, level, name);
    return value === NO_RATE ? null : Number(value);
  },
  encode(label, value) {
    if (value !== null && typeof value !== 'number')
      throw invalidType(label, 'a number of bytes a second or null', value);
    const bytes = value === null ? NO_RATE : BigInt(wholeNumber(label, value, 0));
    return new Uint8Array(new BigUint64Array([bytes]).buffer);
  },
};

/** Text up to its NUL. */
export const text: Form<string> = {
  get(handle, level, name) {
    const bytes = getGrowing(handle, level, name, 256);
    const end = bytes.indexOf(0);
    return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
  },
  encode(label, value) {
    if (typeof value !== 'string') throw invalidType(label, 'a string', value);
    if (/[\0\u0100-\uffff]/.test(value)) throw invalidValue(label, 'must be text of bytes without a NUL', value);
    return Buffer.from(value, 'latin1');
  },
};

/** Anything, as it is. */
export const bytes: Form<Uint8Array> = {
  get: (handle, level, name) => getBytes(handle, level, name, 1024),
  encode(label, value) {
    if (!(value instanceof Uint8Array)) throw invalidType(label, 'a Uint8Array', value);
    return value;
  },
};

/** An option that the kernel gives in this length only. */
export function exactly(handle: Handle, level: number, name: number, length: number): Buffer {
  const bytes = getBytes(handle, level, name, length);
  if (bytes.length < length)
    throw refusal('ERR_UNSUPPORTED_OPTION', 'option', `this system gives ${bytes.length} bytes in place of ${length}`);
  return bytes;
}

/** An option whose length is the kernel's affair: it says ERANGE while the room is too small. */
export function getGrowing(handle: Handle, level: number, name: number, first: number): Buffer {
  handle.check('option');
  for (let length = first; ; length *= 4) {
    const bytes = Buffer.from(new ArrayBuffer(length));
    const result = native.getsockopt(handle.fd, level, name, bytes);
    if (result >= 0) return bytes.subarray(0, Math.min(result, length));
    if (result !== ERANGE || length > MOST) throw systemError(result, 'getsockopt', 'option');
  }
}

function swapped(value: number): number {
  word[0] = value;
  return view.getInt32(0, !LITTLE);
}

const MOST = 1 << 20;
const NO_RATE = 0xffffffffffffffffn;
const word = new Int32Array(1);
const view = new DataView(word.buffer);
/** The machine's own byte order. */
export const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
