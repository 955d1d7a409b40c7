// What an error tells.

import type { RelayFailure } from './relay.js';

/** What the library was doing when an operation failed. */
export type Phase = 'lookup' | 'connect' | 'tls' | 'read' | 'write' | 'accept' | 'bind' | 'option' | 'close' | 'config';

/** One address that a failed dial has tried. */
export interface Attempted {
  /** The address in the form of `Address.toString()`. */
  readonly address: string;
  /** How long the attempt ran, in milliseconds. */
  readonly ms: number;
  /** Why it ended: an errno name, `'ETIMEDOUT'` for a limit, `'ABORT_ERR'` for a signal. */
  readonly code: string;
}

/** What every error of a socket operation carries. Match on `code`; each one is explained in docs/errors.md. */
export interface SocketErrorShape extends Error {
  /** An errno name (`'ECONNREFUSED'`), a resolver code (`'ENOTFOUND'`), `'ETIMEDOUT'`, `'ABORT_ERR'`, or an `ERR_*` code of the library. */
  readonly code: string;
  /** The positive errno, when the system said no. */
  readonly errno?: number;
  /** The system call that failed. */
  readonly syscall?: string;
  /** The numeric address, path or host name the call was about. */
  readonly address?: string;
  /** The port the call was about, where there is one. */
  readonly port?: number;
  /** What the library was doing. */
  readonly phase: Phase;
  /** Bytes of this operation that were handed to the kernel before it failed. */
  readonly bytesDone: number;
  /** What had arrived when the stream ended too early. It is no longer in the read buffer. */
  readonly partial?: Buffer;
  /** Every address that a failed dial has tried, in order. Empty otherwise. */
  readonly attempts: readonly Attempted[];
  /** The alert of TLS that ended the connection, by its name in RFC 8446: `'handshake_failure'`, `'unknown_ca'`. Ours, or the peer's. */
  readonly tlsAlert?: string;
  /** OpenSSL's name for what is wrong with the peer's certificate: `'CERT_HAS_EXPIRED'`, `'HOSTNAME_MISMATCH'`. */
  readonly verifyCode?: string;
  /** How far a relay had come, and whose connection the error is about. Absent for all other calls. */
  readonly relayed?: RelayFailure;
  /** What the permission model of the runtime does not give, as Node names it: `'Net'`, `'FileSystemRead'`, `'FileSystemWrite'`. */
  readonly permission?: string;
  /** The file that `permission` is missing for. */
  readonly resource?: string;
  /** What a person can do about it. */
  readonly hint?: string;
}
