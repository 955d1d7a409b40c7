// Owns HTTP/1 heads on a connection: the operation that reads one, and the write of a message; both are told as events. What a
// head may look like is the business of codec/http.

import type { HttpHead } from '../contract/http.js';
import { addHeader } from '../codec/http/head.js';
import { HeadParser } from '../codec/http/head-parser.js';
import { httpPieces, type OutgoingHttp } from '../codec/http/head-writer.js';
import { isHeard, tell } from '../event/tap.js';
import type { Attempt } from './attempt.js';
import { Reading } from './reading.js';
import type { SendAll } from './send.js';
import type { Stream } from './stream.js';
import type { Want } from './want.js';
import { StreamSend } from './writing.js';

export class ReadHttpHead extends Reading implements Attempt<HttpHead | null> {
  readonly #parser: HeadParser;

  constructor(stream: Stream, max: number, maxHeaders: number) {
    super(stream);
    this.#parser = new HeadParser(max, maxHeaders);
  }

  step(): HttpHead | null | Want {
    const { buffer } = this.stream;
    for (;;) {
      const head = this.#parser.next(buffer.view());
      if (head !== null) {
        buffer.skip(this.#parser.used);
        if (isHeard(this.stream, 'httpReceived')) tell(this.stream, 'httpReceived', head);
        return head;
      }
      const got = this.stream.fill(1, this);
      if (got < 0) return got as Want;
      if (got > 0) continue;
      this.#parser.end(buffer.view());
      // Empty lines, at most.
      buffer.skip(buffer.length);
      return null;
    }
  }
}

/** Head and body are one write: nothing can come between them. */
export function writeHttp(stream: Stream, message: OutgoingHttp): SendAll {
  stream.check('write');
  return new HttpSend(stream, message);
}

class HttpSend extends StreamSend {
  readonly #stream: Stream;
  readonly #message: OutgoingHttp;

  constructor(stream: Stream, message: OutgoingHttp) {
    super(stream, httpPieces(message));
    this.#stream = stream;
    this.#message = message;
  }

  protected override begin(): void {
    if (!isHeard(this.#stream, 'httpSent')) return;
    const { head, lines } = this.#message;
    for (const [name, value] of lines) addHeader(head, name, value);
    tell(this.#stream, 'httpSent', head);
  }
}
