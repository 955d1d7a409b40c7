// The stream layer: a connection with a read buffer, whose writes are complete when they return.

import type { Address } from './address.js';
import type { Codec, Framed, NumOf, NumType } from './codec.js';
import type { SocketErrorShape } from './error.js';
import type { FilePart, FileSource } from './file.js';
import type { EventQueue, Events } from './event.js';
import type { HttpHead, HttpRequest, HttpResponse } from './http.js';
import type { Data, Duration, Each, Mode, Op, R } from './mode.js';
import type { KeepAlive } from './option.js';
import type { Shut, Socket } from './socket.js';
import type { TlsInfo, TlsOptions } from './tls.js';

/** How a connection ended. */
export interface CloseInfo {
  /** Who ended it: us, the peer, a limit (the kernel gave a silent peer up, or `close` ran out of time), or an error. */
  readonly by: 'local' | 'remote' | 'timeout' | 'error';
  /** Everything written was handed over, and nothing failed. */
  readonly clean: boolean;
  /** The stream was cut where its protocol says it must not end: TLS without close_notify. Never true without TLS. */
  readonly truncated: boolean;
  /** What ended it, or failed before it ended. */
  readonly error?: SocketErrorShape;
}

/** A connection, which is also an iteration over the pieces that arrive, until the end of the stream. Leaving the loop closes nothing. */
export type Conn<M extends Mode> = ConnBase<M> & Each<M, Buffer>;
/** What `connect` of `berkeley` gives: its methods return promises. */
export type AsyncConn = Conn<'async'>;
/** What `connect` of `berkeley/sync` gives: its methods block the thread. */
export type SyncConn = Conn<'sync'>;

/**
 * A stream connection: TCP, a Unix stream socket, or one end of a pair.
 *
 * Reads are served in call order and writes go out in call order, whole. A read and a write may wait at the same time.
 * A read that is timed out or cancelled consumes nothing. Bytes that were read ahead stay in one buffer, so all reading
 * methods can be mixed. Methods throw `ClosedError` (`ERR_SOCKET_CLOSED`) once the connection is closed, and `TypeError`
 * or `RangeError` for a wrong argument, before any system call. A failed system call is a `SocketError` with its errno name.
 */
export interface ConnBase<M extends Mode> extends Disposable, AsyncDisposable {
  /** The socket below. Receiving from it goes past the read buffer. */
  readonly socket: Socket<M>;
  /** A number that no other connection of this process has. */
  readonly id: number;
  /**
   * The encoding of strings, both ways: `'utf-8'` unless told, `'latin1'`, or any other that iconv-lite knows by name:
   * `'windows-1252'`, `'shift_jis'`, `'utf-16le'`. It may change at any time, for what is read and written next.
   *
   * Nothing is ever replaced: what cannot be converted is a SocketError `ERR_ENCODING`, with nothing sent and nothing
   * consumed. A byte order mark is a character like others. `'utf-16'` and `'utf-32'` are little-endian.
   *
   * @throws TypeError when set to a name that is unknown, or to `'base64'` or `'hex'`, which are no text
   */
  encoding: string;
  /** The local end: getsockname(2). Still there after close. */
  readonly localAddr: Address;
  /** The peer: getpeername(2), or what accept4(2) gave. Still there after close. */
  readonly remoteAddr: Address;
  /** How the connection ended; `null` while it is open. */
  readonly closeInfo: CloseInfo | null;
  /** What the TLS handshake came to; `null` without TLS, and before the handshake. Still there after close. */
  readonly tls: TlsInfo | null;
  /** `'pending'`: TLS is on and the handshake is still to come or going on. The first use makes it, or `handshake()`. */
  readonly tlsState: 'none' | 'pending' | 'established';
  /**
   * Makes the handshake of an accepted connection now, instead of at its first use. Returns at once when it is made.
   *
   * A handshake that fails, or is given up because the limit is spent or the signal aborted, closes the connection, and
   * calls that waited for it fail with the same error.
   *
   * @throws TlsError, CertificateError; TimeoutError (also after `handshakeTimeout`); SocketError `ERR_SOCKET_STATE` without TLS; RangeError for a limit of 0
   * @example const { alpn } = await conn.handshake({ timeout: '5s' });
   */
  handshake(o?: Op): R<M, TlsInfo>;
  /** Application bytes taken out of the kernel so far, those in the read buffer included. */
  readonly bytesRead: number;
  /** Application bytes handed to the kernel so far. */
  readonly bytesWritten: number;

  /** Small segments are sent at once (TCP_NODELAY). On for every TCP connection unless told otherwise; no effect on Unix sockets, where it reads `true`. */
  noDelay: boolean;
  /** Acknowledge at once (TCP_QUICKACK). The kernel may turn it off again. @throws SocketError `EOPNOTSUPP` on Unix sockets */
  quickAck: boolean;
  /** Probing of idle connections (SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT); `null` is off. Missing fields keep the system's values. */
  get keepAlive(): KeepAlive | null;
  set keepAlive(value: boolean | Partial<KeepAlive> | null);
  /** What `close` does with data that is still queued (SO_LINGER), in milliseconds: `null` the kernel sends it in the background, 0 it is thrown away with an RST, above 0 `close` waits so long. The kernel keeps whole seconds, rounded up. */
  get linger(): number | null;
  set linger(value: Duration | null);

  /**
   * Reads what is there: at least one byte and at most `max` (64 KiB unless told), waiting only while there is nothing.
   * `null` is the end of the stream.
   *
   * @throws TimeoutError when the limit is spent; SocketError `ECONNRESET` after everything that had arrived was read;
   * TlsError `ERR_TLS_TRUNCATED` when TLS ends without close_notify
   * @example const piece = await conn.read(); // Buffer or null
   */
  read(max?: number, o?: Op): R<M, Buffer | null>;
  /**
   * Reads what is there into `buffer`: recv(2). Returns the number of bytes; 0 is the end. The fastest way to read.
   *
   * @throws TypeError for an empty buffer; SocketError `ERR_BUFFER_DETACHED` when the memory went away while the call waited
   * @example const n = await conn.readInto(buffer);
   */
  readInto(buffer: Uint8Array, o?: Op): R<M, number>;
  /**
   * Reads exactly `n` bytes, as many receives as it takes. 0 bytes are there at once.
   *
   * @throws EndOfStreamError `ERR_UNEXPECTED_EOF` with `partial` when the stream ends before
   * @example const length = (await conn.readExact(4)).readUInt32BE();
   */
  readExact(n: number, o?: Op): R<M, Buffer>;
  /**
   * Reads up to and with the delimiter, or the first that comes of several; `keep: false` leaves it out of the result.
   * A delimiter that is a string is text in `encoding`, and is not found in the middle of a character.
   *
   * @throws EndOfStreamError `ERR_UNEXPECTED_EOF` with `partial`; LimitError `ERR_LIMIT` when `max` bytes (64 KiB unless
   * told) hold no delimiter: nothing is consumed
   * @example const head = await conn.readUntil('\r\n\r\n', { max: 8192, keep: false });
   */
  readUntil(delimiter: Data | Data[], o?: Op & { max?: number; keep?: boolean }): R<M, Buffer>;
  /**
   * Reads a line without its LF or CRLF. `null` is the end; what stands before the end without LF is a line too. A CR
   * that is not followed by LF is data.
   *
   * @throws LimitError `ERR_LIMIT` for a line longer than `max` bytes (64 KiB unless told); SocketError `ERR_ENCODING` for
   * bytes that are no text in `encoding`: nothing is consumed
   * @example for (let line; (line = await conn.readLine()) !== null; ) console.log(line);
   */
  readLine(o?: Op & { max?: number }): R<M, string | null>;
  /**
   * Reads to the end of the stream.
   *
   * @throws LimitError `ERR_LIMIT` beyond `max` bytes (16 MiB unless told): nothing is consumed
   * @example
   * const body = await conn.readAll({ max: 1 << 20, timeout: '30s' });
   */
  readAll(o?: Op & { max?: number }): R<M, Buffer>;
  /**
   * Reads text that is there: at least one whole character, at most `bytes` bytes (64 KiB unless told), waiting only while
   * there is none. A character of which only the beginning has arrived stays for the next call. `null` is the end.
   *
   * @throws SocketError `ERR_ENCODING` for bytes that are no text in `encoding`, or when the stream ends in a character; LimitError
   * `ERR_LIMIT` when the next character has more than `bytes` bytes: nothing is consumed
   * @example for (let text; (text = await conn.readText()) !== null; ) process.stdout.write(text);
   */
  readText(bytes?: number, o?: Op): R<M, string | null>;
  /**
   * Reads a number: big-endian (network byte order) unless the type ends with `le`. 64-bit integers are `bigint`.
   *
   * @throws EndOfStreamError `ERR_UNEXPECTED_EOF` with `partial` when the stream ends before its last byte; TypeError for an
   * unknown type
   * @example const length = await conn.readNum('u32');
   */
  readNum<T extends NumType>(type: T, o?: Op): R<M, NumOf<T>>;
  /**
   * Waits for the next `n` bytes and leaves them where they are. Fewer only at the end of the stream.
   *
   * @example
   * const isTls = (await conn.peek(1))[0] === 0x16; // and the byte is still there
   */
  peek(n: number, o?: Op): R<M, Buffer>;
  /**
   * Puts a copy of bytes in front of what will be read next. They need not have come from here.
   *
   * @throws SocketError `ERR_BUSY` while a read waits
   * @example
   * const head = await conn.read();
   * if (head !== null) conn.unread(head); // as if it had not been read
   */
  unread(data: Data): void;

  /**
   * Writes everything: send(2), for an array sendmsg(2), as often as needed. Returns the number of bytes. The data is
   * in the kernel when this returns; it must not be changed before.
   *
   * @throws TimeoutError with `bytesDone`; SocketError `EPIPE`, `ECONNRESET` when the peer takes nothing any more, `ERR_ENCODING`
   * before anything was sent; writes waiting behind a write that fails end with `ERR_WRITE_BROKEN`
   * @example await conn.write(['HELO ', 'example.org', '\r\n'], { timeout: '10s' });
   */
  write(data: Data | Data[], o?: Op): R<M, number>;
  /** Writes `text` and a line end (`'\r\n'` unless told), as `write` does. @throws TypeError when the text has a CR or LF in it: who supplied it could send lines of their own */
  writeLine(text: string, o?: Op & { eol?: string }): R<M, number>;
  /**
   * Writes a file, or a part of it, without its bytes passing through JavaScript: sendfile(2). Returns the number of bytes, which
   * is less than `length` when the file ends before. Over TLS, and for what sendfile(2) cannot take (pipes, terminals, sockets of
   * others, files under /proc), the file is read and sent in pieces of 64 KiB. A pipe or terminal is sent until it ends, and waited
   * for within the limit. It keeps its place among the writes.
   *
   * The file is opened at the call, and read in the calling thread: a slow disk holds it up. A descriptor of yours stays open, and may be
   * closed at once. Its position moves on by what was sent, unless there is an `offset`.
   *
   * @throws SocketError `ENOENT`, `EACCES`, `EISDIR`, `EIO` with phase `'read'` and the path in the message; `ESPIPE` for an offset in
   * what has no positions; `ERR_ACCESS_DENIED` by the permission model. TimeoutError, `EPIPE` and others as `write`; for a pipe,
   * `partial` is what was taken out of it and is not sent
   * @example
   * await conn.writeFile('/srv/film.mp4', { offset: 1024, length: 65536 });
   */
  writeFile(file: FileSource, o?: Op & FilePart): R<M, number>;
  /**
   * Writes a number, as `write` does.
   *
   * @throws TypeError for a number where a `bigint` belongs, a `bigint` where a number does, and for a fraction where the type
   * has none; RangeError for a value that the type cannot hold: nothing is sent
   * @example await conn.writeNum('u64le', 2n ** 40n);
   */
  writeNum<T extends NumType>(type: T, value: NumOf<T>, o?: Op): R<M, void>;
  /**
   * Frames instead of bytes: `codecs` makes the usual codecs, and an object with `encode`, `decode` and `maxFrame` is one.
   *
   * @throws TypeError, RangeError for what is no codec
   * @example
   * const messages = conn.framed(codecs.lengthPrefixed('u32', { max: 65536 }));
   * await messages.write(Buffer.from('hello'));
   * for await (const message of messages) console.log(message);
   */
  framed<I, O = I>(codec: Codec<I, O>): Framed<M, I, O>;
  /**
   * Waits until a read would not wait: poll(2) for data, the end, or an error. `false` when the limit is spent. Consumes nothing.
   *
   * @example
   * if (!(await conn.waitReadable({ timeout: '1m' }))) await conn.writeLine('are you there?');
   */
  waitReadable(o?: Op): R<M, boolean>;
  /**
   * Waits until the peer's kernel has acknowledged everything: ioctl(2) with SIOCOUTQ says 0. The kernel has no event for it,
   * so it is asked every few milliseconds. It takes its turn among the writes: later ones wait for it. `false` when the limit
   * is spent.
   *
   * @example
   * if (await conn.waitFlushed({ timeout: '5s' })) await conn.close();
   */
  waitFlushed(o?: Op): R<M, boolean>;

  /**
   * Reads the head of an HTTP/1 request or response (RFC 9112): the first line, the headers, and the empty line. The body stays for
   * the other reading methods. `null` is the end of the stream before the head began.
   *
   * At most `max` bytes (64 KiB unless told) and `maxHeaders` header lines: 100 unless told, or, where `max` is above 64 KiB,
   * as many as fit.
   *
   * @throws SocketError `ERR_HTTP_HEAD` for what is no valid head, or is cut by the end of the stream, with `partial`: the bytes up
   * to the end of the line that is wrong. LimitError `ERR_LIMIT`. Either way nothing is consumed.
   * @example
   * const head = await conn.readHttpHead({ timeout: '10s' });
   * const body = await conn.readExact(Number(head?.headers['content-length'] ?? 0));
   */
  readHttpHead(o?: Op & { max?: number; maxHeaders?: number }): R<M, HttpHead | null>;
  /**
   * Writes a request of HTTP/1, head and body in one write, as `write` does. Returns the number of bytes of both.
   *
   * `Content-Length` is added where there is a `body`, and, as 0, to POST, PUT and PATCH without one (RFC 9110 §8.6), unless the
   * headers have it, or Transfer-Encoding. Nothing else is added: not even `Host`.
   *
   * @throws TypeError that names the part for anything that is not allowed where it stands, above all CR, LF and NUL, and for a
   * Content-Length that is not that of the body: nothing is sent. Otherwise as `write`
   * @example await conn.writeHttpRequest({ method: 'GET', path: '/', headers: { Host: 'example.org' } });
   */
  writeHttpRequest(request: HttpRequest, o?: Op): R<M, number>;
  /**
   * Writes a response of HTTP/1, head and body in one write, as `write` does. Returns the number of bytes of both.
   *
   * `Content-Length` is added unless the headers have it or Transfer-Encoding, or the status is 1xx, 204 or 304. Without `body`
   * it is 0, but not added where the end of the connection ends the body: with `Connection: close`, or version 1.0. To be
   * followed by a body of your own, the head needs one of those. `'Content-Length': []` is none.
   *
   * @throws TypeError and RangeError (`status`) as writeHttpRequest: nothing is sent. Otherwise as `write`
   * @example await conn.writeHttpResponse({ status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'hello\n' });
   */
  writeHttpResponse(response: HttpResponse, o?: Op): R<M, number>;

  /**
   * Begins TLS on a plaintext connection, as the client unless `server` is true, and makes the handshake (STARTTLS, STLS,
   * SSLRequest, AUTH TLS).
   *
   * Bytes that have already arrived in the clear behind what was read are refused: somebody may have injected them.
   * `buffered: 'discard'` drops them; `'feed'` gives them to the handshake, for servers whose clients send the ClientHello
   * in the same segment as the command. A failed handshake closes the connection: nothing ever goes out in the clear after it.
   *
   * @throws TlsError, CertificateError; TimeoutError, and the connection is closed; SocketError `ERR_TLS_BUFFERED_DATA`, `ERR_BUSY` while
   * a call waits, `ERR_SOCKET_STATE` when TLS is on: these leave the connection as it was; RangeError for a limit of 0
   * @example
   * await conn.writeLine('STARTTLS');
   * if ((await conn.readLine())?.startsWith('220')) await conn.startTls({ serverName: 'mail.example.org' });
   */
  startTls(o?: TlsOptions & { server?: boolean; buffered?: 'reject' | 'discard' | 'feed' } & Op): R<M, TlsInfo>;
  /**
   * Ends TLS and goes on in the clear: sends close_notify and waits for the peer's. What the peer still said before it, and
   * what it sent in the clear behind it, is read next. With `wait: false` what is written next is plaintext at once, and
   * reading goes over to plaintext at the peer's close_notify.
   *
   * @throws TlsError `ERR_TLS_TRUNCATED`; TimeoutError: our half has ended, and stopTls can be called again; SocketError `ERR_BUSY`
   * while a call waits, `ERR_SOCKET_STATE` without TLS; RangeError for a limit of 0
   * @example
   * await conn.stopTls({ timeout: '5s' });
   * console.log(conn.tlsState); // none
   */
  stopTls(o?: Op & { wait?: boolean }): R<M, void>;

  /**
   * Ends our direction after everything written so far: close_notify where there is TLS, then shutdown(2) with SHUT_WR. Reading goes on. Twice is allowed.
   *
   * @example
   * await conn.write('that is all');
   * await conn.closeWrite();
   * const answer = await conn.readAll();
   */
  closeWrite(o?: Op): R<M, void>;
  /** Ends one direction or both: shutdown(2). `'wr'` waits for earlier writes. @throws SocketError `ENOTCONN` when the connection is gone */
  shutdown(how: Shut): R<M, void>;
  /**
   * Closes the connection: lets earlier writes out, ends waiting reads with `ERR_SOCKET_CLOSED`, ends our direction,
   * throws away input that is already there (so that the kernel does not send RST and eat the tail), and returns. With
   * a limit it also waits so long for the peer's end. Never fails because the limit is spent. Twice is allowed.
   *
   * @example await conn.close({ timeout: '2s' });
   */
  close(o?: Op): R<M, void>;
  /**
   * Ends the connection with an RST, at once: SO_LINGER 0 and close(2). Waiting calls end with `ERR_SOCKET_CLOSED`. Twice is allowed.
   *
   * @example
   * const timer = setTimeout(() => conn.abort(), 60_000);
   */
  abort(): void;

  /**
   * Calls `fn` for every `event` from now on, and returns the function that ends that. After `close` nothing is called any more.
   *
   * It is called between the steps of an operation, never in the middle of one: with promises before whoever awaits the operation goes on, in the
   * blocking colour before the call waits again or returns. It may use the connection. A blocking call in the direction of an operation that is
   * still going on is `ERR_BUSY`. What it throws is an uncaught exception, in a turn of its own: the operation goes on.
   *
   * @throws TypeError for a name that is no event
   * @example const off = conn.on('read', ({ bytes }) => console.log(`${bytes} bytes`));
   */
  on<E extends keyof Events>(event: E, fn: (value: Events[E]) => void): () => void;
  /**
   * Sends all events from now on to `queue`, instead of the queue of before, or to none for `null`. Without an argument, returns the queue they go to;
   * where there is none, a new one.
   *
   * @throws TypeError for what eventQueue() has not made
   * @example for await (const { event, time } of conn.events()) console.log(time, event);
   */
  events(queue?: EventQueue): EventQueue;
  events(queue: EventQueue | null): EventQueue | null;

  /** A waiting call keeps the process alive again (the default). */
  ref(): this;
  /** Waiting calls of this connection no longer keep the process alive. */
  unref(): this;
}
