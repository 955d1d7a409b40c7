// Owns the error classes. It must not know which operation makes them.

import type { Attempted, Phase, SocketErrorShape } from '../contract/error.js';
import type { RelayFailure } from '../contract/relay.js';

/** Everything an error may carry besides its message. */
export interface ErrorFacts {
  code: string;
  phase: Phase;
  errno?: number | undefined;
  syscall?: string | undefined;
  address?: string | undefined;
  port?: number | undefined;
  bytesDone?: number | undefined;
  partial?: Buffer | undefined;
  attempts?: readonly Attempted[] | undefined;
  tlsAlert?: string | undefined;
  verifyCode?: string | undefined;
  relayed?: RelayFailure | undefined;
  permission?: string | undefined;
  resource?: string | undefined;
  hint?: string | undefined;
  cause?: unknown;
}

const NO_ATTEMPTS: readonly Attempted[] = Object.freeze([]);

/** A failure of a socket operation. Its subclasses say what the caller can do about it. */
export class SocketError extends Error implements SocketErrorShape {
  declare readonly code: string;
  declare readonly phase: Phase;
  declare readonly bytesDone: number;
  declare readonly attempts: readonly Attempted[];
  declare readonly errno?: number;
  declare readonly syscall?: string;
  declare readonly address?: string;
  declare readonly port?: number;
  declare readonly partial?: Buffer;
  declare readonly tlsAlert?: string;
  declare readonly verifyCode?: string;
  declare readonly relayed?: RelayFailure;
  declare readonly permission?: string;
  declare readonly resource?: string;
  declare readonly hint?: string;

  constructor(message: string, facts: ErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    const { cause: _, bytesDone = 0, attempts = NO_ATTEMPTS, ...rest } = facts;
    for (const [name, value] of Object.entries(rest)) if (value !== undefined) define(this, name, value);
    define(this, 'bytesDone', bytesDone);
    define(this, 'attempts', attempts);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return hasBrand(this, value);
  }
}

/** The limit of a call is spent; the socket lives. `code` is `'ETIMEDOUT'`, and there is no `errno`. */
export class TimeoutError extends SocketError {}
/** This program closed the socket. `code` is `'ERR_SOCKET_CLOSED'`. */
export class ClosedError extends SocketError {}
/** The peer ended the stream before the operation was complete. `code` is `'ERR_UNEXPECTED_EOF'`; `partial` holds what had arrived. */
export class EndOfStreamError extends SocketError {}
/** A name or service could not be resolved. */
export class ResolveError extends SocketError {}
/** More bytes came than the caller allowed. `code` is `'ERR_LIMIT'`; nothing was consumed. */
export class LimitError extends SocketError {}
/** TLS refused something: a handshake, a key, a certificate file. `tlsAlert` names the alert, where one was sent or received. */
export class TlsError extends SocketError {}
/** The peer's certificate was refused. `code` and `verifyCode` are OpenSSL's name for the reason: `'CERT_HAS_EXPIRED'`. */
export class CertificateError extends TlsError {}

// Two copies of this package in one process must recognise each other's errors, so `instanceof` asks for a brand.
const classes = {
  SocketError,
  TimeoutError,
  ClosedError,
  EndOfStreamError,
  ResolveError,
  LimitError,
  TlsError,
  CertificateError,
};
for (const [name, value] of Object.entries(classes)) {
  Object.defineProperty(value.prototype, 'name', { value: name, configurable: true, writable: true });
  Object.defineProperty(value.prototype, brandOf(name), { value: true });
}

function brandOf(name: string): symbol {
  return Symbol.for(`berkeley.${name}`);
}

function hasBrand(constructor: { name: string; prototype: object }, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.prototype.isPrototypeOf.call(constructor.prototype, value)) return true;
  return Object.hasOwn(constructor.prototype, brandOf(constructor.name)) && brandOf(constructor.name) in value;
}

function define(error: object, name: string, value: unknown): void {
  const enumerable = !(name === 'attempts' && (value as readonly unknown[]).length === 0);
  Object.defineProperty(error, name, { value, enumerable, configurable: true, writable: true });
}
