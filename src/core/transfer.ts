// Owns the transfers of the BSD layer: recv and send of a plain socket, with flags.

import { refusal } from '../error/make.js';
import { SocketError, type ErrorFacts } from '../error/socket-error.js';
import { systemError } from '../error/system.js';
import * as C from '../native/constants.js';
import type { Attempt } from './attempt.js';
import { Receiving, Sending } from './direction.js';
import type { Handle } from './handle.js';
import { receiveInto, receiveSlab } from './receive.js';
import { sendOnce } from './send.js';
import { slabHolds, slabRoom, slabTake } from './slab.js';
import { Want } from './want.js';

abstract class ReceivingWithFlags extends Receiving {
  protected readonly flags: number;

  constructor(handle: Handle, flags: number) {
    super(handle);
    handle.check('read');
    this.flags = flags;
  }
}

/** One receive into memory of its own; null is the end. */
export class Recv extends ReceivingWithFlags implements Attempt<Buffer | null> {
  readonly #max: number;

  constructor(handle: Handle, max: number, flags: number) {
    super(handle, flags);
    this.#max = max;
  }

  step(): Buffer | null | Want {
    const { handle, registration, flags } = this;
    const max = this.#max;
    // What does not fit of a message is lost, so the slab must have room for all that was asked for.
    const whole = handle.kind !== C.SOCK_STREAM;
    if (whole && !slabHolds(max)) return this.#receiveLarge();
    const room = whole ? max : slabRoom(max);
    const n = receiveSlab(registration, room, flags);
    if (n < 0) return n as Want;
    if (n === 0) return handle.endsWithZero ? null : Buffer.alloc(0);
    // tcp(7): the bytes are thrown away, and the memory is as it was.
    if (flags & C.MSG_TRUNC && registration.shortMeansDrained) return Buffer.alloc(n);
    // Elsewhere MSG_TRUNC answers with the length of the whole message.
    return slabTake(n < room ? n : room);
  }

  #receiveLarge(): Buffer | null | Want {
    const memory = Buffer.allocUnsafeSlow(this.#max);
    const n = receiveInto(this.registration, memory, 0, memory.length, this.flags);
    if (n < 0) return n as Want;
    return n === 0 && this.handle.endsWithZero ? null : memory.subarray(0, n);
  }
}

/** One receive into the caller's memory. */
export class RecvInto extends ReceivingWithFlags implements Attempt<number> {
  readonly #target: Uint8Array;

  constructor(handle: Handle, target: Uint8Array, flags: number) {
    super(handle, flags);
    this.#target = target;
  }

  step(): number {
    if (this.#target.length === 0) throw detached();
    return receiveInto(this.registration, this.#target, 0, this.#target.length, this.flags);
  }
}

/**
 * MSG_WAITALL: fills the memory unless the stream ends, as a blocking descriptor would; on ours the kernel ignores it.
 * What was received when a limit or a signal ends the wait is returned, as the kernel does.
 */
export class RecvFully extends ReceivingWithFlags implements Attempt<number> {
  readonly #target: Uint8Array;
  readonly #length: number;
  #filled = 0;

  constructor(handle: Handle, target: Uint8Array, flags: number) {
    super(handle, flags & ~C.MSG_WAITALL);
    this.#target = target;
    this.#length = target.length;
  }

  step(): number {
    const { flags } = this;
    while (this.#filled < this.#length) {
      if (this.#target.length < this.#length) throw detached();
      const n = this.#receiveMore(flags);
      if (n === 0) break;
      if (n < 0) return n;
      // Peeked bytes stay readable, so there is no event for the rest.
      if (flags & C.MSG_PEEK) return n < this.#length ? Want.Pause : n;
      this.#filled += n;
    }
    return this.#filled;
  }

  /** An error behind bytes is the next receive's, as the kernel has it. */
  #receiveMore(flags: number): number {
    const { registration } = this;
    try {
      return receiveInto(registration, this.#target, this.#filled, this.#length - this.#filled, flags);
    } catch (error) {
      if (this.#filled === 0 || !(error instanceof SocketError) || error.errno === undefined) throw error;
      registration.late = -error.errno;
      return 0;
    }
  }

  expired(): { value: number } | null {
    return this.#filled > 0 ? { value: this.#filled } : null;
  }

  facts(): Partial<ErrorFacts> {
    return { bytesDone: this.#filled };
  }
}

/** The same, as a Buffer. */
export class RecvAll extends Receiving implements Attempt<Buffer | null> {
  readonly #inner: RecvFully;
  readonly #memory: Buffer;

  constructor(handle: Handle, max: number, flags: number) {
    super(handle);
    this.#memory = Buffer.allocUnsafeSlow(max);
    this.#inner = new RecvFully(handle, this.#memory, flags);
  }

  step(): Buffer | null | Want {
    const n = this.#inner.step();
    if (n < 0) return n as Want;
    return n === 0 && this.handle.endsWithZero ? null : this.#memory.subarray(0, n);
  }

  expired(): { value: Buffer } | null {
    const inner = this.#inner.expired();
    return inner === null ? null : { value: this.#memory.subarray(0, inner.value) };
  }

  facts(): Partial<ErrorFacts> {
    const { bytesDone = 0 } = this.#inner.facts();
    return { bytesDone, partial: bytesDone > 0 ? this.#memory.subarray(0, bytesDone) : undefined };
  }
}

/** One send; it may be short. */
export class Send extends Sending implements Attempt<number> {
  readonly #bytes: Uint8Array;
  readonly #length: number;
  readonly #flags: number;

  constructor(handle: Handle, bytes: Uint8Array, flags: number) {
    super(handle);
    handle.check('write');
    this.#bytes = bytes;
    this.#length = bytes.length;
    this.#flags = flags;
  }

  step(): number {
    if (this.#bytes.length < this.#length) throw detached();
    const n = sendOnce(this.handle, this.#bytes, 0, this.#length, this.#flags);
    if (n < 0 && n !== Want.Write) throw systemError(n, 'send', 'write');
    return n;
  }
}

function detached(): Error {
  return refusal('ERR_BUFFER_DETACHED', 'read', 'the memory was detached or shrunk during the call');
}
