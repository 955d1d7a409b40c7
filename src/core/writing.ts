// Owns the writing side of a connection besides sending itself: the end of our direction, and the wait for the peer's
// kernel to have everything.

import type { Phase } from '../contract/error.js';
import { systemError } from '../error/system.js';
import { ENOTCONN, SHUT_RD, SHUT_WR } from '../native/constants.js';
import { native } from '../native/load.js';
import type { Attempt } from './attempt.js';
import type { Interest } from './attempt.js';
import type { Handle } from './handle.js';
import { type Layer, layerInterests, layerUntil } from './layer.js';
import { SendAll, sendOnce } from './send.js';
import type { Stream } from './stream.js';
import { isWant, Want } from './want.js';

/** Writes pieces to a connection. */
export function write(stream: Stream, pieces: readonly Uint8Array[]): SendAll {
  stream.check('write');
  return new StreamSend(stream, pieces);
}

/** The same for methods that return nothing. */
export function writeQuietly(stream: Stream, pieces: readonly Uint8Array[]): Attempt<void> {
  stream.check('write');
  return new QuietSend(stream, pieces) as Attempt<unknown> as Attempt<void>;
}

/**
 * FAST PATH (bench: echo, 64 B): the usual write, of bytes, with nothing before it and room in the kernel, needs no
 * operation made for it. How many bytes were taken; 0 says that the long way must be gone, and that nothing was done.
 */
export function writeAtOnce(stream: Stream, bytes: Uint8Array): number {
  const { handle, layer } = stream;
  if (handle.closing || handle.firstWrite !== null || bytes.length === 0) return 0;
  const n = layer === null ? sendOnce(handle, bytes, 0, bytes.length, 0) : layer.send(bytes, 0, bytes.length);
  if (n > 0) {
    stream.sent(n, n, bytes.length);
    return n;
  }
  if (isWant(n)) return 0;
  throw stream.failed(n, 'send', 0);
}

/** Goes on with a write whose first `done` bytes are sent. */
export function writeRest(stream: Stream, bytes: Uint8Array, done: number): SendAll {
  return new StreamSend(stream, [bytes], done);
}

/** One write of a connection. */
export class StreamSend extends SendAll {
  readonly #stream: Stream;
  #begun: boolean;

  constructor(stream: Stream, pieces: readonly Uint8Array[], done = 0) {
    super(stream.handle, pieces, stream, 0, done);
    this.#stream = stream;
    this.#begun = done > 0;
  }

  protected override get layer(): Layer | null {
    return this.#stream.layer;
  }
  get until(): number {
    return layerUntil(this.#stream);
  }

  interests(): readonly Interest[] {
    return layerInterests(this.#stream);
  }

  override step(): number {
    const { layer } = this.#stream;
    if (layer?.ready === false) {
      const want = layer.advance();
      if (want !== null) return want;
    }
    if (!this.#begun) {
      this.#begun = true;
      this.begin();
    }
    return super.step();
  }

  /** It is its turn, and nothing is sent yet. */
  protected begin(): void {
    // Most have nothing to say to that.
  }

  /** Given up before it was complete: what the peer has is not all. A wrong limit stops it before it begins. */
  abandon(): void {
    if (!this.#begun) return;
    this.#stream.ending.torn = true;
    if (this.#stream.layer?.leftBehind) wakeReaders(this.#stream.handle);
  }
}

/** What a layer took and has not sent is theirs from now on. */
function wakeReaders(handle: Handle): void {
  const { reader, watchers } = handle.registration;
  reader?.wake();
  for (const watcher of watchers ?? []) watcher.wake();
}

class QuietSend extends StreamSend {
  override step(): number {
    const n = super.step();
    return isWant(n) ? n : (undefined as unknown as number);
  }
}

/** Ends our direction, after everything that was written before. */
export class EndWriting implements Attempt<void> {
  readonly phase: Phase = 'close';
  readonly limit = Infinity;
  readonly #handle: Handle;
  readonly #stream: Stream;

  constructor(stream: Stream) {
    stream.check('close');
    this.#stream = stream;
    this.#handle = stream.handle;
  }

  get lane() {
    return this.#handle.writes;
  }
  get registration() {
    return this.#handle.registration;
  }
  get until(): number {
    return layerUntil(this.#stream);
  }

  interests(): readonly Interest[] {
    return layerInterests(this.#stream);
  }

  step(): void | Want {
    const n = this.#endLayer();
    if (isWant(n)) return n;
    shutdownDescriptor(this.#handle, SHUT_WR, n === 0 && hasLeft(this.#stream));
  }

  /** TLS says by close_notify that our direction ends; the FIN alone could be anybody's. */
  #endLayer(): number {
    const { layer } = this.#stream;
    if (layer === null || this.#handle.writingEnded) return 0;
    return (layer.ready ? null : layer.advance()) ?? layer.end();
  }
}

/**
 * A peer that has ended its direction and closed its socket answers close_notify, the last word, with an RST. Whatever we had
 * written was taken before.
 */
function hasLeft({ layer, ended }: Stream): boolean {
  return layer !== null && ended;
}

/** shutdown(2); a connection that the peer has ended altogether counts as shut down. */
export function shutdownDescriptor(handle: Handle, how: number, gone = false): void {
  handle.check('close');
  const result = native.shutdown(handle.fd, how);
  if (result < 0 && !(result === ENOTCONN && (gone || handle.state === 'shutdown')))
    throw systemError(result, 'shutdown', 'close');
  handle.state = 'shutdown';
  if (how !== SHUT_RD) handle.writingEnded = true;
  if (how !== SHUT_WR) handle.readingEnded = true;
}

/** The same for a connection, where a layer may have a last word. */
export function shutdownStream(stream: Stream, how: number): void {
  stream.check('close');
  const n = how === SHUT_RD || stream.handle.writingEnded ? 0 : (stream.layer?.end() ?? 0);
  shutdownDescriptor(stream.handle, how, n === 0 && hasLeft(stream));
}

/** Bytes that the peer's kernel has not acknowledged; 0 where the kernel cannot say. */
export function unacknowledged(handle: Handle): number {
  return Math.max(0, native.queuedOut(handle.fd));
}

/** True once the kernel's send queue is empty. There is no event for it, so it asks again after short pauses. */
export class WaitFlushed implements Attempt<boolean> {
  readonly phase: Phase = 'write';
  readonly limit = Infinity;
  readonly #stream: Stream;

  constructor(stream: Stream) {
    stream.check('write');
    this.#stream = stream;
  }

  get lane() {
    return this.#stream.handle.writes;
  }
  get registration() {
    return this.#stream.handle.registration;
  }

  step(): boolean | Want {
    const left = this.#stream.layer?.flush() ?? 0;
    if (isWant(left)) return left;
    if (left < 0) throw this.#stream.failed(left, 'send', 0);
    const queued = native.queuedOut(this.#stream.handle.fd);
    if (queued < 0) throw systemError(queued, 'ioctl', 'write');
    return queued === 0 ? true : Want.Pause;
  }

  expired(): { value: boolean } {
    return { value: false };
  }
}

/** Bytes in the kernel's two queues. A listening socket has neither. */
export function queued(handle: Handle): { in: number; out: number } {
  handle.check('option');
  const incoming = native.queuedIn(handle.fd);
  if (incoming < 0) throw systemError(incoming, 'ioctl', 'option');
  const outgoing = native.queuedOut(handle.fd);
  if (outgoing < 0) throw systemError(outgoing, 'ioctl', 'option');
  return { in: incoming, out: outgoing };
}
