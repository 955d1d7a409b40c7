// Owns Conn<M>: arguments in, attempts out. The words of its documentation stand on the interface.

import type { Address } from '../contract/address.js';
import type { Codec, Framed, NumOf, NumType } from '../contract/codec.js';
import type { CloseInfo, Conn, ConnBase } from '../contract/conn.js';
import type { FileSource } from '../contract/file.js';
import type { EventQueue, Events } from '../contract/event.js';
import type { Data, Duration, Mode, Op, R } from '../contract/mode.js';
import type { HttpHead, HttpRequest, HttpResponse } from '../contract/http.js';
import type { KeepAlive } from '../contract/option.js';
import type { Shut, Socket } from '../contract/socket.js';
import type { TlsInfo, TlsOptions } from '../contract/tls.js';
import { toBytes } from '../codec/bytes.js';
import { formOf } from '../codec/number.js';
import { encodingOf } from '../codec/text.js';
import { abort, closeQuietly, CloseStream } from '../core/closing.js';
import { isTcp } from '../core/dial/racer.js';
import { Immediately } from '../core/ready.js';
import { WaitReadable } from '../core/select.js';
import type { Stream } from '../core/stream.js';
import { EndWriting, shutdownStream, WaitFlushed } from '../core/writing.js';
import {
  type Buffered,
  checkStart,
  clientPlan,
  Handshake,
  isTls,
  serverPlan,
  startTls,
  StopTls,
} from '../core/tls/tls.js';
import {
  getKeepAlive,
  getLinger,
  getOption,
  options,
  setKeepAlive,
  setLinger,
  setOption,
} from '../core/option/option.js';
import { invalidType, invalidValue } from '../error/invalid.js';
import { refusal } from '../error/make.js';
import { deliver } from '../event/outbox.js';
import { admit, durationOf, checkLimits, refuseZero } from '../wait/limit.js';
import { setReferenced } from '../wait/reactor.js';
import { customInspect, show, shownAddress, type Shown } from '../error/shown.js';
import type { Colour } from './colour.js';
import { listenTo, queueFor } from './conn-events.js';
import {
  type HeadLimits,
  type Max,
  peek,
  readAll,
  readExact,
  readHttpHead,
  readInto,
  readLine,
  readNumber,
  readPiece,
  readText,
  readUntil,
  type Until,
  writeData,
  writeHttpRequest,
  writeHttpResponse,
  writeLine,
  writeNum,
} from './conn-operations.js';
import { framingOf } from './framed-face.js';
import { type FileOp, writeFile } from './files.js';
import { shutNumber } from './socket-face.js';

type StartTls = TlsOptions & { server?: boolean; buffered?: Buffered } & Op;

export abstract class ConnFace<M extends Mode> implements ConnBase<M> {
  protected readonly stream: Stream;
  #socket: Socket<M> | null = null;

  constructor(stream: Stream) {
    this.stream = stream;
  }

  /** Of the class and not a field, since there are many connections. */
  protected abstract get colour(): Colour<M>;

  /** The stream behind a connection of either colour. */
  static streamOf(value: unknown): Stream | null {
    return value instanceof ConnFace ? (value as ConnFace<Mode>).stream : null;
  }

  get socket(): Socket<M> {
    return (this.#socket ??= this.colour.socket(this.stream.handle));
  }
  get id(): number {
    return this.stream.id;
  }
  get encoding(): string {
    return this.stream.encoding;
  }
  set encoding(name: string) {
    this.stream.encoding = encodingOf('encoding', name);
  }
  get localAddr(): Address {
    return this.stream.localAddr;
  }
  get remoteAddr(): Address {
    return this.stream.remoteAddr;
  }
  get closeInfo(): CloseInfo | null {
    return this.stream.closeInfo;
  }
  get tls(): TlsInfo | null {
    const { layer } = this.stream;
    return isTls(layer) && !layer.leaving ? layer.info : null;
  }
  get tlsState(): 'none' | 'pending' | 'established' {
    const { layer } = this.stream;
    return !isTls(layer) || layer.leaving ? 'none' : layer.ready ? 'established' : 'pending';
  }
  get bytesRead(): number {
    return this.stream.bytesRead;
  }
  get bytesWritten(): number {
    return this.stream.bytesWritten;
  }

  get noDelay(): boolean {
    const { handle } = this.stream;
    handle.check('option');
    return !isTcp(handle) || (getOption(handle, options.TCP_NODELAY) as boolean);
  }
  set noDelay(on: boolean) {
    const { handle } = this.stream;
    if (typeof on !== 'boolean') throw invalidType('noDelay', 'a boolean', on);
    handle.check('option');
    if (isTcp(handle)) setOption(handle, options.TCP_NODELAY, on);
  }
  get quickAck(): boolean {
    return getOption(this.stream.handle, options.TCP_QUICKACK) as boolean;
  }
  set quickAck(on: boolean) {
    setOption(this.stream.handle, options.TCP_QUICKACK, on);
  }
  get keepAlive(): KeepAlive | null {
    return getKeepAlive(this.stream.handle);
  }
  set keepAlive(value: boolean | Partial<KeepAlive> | null) {
    if (typeof value !== 'object' || value === null) {
      setKeepAlive(this.stream.handle, value);
      return;
    }
    const { idle, interval, count } = value;
    setKeepAlive(this.stream.handle, {
      ...(idle === undefined ? {} : { idle: durationOf('keepAlive.idle', idle) }),
      ...(interval === undefined ? {} : { interval: durationOf('keepAlive.interval', interval) }),
      ...(count === undefined ? {} : { count }),
    });
  }
  get linger(): number | null {
    this.stream.check('option');
    return getLinger(this.stream.handle);
  }
  set linger(value: Duration | null) {
    const ms = value === null ? null : durationOf('linger', value);
    this.stream.check('option');
    setLinger(this.stream.handle, ms === Infinity ? null : ms);
  }

  read(max?: number, o?: Op): R<M, Buffer | null> {
    return this.colour.runner.run(readPiece, this.stream, max, o, o);
  }
  readInto(buffer: Uint8Array, o?: Op): R<M, number> {
    return this.colour.runner.run(readInto, this.stream, buffer, o, o);
  }
  readExact(n: number, o?: Op): R<M, Buffer> {
    return this.colour.runner.run(readExact, this.stream, n, o, o);
  }
  readUntil(delimiter: Data | Data[], o?: Until): R<M, Buffer> {
    return this.colour.runner.run(readUntil, this.stream, delimiter, o, o);
  }
  readLine(o?: Max): R<M, string | null> {
    return this.colour.runner.run(readLine, this.stream, o, o, o);
  }
  readAll(o?: Max): R<M, Buffer> {
    return this.colour.runner.run(readAll, this.stream, o, o, o);
  }
  readText(bytes?: number, o?: Op): R<M, string | null> {
    return this.colour.runner.run(readText, this.stream, bytes, o, o);
  }
  readNum<T extends NumType>(type: T, o?: Op): R<M, NumOf<T>> {
    const { runner } = this.colour;
    // Not an attempt of its own: the number could be one that says "not yet".
    return runner.chain(
      runner.run(readNumber, this.stream, type, o, o),
      (bytes) => formOf(type).read(bytes, 0) as R<M, NumOf<T>>,
    );
  }
  peek(n: number, o?: Op): R<M, Buffer> {
    return this.colour.runner.run(peek, this.stream, n, o, o);
  }
  unread(data: Data): void {
    const { stream } = this;
    const bytes = toBytes('data', data, stream.encoding);
    stream.check('read');
    // It has looked at what is buffered, and must not find other bytes in front of it.
    if (stream.handle.firstRead !== null)
      throw refusal('ERR_BUSY', 'read', 'bytes cannot be put back while a read is waiting');
    // A copy: the caller may go on using its memory.
    stream.buffer.prepend(Buffer.from(bytes));
  }

  write(data: Data | Data[], o?: Op): R<M, number> {
    return this.colour.runner.run(writeData, this.stream, data, o, o);
  }
  writeNum<T extends NumType>(type: T, value: NumOf<T>, o?: Op): R<M, void> {
    return this.colour.runner.run(writeNum, this.stream, type, value, o);
  }
  writeLine(text: string, o?: Op & { eol?: string }): R<M, number> {
    return this.colour.runner.run(writeLine, this.stream, text, o, o);
  }
  writeFile(file: FileSource, o?: FileOp): R<M, number> {
    return this.colour.runner.run(writeFile, this.stream, file, o, o);
  }
  framed<I, O = I>(codec: Codec<I, O>): Framed<M, I, O> {
    const { stream, colour } = this;
    return colour.framed({ conn: this as ConnBase<M> as Conn<M>, stream, framing: framingOf(codec) });
  }
  waitReadable(o?: Op): R<M, boolean> {
    return this.colour.runner.go(() => new WaitReadable(this.stream), o);
  }
  waitFlushed(o?: Op): R<M, boolean> {
    return this.colour.runner.go(() => new WaitFlushed(this.stream), o);
  }

  readHttpHead(o?: HeadLimits): R<M, HttpHead | null> {
    return this.colour.runner.run(readHttpHead, this.stream, o, o, o);
  }
  writeHttpRequest(request: HttpRequest, o?: Op): R<M, number> {
    return this.colour.runner.run(writeHttpRequest, this.stream, request, o, o);
  }
  writeHttpResponse(response: HttpResponse, o?: Op): R<M, number> {
    return this.colour.runner.run(writeHttpResponse, this.stream, response, o, o);
  }

  startTls(o: StartTls = {}): R<M, TlsInfo> {
    return this.colour.runner.go(() => {
      if (typeof o !== 'object' || o === null) throw invalidType('options', 'an object', o);
      refuseZero(o);
      admit(o, 'tls');
      const { stream } = this;
      const { server = false, buffered = 'reject' } = o;
      if (typeof server !== 'boolean') throw invalidType('server', 'a boolean', server);
      if (!['reject', 'discard', 'feed'].includes(buffered))
        throw invalidValue('buffered', "must be 'reject', 'discard' or 'feed'", buffered);
      checkStart(stream);
      const plan = server ? serverPlan(tlsPart(o)) : clientPlan(tlsPart(o), stream.host);
      return startTls(stream, plan, buffered, server);
    }, o);
  }
  stopTls(o?: Op & { wait?: boolean }): R<M, void> {
    return this.colour.runner.go(() => {
      refuseZero(o);
      const { wait = true } = o ?? {};
      if (typeof wait !== 'boolean') throw invalidType('wait', 'a boolean', wait);
      return new StopTls(this.stream, wait);
    }, o);
  }
  handshake(o?: Op): R<M, TlsInfo> {
    return this.colour.runner.go(() => {
      refuseZero(o);
      admit(o, 'tls');
      return new Handshake(this.stream, (info) => info);
    }, o);
  }

  closeWrite(o?: Op): R<M, void> {
    return this.colour.runner.go(() => new EndWriting(this.stream), o);
  }
  shutdown(how: Shut): R<M, void> {
    return this.colour.runner.go<void>(() => {
      const number = shutNumber(how);
      if (how === 'wr') return new EndWriting(this.stream);
      return new Immediately('close', () => shutdownStream(this.stream, number));
    }, undefined);
  }
  close(o?: Op): R<M, void> {
    return this.colour.runner.go(() => {
      // Before anything ends: a wrong limit must not close the connection.
      checkLimits(o);
      // And neither must a refusal of the blocking loop, which comes when the attempt is made.
      if (this.colour.runner.mode === 'sync' && this.stream.handle.firstWrite !== null)
        throw refusal('ERR_BUSY', 'close', 'the other colour is waiting in this direction');
      // A signal alone is no limit: it does not make close wait for the peer.
      return new CloseStream(this.stream, o?.timeout !== undefined || o?.deadline !== undefined);
    }, o);
  }
  abort(): void {
    abort(this.stream);
    if (this.colour.runner.mode === 'sync') deliver();
  }
  [Symbol.dispose](): void {
    closeQuietly(this.stream.handle);
    if (this.colour.runner.mode === 'sync') deliver();
  }
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.close());
  }

  [customInspect](...shown: Shown): string {
    const { handle, buffered, closeInfo } = this.stream;
    const facts = {
      fd: handle.fd,
      state: handle.state,
      local: shownAddress(() => this.localAddr),
      remote: shownAddress(() => this.remoteAddr),
      tls: this.tlsState === 'none' ? null : (this.tls?.version ?? this.tlsState),
      buffered: buffered === 0 ? null : buffered,
      closed: closeInfo?.by ?? null,
      error: closeInfo?.error?.code ?? null,
    };
    return show('Conn', facts, shown);
  }

  on<E extends keyof Events>(event: E, fn: (value: Events[E]) => void): () => void {
    return listenTo(this.stream, event, fn);
  }
  events(queue?: EventQueue): EventQueue;
  events(queue: EventQueue | null): EventQueue | null;
  events(queue?: EventQueue | null): EventQueue | null {
    return queueFor(this.stream, queue);
  }

  ref(): this {
    setReferenced(this.stream.handle.registration, true);
    return this;
  }
  unref(): this {
    setReferenced(this.stream.handle.registration, false);
    return this;
  }
}

/** The options of TLS without those of the call around them. */
function tlsPart({ server: _, buffered: __, timeout: ___, deadline: ____, signal: _____, ...o }: StartTls): TlsOptions {
  return o;
}
