// Owns the soft types of Qore's parameters: what counts as a number, a truth, a service or a limit, and what a limit is in milliseconds.

import { wrongType } from './exception.js';

/** What is taken for a whole number: fractions are cut off, text is read in decimal. */
export type SoftInt = number | bigint | string | boolean;
/** What is taken for a truth. */
export type SoftBool = boolean | number | bigint | string | null;
/** What is taken for text. */
export type SoftString = string | number | bigint;
/** A limit: milliseconds, or text such as `'1250ms'`, `'30s'`; below 0 is none. A Date is the moment at which it ends. */
export type Timeout = number | bigint | `${number}${'ms' | 's' | 'm' | 'h'}` | Date;

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A limit in milliseconds; null for none. */
export function limitOf(method: string, value: Timeout | null | undefined, usual: Timeout = -1): number | null {
  const ms = milliseconds(method, value ?? usual);
  return ms < 0 || ms === Infinity ? null : ms;
}

function milliseconds(method: string, value: unknown): number {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return Math.max(0, value.getTime() - Date.now());
  if (typeof value === 'string') {
    const [, amount, unit] = /^(-?\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value) ?? [];
    if (amount !== undefined && unit !== undefined) return Number(amount) * units[unit]!;
  }
  throw wrongType(method, 'the timeout', "milliseconds, or text such as '1250ms'", value);
}

/** The options of a call of the library with a limit of so many milliseconds. */
export function within(ms: number | null): { timeout?: number } {
  return ms === null ? {} : { timeout: ms };
}

/** What is left of a limit, whenever it is asked for. */
export function countdown(ms: number | null): () => number | null {
  const begun = performance.now();
  return () => (ms === null ? null : Math.max(0, ms - (performance.now() - begun)));
}

export function softInt(method: string, argument: string, value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (typeof value === 'string' && /^\s*[-+]?\d+(\.\d*)?\s*$/.test(value))
    return BigInt(value.trim().replace(/^\+/, '').replace(/\..*$/, ''));
  throw wrongType(method, argument, 'a number', value);
}

/** A soft number in a range that a double holds. */
export function softNumber(method: string, argument: string, value: unknown, min: number, max: number): number {
  const number = softInt(method, argument, value);
  if (number < min || number > max) throw wrongType(method, argument, `a number from ${min} to ${max}`, value);
  return Number(number);
}

/** Text counts by the number that it holds, as in Qore. */
export function softBool(method: string, argument: string, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return Boolean(value);
  if (typeof value === 'string') return /^\s*[-+]?\d*\.?\d*/.exec(value)![0].match(/[1-9]/) !== null;
  throw wrongType(method, argument, 'a truth', value);
}

export function softString(method: string, argument: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw wrongType(method, argument, 'text or a number', value);
}

export function text(method: string, argument: string, value: unknown): string {
  if (typeof value !== 'string') throw wrongType(method, argument, 'a string', value);
  return value;
}

/** What is sent: text, or bytes. */
export function data(method: string, value: unknown): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  throw wrongType(method, 'the data', 'a string or a Buffer', value);
}
