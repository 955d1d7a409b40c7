// Owns what a failure is to somebody who reads the exit code or --json. It must not know which command failed.

import { CertificateError, ResolveError, SocketError, TimeoutError, TlsError } from '../error/socket-error.js';
import { inWordsOfTheCommand, isMisuse } from './report.js';
import { StarttlsError } from './starttls.js';
import { UsageError } from './usage.js';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  /** The alert of TLS, ours or the peer's. */
  readonly alert: string | null;
}

export function failureOf(error: unknown): Failure {
  const { code, message } = error instanceof Error ? (error as NodeJS.ErrnoException) : { message: String(error) };
  const socket = error instanceof SocketError ? error : null;
  return {
    code: code ?? ownCodeOf(error),
    message: inWordsOfTheCommand(message),
    hint: socket?.hint === undefined ? null : inWordsOfTheCommand(socket.hint),
    alert: socket?.tlsAlert ?? null,
  };
}

function ownCodeOf(error: unknown): string {
  if (error instanceof UsageError) return 'USAGE';
  return error instanceof StarttlsError ? 'STARTTLS' : 'ERROR';
}

/** The exit code of a failure: manual/exit-codes.ts says what they mean. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || isMisuse(error)) return 2;
  if (error instanceof ResolveError) return 3;
  if (error instanceof TimeoutError || (error instanceof SocketError && error.code === 'ETIMEDOUT')) return 7;
  if (error instanceof CertificateError) return 6;
  if (error instanceof SocketError && isBreak(error)) return 9;
  if (error instanceof SocketError && gone.includes(error.code)) return 4;
  if (error instanceof TlsError || error instanceof StarttlsError) return 5;
  if (error instanceof SocketError) return phases[error.phase] ?? 1;
  return 1;
}

/** What was there is not there any more. A reset in the middle of a handshake is the server's answer to that. */
function isBreak({ code, phase }: SocketError): boolean {
  if (code === 'ERR_TLS_TRUNCATED') return phase !== 'tls';
  return ['ECONNRESET', 'EPIPE', 'ENETRESET', 'ECONNABORTED'].includes(code) && phase !== 'tls' && phase !== 'connect';
}

/** Also what ICMP says of a datagram. */
const gone: readonly string[] = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'];

const phases: Readonly<Record<string, number>> = { connect: 4, tls: 5, bind: 8 };
