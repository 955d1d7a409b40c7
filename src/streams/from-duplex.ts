// Owns a connection over any Duplex: one end of a pair is the connection, and between the other end and the Duplex bytes are
// carried. It must not know what kind of stream that is.
//
// Theory of operation. `near` is what the program gets, `far` stays here. A failure of `far` means that `near` is gone, which is
// no error: the program has closed it. A failure of the Duplex is put in front of the end that `near` is about to find.

import type { Duplex } from 'node:stream';
import type { AsyncConn } from '../contract/conn.js';
import { invalidType, invalidValue } from '../error/invalid.js';
import { SocketError } from '../error/socket-error.js';
import { ConnFace } from '../face/conn-face.js';
import { pair } from '../promises/index.js';

export function fromDuplex(stream: Duplex): AsyncConn {
  check(stream);
  const [near, far] = pair();
  new Bridge(stream, near, far).begin();
  return near;
}

class Bridge {
  readonly #stream: Duplex;
  readonly #near: AsyncConn;
  readonly #far: AsyncConn;
  /** The program has closed its connection. */
  #closed = false;
  /** Everything of the program is with the Duplex. */
  #delivered = false;
  /** The Duplex has ended its direction. */
  #ended = false;
  /** Everything of the Duplex is with the program. */
  #carried: Promise<void> | null = null;

  constructor(stream: Duplex, near: AsyncConn, far: AsyncConn) {
    this.#stream = stream;
    this.#near = near;
    this.#far = far;
  }

  begin(): void {
    const stream = this.#stream;
    stream.on('error', (error) => this.#fail(error));
    stream.once('close', () => {
      if (!stream.readableEnded) this.#fail(null);
      else if (!stream.writableFinished) void this.#carried!.then(() => this.#far[Symbol.dispose]());
    });
    this.#near.on('closed', ({ clean }) => {
      this.#closed = true;
      if (!clean || this.#delivered) stream.destroy();
    });
    if (stream.destroyed) this.#fail(stream.errored ?? null);
    else {
      this.#carried = this.#inwards();
      void this.#outwards();
    }
  }

  async #inwards(): Promise<void> {
    try {
      for await (const chunk of this.#stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array | string>)
        await this.#far.write(chunk);
      this.#ended = true;
      await this.#far.closeWrite();
      if (this.#delivered) await this.#far.close();
    } catch {
      // The Duplex says by 'error' and 'close' what is wrong with it, and what is written to a connection that is closed is lost.
    }
  }

  async #outwards(): Promise<void> {
    const stream = this.#stream;
    try {
      for await (const piece of this.#far)
        await new Promise<void>((resolve, reject) =>
          stream.write(piece, (error) => (error ? reject(error) : resolve())),
        );
      await new Promise<void>((resolve) => stream.end(resolve));
      this.#delivered = true;
      if (this.#closed) stream.destroy();
      if (this.#closed || this.#ended) await this.#far.close();
    } catch {
      // As above.
    }
  }

  /** The Duplex is of no use any more. */
  #fail(error: Error | null): void {
    if (!this.#closed) ConnFace.streamOf(this.#near)!.breakOff(failureOf(error));
    this.#far[Symbol.dispose]();
    this.#stream.destroy();
  }
}

function check(stream: unknown): void {
  // Not only Node's own class: a package may bring its copy of it.
  const given = stream as Partial<Duplex> | null | undefined;
  const isDuplex =
    typeof given === 'object' &&
    given !== null &&
    typeof given.write === 'function' &&
    typeof given.read === 'function' &&
    typeof given.destroy === 'function';
  if (!isDuplex) throw invalidType('stream', 'a Duplex of node:stream', stream);
  if (given.readableObjectMode === true || given.writableObjectMode === true)
    throw invalidValue('stream', 'must not be in object mode', stream);
  if (typeof given.readableEncoding === 'string')
    throw invalidValue('stream', 'must give bytes, and setEncoding was called on it', stream);
}

/** What calls of the connection fail with: what the Duplex says. Null: it was destroyed without a word. */
function failureOf(error: Error | null): SocketError {
  if (error === null)
    return new SocketError('read ERR_STREAM: the stream below was destroyed before its end', {
      code: 'ERR_STREAM',
      phase: 'read',
    });
  const { code, errno, syscall } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && (typeof errno === 'number' || error instanceof SocketError))
    return new SocketError(error.message, {
      code,
      phase: 'read',
      errno: errno === undefined ? undefined : Math.abs(errno),
      syscall,
      cause: error,
    });
  return new SocketError(`read ERR_STREAM: ${error.message}`, { code: 'ERR_STREAM', phase: 'read', cause: error });
}
