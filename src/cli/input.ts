// Owns standard input as a queue of pieces that outlives a connection. It must not know where the pieces go.

import type { Readable } from 'node:stream';

/** A piece that was read for a connection which then ended goes to the next connection. */
export class Input {
  /** A person types it: it may be open for ever. */
  readonly interactive: boolean;
  readonly #stream: Readable;
  readonly #pieces: AsyncIterator<Buffer>;
  #head: Promise<Buffer | null> | null = null;

  constructor(stream: Readable & { isTTY?: boolean }) {
    this.interactive = stream.isTTY === true;
    this.#stream = stream;
    this.#pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The next piece, which stays until `drop`; `null` is the end. */
  peek(): Promise<Buffer | null> {
    if (this.#head === null) {
      this.#head = this.#next();
      // Whoever waited for it may have gone by the time it fails.
      this.#head.catch(() => undefined);
    }
    return this.#head;
  }

  drop(): void {
    this.#head = null;
  }

  /** Nothing more is wanted, so that the process can end while the input is still open. */
  close(): void {
    this.#stream.destroy();
  }

  async #next(): Promise<Buffer | null> {
    const step = await this.#pieces.next();
    return step.done === true ? null : step.value;
  }
}
