// Owns the errors of messages: whom they are about, and the one that was received behind messages and is the next
// receive's, as recvmmsg(2) has it within one call.

import type { SocketAddress } from '../../address/socket-address.js';
import type { ErrorFacts, SocketError } from '../../error/socket-error.js';
import { systemError } from '../../error/system.js';
import type { Handle } from '../handle.js';
import { decodeBytes, peerAddress } from '../sockaddr.js';

/** A refusal on a connected datagram socket, say, is its peer's. */
export function receiveError(handle: Handle, errno: number, syscall: string, facts?: Partial<ErrorFacts>): SocketError {
  return systemError(errno, syscall, 'read', peerOrNull(handle), facts);
}

/** A message that was not sent, to a sockaddr or to the peer. */
export function sendError(
  handle: Handle,
  errno: number,
  syscall: string,
  name: Uint8Array | null,
  facts?: Partial<ErrorFacts>,
): SocketError {
  return systemError(errno, syscall, 'write', name === null ? peerOrNull(handle) : decodeBytes(name), facts);
}

/** Takes the error that waits. */
export function lateError(handle: Handle, syscall: string): SocketError {
  const { registration } = handle;
  const errno = registration.late;
  registration.late = 0;
  return receiveError(handle, errno, syscall);
}

function peerOrNull(handle: Handle): SocketAddress | null {
  if (handle.state !== 'connected' && handle.state !== 'shutdown') return null;
  try {
    return peerAddress(handle.fd);
  } catch {
    // A connection that was reset may have none any more.
    return null;
  }
}
