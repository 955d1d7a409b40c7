// Owns writing to standard output at the pace of its reader. It must not know where the pieces come from.

import type { Writable } from 'node:stream';

/** The reader of our output has gone. */
export class OutputClosed extends Error {}

export class Output {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    // The callback of the write that failed tells it, too.
    stream.on('error', () => undefined);
  }

  /** Resolves when the piece was taken, so that nobody reads faster from the network than this side can write. */
  write(piece: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(piece, (error) => {
        if (!error) resolve();
        else reject((error as NodeJS.ErrnoException).code === 'EPIPE' ? new OutputClosed('output closed') : error);
      });
    });
  }
}
