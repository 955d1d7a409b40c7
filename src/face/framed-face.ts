// Owns Framed<M>: frames in and out of a connection. The iteration is added by the colours. The words of its documentation stand on
// the interface.

import { customInspect, show, type Shown } from '../error/shown.js';
import type { Codec, FramedBase } from '../contract/codec.js';
import type { Conn } from '../contract/conn.js';
import type { Mode, Op, R } from '../contract/mode.js';
import { type Framing, ReadFrame, writeFrame } from '../core/read-frame.js';
import type { Stream } from '../core/stream.js';
import { invalidType, outOfRange } from '../error/invalid.js';
import type { Runner } from '../wait/runner.js';

/** What a colour needs to make a Framed. */
export interface FramedParts<M extends Mode, I, O> {
  readonly conn: Conn<M>;
  readonly stream: Stream;
  readonly framing: Framing<I, O>;
}

export class FramedFace<M extends Mode, I, O> implements FramedBase<M, I, O> {
  readonly conn: Conn<M>;
  readonly #runner: Runner<M>;
  readonly #stream: Stream;
  readonly #framing: Framing<I, O>;

  constructor({ conn, stream, framing }: FramedParts<M, I, O>, runner: Runner<M>) {
    this.conn = conn;
    this.#runner = runner;
    this.#stream = stream;
    this.#framing = framing;
  }

  read(o?: Op): R<M, I | null> {
    return this.#runner.chain(this.next(o), frameOf as (step: IteratorResult<I, undefined>) => R<M, I | null>);
  }

  write(value: O, o?: Op): R<M, void> {
    return this.#runner.run<void, Stream, Framing<never, O>, O>(
      writeFrame,
      this.#stream,
      this.#framing as never,
      value,
      o,
    );
  }

  [customInspect](...shown: Shown): string {
    return show('Framed', { conn: this.conn }, shown);
  }

  protected next(o?: Op): R<M, IteratorResult<I, undefined>> {
    return this.#runner.run(readFrame<I>, this.#stream, this.#framing, undefined, o);
  }
}

/** Throws unless it is a codec. */
export function framingOf<I, O>(codec: Codec<I, O>): Framing<I, O> {
  const given: Partial<Record<keyof Codec<I, O>, unknown>> | null = codec;
  if (
    typeof given !== 'object' ||
    given === null ||
    typeof given.encode !== 'function' ||
    typeof given.decode !== 'function'
  )
    throw invalidType('codec', 'an object with the functions `encode` and `decode`', codec);
  const { maxFrame: max } = given;
  if (typeof max !== 'number') throw invalidType('codec.maxFrame', 'a number', max);
  if (!(max >= 1)) throw outOfRange('codec.maxFrame', 'at least 1', max);
  return { codec, max };
}

function readFrame<I>(stream: Stream, framing: Framing<I, never>): ReadFrame<I> {
  return new ReadFrame(stream, framing);
}

function frameOf<I>(step: IteratorResult<I, undefined>): I | null {
  return step.done === true ? null : step.value;
}
