// Owns the names that failures of the library get in Qore, by what was being done.

import { ClosedError, EndOfStreamError, SocketError, TimeoutError, TlsError } from '../../error/socket-error.js';
import { strerror } from '../../error/strerror.js';
import { errnoOf, notOpen, QoreException, setErrno } from './exception.js';
import type { Link } from './link.js';

/** Opening a connection failed. `where` is what was asked for. */
export function connectFailure(error: unknown, where: string, ms: number | null): unknown {
  if (error instanceof QoreException) return error;
  if (error instanceof TimeoutError)
    return new QoreException('SOCKET-CONNECT-ERROR', `timeout in connection after ${ms ?? 0}ms`, null, error);
  return named('SOCKET-CONNECT-ERROR', `error in connect() (target: ${where})`, error);
}

/** Binding failed. */
export function bindFailure(error: unknown, where: string): unknown {
  if (error instanceof SocketError && error.phase === 'lookup')
    return named('QOREADDRINFO-GETINFO-ERROR', `error in lookup (${where})`, error);
  return named('SOCKET-BIND-ERROR', `error binding on socket (${where})`, error);
}

/** Receiving failed. What had arrived stays, and is `arg` as well. */
export function readFailure(link: Link, method: string, error: unknown, ms: number | null): unknown {
  if (error instanceof QoreException) return error;
  if (error instanceof TimeoutError) {
    const plural = ms === 1 ? '' : 's';
    return new QoreException(
      'SOCKET-TIMEOUT',
      `timed out after ${ms ?? 0} millisecond${plural} in Socket::${method}() call`,
      null,
      error,
    );
  }
  if (error instanceof EndOfStreamError) return remoteClosed(method, error.partial ?? null, error);
  if (error instanceof ClosedError) return notOpen(method);
  if (isEncoding(error))
    return named('ENCODING-CONVERSION-ERROR', `the data received in Socket::${method}() is no text`, error);
  if (error instanceof TlsError || (link.isSecure && error instanceof SocketError)) return sslFailure(method, error);
  return named('SOCKET-RECV-ERROR', `error while executing Socket::${method}()`, error);
}

/** Sending failed for a reason that is no error number: TLS, or text that cannot be converted. Null for all others: errno is set. */
export function writeFailure(link: Link, method: string, error: unknown): QoreException | null {
  if (error instanceof QoreException) return error;
  if (error instanceof ClosedError) return notOpen(method);
  if (isEncoding(error))
    return named('ENCODING-CONVERSION-ERROR', `the data of Socket::${method}() cannot be converted`, error);
  if (error instanceof TlsError || (link.isSecure && error instanceof SocketError)) return sslFailure(method, error);
  if (!(error instanceof SocketError)) throw error;
  setErrno(errnoOf(error));
  return null;
}

/** Something about TLS failed. */
export function sslFailure(method: string, error: unknown): QoreException {
  return named('SOCKET-SSL-ERROR', `error in Socket::${method}()`, error);
}

export function remoteClosed(method: string, arg: unknown = null, cause?: unknown): QoreException {
  return new QoreException(
    'SOCKET-CLOSED',
    `error in Socket::${method}(): remote end closed the connection`,
    arg,
    cause,
  );
}

/** An exception with the words of the system behind its own, or those of the library where the system had no part in it. */
export function named(err: string, desc: string, error: unknown): QoreException {
  const errno = errnoOf(error);
  if (errno !== 0) setErrno(errno);
  const why = errno !== 0 ? strerror(errno) : error instanceof Error ? error.message : String(error);
  return new QoreException(err, `${desc}: ${why}`, null, error);
}

function isEncoding(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message = '' } = error as { code?: unknown; message?: string };
  // A name that is no encoding, text that the encoding has not, or a size that holds no character.
  return (
    code === 'ERR_ENCODING' ||
    code === 'ERR_LIMIT' ||
    (code === 'ERR_INVALID_ARG_VALUE' && message.includes('"encoding"'))
  );
}
