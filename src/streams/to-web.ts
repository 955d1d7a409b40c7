// Owns a connection as a pair of web streams. It must not know node:stream.

import { ReadableStream, type ReadableByteStreamController, WritableStream } from 'node:stream/web';
import type { AsyncConn } from '../contract/conn.js';
import type { Data } from '../contract/mode.js';
import type { WebStreams } from '../contract/streams.js';
import { invalidType } from '../error/invalid.js';
import { ClosedError } from '../error/socket-error.js';
import { checkConn } from './check-conn.js';

export function toWeb(conn: AsyncConn): WebStreams {
  checkConn(conn);
  const sides = new Sides(conn);
  const closed = new Promise<void>((resolve, reject) => {
    conn.on('closed', ({ error }) => (error === undefined ? resolve() : reject(error as Error)));
  });
  // Who does not ask hears of it by the streams.
  closed.catch(() => undefined);
  return {
    readable: readableOf(conn, sides),
    writable: writableOf(conn, sides),
    closed,
    close: () => conn.close(),
  };
}

/** When both are over, the connection is closed. */
class Sides {
  readonly #conn: AsyncConn;
  #reading = true;
  #writing = true;

  constructor(conn: AsyncConn) {
    this.#conn = conn;
  }

  async readingOver(): Promise<void> {
    this.#reading = false;
    await this.#closeIfOver();
  }

  async writingOver(): Promise<void> {
    this.#writing = false;
    await this.#closeIfOver();
  }

  async #closeIfOver(): Promise<void> {
    if (!this.#reading && !this.#writing) await this.#conn.close();
  }
}

function readableOf(conn: AsyncConn, sides: Sides): ReadableStream<Uint8Array> {
  const given = new AbortController();
  const { signal } = given;
  const pull = async (controller: ReadableByteStreamController): Promise<void> => {
    try {
      const request = controller.byobRequest as { view: Uint8Array; respond: (bytes: number) => void } | null;
      const got =
        request === null ? await conn.read(undefined, { signal }) : await conn.readInto(request.view, { signal });
      if (got === null || got === 0) {
        controller.close();
        request?.respond(0);
        await sides.readingOver();
      } else if (typeof got === 'number') request!.respond(got);
      // A copy: the stream takes the whole memory of what it is given, and ours is shared by many pieces.
      else controller.enqueue(new Uint8Array(got));
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error;
      // This program has closed it.
      controller.close();
      (controller.byobRequest as { respond: (bytes: number) => void } | null)?.respond(0);
    }
  };
  const cancel = async (): Promise<void> => {
    given.abort();
    await sides.readingOver();
  };
  return new ReadableStream({ type: 'bytes', pull, cancel }, { highWaterMark: 0 });
}

function writableOf(conn: AsyncConn, sides: Sides): WritableStream<Uint8Array> {
  return new WritableStream<Data>({
    start(controller) {
      // The stream waits for a write that has begun before it calls `abort`, so that would come too late.
      const { signal } = controller as unknown as { signal: AbortSignal };
      signal.addEventListener('abort', () => conn.abort(), { once: true });
    },
    async write(chunk) {
      if (typeof chunk !== 'string' && !(chunk instanceof ArrayBuffer) && !ArrayBuffer.isView(chunk))
        throw invalidType('chunk', 'a string or bytes', chunk);
      await conn.write(chunk);
    },
    async close() {
      await conn.closeWrite();
      await sides.writingOver();
    },
  });
}
