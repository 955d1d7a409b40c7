// Owns TLS over an open connection: its options, its events, and what its failures are called.

import { EndOfStreamError, SocketError } from '../../error/socket-error.js';
import { SSLPrivateKey } from './certificate.js';
import * as C from './constants.js';
import { remoteClosed, sslFailure } from './failure.js';
import type { Link } from './link.js';
import type { QoreException } from './exception.js';

/** Even a handshake that is not to wait takes a moment. */
const AT_ONCE_MS = 1;

/** Which side makes the handshake, and whose queue gets its events. */
export interface Side {
  readonly server: boolean;
  readonly told: Link;
  /** Whose certificate and key. */
  readonly identity: Link;
}

/**
 * Makes the handshake. Any certificate passes: `verifyPeerCertificate` says what it is worth. What fails closes the connection.
 * @throws QoreException `SOCKET-SSL-ERROR`, `SOCKET-CLOSED`
 */
export function secure(link: Link, method: string, { server, told, identity }: Side, ms: number | null): void {
  const conn = link.connected(method);
  told.post({ event: C.EVENT_START_SSL });
  const { certificate, privateKey } = identity;
  try {
    const { cipher, cipherVersion } = conn.startTls({
      server,
      verify: server,
      // A client may say everything at once, and what it said belongs to the handshake.
      buffered: server ? 'feed' : 'reject',
      ...(certificate === null || privateKey === null
        ? {}
        : { cert: certificate.getPEM(), key: SSLPrivateKey.keyObject(privateKey) }),
      // One limit, and not the usual one of a handshake besides.
      ...(ms === null ? {} : { timeout: Math.max(AT_ONCE_MS, ms), handshakeTimeout: Infinity }),
    });
    told.post({ event: C.EVENT_SSL_ESTABLISHED, cipher, cipher_version: cipherVersion });
  } catch (error) {
    link.close();
    throw handshakeFailure(method, error);
  }
}

function handshakeFailure(method: string, error: unknown): QoreException {
  const gone = error instanceof SocketError && ['ERR_TLS_TRUNCATED', 'ECONNRESET', 'EPIPE'].includes(error.code);
  if (gone || error instanceof EndOfStreamError) return remoteClosed(method, null, error);
  return sslFailure(method, error);
}
