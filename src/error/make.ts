// Owns the errors that the library makes without a system call having failed.

import type { Phase } from '../contract/error.js';
import type { LibraryCode } from './codes.js';
import {
  ClosedError,
  EndOfStreamError,
  LimitError,
  SocketError,
  TimeoutError,
  TlsError,
  type ErrorFacts,
} from './socket-error.js';

type Facts = Partial<ErrorFacts>;

export function timeoutError(phase: Phase, facts?: Facts): TimeoutError {
  return new TimeoutError(`${phase} ETIMEDOUT: the limit of the call is spent`, { code: 'ETIMEDOUT', phase, ...facts });
}

export function abortError(phase: Phase, signal: AbortSignal, facts?: Facts): SocketError {
  const error = new SocketError(`${phase} ABORT_ERR: the signal was aborted`, {
    code: 'ABORT_ERR',
    phase,
    cause: signal.reason,
    ...facts,
  });
  error.name = 'AbortError';
  return error;
}

export function closedError(phase: Phase, facts?: Facts): ClosedError {
  return new ClosedError(`${phase} ERR_SOCKET_CLOSED: the socket is closed`, {
    code: 'ERR_SOCKET_CLOSED',
    phase,
    ...facts,
  });
}

export function endOfStream(what: string, partial: Buffer): EndOfStreamError {
  return new EndOfStreamError(
    `read ERR_UNEXPECTED_EOF: the stream ended after ${partial.length} bytes, before ${what}`,
    {
      code: 'ERR_UNEXPECTED_EOF',
      phase: 'read',
      partial,
    },
  );
}

export function limitError(what: string, max: number, unit = 'bytes', option = 'max'): LimitError {
  return new LimitError(`read ERR_LIMIT: ${what} within ${max} ${unit}`, {
    code: 'ERR_LIMIT',
    phase: 'read',
    hint: `Nothing was consumed. Raise \`${option}\`, or read the bytes another way.`,
  });
}

/** A frame to be written that is longer than its codec allows. */
export function frameTooLong(length: number, max: number): LimitError {
  return new LimitError(`write ERR_LIMIT: a frame of ${length} bytes is not within ${max} bytes`, {
    code: 'ERR_LIMIT',
    phase: 'write',
    hint: 'Nothing was sent.',
  });
}

/** A refusal of what TLS was to be made of: keys, certificates, settings. */
export function tlsRefusal(code: LibraryCode, why: string, facts?: Facts): TlsError {
  return new TlsError(`tls ${code}: ${why}`, { code, phase: 'config', ...facts });
}

/** Any other refusal of the library, by its code. */
export function refusal(code: LibraryCode, phase: Phase, why: string, facts?: Facts): SocketError {
  return new SocketError(`${phase} ${code}: ${why}`, { code, phase, ...facts });
}
