// Owns numbers of a fixed size: what each type is in bytes, and which values it takes.

import type { NumType } from '../contract/codec.js';
import { invalidType, invalidValue, outOfRange } from '../error/invalid.js';

/** One type of number. */
export interface NumForm {
  readonly size: 1 | 2 | 4 | 8;
  /** The number in the bytes at `at`, all of which are there. */
  read(bytes: Buffer, at: number): number | bigint;
  write(bytes: Buffer, value: number | bigint): void;
  /** Throws unless the type has the value. */
  check(value: unknown): void;
}

/** The form of a type by its name. */
export function formOf(type: unknown): NumForm {
  if (typeof type === 'string' && Object.hasOwn(numbers, type)) return numbers[type as NumType];
  if (typeof type !== 'string') throw invalidType('type', 'the name of a type of number', type);
  throw invalidValue('type', `must be one of ${Object.keys(numbers).join(', ')}`, type);
}

/** The greatest length that a number of the type can say; null for types that are no integers. */
export function lengthLimit(type: NumType): number | null {
  if (type.startsWith('f')) return null;
  const bits = Number(/\d+/.exec(type)![0]);
  return 2 ** (type.startsWith('i') ? bits - 1 : bits) - 1;
}

/** The bytes of a value. */
export function numberBytes(type: unknown, value: unknown): Buffer {
  const form = formOf(type);
  form.check(value);
  const bytes = Buffer.allocUnsafe(form.size);
  form.write(bytes, value as number | bigint);
  return bytes;
}

function small(size: 1 | 2 | 4, min: number, max: number, of: Pick<NumForm, 'read' | 'write'>): NumForm {
  return {
    size,
    ...of,
    check(value) {
      if (typeof value !== 'number' || Number.isNaN(value) || (Number.isFinite(value) && !Number.isInteger(value)))
        throw invalidType('value', 'a whole number', value);
      if (value < min || value > max) throw outOfRange('value', `from ${min} to ${max}`, value);
    },
  };
}

function large(min: bigint, max: bigint, of: Pick<NumForm, 'read' | 'write'>): NumForm {
  return {
    size: 8,
    ...of,
    check(value) {
      if (typeof value !== 'bigint') throw invalidType('value', 'a bigint', value);
      if (value < min || value > max) throw outOfRange('value', `from ${min} to ${max}`, value);
    },
  };
}

function float(size: 4 | 8, of: Pick<NumForm, 'read' | 'write'>): NumForm {
  return {
    size,
    ...of,
    check(value) {
      if (typeof value !== 'number') throw invalidType('value', 'a number', value);
      // IEEE 754 would make infinity of it.
      if (size === 4 && Number.isFinite(value) && !Number.isFinite(Math.fround(value)))
        throw outOfRange('value', 'a number that 32 bits can hold', value);
    },
  };
}

const I64 = 2n ** 63n;
const U64 = 2n ** 64n;

/** Every form by its name. An object and not a Map, because it is looked at for every number. */
export const numbers: Readonly<Record<NumType, NumForm>> = {
  i8: small(1, -0x80, 0x7f, { read: (b, at) => b.readInt8(at), write: (b, v) => void b.writeInt8(v as number) }),
  u8: small(1, 0, 0xff, { read: (b, at) => b[at]!, write: (b, v) => void b.writeUInt8(v as number) }),
  i16: small(2, -0x8000, 0x7fff, {
    read: (b, at) => b.readInt16BE(at),
    write: (b, v) => void b.writeInt16BE(v as number),
  }),
  i16le: small(2, -0x8000, 0x7fff, {
    read: (b, at) => b.readInt16LE(at),
    write: (b, v) => void b.writeInt16LE(v as number),
  }),
  u16: small(2, 0, 0xffff, { read: (b, at) => b.readUInt16BE(at), write: (b, v) => void b.writeUInt16BE(v as number) }),
  u16le: small(2, 0, 0xffff, {
    read: (b, at) => b.readUInt16LE(at),
    write: (b, v) => void b.writeUInt16LE(v as number),
  }),
  i32: small(4, -0x80000000, 0x7fffffff, {
    read: (b, at) => b.readInt32BE(at),
    write: (b, v) => void b.writeInt32BE(v as number),
  }),
  i32le: small(4, -0x80000000, 0x7fffffff, {
    read: (b, at) => b.readInt32LE(at),
    write: (b, v) => void b.writeInt32LE(v as number),
  }),
  u32: small(4, 0, 0xffffffff, {
    read: (b, at) => b.readUInt32BE(at),
    write: (b, v) => void b.writeUInt32BE(v as number),
  }),
  u32le: small(4, 0, 0xffffffff, {
    read: (b, at) => b.readUInt32LE(at),
    write: (b, v) => void b.writeUInt32LE(v as number),
  }),
  i64: large(-I64, I64 - 1n, {
    read: (b, at) => b.readBigInt64BE(at),
    write: (b, v) => void b.writeBigInt64BE(v as bigint),
  }),
  i64le: large(-I64, I64 - 1n, {
    read: (b, at) => b.readBigInt64LE(at),
    write: (b, v) => void b.writeBigInt64LE(v as bigint),
  }),
  u64: large(0n, U64 - 1n, {
    read: (b, at) => b.readBigUInt64BE(at),
    write: (b, v) => void b.writeBigUInt64BE(v as bigint),
  }),
  u64le: large(0n, U64 - 1n, {
    read: (b, at) => b.readBigUInt64LE(at),
    write: (b, v) => void b.writeBigUInt64LE(v as bigint),
  }),
  f32: float(4, { read: (b, at) => b.readFloatBE(at), write: (b, v) => void b.writeFloatBE(v as number) }),
  f32le: float(4, { read: (b, at) => b.readFloatLE(at), write: (b, v) => void b.writeFloatLE(v as number) }),
  f64: float(8, { read: (b, at) => b.readDoubleBE(at), write: (b, v) => void b.writeDoubleBE(v as number) }),
  f64le: float(8, { read: (b, at) => b.readDoubleLE(at), write: (b, v) => void b.writeDoubleLE(v as number) }),
};
