// Connections as the streams of other libraries: node:stream, web streams, node:net.

import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ReadableStream, WritableStream } from 'node:stream/web';
import type { AsyncConn } from './conn.js';

export interface DuplexOptions {
  /**
   * What happens to our direction when the peer has ended its own. `false`, the default, is what a `net.Socket` does: it ends by itself behind what was
   * written, one turn of the event loop after `'end'`. `true` leaves it to the program.
   */
  allowHalfOpen?: boolean | undefined;
  /** Bytes that are kept in each direction before the other side is slowed down; Node's default unless told. */
  highWaterMark?: number | undefined;
}

/**
 * A connection as a Duplex of node:stream, with the names of `net.Socket` that clients use, so that it can stand where they expect one.
 *
 * Nothing is read before somebody reads. What the connection had read ahead comes first. Strings are written in the encoding of
 * the call, UTF-8 unless told, whatever the connection's is.
 */
export interface SocketDuplex extends Duplex {
  /** The connection below; `null` while it is being made, and when that has failed. */
  readonly conn: AsyncConn | null;
  /** The connection is still being made. `'connect'`, with TLS `'secureConnect'`, and `'ready'` say that it is there. */
  readonly connecting: boolean;
  /** The same; also before that has begun. */
  readonly pending: boolean;
  readonly readyState: 'opening' | 'open' | 'readOnly' | 'writeOnly' | 'closed';
  /** Where the connection goes; a Unix path stands in `remoteAddress`. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly remoteFamily: string | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly localFamily: string | undefined;
  /** Bytes of this stream, in each direction. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** TLS is on. */
  readonly encrypted: boolean;
  /** The peer's certificate was verified. */
  readonly authorized: boolean;
  /** What ALPN has agreed on; `false` for nothing. */
  readonly alpnProtocol: string | false;
  /** Milliseconds of silence after which `'timeout'` is emitted; 0 is never. */
  readonly timeout: number;
  address(): { address?: string; port?: number; family?: string };
  /** It is connected already, or about to be. So this only emits `'connect'`, once it is: clients call it that make no difference. */
  connect(...target: unknown[]): this;
  setNoDelay(on?: boolean): this;
  setKeepAlive(on?: boolean, initialDelay?: number): this;
  /** Emits `'timeout'` when nothing has gone either way for so long. Nothing else happens. */
  setTimeout(ms: number, callback?: () => void): this;
  ref(): this;
  unref(): this;
  /** Ends our direction, and destroys the stream when what was written is out. */
  destroySoon(): void;
  /** Ends the connection with an RST. */
  resetAndDestroy(): this;
}

/**
 * The same over a Unix socket, which carries descriptors, too: unix(7) SCM_RIGHTS, in the convention of D-Bus clients.
 *
 * `'fds'` is emitted with an array of numbers, before the bytes that they came with are read. They are the listener's to close;
 * what nobody listens for is closed when it is collected.
 */
export interface UnixSocketDuplex extends SocketDuplex {
  /** Writes bytes, at least one, and descriptors with the first of them. They must stay open until `callback` is called; they are not closed here. Returns what `write` returns. */
  writeWithFds(bytes: Uint8Array, fds: readonly number[], callback?: (error?: Error | null) => void): boolean;
}

/** A connection as a pair of web streams. */
export interface WebStreams {
  /** A stream of bytes: readers may bring their own buffer (`getReader({ mode: 'byob' })`). Nothing is read ahead of the reader. */
  readonly readable: ReadableStream<Uint8Array>;
  /** Each write is complete when its promise resolves. Closing it ends our direction. */
  readonly writable: WritableStream<Uint8Array>;
  /** Resolves when the connection is closed, by whomever, and rejects with the error that ended it. */
  readonly closed: Promise<void>;
  /** Closes the connection: what was written goes out, a waiting read finds the end. */
  close(): Promise<void>;
}

export interface Streams {
  /**
   * The connection as a Duplex of node:stream. Given the promise of `connect`, it is a Duplex at once, and what is written meanwhile waits.
   *
   * Back pressure goes both ways. `end()` ends our direction (shutdown(2), over TLS close_notify); when both have ended, the connection is closed. `destroy()`
   * closes it at once; over TLS, an error given to it cuts the connection with an RST, so that the peer does not take a part for the whole. Errors of the
   * connection destroy the stream with a SocketError. A connection that is closed from below destroys it without one.
   *
   * @throws TypeError for what is no connection, and for one of the blocking colour: `share(conn)` is its other face; ClosedError
   * @example
   * import { pair } from 'berkeley';
   * import { toDuplex } from 'berkeley/streams';
   * const [here, there] = pair();
   * toDuplex(here).end('hello');
   * for await (const piece of toDuplex(there)) console.log(String(piece)); // hello
   */
  toDuplex(this: void, conn: AsyncConn, o?: DuplexOptions): SocketDuplex;
  toDuplex(this: void, conn: PromiseLike<AsyncConn>, o?: DuplexOptions): SocketDuplex;
  /**
   * A connection over any Duplex: a `net.Socket`, a channel of SSH, a WebSocket's stream. It has everything that a connection has: limits that consume
   * nothing, lines and frames, TLS on top, `relay`.
   *
   * The bytes pass through a socketpair(2), so `conn.socket` is a Unix socket, and addresses are empty. A write is complete when it is in there, and
   * `close({ timeout })` waits for the Duplex to have taken it. What the Duplex fails with, calls fail with once everything that came before is read: SocketError
   * with its code, or `ERR_STREAM` where it has none that names an error of the system. `abort` destroys the Duplex. The event loop carries the bytes: the blocking face of such a connection would wait for ever.
   *
   * @throws TypeError for what is no Duplex, for one in object mode, or with `setEncoding`
   */
  fromDuplex(this: void, stream: Duplex): AsyncConn;
  /**
   * The connection as a pair of web streams. When both have ended, it is closed.
   *
   * `readable.cancel()` gives up reading, and consumes nothing more; `writable.abort()` cuts the connection with an RST.
   *
   * @throws TypeError as toDuplex; ClosedError
   */
  toWeb(this: void, conn: AsyncConn): WebStreams;
  /**
   * Hands the descriptor over to a new `net.Socket`; the connection is closed for this library. What had been read ahead is read from the socket first.
   *
   * @throws SocketError `ERR_SOCKET_STATE` with TLS, whose keys cannot be handed over, and for sockets that node:net cannot have; `ERR_BUSY` while a call waits: these leave the
   * connection as it was; TypeError as toDuplex; ClosedError
   */
  toNetSocket(this: void, conn: AsyncConn): NetSocket;
}
