// Owns sending: one send(2), and the operation that repeats it until everything is with the kernel.

import type { Phase } from '../contract/error.js';
import { refusal } from '../error/make.js';
import type { ErrorFacts } from '../error/socket-error.js';
import { systemError } from '../error/system.js';
import { EAGAIN, EINPROGRESS, MSG_DONTWAIT, MSG_NOSIGNAL } from '../native/constants.js';
import { native } from '../native/load.js';
import type { Attempt } from './attempt.js';
import type { Handle } from './handle.js';
import type { Layer } from './layer.js';
import { isWant, Want } from './want.js';

// tcp(7), TCP_FASTOPEN_CONNECT: a first write that could not go with the first packet answers EINPROGRESS, and has taken nothing.
const FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;

/** One send(2) of a part of `bytes`: how many the kernel took, -errno, or Want.Write. */
export function sendOnce(handle: Handle, bytes: Uint8Array, offset: number, length: number, flags: number): number {
  const { registration } = handle;
  if (!registration.writable) return Want.Write;
  const n = native.send(registration.fd, bytes, offset, length, flags | FLAGS);
  if (n >= 0 || (n !== EAGAIN && n !== EINPROGRESS)) return n;
  registration.writable = false;
  return Want.Write;
}

/** One sendmsg(2) of pieces, from pieces[first] on without its first `offset` bytes. */
export function sendPiecesOnce(
  handle: Handle,
  pieces: readonly Uint8Array[],
  first: number,
  offset: number,
  flags: number,
): number {
  const { registration } = handle;
  if (!registration.writable) return Want.Write;
  const n = native.sendv(registration.fd, pieces, first, offset, flags | FLAGS);
  if (n >= 0 || (n !== EAGAIN && n !== EINPROGRESS)) return n;
  registration.writable = false;
  return Want.Write;
}

/** Who wants to know what was sent and what failed: the stream above, if there is one. */
export interface Sender {
  /** `total` is what is out of the operation so far, `wanted` all of it. */
  sent(bytes: number, total: number, wanted: number): void;
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
  /** How long each piece was when the call was made; null for the usual single one, which is as long as the total. */
  readonly #lengths: readonly number[] | null;
  readonly #total: number;
  #index = 0;
  #offset: number;
  #done: number;

  /** `done` bytes of the first piece are sent already. */
  constructor(handle: Handle, pieces: readonly Uint8Array[], sender: Sender | null, flags = 0, done = 0) {
    this.#handle = handle;
    this.#pieces = pieces;
    this.#sender = sender;
    this.#flags = flags;
    this.#lengths = pieces.length > 1 ? pieces.map((piece) => piece.length) : null;
    let total = 0;
    for (const piece of pieces) total += piece.length;
    this.#total = total;
    this.#done = done;
    this.#offset = done;
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
  /** What the bytes go through before the kernel. */
  protected get layer(): Layer | null {
    return null;
  }

  step(): number {
    this.#checkPieces();
    while (this.#done < this.#total) {
      const n = this.#sendSome();
      if (isWant(n)) return n;
      if (n < 0) throw this.#failure(n);
      this.#done += n;
      this.#sender?.sent(n, this.#done, this.#total);
      this.#advance(n);
    }
    const { layer } = this;
    if (layer !== null) {
      const n = layer.flush();
      if (isWant(n)) return n;
      if (n < 0) throw this.#failure(n);
    }
    return this.#done;
  }

  facts(): Partial<ErrorFacts> {
    return { bytesDone: this.#done };
  }

  #sendSome(): number {
    const pieces = this.#pieces;
    const piece = pieces[this.#index]!;
    const last = this.#index === pieces.length - 1;
    const { layer } = this;
    if (layer !== null)
      return last
        ? layer.send(piece, this.#offset, this.#total - this.#done)
        : layer.sendv(pieces, this.#index, this.#offset);
    if (last) return sendOnce(this.#handle, piece, this.#offset, this.#total - this.#done, this.#flags);
    return sendPiecesOnce(this.#handle, pieces, this.#index, this.#offset, this.#flags);
  }

  /** The caller's memory may have been detached or resized while we waited. Then nothing of what is left goes out. */
  #checkPieces(): void {
    for (let i = this.#index; i < this.#pieces.length; i++)
      if (this.#pieces[i]!.length !== this.#lengthOf(i))
        throw refusal('ERR_BUFFER_DETACHED', 'write', 'the data was detached or resized during the call', this.facts());
  }

  #lengthOf(index: number): number {
    return this.#lengths === null ? this.#total : this.#lengths[index]!;
  }

  #advance(n: number): void {
    let left = n + this.#offset;
    while (this.#index < this.#pieces.length && left >= this.#lengthOf(this.#index)) {
      left -= this.#lengthOf(this.#index);
      this.#index++;
    }
    this.#offset = left;
  }

  #failure(errno: number): Error {
    return this.#sender?.failed(errno, 'send', this.#done) ?? systemError(errno, 'send', 'write', null, this.facts());
  }
}
