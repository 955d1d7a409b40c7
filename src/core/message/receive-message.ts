// Owns recvmsg(2) of one message.

import type { Datagram } from '../../contract/message.js';
import * as C from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Attempt, Interest } from '../attempt.js';
import { Receiving } from '../direction.js';
import type { Handle } from '../handle.js';
import { belowMark } from '../receive.js';
import { slabHolds, slabTake, slabUsed } from '../slab.js';
import { Want } from '../want.js';
import { datagramIn } from './datagram.js';
import { lateError, receiveError } from './failure.js';
import { type Room, roomFor } from './room.js';

/** How to receive: room for the data and for control messages in bytes, and MSG_* flags. */
export interface ReceiveOptions {
  readonly size: number;
  readonly control: number;
  readonly flags: number;
}

/** These receive from elsewhere, so they say nothing about the queue, nor does the queue about them. */
const ELSEWHERE = C.MSG_OOB | C.MSG_ERRQUEUE;

/** One message; null is the end of a stream or seqpacket. */
export class RecvMessage extends Receiving implements Attempt<Datagram | null> {
  readonly #options: ReceiveOptions;
  #tries = 0;

  constructor(handle: Handle, options: ReceiveOptions) {
    super(handle);
    handle.check('read');
    this.#options = options;
  }

  step(): Datagram | null | Want {
    const handle = this.handle;
    const { registration } = handle;
    const { size, control, flags } = this.#options;
    if (registration.lowWater > 1) {
      const want = belowMark(registration, size, flags);
      if (want !== null) return want;
    } else if (!registration.readable && !(flags & ELSEWHERE)) return Want.Read;
    if (registration.late !== 0) throw lateError(handle, 'recvmsg');
    const room = roomFor(control);
    const inSlab = slabHolds(size);
    const own = inSlab ? null : Buffer.allocUnsafeSlow(size);
    const n =
      own === null
        ? native.recvmsgSlab(registration.fd, slabUsed(), size, room.bytes, control, flags)
        : native.recvmsg(registration.fd, own, 0, size, room.bytes, control, flags);
    if (n < 0) return this.#nothing(n, flags);
    if (n === 0 && isEnd(handle, room, flags)) return null;
    // With MSG_TRUNC it is the length of the whole message.
    const length = n < size ? n : size;
    // tcp(7): with MSG_TRUNC the bytes are thrown away, and the memory is as it was.
    if (flags & C.MSG_TRUNC && registration.shortMeansDrained) return datagramIn(handle, room, 0, Buffer.alloc(length));
    return datagramIn(handle, room, 0, own === null ? slabTake(length) : own.subarray(0, length));
  }

  /** After Want.Many, for the queue of errors: no direction, since an error wakes whatever was asked for. */
  interests(): readonly Interest[] {
    return [{ registration: this.registration, read: false, write: false }];
  }

  #nothing(errno: number, flags: number): Want {
    if (errno !== C.EAGAIN) throw receiveError(this.handle, errno, 'recvmsg');
    // Data that nobody takes would wake it at once, and so does an error that stands in no queue; hence the pauses.
    if (flags & C.MSG_ERRQUEUE) return this.#tries++ % 2 === 0 ? Want.Many : Want.Pause;
    if (!(flags & ELSEWHERE)) this.registration.readable = false;
    return Want.Read;
  }
}

/** A receive of no bytes: the end, or an empty message. A seqpacket that has no data may still carry descriptors. */
function isEnd(handle: Handle, room: Room, flags: number): boolean {
  if (!handle.endsWithZero || flags & C.MSG_ERRQUEUE) return false;
  return handle.kind === C.SOCK_STREAM || room.words[2] === 0;
}
