// Owns the errors of Chapel: the SystemError family of its module OS, and the way from an error of berkeley to one of them.
// It must not know which procedures there are.

import { constants } from 'node:os';
import { strerror } from '../../error/strerror.js';
import { errnoName } from '../../error/system.js';
import { SocketError } from '../../sync/index.js';

/**
 * What every failure of this dialect is. The message is what strerror(3) says of `err`, and `details` in parentheses:
 * `Connection refused (connect() failed)`. `cause` is berkeley's own error, where there is one.
 */
export class SystemError extends Error {
  /** The errno, positive. Of the resolver, its negative EAI number. Of the end of a stream and of its contents, Chapel's own numbers from 1000. */
  readonly err: number;
  /** What was going on. */
  readonly details: string;
  /** The name of `err`: `'ECONNREFUSED'`. */
  readonly code: string;

  constructor(err: number, details = '', options?: ErrorOptions) {
    super(details === '' ? wordsOf(err) : `${wordsOf(err)} (${details})`, options);
    this.err = err;
    this.details = details;
    this.code = extended[err]?.[0] ?? resolver[err]?.[0] ?? errnoName(err);
  }
}

/** EAGAIN, EALREADY, EINPROGRESS. */
export class BlockingIoError extends SystemError {}
/** ECHILD. */
export class ChildProcessError extends SystemError {}
/** What concerns connections: its subclasses. */
export class ConnectionError extends SystemError {}
/** EPIPE, ESHUTDOWN. */
export class BrokenPipeError extends ConnectionError {}
/** ECONNABORTED. */
export class ConnectionAbortedError extends ConnectionError {}
/** ECONNREFUSED. */
export class ConnectionRefusedError extends ConnectionError {}
/** ECONNRESET. */
export class ConnectionResetError extends ConnectionError {}
/** EEXIST. */
export class FileExistsError extends SystemError {}
/** ENOENT. */
export class FileNotFoundError extends SystemError {}
/** EINTR. */
export class InterruptedError extends SystemError {}
/** EISDIR. */
export class IsADirectoryError extends SystemError {}
/** ENOTDIR. */
export class NotADirectoryError extends SystemError {}
/** EACCES, EPERM. */
export class PermissionError extends SystemError {}
/** ESRCH. */
export class ProcessLookupError extends SystemError {}
/** ETIMEDOUT: a limit that is spent, or a peer that the kernel has given up. */
export class TimeoutError extends SystemError {}
/** EIO, and what a stream holds: its subclasses. */
export class IoError extends SystemError {}
/** The stream has ended, and nothing was left to read. */
export class EofError extends IoError {}
/** The stream has ended in the middle of what was to be read. */
export class UnexpectedEofError extends IoError {}
/** What stands in the stream is not what was to be read. */
export class BadFormatError extends IoError {}

/**
 * An argument of the wrong type or value. The original keeps it outside the SystemError family, while its page promises a SystemError: here
 * it is one, with EINVAL. The message is the reason alone.
 */
export class IllegalArgumentError extends SystemError {
  constructor(message: string, options?: ErrorOptions) {
    super(EINVAL, '', options);
    this.message = message;
  }
}

const classes = {
  SystemError,
  BlockingIoError,
  ChildProcessError,
  ConnectionError,
  BrokenPipeError,
  ConnectionAbortedError,
  ConnectionRefusedError,
  ConnectionResetError,
  FileExistsError,
  FileNotFoundError,
  InterruptedError,
  IsADirectoryError,
  NotADirectoryError,
  PermissionError,
  ProcessLookupError,
  TimeoutError,
  IoError,
  EofError,
  UnexpectedEofError,
  BadFormatError,
  IllegalArgumentError,
};
for (const [name, value] of Object.entries(classes))
  Object.defineProperty(value.prototype, 'name', { value: name, configurable: true, writable: true });

/** The error of the family that stands for an errno. */
export function systemError(err: number, details: string, options?: ErrorOptions): SystemError {
  const Class = byName[errnoName(err)] ?? byNumber[err] ?? SystemError;
  return new Class(err, details, options);
}

/** What a call says in parentheses when it fails, and when its limit is spent. */
export interface Context {
  readonly failed: string;
  readonly timedOut?: string;
  /** The errno of a limit that is spent; ETIMEDOUT unless told. */
  readonly late?: number;
  /** What to say when a name leads nowhere, where there are names. */
  readonly unresolved?: string;
}

/** Runs something of berkeley and turns what it throws into Chapel's. */
export function inChapel<T>(context: Context, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw translated(error, context);
  }
}

function translated(error: unknown, context: Context): unknown {
  const { failed, timedOut = failed, late = ETIMEDOUT, unresolved } = context;
  if (error instanceof SystemError) return error;
  const options = { cause: error };
  if (!(error instanceof SocketError)) {
    // Misuse that no check of ours has found has a code of Node's; anything else is a bug of somebody's.
    const { code, message = '' } = error as Partial<NodeJS.ErrnoException>;
    if (!code?.startsWith('ERR_INVALID_ARG')) return error;
    if (unresolved === undefined) return new IllegalArgumentError(message, options);
    // What the resolver is not even asked: no name of a host, or of a service.
    return new SystemError(/\bport\b/.test(message) ? EAI_SERVICE : EAI_NONAME, unresolved, options);
  }
  // What a codec of ours has said.
  if (error.cause instanceof SystemError) return error.cause;
  if (error.code === 'ETIMEDOUT' && error.errno === undefined) return systemError(late, timedOut, options);
  if (error.errno !== undefined) return systemError(error.errno, failed, options);
  if (unresolved !== undefined && Object.hasOwn(lookups, error.code))
    return new SystemError(lookups[error.code]!, unresolved, options);
  return systemError(others[error.code] ?? EIO, failed, options);
}

export const { EAGAIN, EBADF, EILSEQ } = constants.errno;
const { EACCES, EAFNOSUPPORT, EALREADY, EFAULT, EINVAL, EIO, EPIPE, ETIMEDOUT } = constants.errno;

/** Chapel's own numbers, and their words. */
export const EEOF = 1000;
export const ESHORT = 1001;
export const EFORMAT = 1002;
const extended: Readonly<Record<number, readonly [code: string, words: string]>> = {
  [EEOF]: ['EEOF', 'end of file'],
  [ESHORT]: ['ESHORT', 'short read or write'],
  [EFORMAT]: ['EFORMAT', 'bad format'],
};

/** getaddrinfo(3): the numbers and words of this system's C library. */
const EAI_NONAME = -2;
const EAI_SERVICE = -8;
const resolver: Readonly<Record<number, readonly [code: string, words: string]>> = {
  [EAI_NONAME]: ['EAI_NONAME', 'Name or service not known'],
  [-3]: ['EAI_AGAIN', 'Temporary failure in name resolution'],
  [-4]: ['EAI_FAIL', 'Non-recoverable failure in name resolution'],
  [-6]: ['EAI_FAMILY', 'ai_family not supported'],
  [EAI_SERVICE]: ['EAI_SERVICE', 'Servname not supported for ai_socktype'],
  [-9]: ['EAI_ADDRFAMILY', 'Address family for hostname not supported'],
};
const lookups: Readonly<Record<string, number>> = {
  ENOTFOUND: EAI_NONAME,
  EAI_AGAIN: -3,
  EAI_FAIL: -4,
  EAI_FAMILY: -6,
  EAI_SERVICE,
  ERR_NO_ADDRESS: -9,
};

/** What berkeley knows by names of its own. */
const others: Readonly<Record<string, number>> = {
  ERR_SOCKET_CLOSED: EBADF,
  // An address of the other family.
  ERR_NO_ADDRESS: EAFNOSUPPORT,
  ERR_WRITE_BROKEN: EPIPE,
  ERR_ACCESS_DENIED: EACCES,
  ERR_BUSY: EALREADY,
  ERR_ENCODING: EILSEQ,
  ERR_BUFFER_DETACHED: EFAULT,
};

const byName: Readonly<Record<string, typeof SystemError | undefined>> = {
  EAGAIN: BlockingIoError,
  EALREADY: BlockingIoError,
  EINPROGRESS: BlockingIoError,
  ECHILD: ChildProcessError,
  EPIPE: BrokenPipeError,
  ESHUTDOWN: BrokenPipeError,
  ECONNABORTED: ConnectionAbortedError,
  ECONNREFUSED: ConnectionRefusedError,
  ECONNRESET: ConnectionResetError,
  EEXIST: FileExistsError,
  ENOENT: FileNotFoundError,
  EINTR: InterruptedError,
  EISDIR: IsADirectoryError,
  ENOTDIR: NotADirectoryError,
  EACCES: PermissionError,
  EPERM: PermissionError,
  ESRCH: ProcessLookupError,
  ETIMEDOUT: TimeoutError,
  EIO: IoError,
};
const byNumber: Readonly<Record<number, typeof SystemError | undefined>> = {
  [EEOF]: EofError,
  [ESHORT]: UnexpectedEofError,
  [EFORMAT]: BadFormatError,
};

function wordsOf(err: number): string {
  return extended[err]?.[1] ?? resolver[err]?.[1] ?? strerror(err);
}
