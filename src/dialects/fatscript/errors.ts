// Owns the errors of the dialect: those of the library and of misuse, under the name that FatScript has for their kind. It
// must not know which call failed.

import { hidden, invalidType, invalidValue, outOfRange } from '../../error/invalid.js';
import { SocketError } from '../../error/socket-error.js';
import { NO_BYTE_STRING } from '../byte-string.js';

/**
 * What the functions of this module throw. `name` is the subtype of FatScript's Error: `'AsyncError'` the operating system, the
 * name service or TLS refused (a SocketError, with all it knows), `'FileError'` a file of `setSSL`, `'CallError'` an argument is missing, `'TypeError'` one has
 * the wrong type, `'ValueError'` the right type and a wrong value.
 */
export interface FatError extends Error {
  readonly name: 'AsyncError' | 'CallError' | 'FileError' | 'TypeError' | 'ValueError';
  /** `'ECONNREFUSED'`, `'ERR_SOCKET_CLOSED'`, `'ERR_INVALID_ARG_TYPE'` … */
  readonly code: string;
}

/** The error as FatScript would call it. */
export function fatError(error: unknown, ofSystem: 'AsyncError' | 'FileError'): unknown {
  if (error instanceof SocketError) return called(ofSystem, error);
  // Text that the address parser refuses, say.
  const isValue = error instanceof Error && (error as Partial<FatError>).code === 'ERR_INVALID_ARG_VALUE';
  return isValue ? called('ValueError', error) : error;
}

export function checkText(argument: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw wrongType(argument, 'a Text', value);
  if (value === '' || value.includes('\0')) throw called('ValueError', invalidValue(argument, 'must be the name of something', value)); // prettier-ignore
}

export function checkBoolean(argument: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw wrongType(argument, 'a Boolean', value);
}

export function checkPort(value: unknown): asserts value is number {
  if (typeof value !== 'number') throw wrongType('port', 'a Number', value);
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw wrongValue('port', 'a whole number from 0 to 65535', value); // prettier-ignore
}

export function checkSize(value: unknown): asserts value is number {
  if (typeof value !== 'number') throw wrongType('nBytes', 'a Number', value);
  if (!Number.isSafeInteger(value) || value < 1) throw wrongValue('nBytes', 'a whole number of at least 1', value);
}

/** In ms; -1 is for ever. */
export function checkWait(value: unknown): asserts value is number {
  if (typeof value !== 'number') throw wrongType('wait', 'a Number', value);
  if (!(value >= 0 || value === -1)) throw wrongValue('wait', '-1 (for ever), 0 (look once) or milliseconds', value);
}

/** What cannot be sent has a character that is no byte. */
export function noByteString(value: string): Error {
  return called('ValueError', invalidValue('data', `is no Chunk: ${NO_BYTE_STRING}`, hidden(value)));
}

/** A missing argument is another error than a wrong one. */
export function wrongType(argument: string, expected: string, value: unknown): Error {
  return called(value === undefined ? 'CallError' : 'TypeError', invalidType(argument, expected, value));
}

function wrongValue(argument: string, range: string, value: unknown): Error {
  return called('ValueError', outOfRange(argument, range, value));
}

function called<E extends Error>(name: FatError['name'], error: E): E {
  error.name = name;
  return error;
}
