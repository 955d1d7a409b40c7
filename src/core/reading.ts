// Owns the reading operations of a connection. Each one gathers in the read buffer and takes out only when it is
// complete, so that giving one up consumes nothing.

import type { Phase } from '../contract/error.js';
import { DelimiterScan, LineScan, type Found, type LengthAt, WideLineScan } from '../buffer/scan.js';
import { decodeText, encodeText, type Encoding, unitOf } from '../codec/text.js';
import { endOfStream, limitError, refusal } from '../error/make.js';
import type { Attempt, Interest } from './attempt.js';
import type { Lane } from './lane.js';
import { layerInterests, layerUntil } from './layer.js';
import type { Registration } from './registration.js';
import type { Receiver, Stream } from './stream.js';
import type { Want } from './want.js';
import { isWant } from './want.js';

/** From this size on, a sized read receives straight into its result. */
const DIRECT = 64 * 1024;
/** How much an iteration takes at once. */
export const PIECE = 64 * 1024;

/** What reading operations have in common. */
export abstract class Reading implements Receiver {
  // Fields and not accessors: the loops look at them several times in every call.
  readonly lane: Lane;
  readonly registration: Registration;
  received = 0;
  protected readonly stream: Stream;

  constructor(stream: Stream) {
    stream.check('read');
    const { handle } = stream;
    this.lane = handle.reads;
    this.registration = handle.registration;
    this.stream = stream;
  }

  get phase(): Phase {
    return 'read';
  }
  // No field, because each call would make a number object for Infinity.
  get limit(): number {
    return this.stream.handle.receiveLimit;
  }
  get until(): number {
    return layerUntil(this.stream);
  }
  get wanted(): number | undefined {
    return undefined;
  }

  interests(): readonly Interest[] {
    return layerInterests(this.stream);
  }
}

/** What is there, at least one byte; null is the end. */
export class ReadPiece extends Reading implements Attempt<Buffer | null> {
  readonly #max: number;

  constructor(stream: Stream, max: number) {
    super(stream);
    this.#max = max;
  }

  step(): Buffer | null | Want {
    return piece(this.stream, this.#max);
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The same as the steps of an iteration, so that `for await` needs no second promise. It remembers nothing from one step to the next, so one
 * does for all of them.
 */
export class NextPiece implements Attempt<IteratorResult<Buffer, undefined>> {
  readonly lane: Lane;
  readonly registration: Registration;
  readonly #stream: Stream;

  constructor(stream: Stream) {
    const { handle } = stream;
    this.lane = handle.reads;
    this.registration = handle.registration;
    this.#stream = stream;
  }

  get phase(): Phase {
    return 'read';
  }
  get limit(): number {
    return this.#stream.handle.receiveLimit;
  }
  get until(): number {
    return layerUntil(this.#stream);
  }

  interests(): readonly Interest[] {
    return layerInterests(this.#stream);
  }

  /** Throws if there is nothing more to iterate over. */
  check(): void {
    this.#stream.check('read');
  }

  step(): IteratorResult<Buffer, undefined> | Want {
    const value = piece(this.#stream, PIECE);
    if (isWant(value)) return value;
    return value === null ? END : { done: false, value };
  }
}

export class ReadInto extends Reading implements Attempt<number> {
  readonly #target: Uint8Array;

  constructor(stream: Stream, target: Uint8Array) {
    super(stream);
    this.#target = target;
  }

  step(): number {
    const target = this.#target;
    if (target.length === 0)
      throw refusal('ERR_BUFFER_DETACHED', 'read', 'the buffer was detached or shrunk during the call');
    const { stream } = this;
    if (stream.buffered > 0) return stream.buffer.takeInto(target);
    return stream.receiveInto(target, 0, target.length);
  }
}

export class ReadExact extends Reading implements Attempt<Buffer> {
  readonly #n: number;
  /** The result of a large read, filled in place. */
  #target: Buffer | null = null;
  #filled = 0;

  constructor(stream: Stream, n: number) {
    super(stream);
    this.#n = n;
  }

  override get wanted(): number {
    return this.#n;
  }

  step(): Buffer | Want {
    if (this.#n >= DIRECT) return this.#direct();
    const { buffer } = this.stream;
    while (buffer.length < this.#n) {
      const got = this.stream.fill(this.#n - buffer.length, this);
      if (got === 0) throw this.#early(buffer.take(buffer.length));
      if (got < 0) return got as Want;
    }
    return buffer.take(this.#n);
  }

  /** What has arrived goes back in front of the next read. */
  abandon(): void {
    if (this.#target !== null) this.stream.buffer.prepend(this.#target.subarray(0, this.#filled));
    this.#target = null;
  }

  #direct(): Buffer | Want {
    if (this.#target === null) {
      this.#target = Buffer.allocUnsafeSlow(this.#n);
      this.#filled = this.stream.buffer.takeInto(this.#target);
    }
    while (this.#filled < this.#n) {
      const got = this.#receive(this.#target);
      if (got === 0) throw this.#early(this.#target.subarray(0, this.#filled));
      if (got < 0) return got as Want;
      this.#filled += got;
    }
    return this.#target;
  }

  #receive(target: Buffer): number {
    try {
      return this.stream.receiveInto(target, this.#filled, this.#n - this.#filled, this);
    } catch (error) {
      // The connection was reset, say. What came before it is still the next read's.
      this.abandon();
      throw error;
    }
  }

  #early(partial: Buffer): Error {
    this.#target = null;
    return endOfStream(`the ${this.#n} bytes that were asked for`, partial);
  }
}

export class ReadUntil extends Reading implements Attempt<Buffer> {
  readonly #scan: DelimiterScan;
  readonly #max: number;
  readonly #keep: boolean;

  constructor(
    stream: Stream,
    delimiters: readonly Buffer[],
    lengths: readonly (LengthAt | undefined)[],
    max: number,
    keep: boolean,
  ) {
    super(stream);
    this.#scan = new DelimiterScan(delimiters, lengths);
    this.#max = max;
    this.#keep = keep;
  }

  step(): Buffer | Want {
    const { buffer } = this.stream;
    for (;;) {
      const found = this.#scan.next(buffer.view());
      if (found !== null && found.end <= this.#max) return this.#take(found);
      if (found !== null || buffer.length >= this.#max) throw limitError('no delimiter', this.#max);
      const got = this.stream.fill(1, this);
      if (got === 0) throw endOfStream('the delimiter', buffer.take(buffer.length));
      if (got < 0) return got as Want;
    }
  }

  #take(found: Found): Buffer {
    const piece = this.stream.buffer.take(found.end);
    return this.#keep ? piece : piece.subarray(0, found.start);
  }
}

export class ReadLine extends Reading implements Attempt<string | null> {
  readonly #scan: LineScan | WideLineScan;
  readonly #encoding: Encoding;
  readonly #max: number;

  constructor(stream: Stream, max: number) {
    super(stream);
    // Kept, because the scan goes by it: what is set during the call counts for the next one.
    const { encoding } = stream;
    this.#encoding = encoding;
    this.#scan =
      unitOf(encoding) === 1
        ? new LineScan(max)
        : new WideLineScan(max, encodeText('', '\n', encoding), encodeText('', '\r', encoding));
    this.#max = max;
  }

  step(): string | null | Want {
    const { buffer } = this.stream;
    for (;;) {
      const found = this.#scan.next(buffer.view());
      if (found === 'long') throw this.#tooLong();
      if (found !== null) return this.#take(found.start, found.end);
      const got = this.stream.fill(1, this);
      if (got < 0) return got as Want;
      if (got > 0) continue;
      if (buffer.length === 0) return null;
      if (buffer.length > this.#max) throw this.#tooLong();
      return this.#take(buffer.length, buffer.length);
    }
  }

  #take(end: number, used: number): string {
    const { buffer } = this.stream;
    const text = decodeText(buffer.view(end), this.#encoding);
    buffer.skip(used);
    return text;
  }

  #tooLong(): Error {
    return limitError('no end of line', this.#max);
  }
}

export class ReadAll extends Reading implements Attempt<Buffer> {
  readonly #max: number;

  constructor(stream: Stream, max: number) {
    super(stream);
    this.#max = max;
  }

  step(): Buffer | Want {
    const { buffer } = this.stream;
    for (;;) {
      if (buffer.length > this.#max) throw limitError('no end of stream', this.#max);
      const got = this.stream.fill(DIRECT, this);
      if (got === 0) return buffer.take(buffer.length);
      if (got < 0) return got as Want;
    }
  }
}

export class Peek extends Reading implements Attempt<Buffer> {
  readonly #n: number;

  constructor(stream: Stream, n: number) {
    super(stream);
    this.#n = n;
  }

  override get wanted(): number {
    return this.#n;
  }

  step(): Buffer | Want {
    const { buffer } = this.stream;
    while (buffer.length < this.#n) {
      const got = this.stream.fill(this.#n - buffer.length, this);
      if (got === 0) break;
      if (got < 0) return got as Want;
    }
    return Buffer.from(buffer.view(Math.min(this.#n, buffer.length)));
  }
}

function piece(stream: Stream, max: number): Buffer | null | Want {
  const { buffered } = stream;
  return buffered > 0 ? stream.buffer.take(Math.min(buffered, max)) : stream.receivePiece(max);
}
