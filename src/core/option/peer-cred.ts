// Owns who is at the other end of a Unix socket: SO_PEERCRED.

import type { PeerCred } from '../../contract/message.js';
import { refusal } from '../../error/make.js';
import { SO_PEERCRED, SOL_SOCKET } from '../../native/constants.js';
import type { Handle } from '../handle.js';
import { ucred } from './struct-forms.js';

export function peerCredentials(handle: Handle): PeerCred {
  const found = ucred.get(handle, SOL_SOCKET, SO_PEERCRED);
  // unix(7) does not say it, but where there is no peer, or none that is known, the kernel answers with pid 0 and ids of -1.
  if (found.pid === undefined && found.uid === NOBODY && found.gid === NOBODY)
    throw refusal('ERR_SOCKET_STATE', 'option', 'the kernel knows nobody at the other end', {
      hint: 'Only connected Unix sockets have a peer with credentials: streams, seqpackets, and socketPair().',
    });
  return found;
}

const NOBODY = 0xffffffff;
