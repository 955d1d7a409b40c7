// Owns recvmmsg(2): several messages in one call.

import type { Datagram } from '../../contract/message.js';
import * as C from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Attempt } from '../attempt.js';
import { Receiving } from '../direction.js';
import type { Handle } from '../handle.js';
import { Want } from '../want.js';
import { datagramIn } from './datagram.js';
import { lateError, receiveError } from './failure.js';
import { Room } from './room.js';

/** At most so many messages a call, and so many bytes for them together. The memory is only touched where messages are. */
const BATCH = 64;
const MEMORY = 4 * 1024 * 1024 + BATCH * 1024;
/** Between the places of two messages, so that their beginnings do not fall on one line of the processor's cache. */
const GAP = 576;
/** Control messages: what any options of IP and UDP bring at once, or every descriptor that a message can carry. */
const CONTROL_INET = 256;
const CONTROL_UNIX = 1280;
/** A batch is copied to memory of its own; no more than so much of it is kept alive by a single message, small or large. */
const TOGETHER = 16 * 1024;
const TOGETHER_LARGE = 64 * 1024;
const LARGE = 1024;

let memory: Buffer | null = null;
let inet: Room | null = null;
let unix: Room | null = null;

/** What has arrived, at least one message and at most `max`; empty at the end of a stream or seqpacket. */
export class RecvMany extends Receiving implements Attempt<Datagram[]> {
  readonly #max: number;
  readonly #size: number;

  constructor(handle: Handle, max: number, options: { readonly size: number }) {
    super(handle);
    handle.check('read');
    this.#max = max;
    this.#size = options.size;
  }

  step(): Datagram[] | Want {
    const handle = this.handle;
    const { registration } = handle;
    if (!registration.readable) return Want.Read;
    if (registration.late !== 0) throw lateError(handle, 'recvmmsg');
    const room = roomOf(handle);
    const size = this.#size;
    const stride = ((size + 63) & ~63) + GAP;
    const into = stride > MEMORY ? Buffer.allocUnsafeSlow(stride) : (memory ??= Buffer.allocUnsafeSlow(MEMORY));
    const most = Math.min(BATCH, Math.floor(into.length / stride));
    const all: Datagram[] = [];
    for (;;) {
      const count = Math.min(most, this.#max - all.length);
      const n = native.recvmmsg(registration.fd, into, size, stride, count, room.bytes, room.control, 0);
      if (n < 0) return this.#nothing(n, all);
      // The end fills every place that was left with nothing, and nothing comes behind it.
      const ended = n === count && handle.endsWithZero && isNothing(room, n - 1);
      take(handle, all, into, stride, room, ended ? beforeNothing(room, n) : n);
      if (ended || all.length === this.#max) return all;
      if (n < count) {
        // recvmmsg(2) goes on until there is nothing more, and what comes from now on is a new edge.
        if (handle.kind === C.SOCK_DGRAM && !registration.ended) registration.readable = false;
        return all;
      }
    }
  }

  #nothing(errno: number, all: Datagram[]): Datagram[] | Want {
    if (errno === C.EAGAIN) this.registration.readable = false;
    else if (all.length === 0) throw receiveError(this.handle, errno, 'recvmmsg');
    // Behind messages it is the next call's, as recvmmsg(2) has it.
    else this.registration.late = errno;
    return all.length > 0 ? all : Want.Read;
  }
}

function roomOf(handle: Handle): Room {
  return handle.family === C.AF_UNIX
    ? (unix ??= new Room(BATCH, CONTROL_UNIX))
    : (inet ??= new Room(BATCH, CONTROL_INET));
}

function isNothing(room: Room, slot: number): boolean {
  const base = slot * room.stride;
  return room.words[base] === 0 && room.words[base + 2] === 0;
}

function beforeNothing(room: Room, n: number): number {
  let end = n;
  while (end > 0 && isNothing(room, end - 1)) end--;
  return end;
}

/** Makes datagrams of the first `n` slots. */
function take(handle: Handle, all: Datagram[], from: Buffer, stride: number, room: Room, n: number): void {
  const { words, stride: slot } = room;
  for (let i = 0; i < n;) {
    const first = i;
    let size = words[i++ * slot]!;
    const most = size > LARGE ? TOGETHER_LARGE : TOGETHER;
    while (i < n && size + words[i * slot]! <= most) size += words[i++ * slot]!;
    const chunk = Buffer.allocUnsafeSlow(size);
    native.gather(from, stride, room.bytes, slot * 4, first, i - first, chunk);
    let used = 0;
    for (let each = first; each < i; each++) {
      const end = used + words[each * slot]!;
      all.push(datagramIn(handle, room, each, chunk.subarray(used, end)));
      used = end;
    }
  }
}
