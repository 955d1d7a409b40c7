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

function show(value: unknown): string {
  const text = inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 120 });
  return value === null || value === undefined || typeof value === 'object' ? text : `${text} (${typeof value})`;
}
