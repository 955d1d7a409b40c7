// Owns why a handshake failed: from a result of the addon to the error that every waiting call gets. It must not know what
// becomes of the connection.

import type { SocketError } from '../../error/socket-error.js';
import { systemError } from '../../error/system.js';
import { ECONNRESET, EPIPE } from '../../native/constants.js';
import { tlsResult, type TlsSession } from '../../native/tls-binding.js';
import type { Stream } from '../stream.js';
import { tlsFailure, truncated } from './failure.js';
import { tls } from './library.js';

/** `checked` is the name that the certificate is checked against. */
export function handshakeFailure(
  n: number,
  session: TlsSession,
  stream: Stream,
  checked: string | null,
): () => SocketError {
  const at = whereabouts(stream);
  if (n === tlsResult.truncated) return () => truncated('tls', at);
  if (n !== tlsResult.failed) {
    // A peer that refuses us says why before it is gone, but what we sent meanwhile failed first.
    if (n === EPIPE || n === ECONNRESET) tls().read(session, scrap, 0, scrap.length, true);
    const said = tls().failure(session);
    if (said.alertReceived <= 0) return () => systemError(n, n === EPIPE ? 'send' : 'recv', 'tls', stream.remoteAddr);
  }
  const failure = tls().failure(session);
  return () => tlsFailure(failure, 'tls', at, checked);
}

/** The peer, for messages; a connection that was reset may not know it any more. */
export function whereabouts(stream: Stream): { address?: string; port?: number } {
  try {
    const { address, port } = stream.remoteAddr;
    return { address, ...(port === undefined ? {} : { port }) };
  } catch {
    return {};
  }
}

const scrap = Buffer.alloc(16);
