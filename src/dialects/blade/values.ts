// Owns what Blade thinks of values: which are false, what their types are called, and how an argument is checked.

import { ArgumentError, TypeError, ValueError } from './exceptions.js';

/** nil, the empty string, `false`, and numbers below 0 are false; 0 is true. That decides whether a default is taken. */
export function truthy<T>(value: T): value is Exclude<T, null | undefined | false | ''> {
  if (value === null || value === undefined || value === '' || (value as unknown) === false) return false;
  return !(typeof value === 'number' && value < 0);
}

/** What `typeof` says of a value in Blade. */
export function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'dictionary' : typeof value;
}

/** The value, or the default where it is false. */
export function integer(name: string, value: unknown, otherwise: number): number {
  const given: unknown = truthy(value) ? value : otherwise;
  if (!Number.isInteger(given)) throw new TypeError(`integer expected for ${name}, ${typeOf(given)} given`);
  return given as number;
}

export function text(name: string, value: unknown, otherwise: string): string {
  const given: unknown = truthy(value) ? value : otherwise;
  if (typeof given !== 'string') throw new TypeError(`string expected for ${name}, ${typeOf(given)} given`);
  return given;
}

/** A port, which has no default. */
export function portNumber(value: unknown): number {
  if (!truthy(value)) throw new ArgumentError('port not specified');
  const port = integer('port', value, 0);
  if (port > 65535) throw new ValueError(`port ${port} is above 65535`);
  return port;
}
