// Owns recv(2): one try, and what its result says about readiness. The same for sockets and streams.

import { systemError, type Whereabouts } from '../error/system.js';
import { EAGAIN, MSG_DONTWAIT, MSG_ERRQUEUE, MSG_OOB, MSG_PEEK } from '../native/constants.js';
import { native } from '../native/load.js';
import type { Registration } from './registration.js';
import { slabReceive } from './slab.js';
import { Want } from './want.js';

/** These receive from elsewhere, so they say nothing about the queue, nor does the queue about them. */
const ELSEWHERE = MSG_OOB | MSG_ERRQUEUE;
/** After these a short receive does not mean that the queue is empty; peeked bytes are still in it. */
const LEAVES = ELSEWHERE | MSG_PEEK;

/** Receives into a part of `buffer`: the number of bytes, 0 at the end of a stream, or Want.Read. */
export function receiveInto(
  registration: Registration,
  buffer: Uint8Array,
  offset: number,
  length: number,
  flags = 0,
  peer: Whereabouts | null = null,
): number {
  if (!registration.readable && !(flags & ELSEWHERE)) return Want.Read;
  const n = native.recv(registration.fd, buffer, offset, length, flags | MSG_DONTWAIT);
  return n === length ? n : judge(registration, n, flags, peer);
}

/** Receives into the slab; `slabTake` has the bytes. */
export function receiveSlab(
  registration: Registration,
  length: number,
  flags = 0,
  peer: Whereabouts | null = null,
): number {
  if (!registration.readable && !(flags & ELSEWHERE)) return Want.Read;
  const n = slabReceive(registration.fd, length, flags | MSG_DONTWAIT);
  return n === length ? n : judge(registration, n, flags, peer);
}

function judge(registration: Registration, n: number, flags: number, peer: Whereabouts | null): number {
  if (n > 0) {
    if (registration.shortMeansDrained && !registration.ended && !(flags & LEAVES)) registration.readable = false;
    return n;
  }
  if (n === EAGAIN) {
    if (!(flags & ELSEWHERE)) registration.readable = false;
    return Want.Read;
  }
  if (n < 0) throw systemError(n, 'recv', 'read', peer);
  return 0;
}
