// Owns the exceptions of the Qore dialect, and errno. It must not know which method throws what.

import { show } from '../../error/invalid.js';
import { strerror as words } from '../../error/strerror.js';
import { SocketError } from '../../error/socket-error.js';

/** What a method throws: `err` is the name to compare, `desc` says what happened, `arg` holds what belongs to it. */
export class QoreException extends Error {
  readonly err: string;
  readonly desc: string;
  /** What had arrived, where a read ended too early; the value that was refused; else `null`. */
  readonly arg: unknown;

  constructor(err: string, desc: string, arg: unknown = null, cause?: unknown) {
    super(`${err}: ${desc}`, cause === undefined ? undefined : { cause });
    this.err = err;
    this.desc = desc;
    this.arg = arg;
  }

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'QoreException', configurable: true, writable: true });
  }
}

let last = 0;

/** The error number of the last call of this thread that failed in the system. */
export function errno(): number {
  return last;
}

/** What an error number means; the last one unless told. */
export function strerror(code: number = last): string {
  if (!Number.isSafeInteger(code)) throw new QoreException('RUNTIME-TYPE-ERROR', `strerror() takes a number`, code);
  return words(code);
}

/** Remembers why a call failed, for those that only say -1. */
export function setErrno(code: number): void {
  last = code;
}

/** The errno in an error of the library; 0 where the system had no part in it. */
export function errnoOf(error: unknown): number {
  return error instanceof SocketError ? (error.errno ?? 0) : 0;
}

/** The exception for a socket that is not open. */
export function notOpen(method: string): QoreException {
  return new QoreException('SOCKET-NOT-OPEN', `socket must be opened before Socket::${method}() call`);
}

/** The exception for an argument of the wrong type or without meaning. */
export function wrongType(method: string, argument: string, expected: string, value: unknown): QoreException {
  return new QoreException(
    'RUNTIME-TYPE-ERROR',
    `${argument} of ${method}() must be ${expected}, and is ${show(value)}`,
    value,
  );
}

/** The same where several forms are allowed and this is none of them. `arg` is null where it may be a secret. */
export function noVariant(method: string, value: unknown, arg = value): QoreException {
  const type = value === null ? 'nothing' : typeof value;
  return new QoreException('RUNTIME-OVERLOAD-ERROR', `no variant matching '${method}(${type})' can be found`, arg);
}
