// Owns the way from what callers pass as data to bytes.

import type { Data } from '../contract/mode.js';
import { hidden, invalidType } from '../error/invalid.js';
import { encodeText, type Encoding } from './text.js';

/** The bytes of one piece of data. No copy is made of memory that is bytes already. */
export function toBytes(argument: string, data: Data, encoding: Encoding): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (typeof data === 'string') return encodeText(argument, data, encoding);
  if (data instanceof DataView) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  // Not instanceof alone: memory may come from another realm, and may be shared between threads.
  if (data instanceof ArrayBuffer || isAnyArrayBuffer(data)) return new Uint8Array(data);
  throw invalidType(argument, 'a string, Uint8Array, ArrayBuffer or DataView', hidden(data));
}

/** The bytes of one piece or of an array of pieces; empty pieces are left out. */
export function toPieces(argument: string, data: Data | readonly Data[], encoding: Encoding): Uint8Array[] {
  if (!Array.isArray(data)) {
    const bytes = toBytes(argument, data as Data, encoding);
    return bytes.length === 0 ? [] : [bytes];
  }
  const pieces: Uint8Array[] = [];
  for (let i = 0; i < data.length; i++) {
    const bytes = toBytes(`${argument}[${i}]`, (data as readonly Data[])[i]!, encoding);
    if (bytes.length > 0) pieces.push(bytes);
  }
  return pieces;
}

function isAnyArrayBuffer(value: unknown): value is ArrayBuffer {
  const tag = Object.prototype.toString.call(value);
  return tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]';
}
