// Owns a connection without a socket: a stream of the library whose bytes come from a list of pieces, and the way to run an
// operation on it to its end. It must not know which operations there are.

import type { Attempt } from '../../src/core/attempt.js';
import type { Handle } from '../../src/core/handle.js';
import type { Layer } from '../../src/core/layer.js';
import type * as Streams from '../../src/core/stream.js';
import type * as Wants from '../../src/core/want.js';
import { built } from './inputs.js';

const { Stream } = (await built('core/stream')) as typeof Streams;
const { isWant, Want } = (await built('core/want')) as typeof Wants;

export type AnyStream = Streams.Stream;

/** A stream that receives these pieces, and then the end. With `hesitant`, it says "not yet" once before each of them. */
export function streamOf(pieces: readonly Buffer[], hesitant: boolean): AnyStream {
  const stream = Stream.of(handle() as unknown as Handle);
  stream.layer = new Feed(pieces, hesitant) as unknown as Layer;
  return stream;
}

/** What an operation comes to, stepped as often as it wants. */
export function runOf<T>(attempt: Attempt<T>): T {
  for (let steps = 0; ; steps++) {
    const result = attempt.step();
    if (!isWant(result)) return result;
    if (steps > 10_000) throw new Error('it never ends');
  }
}

/** As much of a handle as the operations look at. */
function handle(): Partial<Handle> {
  return { stream: null, receiveLimit: Infinity, firstRead: null, closing: false, check: () => undefined };
}

/** What lies below a stream, in place of a socket. */
class Feed implements Pick<Layer, 'receiveInto' | 'receivePiece'> {
  readonly #pieces: readonly Buffer[];
  readonly #hesitant: boolean;
  #next = 0;
  #offset = 0;
  #said = false;

  constructor(pieces: readonly Buffer[], hesitant: boolean) {
    this.#pieces = pieces;
    this.#hesitant = hesitant;
  }

  receivePiece(max: number): ReturnType<Layer['receivePiece']> {
    const piece = this.#some(max);
    // A copy, because what is received belongs to whoever reads it.
    return piece instanceof Buffer ? Buffer.from(piece) : piece;
  }

  receiveInto(target: Uint8Array, offset: number, length: number): number {
    const piece = this.#some(length);
    if (piece === null) return 0;
    if (isWant(piece)) return piece;
    target.set(piece, offset);
    return piece.length;
  }

  #some(max: number): ReturnType<Layer['receivePiece']> {
    const piece = this.#pieces[this.#next];
    if (this.#hesitant && !this.#said) {
      this.#said = true;
      return Want.Read;
    }
    if (piece === undefined) return null;
    const part = piece.subarray(this.#offset, this.#offset + max);
    this.#offset += part.length;
    if (this.#offset === piece.length) {
      this.#next++;
      this.#offset = 0;
      this.#said = false;
    }
    return part;
  }
}
