// Owns the errors of misuse: TypeError and RangeError with Node's codes, naming the argument. Thrown before any system call.

import { inspect } from 'node:util';

type Coded<E extends Error> = E & { code: string };

/** The argument has the wrong type. */
export function invalidType(argument: string, expected: string, actual: unknown): Coded<TypeError> {
  return coded(
    new TypeError(`The "${argument}" argument must be ${expected}. Received ${show(actual)}`),
    'ERR_INVALID_ARG_TYPE',
  );
}

/** The argument has the right type and a value that means nothing. */
export function invalidValue(argument: string, reason: string, actual: unknown): Coded<TypeError> {
  return coded(
    new TypeError(`The "${argument}" argument ${reason}. Received ${show(actual)}`),
    'ERR_INVALID_ARG_VALUE',
  );
}

/** The argument is a number outside its range. */
export function outOfRange(argument: string, range: string, actual: unknown): Coded<RangeError> {
  return coded(
    new RangeError(`The "${argument}" argument must be ${range}. Received ${show(actual)}`),
    'ERR_INVALID_ARG_VALUE',
  );
}

/** Checks for a whole number in a range, and returns it. */
export function wholeNumber(argument: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number') throw invalidType(argument, 'a number', value);
  if (!Number.isInteger(value) || value < min || value > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw outOfRange(argument, `a whole number ${range}`, value);
  }
  return value;
}

function coded<E extends Error>(error: E, code: string): Coded<E> {
  return Object.assign(error, { code });
}

/** Stands for a value that may be a secret: an error tells its type and its size. */
export function hidden(value: unknown): unknown {
  const kind = typeof value === 'string' ? `a string of ${value.length} characters` : null;
  return kind === null && typeof value !== 'number' && typeof value !== 'bigint'
    ? value
    : new Hidden(kind ?? `a ${typeof value}`);
}

class Hidden {
  readonly words: string;

  constructor(words: string) {
    this.words = words;
  }
}

/** A value in the words of an error. What is in an object nobody has asked for, and it may be a secret. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Hidden) return value.words;
  if (typeof value === 'object') return showObject(value);
  const shown = typeof value === 'string' ? withoutPassword(value) : value;
  return `${inspect(shown, { breakLength: Infinity, maxStringLength: 120 })} (${typeof value})`;
}

function showObject(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${nameOf(value)} of ${value.byteLength} bytes`;
  const name = nameOf(value);
  return name === 'Object' ? 'an object' : `an instance of ${name}`;
}

function nameOf(value: object): string {
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'Object';
}

/** Targets are no URLs, but somebody will pass one with a user name and a password. */
export function withoutPassword(text: string): string {
  return text.replace(/^(?!unix:)([a-z][a-z0-9+.-]*:\/\/)?[^@:]*:[^]+@/i, '$1…@');
}
