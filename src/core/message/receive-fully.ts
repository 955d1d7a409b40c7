// Owns recvmsg(2) with MSG_WAITALL on a stream, which the kernel ignores on descriptors that do not wait: it goes on until the
// room is filled, the stream ends, or descriptors came, at which the kernel ends a receive, too.

import type { Datagram } from '../../contract/message.js';
import type { ErrorFacts } from '../../error/socket-error.js';
import * as C from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Attempt } from '../attempt.js';
import { Receiving } from '../direction.js';
import type { Handle } from '../handle.js';
import { Want } from '../want.js';
import { datagramIn, type ReceivedDatagram } from './datagram.js';
import { lateError, receiveError } from './failure.js';
import type { ReceiveOptions } from './receive-message.js';
import { roomFor } from './room.js';

/** What a limit ends is returned as far as it came, as the kernel does. */
export class RecvMessageFully extends Receiving implements Attempt<Datagram | null> {
  readonly #options: ReceiveOptions;
  readonly #memory: Buffer;
  #filled = 0;
  /** The data so far, and what came with its last part. */
  #soFar: ReceivedDatagram | null = null;

  constructor(handle: Handle, options: ReceiveOptions) {
    super(handle);
    handle.check('read');
    this.#options = { ...options, flags: options.flags & ~C.MSG_WAITALL };
    this.#memory = Buffer.alloc(options.size);
  }

  step(): Datagram | null | Want {
    const { registration } = this;
    const { size, control, flags } = this.#options;
    const memory = this.#memory;
    const room = roomFor(control);
    if (registration.late !== 0) throw lateError(this.handle, 'recvmsg');
    while (this.#filled < size) {
      if (!registration.readable) return Want.Read;
      const at = this.#filled;
      const n = native.recvmsg(registration.fd, memory, at, size - at, room.bytes, control, flags);
      if (n === C.EAGAIN) {
        registration.readable = false;
        return Want.Read;
      }
      if (n < 0) {
        if (this.#soFar === null) throw receiveError(this.handle, n, 'recvmsg');
        // Behind bytes it is the next receive's, as the kernel has it.
        registration.late = n;
        break;
      }
      if (n === 0) break;
      const datagram = datagramIn(this.handle, room, 0, memory.subarray(0, at + n));
      // Peeked bytes stay readable, so there is no event for the rest.
      if (flags & C.MSG_PEEK) return n < size && !datagram.carries ? Want.Pause : datagram;
      this.#filled += n;
      this.#soFar = datagram;
      if (datagram.carries) break;
    }
    return this.#soFar;
  }

  expired(): { value: Datagram } | null {
    return this.#soFar === null ? null : { value: this.#soFar };
  }

  facts(): Partial<ErrorFacts> {
    return { bytesDone: this.#filled, partial: this.#soFar?.data };
  }
}
