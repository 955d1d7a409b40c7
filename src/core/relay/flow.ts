// Owns one direction of a relay: what one connection receives goes to the other, and its end likewise. It must not know of
// lanes, limits and the other direction, except whether that is over.
//
// Theory of operation. Bytes are received into memory that all relays of the thread share, and sent from it at once; only what the
// other side does not take is copied and kept. When a receive fills that memory, much is coming: then, between two plaintext
// sockets, splice(2) moves it through a pipe, until little comes again. So a relay that is idle, or talks in small pieces, has
// no pipe, and one that finds no descriptors for a pipe goes on without. Nothing is received before what was received is sent:
// a slow side slows the other one down, by its own window.

import { systemError } from '../../error/system.js';
import * as C from '../../native/constants.js';
import { native } from '../../native/load.js';
import { sendOnce } from '../send.js';
import type { Stream } from '../stream.js';
import { isWant, Want } from '../want.js';
import { EndWriting } from '../writing.js';
import { Pipe } from './pipe.js';

const ROOM = 64 * 1024;
/** splice(2) goes on while it brings as much at once. */
const MUCH = 32 * 1024;

/** Null while a flow uses it. */
let shared: Buffer | null = null;
const nothing = Buffer.alloc(0);

export class Flow {
  readonly from: Stream;
  readonly to: Stream;
  /** Bytes that were received, not counting those that were read ahead, and bytes that `to` has taken. */
  received = 0;
  readonly wanted = undefined;
  moved = 0;
  /** The end was carried across, or the direction has failed. */
  over = false;
  failure: { readonly error: unknown; readonly blamed: Stream } | null = null;
  /** What it waits for, and on which of the two. */
  want: Want | null = null;
  waitsOn: Stream;
  /** The other direction. */
  back: Flow | null = null;
  #held: Buffer = nothing;
  #pipe: Pipe | null = null;
  #much = false;
  #spliceable: boolean;
  #ended = false;
  #ending: EndWriting | null = null;

  constructor(from: Stream, to: Stream) {
    this.from = from;
    this.to = to;
    this.waitsOn = from;
    // On a descriptor in blocking mode splice(2) would wait, whatever we say.
    this.#spliceable = !from.handle.inheritable && !to.handle.inheritable;
    // That direction was ended before: nothing can be carried over.
    this.over = to.handle.writingEnded;
  }

  /** The peer's death would not be noticed: nothing is read from there any more. */
  get mustWatch(): boolean {
    return !this.over && this.back?.over === true && this.to.handle.registration.shortMeansDrained;
  }

  /** The other direction has made the handshake that this one waits for. */
  get stale(): boolean {
    return this.want === Want.Many && this.waitsOn.layer?.ready !== false;
  }

  /** Goes as far as it can without waiting, and about `most` bytes at once. */
  run(most: number): void {
    const stop = this.moved + most;
    this.want = null;
    while (!this.over && this.moved < stop) {
      this.waitsOn = this.to;
      try {
        this.want = this.#deliver();
        if (this.want === null) {
          if (this.#ended) this.want = this.#end();
          else {
            this.waitsOn = this.from;
            this.want = this.#take();
          }
        }
        if (this.want === Want.Read && this.mustWatch) {
          this.waitsOn = this.to;
          this.#checkAlive();
          this.waitsOn = this.from;
        }
      } catch (error) {
        this.fail(error, this.waitsOn);
      }
      if (this.want !== null) return;
    }
  }

  fail(error: unknown, blamed: Stream): void {
    this.over = true;
    this.want = null;
    this.failure = { error, blamed };
  }

  /** Gives back what it holds: what was received and not sent is read next from where it came. */
  release(): void {
    const { from } = this;
    const left = this.#pipe !== null && this.#pipe.held > 0 ? this.#pipe.empty() : this.#held;
    if (left.length > 0 && from.handle.fd >= 0) from.buffer.prepend(left);
    this.#held = nothing;
    this.#pipe?.close();
    this.#pipe = null;
  }

  /** Sends what is held: null when that is done. */
  #deliver(): Want | null {
    if (this.#held.length > 0) {
      const want = this.#send(this.#held);
      if (want !== null) return want;
    }
    const pipe = this.#pipe;
    while (pipe !== null && pipe.held > 0) {
      const { registration } = this.to.handle;
      if (!registration.writable) return Want.Write;
      const n = pipe.drain(registration.fd);
      if (n === C.EAGAIN) {
        registration.writable = false;
        return Want.Write;
      }
      this.#sent(n, 'splice');
    }
    if (pipe !== null && !this.#much) {
      // An idle relay has none.
      pipe.close();
      this.#pipe = null;
    }
    const { layer } = this.to;
    return layer === null ? null : this.#sent(layer.flush(), 'send');
  }

  /** Sends bytes, and keeps those that are not taken: a copy of what is in memory of all. */
  #send(bytes: Buffer, isShared = false): Want | null {
    const { handle, layer } = this.to;
    let at = 0;
    let want: Want | null = null;
    try {
      while (at < bytes.length && want === null) {
        const left = bytes.length - at;
        const n = layer === null ? sendOnce(handle, bytes, at, left, 0) : layer.send(bytes, at, left);
        want = this.#sent(n, 'send');
        if (want === null) at += n;
      }
      return want;
    } finally {
      const rest = at === bytes.length ? nothing : bytes.subarray(at);
      this.#held = isShared && rest.length > 0 ? Buffer.from(rest) : rest;
    }
  }

  #sent(n: number, syscall: string): Want | null {
    if (isWant(n)) return n;
    if (n < 0) throw this.to.failed(n, syscall, 0);
    this.moved += n;
    // Nobody knows how much it will be.
    if (n > 0) this.to.sent(n, this.moved, this.moved);
    return null;
  }

  /** Receives something and sends what goes at once. */
  #take(): Want | null {
    const { from, to } = this;
    if (to.layer?.ready === false) {
      // First: functions of the caller's run in the middle of a handshake, and may use the shared memory.
      this.waitsOn = to;
      const want = to.layer.advance();
      if (want !== null) return want;
      this.waitsOn = from;
    }
    const { buffered } = from;
    if (buffered > 0) {
      const piece = from.buffer.take(Math.min(buffered, ROOM));
      this.waitsOn = to;
      return this.#send(piece);
    }
    if (this.#much && from.layer === null && to.layer === null && this.#splice()) return null;
    const memory = shared ?? Buffer.allocUnsafeSlow(ROOM);
    // Out of reach of others meanwhile: those who listen to events may begin a relay in the middle of this one.
    shared = null;
    try {
      const n = from.receiveInto(memory, 0, ROOM, this);
      if (isWant(n)) return n;
      if (n === 0) {
        this.#ended = true;
        return null;
      }
      this.#much = n === ROOM && this.#spliceable && from.handle.registration.lowWater === 1;
      this.waitsOn = to;
      return this.#send(n === ROOM ? memory : memory.subarray(0, n), true);
    } finally {
      shared = memory;
    }
  }

  /** Receives into the pipe. False when that is not the way, or nothing is there: recv(2) says which. */
  #splice(): boolean {
    const { registration } = this.from.handle;
    if (!registration.readable) return false;
    this.#pipe ??= Pipe.open();
    this.#much = this.#pipe !== null;
    if (this.#pipe === null) return false;
    const n = this.#pipe.fill(registration.fd);
    if (n >= 0) {
      this.#ended = this.from.count(n) === 0;
      if (n > 0) this.from.tellRead(n, this);
      this.#much = n >= MUCH;
      return true;
    }
    // An error is told once: recv(2) would take the connection for one that has ended.
    if (n !== C.EAGAIN && n !== C.EINVAL) throw this.from.blame(systemError(n, 'splice', 'read'), 0);
    this.#spliceable = n === C.EAGAIN;
    this.#much = this.#spliceable;
    return false;
  }

  /** Carries the end across: close_notify where there is TLS, then shutdown(2). */
  #end(): Want | null {
    try {
      this.#ending ??= new EndWriting(this.to);
      const want = this.#ending.step() ?? null;
      this.over = want === null;
      return want;
    } catch (error) {
      throw this.to.blame(error, 0);
    }
  }

  #checkAlive(): void {
    const { handle } = this.to;
    const found = native.poll(handle.fd, 0, 0);
    if (found <= 0) return;
    const n = native.send(handle.fd, nothing, 0, 0, C.MSG_DONTWAIT | C.MSG_NOSIGNAL);
    if (n < 0 && n !== C.EAGAIN) throw this.to.failed(n, 'send', 0);
  }
}
