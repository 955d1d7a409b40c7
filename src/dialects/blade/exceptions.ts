// Owns the exceptions of the dialect: Blade's names, and the way from an error of the library to one of them.

import { SocketError } from '../../sync/index.js';
import { strerror, words } from '../../error/strerror.js';

const JsTypeError = globalThis.TypeError;
const brand = Symbol('Exception of Blade');

/**
 * What everything thrown here is: `instanceof Exception` holds for each of the classes below. The failed call of the library,
 * where there was one, is its `cause`.
 */
export class Exception extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this === Exception) return typeof value === 'object' && value !== null && brand in value;
    return Object.prototype.isPrototypeOf.call(this.prototype, value as object);
  }

  /** The printed form: `<SocketException: Connection refused>`. */
  override toString(): string {
    return printed(this);
  }
}

/** A failed system call, with the words of strerror(3) as its message, or a socket in the wrong state. */
export class SocketException extends Exception {
  /** The library's code for the failure: `'ECONNREFUSED'`. `'ERR_SOCKET_STATE'` where no system call was made. */
  readonly code: string;
  /** The number of the system's error; absent where there was none, as for a limit. */
  declare readonly errno?: number;

  constructor(message: string, code = 'ERR_SOCKET_STATE', cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    if (cause instanceof SocketError && cause.errno !== undefined) this.errno = cause.errno;
  }
}

/** An argument of the wrong type. JavaScript's own class of this name recognises it, too. */
class BladeTypeError extends JsTypeError {
  readonly code = 'ERR_INVALID_ARG_TYPE';
  override toString(): string {
    return printed(this);
  }
}
export { BladeTypeError as TypeError };

/** An argument of the right type with a value that cannot be used. JavaScript's RangeError recognises it, too. */
export class ValueError extends RangeError {
  readonly code = 'ERR_INVALID_ARG_VALUE';
  override toString(): string {
    return printed(this);
  }
}

/** An argument that is missing. JavaScript's TypeError recognises it, too. */
export class ArgumentError extends JsTypeError {
  readonly code = 'ERR_INVALID_ARG_VALUE';
  override toString(): string {
    return printed(this);
  }
}

const classes = { Exception, SocketException, TypeError: BladeTypeError, ValueError, ArgumentError };
for (const [name, { prototype }] of Object.entries(classes)) {
  Object.defineProperty(prototype, 'name', { value: name, configurable: true, writable: true });
  Object.defineProperty(prototype, brand, { value: true, configurable: true });
}

/** The exception for a failed call of the library. What is one already, or a mistake of this module, stays what it is. */
export function exceptionFor(error: unknown): Error {
  if (!(error instanceof SocketError)) return misuse(error);
  const { code, errno } = error;
  // What Blade says of a host that it cannot find.
  if (error.phase === 'lookup' && code !== 'ETIMEDOUT')
    return new SocketException(words('EADDRNOTAVAIL')!, code, error);
  const message = errno === undefined ? (words(code) ?? error.message) : strerror(errno);
  return new SocketException(message, code, error);
}

/** An argument that only the library could judge: a path that is too long, a duration that is none. */
function misuse(error: unknown): Error {
  if (error instanceof Exception || !(error instanceof Error) || !('code' in error)) return error as Error;
  const { code, message } = error;
  // Of node:fs.
  if (typeof code === 'string' && words(code) !== null) return new SocketException(words(code)!, code, error);
  if (code === 'ERR_INVALID_ARG_TYPE') return Object.assign(new BladeTypeError(message), { cause: error });
  return code === 'ERR_INVALID_ARG_VALUE' ? Object.assign(new ValueError(message), { cause: error }) : error;
}

function printed({ name, message }: Error): string {
  return `<${name}: ${message}>`;
}
