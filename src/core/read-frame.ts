// Owns frames on a connection: the operation that reads one, and the write of one. It must not know how frames look, and
// trusts no codec: whoever wrote it may be wrong.

import type { Codec } from '../contract/codec.js';
import { endOfStream, frameTooLong, limitError, refusal } from '../error/make.js';
import { SocketError } from '../error/socket-error.js';
import type { Attempt, Interest } from './attempt.js';
import { Reading } from './reading.js';
import type { Stream } from './stream.js';
import { isWant, Want } from './want.js';
import { writeQuietly } from './writing.js';

/** A codec, and the limit that it had when it was looked at. */
export interface Framing<I, O> {
  readonly codec: Codec<I, O>;
  readonly max: number;
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** From this size on it is worth looking at the clock. */
const LARGE = 64 * 1024;
/** A codec that takes longer than this, in ms, is not asked again at every few bytes that come, but when nothing came for as long as it took. */
const SLOW = 1;

/** The next frame as a step of an iteration: a value alone could be one that says "not yet". */
export class ReadFrame<I> extends Reading implements Attempt<IteratorResult<I, undefined>> {
  readonly #framing: Framing<I, never>;
  /** So many bytes were there when the codec last said that there must be more. */
  #seen = 0;
  /** How long the codec took last, in ms; 0 for a codec that is not slow. */
  #slow = 0;
  /** For a slow codec: the moment from which on it is asked. */
  #askAt = Infinity;

  constructor(stream: Stream, framing: Framing<I, never>) {
    super(stream);
    this.#framing = framing;
  }

  override get until(): number {
    return Math.min(this.#askAt, super.until);
  }

  step(): IteratorResult<I, undefined> | Want {
    const { buffer } = this.stream;
    // What is there from before is looked at first; while a slow codec rests, more is gathered first.
    let ask = this.#askAt === Infinity;
    for (;;) {
      if (ask && buffer.length > this.#seen) {
        const frame = this.#decode();
        if (frame !== null) return frame;
      }
      const got = this.#gather();
      if (isWant(got)) return got;
      ask = true;
      if (buffer.length > this.#seen) continue;
      if (buffer.length === 0) return END;
      throw endOfStream('the end of the frame', buffer.take(buffer.length));
    }
  }

  override interests(): readonly Interest[] {
    if (this.#askAt === Infinity) return super.interests();
    return [{ registration: this.registration, read: true, write: false }];
  }

  /** The frame may have come whole in the last moment, and a slow codec was not asked yet. */
  expired(): { value: IteratorResult<I, undefined> } | null {
    if (this.stream.buffer.length <= this.#seen) return null;
    const value = this.#decode();
    return value === null ? null : { value };
  }

  /**
   * Receives until there is half as much again or nothing more comes for now, because a codec may begin anew each time: so
   * it looks at every byte a few times, however they come. A want if the codec need not be asked.
   */
  #gather(): number {
    const { buffer } = this.stream;
    const { length } = buffer;
    const enough = this.#seen + Math.ceil(this.#seen / 2);
    let got = this.stream.fill(1, this);
    while (got > 0 && buffer.length < enough) got = this.stream.fill(1, this);
    if (!isWant(got)) return got;
    if (buffer.length === this.#seen) return got;
    if (this.#slow === 0 || buffer.length >= enough) return 1;
    const now = performance.now();
    if (buffer.length > length) this.#askAt = now + this.#slow;
    return now >= this.#askAt ? 1 : Want.Many;
  }

  #decode(): IteratorResult<I, undefined> | null {
    const { buffer } = this.stream;
    const { codec, max } = this.#framing;
    const { length } = buffer;
    const begun = length < LARGE ? 0 : performance.now();
    const frame = decoded(codec, buffer.view(), this.#seen);
    const took = length < LARGE ? 0 : performance.now() - begun;
    this.#slow = took > SLOW ? took : 0;
    this.#askAt = Infinity;
    if (buffer.length !== length) throw broken('decode', 'has read from the connection');
    if (frame === null) {
      if (length >= max) throw limitError('no whole frame', max);
      this.#seen = length;
      return null;
    }
    const { value, used } = frame;
    if (used > max) throw limitError(`a frame of ${used} bytes is not`, max);
    buffer.skip(used);
    return { done: false, value };
  }
}

/** Writes a frame. Nothing is sent unless all of it is sound. */
export function writeFrame<O>(stream: Stream, { codec, max }: Framing<never, O>, value: O): Attempt<void> {
  stream.check('write');
  const given = encoded(codec, value);
  const pieces = Array.isArray(given) ? (given as unknown[]) : [given];
  let length = 0;
  for (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) throw broken('encode', 'did not give a Uint8Array');
    length += piece.length;
  }
  if (length === 0) throw broken('encode', 'gave no bytes');
  if (length > max) throw frameTooLong(length, max);
  return writeQuietly(
    stream,
    (pieces as Uint8Array[]).filter((piece) => piece.length > 0),
  );
}

function decoded<I>(codec: Codec<I, never>, bytes: Buffer, seen: number): { value: I; used: number } | null {
  let frame: unknown;
  try {
    frame = codec.decode(bytes, seen);
  } catch (cause) {
    if (cause instanceof SocketError) throw cause;
    throw refusal('ERR_FRAME', 'read', `the codec has thrown: ${messageOf(cause)}`, { cause });
  }
  if (frame === null) return null;
  if (typeof frame !== 'object' || !('value' in frame) || !('used' in frame))
    throw broken('decode', 'gave neither null nor { value, used }');
  const { used } = frame;
  if (typeof used !== 'number' || !Number.isInteger(used) || used < 1 || used > bytes.length)
    throw broken('decode', `used ${String(used)} of ${bytes.length} bytes`);
  return frame as { value: I; used: number };
}

function encoded<O>(codec: Codec<never, O>, value: O): unknown {
  try {
    return codec.encode(value);
  } catch (cause) {
    // What a codec says of a wrong value is for the caller.
    if (cause instanceof SocketError || cause instanceof TypeError || cause instanceof RangeError) throw cause;
    throw refusal('ERR_FRAME', 'write', `the codec has thrown: ${messageOf(cause)}`, { cause });
  }
}

function broken(method: 'encode' | 'decode', what: string): Error {
  return refusal('ERR_FRAME', method === 'encode' ? 'write' : 'read', `\`${method}\` of the codec ${what}`, {
    hint: 'This is a mistake in the codec.',
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
