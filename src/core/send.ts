// Owns sending: one send(2), and the operation that repeats it until everything is with the kernel.

import type { Phase } from '../contract/error.js';
import { refusal } from '../error/make.js';
import type { ErrorFacts } from '../error/socket-error.js';
import { systemError } from '../error/system.js';
import { EAGAIN, MSG_DONTWAIT, MSG_NOSIGNAL } from '../native/constants.js';
import { native } from '../native/load.js';
import type { Attempt } from './attempt.js';
import type { Handle } from './handle.js';
import { Want } from './want.js';

const FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;

/** One send(2) of a part of `bytes`: how many the kernel took, -errno, or Want.Write. */
export function sendOnce(handle: Handle, bytes: Uint8Array, offset: number, length: number, flags: number): number {
  const { registration } = handle;
  if (!registration.writable) return Want.Write;
  const n = native.send(registration.fd, bytes, offset, length, flags | FLAGS);
  if (n !== EAGAIN) return n;
  registration.writable = false;
  return Want.Write;
}

/** Who wants to know what was sent and what failed: the stream above, if there is one. */
export interface Sender {
  sent(bytes: number): void;
  failed(errno: number, syscall: string, bytesDone: number): Error;
}

/** Sends one piece or several, whole and in order. The result is the number of bytes. */
export class SendAll implements Attempt<number> {
  readonly phase: Phase = 'write';
  readonly breaks = true;
  readonly #handle: Handle;
  readonly #sender: Sender | null;
  readonly #flags: number;
  readonly #pieces: readonly Uint8Array[];
  readonly #total: number;
  #index = 0;
  #offset = 0;
  #done = 0;

  constructor(handle: Handle, pieces: readonly Uint8Array[], sender: Sender | null, flags = 0) {
    this.#handle = handle;
    this.#pieces = pieces;
    this.#sender = sender;
    this.#flags = flags;
    let total = 0;
    for (const piece of pieces) total += piece.length;
    this.#total = total;
  }

  get lane() {
    return this.#handle.writes;
  }
  get registration() {
    return this.#handle.registration;
  }
  get limit() {
    return this.#handle.sendLimit;
  }

  step(): number {
    while (this.#done < this.#total) {
      const n = this.#sendSome();
      if (n === Want.Write) return n;
      if (n < 0) throw this.#failure(n);
      this.#done += n;
      this.#sender?.sent(n);
      this.#advance(n);
    }
    return this.#done;
  }

  facts(): Partial<ErrorFacts> {
    return { bytesDone: this.#done };
  }

  #sendSome(): number {
    const pieces = this.#pieces;
    const piece = pieces[this.#index]!;
    // The caller's memory may have been detached or resized while we waited.
    if (piece.length < this.#offset)
      throw refusal('ERR_BUFFER_DETACHED', 'write', 'the data was detached or shrunk during the call', this.facts());
    if (this.#index === pieces.length - 1)
      return sendOnce(this.#handle, piece, this.#offset, this.#remaining(piece), this.#flags);
    const { registration } = this.#handle;
    if (!registration.writable) return Want.Write;
    const n = native.sendv(registration.fd, pieces, this.#index, this.#offset, this.#flags | FLAGS);
    if (n !== EAGAIN) return n;
    registration.writable = false;
    return Want.Write;
  }

  #remaining(piece: Uint8Array): number {
    const length = this.#total - this.#done;
    if (piece.length - this.#offset < length)
      throw refusal('ERR_BUFFER_DETACHED', 'write', 'the data was detached or shrunk during the call', this.facts());
    return length;
  }

  #advance(n: number): void {
    let left = n + this.#offset;
    while (this.#index < this.#pieces.length && left >= this.#pieces[this.#index]!.length) {
      left -= this.#pieces[this.#index]!.length;
      this.#index++;
    }
    this.#offset = left;
  }

  #failure(errno: number): Error {
    return this.#sender?.failed(errno, 'send', this.#done) ?? systemError(errno, 'send', 'write', null, this.facts());
  }
}
