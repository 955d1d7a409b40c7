// Owns reading text as it comes: whole characters in the encoding of the connection.

import { decodeText, wholeCharacters } from '../codec/text.js';
import { limitError, refusal } from '../error/make.js';
import type { Attempt } from './attempt.js';
import { Reading } from './reading.js';
import type { Stream } from './stream.js';
import type { Want } from './want.js';

export class ReadText extends Reading implements Attempt<string | null> {
  readonly #max: number;
  /** So many bytes were looked at, and were no whole character. */
  #known = 0;

  constructor(stream: Stream, max: number) {
    super(stream);
    this.#max = max;
  }

  step(): string | null | Want {
    const { buffer, encoding } = this.stream;
    for (;;) {
      const length = Math.min(buffer.length, this.#max);
      const whole = length === 0 ? 0 : wholeCharacters(buffer.view(length), encoding, this.#known);
      this.#known = length;
      if (whole > 0) return this.#take(whole);
      if (length === this.#max) throw limitError('no whole character', this.#max);
      const got = this.stream.fill(1, this);
      if (got < 0) return got as Want;
      if (got === 0) return this.#last();
    }
  }

  #take(n: number): string {
    const { buffer, encoding } = this.stream;
    const text = decodeText(buffer.view(n), encoding);
    buffer.skip(n);
    return text;
  }

  /** What the end has cut off may be text all the same: the end closes a run of UTF-7. */
  #last(): string | null {
    const { length } = this.stream.buffer;
    if (length === 0) return null;
    try {
      return this.#take(length);
    } catch (cause) {
      throw refusal('ERR_ENCODING', 'read', `the stream ended after ${length} bytes of a character`, {
        cause,
        hint: 'Nothing was consumed: the bytes can be read as such.',
      });
    }
  }
}
