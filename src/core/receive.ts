// Owns recv(2): one try, and what its result says about readiness. The same for sockets and streams.

import { systemError, type Whereabouts } from '../error/system.js';
import {
  EAGAIN,
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  MSG_OOB,
  MSG_PEEK,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLPRI,
  POLLRDHUP,
} from '../native/constants.js';
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
  if (registration.lowWater > 1) {
    const want = belowMark(registration, length, flags);
    if (want !== null) return want;
  } else if (!registration.readable && !(flags & ELSEWHERE)) return Want.Read;
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
  if (registration.lowWater > 1) {
    const want = belowMark(registration, length, flags);
    if (want !== null) return want;
  } else if (!registration.readable && !(flags & ELSEWHERE)) return Want.Read;
  const n = slabReceive(registration.fd, length, flags | MSG_DONTWAIT);
  return n === length ? n : judge(registration, n, flags, peer);
}

/**
 * SO_RCVLOWAT, which recv(2) heeds on blocking descriptors only: null when it may go on, because as many bytes are there as
 * the mark says, or as many as are asked for, or because no more will come. The kernel is asked and not the hint: below the
 * mark there are no edges.
 */
export function belowMark(registration: Registration, length: number, flags: number): Want | null {
  if (flags & ELSEWHERE) return null;
  const { fd, lowWater, shortMeansDrained: isTcp } = registration;
  const found = native.poll(fd, POLLIN | POLLPRI | POLLRDHUP, 0);
  if (found < 0 || found & (POLLPRI | POLLRDHUP | POLLERR | POLLHUP)) return null;
  // socket(7): on TCP poll(2) and epoll(7) heed the mark, and know when the buffer has no room for as much.
  if (isTcp && length >= lowWater) {
    return found & POLLIN ? null : Want.Read;
  }
  const there = native.queuedIn(fd);
  if (there < 0 || there >= Math.min(lowWater, length)) return null;
  // Elsewhere poll(2) speaks up at the first byte; on TCP not at all, when less than the mark is asked for.
  return there === 0 && !isTcp ? null : Want.Pause;
}

/** What a receive has found, as an operation says it. */
export function judge(registration: Registration, received: number, flags: number, peer: Whereabouts | null): number {
  if (received > 0) {
    if (registration.shortMeansDrained && !registration.ended && !(flags & LEAVES)) registration.readable = false;
    return received;
  }
  const n = registration.late === 0 ? received : registration.late;
  registration.late = 0;
  if (n === EAGAIN) {
    if (!(flags & ELSEWHERE)) registration.readable = false;
    return Want.Read;
  }
  if (n < 0) throw systemError(n, 'recv', 'read', peer);
  return 0;
}
