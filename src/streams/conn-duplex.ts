// Owns a connection as a Duplex: what node:stream asks of one, in terms of the connection's methods. What of net.Socket it has besides
// stands in socket-names.ts. It must not know how a connection waits.

import type { AsyncConn } from '../contract/conn.js';
import type { DuplexOptions } from '../contract/streams.js';
import type { Stream } from '../core/stream.js';
import { ClosedError, SocketError } from '../error/socket-error.js';
import { checkConn } from './check-conn.js';
import { outside } from './outside.js';
import { SocketNames } from './socket-names.js';

type Done = (error?: Error | null) => void;
type Chunks = { chunk: Buffer }[];

export class ConnDuplex extends SocketNames {
  protected stream: Stream | null = null;
  readonly #opening: PromiseLike<AsyncConn> | null;

  constructor(source: AsyncConn | PromiseLike<AsyncConn>, { allowHalfOpen = false, highWaterMark }: DuplexOptions) {
    super({ allowHalfOpen: true, ...(highWaterMark === undefined ? {} : { highWaterMark }) });
    if ('then' in source) {
      this.#opening = source;
    } else {
      this.#opening = null;
      this.#take(source);
    }
    // A turn later than net.Socket does it, for programs that await the end and then have a last word.
    if (!allowHalfOpen) this.once('end', () => setImmediate(() => this.writableEnded || this.end()));
  }

  override _construct(done: Done): void {
    if (this.#opening === null) {
      done();
      return;
    }
    this.#opening.then(
      (conn) =>
        outside(() => {
          try {
            this.#take(conn);
          } catch (error) {
            done(error as Error);
            return;
          }
          done();
          this.sayConnected();
        }),
      (error: unknown) => {
        this.failedToOpen();
        outside(() => done(error instanceof Error ? error : new Error(String(error), { cause: error })));
      },
    );
  }

  override _read(): void {
    this.receive().then(
      (piece) => {
        this.received(piece?.length ?? 0);
        outside(() => this.push(piece));
      },
      (error: unknown) => this.#failed(error),
    );
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#settle(this.transmit([chunk]), done);
  }

  override _writev(chunks: Chunks, done: Done): void {
    this.#settle(this.transmit(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: Done): void {
    // Where the connection is gone, reading says so.
    this.conn!.closeWrite().then(
      () => outside(() => done()),
      (error: unknown) => outside(() => done(isGone(error) ? null : (error as Error))),
    );
  }

  override _destroy(error: Error | null, done: Done): void {
    this.setTimeout(0);
    const { conn } = this;
    if (conn === null || conn.closeInfo !== null) done(error);
    else if (error === null && this.writableFinished && this.readableEnded)
      conn.close().then(
        () => outside(() => done(null)),
        (failure: unknown) => outside(() => done(failure as Error)),
      );
    else {
      // A part must not look like the whole to the peer, which close_notify would say.
      if (error !== null && conn.tlsState !== 'none' && !this.writableFinished) conn.abort();
      else conn[Symbol.dispose]();
      done(error);
    }
  }

  /** What comes next; null is the end. */
  protected receive(): Promise<Buffer | null> {
    return this.conn!.read();
  }

  /** Sends all of it. */
  protected transmit(pieces: Buffer[]): Promise<unknown> {
    return this.conn!.write(pieces.length === 1 ? pieces[0]! : pieces);
  }

  #take(conn: AsyncConn): void {
    this.stream = checkConn(conn);
    this.connected(conn);
    conn.on('closed', ({ error }) => {
      if (!this.destroyed) this.destroy(error);
    });
  }

  #settle(sent: Promise<unknown>, done: Done): void {
    sent.then(
      () => {
        this.active();
        outside(() => done());
      },
      (error: unknown) => outside(() => done(error as Error)),
    );
  }

  #failed(error: unknown): void {
    // Who closes a connection knows it, and what was written before may still be on its way: 'closed' says when it is over.
    if (!(error instanceof ClosedError)) outside(() => this.destroy(error as Error));
  }
}

function isGone(error: unknown): boolean {
  return error instanceof SocketError && (error.code === 'ENOTCONN' || error instanceof ClosedError);
}
