// Owns the values that Chapel's IO reads as text: what a number, a boolean or a word looks like. Pure: it must not know where
// the bytes come from.

import { constants } from 'node:os';
import { EFORMAT, EILSEQ, systemError } from './errors.js';

/** What `fileReader.read` can read, and what it is in TypeScript. */
export interface Values {
  int: number;
  uint: number;
  bigint: bigint;
  real: number;
  bool: boolean;
  string: string;
  bytes: Buffer;
}

/** How one kind of value is recognised in what stands up to the next byte that cannot belong to it. */
interface Form<T> {
  /** Whether a byte may belong to it. */
  readonly has: (byte: number) => boolean;
  readonly pattern: RegExp;
  readonly make: (text: string, bytes: Buffer) => T;
}

const isBlank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);
const inWord = (byte: number): boolean => !isBlank(byte);
/** Digits, letters, and `+`, `-`, `.`. */
const inNumber = (byte: number): boolean => /[0-9A-Za-z.+-]/.test(String.fromCharCode(byte));

const forms: { readonly [T in keyof Values]: Form<Values[T]> } = {
  int: { has: inNumber, pattern: /^[+-]?[0-9]+/, make: exactly },
  uint: { has: inNumber, pattern: /^\+?[0-9]+/, make: exactly },
  bigint: { has: inNumber, pattern: /^[+-]?[0-9]+/, make: integer },
  real: {
    has: inNumber,
    pattern: /^[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf|nan)/i,
    make: (text) => Number(text.replace(/inf/i, 'Infinity')),
  },
  bool: { has: inNumber, pattern: /^(?:true|false)(?![0-9A-Za-z])/, make: (text) => text === 'true' },
  string: { has: inWord, pattern: /^[^]+/, make: (_, bytes) => word(bytes) },
  bytes: { has: inWord, pattern: /^[^]+/, make: (_, bytes) => bytes },
};

export const isType = (type: unknown): type is keyof Values => typeof type === 'string' && Object.hasOwn(forms, type);

/**
 * The first value of `buffer`, after any blanks, and how many bytes it took. Null while more is needed to say: always, if it
 * reaches to the end of the buffer, unless that is the end of all.
 */
export function valueIn<T extends keyof Values>(
  type: T,
  buffer: Buffer,
  isAll: boolean,
): { value: Values[T]; used: number } | null {
  const { has, pattern, make } = forms[type];
  const from = find(buffer, 0, (byte) => !isBlank(byte));
  const to = find(buffer, from, (byte) => !has(byte));
  if (from === buffer.length || (to === buffer.length && !isAll)) return null;
  const [found] = pattern.exec(buffer.toString('latin1', from, to)) ?? [];
  if (found === undefined) throw systemError(EFORMAT, `read failed: no ${type}`);
  const used = from + found.length;
  return { value: make(found, buffer.subarray(from, used)), used };
}

/** Where the first byte is that `is`; the length when there is none. */
function find(buffer: Buffer, from: number, is: (byte: number) => boolean): number {
  for (let i = from; i < buffer.length; i++) if (is(buffer[i]!)) return i;
  return buffer.length;
}

function integer(text: string): bigint {
  return text.startsWith('+') ? BigInt(text.slice(1)) : BigInt(text);
}

/** An integer beyond 2^53 has no number that is the same. */
function exactly(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw systemError(constants.errno.ERANGE, "read failed: 'bigint' reads it");
  return value;
}

function word(bytes: Buffer): string {
  try {
    return words.decode(bytes);
  } catch (cause) {
    throw systemError(EILSEQ, 'read failed', { cause });
  }
}

const words = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
