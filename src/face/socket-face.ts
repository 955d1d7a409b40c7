// Owns Socket<M>: arguments in, attempts out. The words of its documentation stand on the interface.

import type { Address, Family, Kind, Target } from '../contract/address.js';
import type { FileSource } from '../contract/file.js';
import type { Datagram, Message, PeerCred } from '../contract/message.js';
import type { Data, Duration, Mode, Op, R } from '../contract/mode.js';
import type { SocketOption } from '../contract/option.js';
import type { TcpInfo } from '../contract/tcp-info.js';
import type { PollEvents, Shut, Socket } from '../contract/socket.js';
import { parseTarget } from '../address/target.js';
import { toBytes, toPieces } from '../codec/bytes.js';
import { Accept, TryAccept, type Accepted } from '../core/accept.js';
import { Bind } from '../core/bind.js';
import { closeQuietly, CloseSocket, detach, setInheritable } from '../core/closing.js';
import { ConnectSocket } from '../core/connect-socket.js';
import { duplicate, type Handle } from '../core/handle.js';
import { startListening } from '../core/listen.js';
import { familyName, kindName } from '../core/names.js';
import { PollOne } from '../core/select.js';
import { SendAll } from '../core/send.js';
import type { SendMessage } from '../core/message/message.js';
import { localAddress, peerAddress } from '../core/sockaddr.js';
import { Recv, RecvAll, RecvFully, RecvInto, Send } from '../core/transfer.js';
import { queued, shutdownDescriptor } from '../core/writing.js';
import { invalidType, invalidValue, wholeNumber } from '../error/invalid.js';
import { MSG_WAITALL, SHUT_RD, SHUT_RDWR, SHUT_WR, SO_RCVTIMEO, SO_SNDTIMEO, SOMAXCONN } from '../core/numbers.js';
import {
  getBytes,
  getInt,
  getOption,
  peerCredentials,
  setBytes,
  setInt,
  setLimit,
  setOption,
  tcpInfo,
} from '../core/option/option.js';
import { admit, durationOf, refuseZero } from '../wait/limit.js';
import { customInspect, show, shownAddress, type Shown } from '../error/shown.js';
import { checkBytes, checkEvents, checkMode } from './check.js';
import type { Colour } from './colour.js';
import { type FileOp, sendFile } from './files.js';
import {
  type Flags,
  flagsOf,
  type MessageRoom,
  RECV,
  recvFrom,
  recvMany,
  recvMsg,
  sendMany,
  sendMsg,
  sendTo,
  sendWhole,
} from './messages.js';

/** What one MSG_WAITALL receive may ask for: the kernel's own limit of a transfer. */
const MOST = 0x7ffff000;

export class SocketFace<M extends Mode> implements Socket<M> {
  readonly #handle: Handle;
  readonly #colour: Colour<M>;

  constructor(handle: Handle, colour: Colour<M>) {
    this.#handle = handle;
    this.#colour = colour;
  }

  /** The handle behind a socket of either colour. */
  static handleOf(value: unknown): Handle | null {
    return typeof value === 'object' && value !== null && #handle in value ? (value as SocketFace<Mode>).#handle : null;
  }

  get fd(): number {
    return this.#handle.fd;
  }
  get family(): Family {
    return familyName(this.#handle.family);
  }
  get kind(): Kind {
    return kindName(this.#handle.kind);
  }
  get protocol(): number {
    return this.#handle.protocol;
  }
  get state(): Socket<M>['state'] {
    return this.#handle.state;
  }

  get receiveTimeout(): Duration | null {
    return finite(this.#handle.receiveLimit);
  }
  set receiveTimeout(value: Duration | null) {
    this.#handle.check('option');
    setLimit(this.#handle, SO_RCVTIMEO, limit('receiveTimeout', value));
  }
  get sendTimeout(): Duration | null {
    return finite(this.#handle.sendLimit);
  }
  set sendTimeout(value: Duration | null) {
    this.#handle.check('option');
    setLimit(this.#handle, SO_SNDTIMEO, limit('sendTimeout', value));
  }

  bind(at: Target, o: { reuseAddress?: boolean; reusePort?: boolean; mode?: number } = {}): R<M, this> {
    return this.#colour.runner.go(() => {
      const endpoint = parseTarget(at, 'at');
      const { reuseAddress = false, reusePort = false } = o;
      return new Bind(this.#handle, endpoint, { reuseAddress, reusePort, mode: checkMode(o.mode) }, this);
    }, undefined);
  }

  listen(backlog?: number): this {
    const length = backlog === undefined ? SOMAXCONN : wholeNumber('backlog', backlog, 0, 0x7fffffff);
    this.#handle.check('bind');
    startListening(this.#handle, length, null);
    return this;
  }

  connect(to: Target, o?: Op): R<M, void> {
    return this.#colour.runner.go(() => {
      const endpoint = parseTarget(to, 'to');
      refuseZero(o);
      admit(o, 'connect');
      return new ConnectSocket(this.#handle, endpoint);
    }, o);
  }

  accept(o?: Op): R<M, Socket<M>> {
    return this.#colour.runner.go(() => new Accept([this.#handle], this.#handle.reads, this.#accepted), o);
  }

  tryAccept(wait: Duration = 0, o?: { signal?: AbortSignal }): R<M, Socket<M> | null> {
    return this.#colour.runner.go(
      () => {
        durationOf('wait', wait);
        return new TryAccept<Socket<M>>([this.#handle], this.#handle.reads, this.#accepted);
      },
      { ...o, timeout: wait },
    );
  }

  recv(max = RECV, o?: Flags): R<M, Buffer | null> {
    return this.#colour.runner.run(recv, this.#handle, max, o, o);
  }

  recvInto(buffer: Uint8Array, o?: Flags): R<M, number> {
    return this.#colour.runner.run(recvInto, this.#handle, buffer, o, o);
  }

  send(data: Data, o?: Flags): R<M, number> {
    return this.#colour.runner.run(send, this.#handle, data, o, o);
  }

  sendAll(data: Data | Data[], o?: Flags): R<M, number> {
    return this.#colour.runner.run(sendAll, this.#handle, data, o, o);
  }

  recvFrom(max = RECV, o?: Flags): R<M, Datagram | null> {
    return this.#colour.runner.run(recvFrom, this.#handle, max, o, o);
  }

  recvMsg(o?: MessageRoom): R<M, Datagram | null> {
    return this.#colour.runner.run(recvMsg, this.#handle, o, undefined, o);
  }

  recvMany(max: number, o?: Op & { size?: number }): R<M, Datagram[]> {
    return this.#colour.runner.run(recvMany, this.#handle, max, o, o);
  }

  sendTo(data: Data, to: Target, o?: Flags): R<M, number> {
    return this.#colour.runner.go(() => sendTo(this.#handle, data, to, o), o);
  }

  sendMsg(message: Message, o?: Flags): R<M, number> {
    return this.#colour.runner.run(sendMsg, this.#handle, message, o, o);
  }

  sendMany(messages: Message[], o?: Op): R<M, number> {
    return this.#colour.runner.run(sendMany, this.#handle, messages, o, o);
  }

  sendFile(file: FileSource, o?: FileOp): R<M, number> {
    return this.#colour.runner.run(sendFile, this.#handle, file, o, o);
  }

  poll(events: PollEvents, o?: Op): R<M, PollEvents | null> {
    return this.#colour.runner.go(() => {
      this.#handle.check('read');
      return new PollOne(this.#handle, checkEvents('events', events));
    }, o);
  }

  getOption<T>(option: SocketOption<T>): T {
    return getOption(this.#handle, option) as T;
  }

  setOption<T>(option: SocketOption<T>, value: NoInfer<T>): this {
    setOption(this.#handle, option, value);
    return this;
  }

  getsockopt(level: number, name: number): number;
  getsockopt(level: number, name: number, length: number): Buffer;
  getsockopt(level: number, name: number, length?: number): number | Buffer {
    checkOptionNumbers(level, name);
    if (length === undefined) return getInt(this.#handle, level, name);
    return getBytes(this.#handle, level, name, wholeNumber('length', length, 0, 0x100000));
  }

  setsockopt(level: number, name: number, value: number | Uint8Array | null, length?: number): this {
    checkOptionNumbers(level, name);
    if (typeof value === 'number')
      setInt(this.#handle, level, name, wholeNumber('value', value, -0x80000000, 0xffffffff) | 0);
    else if (value === null) setBytes(this.#handle, level, name, null, wholeNumber('length', length ?? 0, 0, 0x100000));
    else if (value instanceof Uint8Array)
      setBytes(this.#handle, level, name, value, wholeNumber('length', length ?? value.length, 0, value.length));
    else throw invalidType('value', 'a number, Uint8Array or null', value);
    return this;
  }

  getsockname(): Address {
    this.#handle.check('config');
    return localAddress(this.#handle.fd);
  }

  getpeername(): Address {
    this.#handle.check('config');
    return peerAddress(this.#handle.fd);
  }

  getpeercred(): PeerCred {
    return peerCredentials(this.#handle);
  }

  tcpInfo(): TcpInfo {
    return tcpInfo(this.#handle);
  }

  queued(): { in: number; out: number } {
    return queued(this.#handle);
  }

  shutdown(how: Shut): this {
    shutdownDescriptor(this.#handle, shutNumber(how));
    return this;
  }

  dup(): Socket<M> {
    return this.#colour.socket(duplicate(this.#handle));
  }

  detach(): number {
    return detach(this.#handle);
  }

  setInheritable(on: boolean): this {
    if (typeof on !== 'boolean') throw invalidType('on', 'a boolean', on);
    setInheritable(this.#handle, on);
    return this;
  }

  close(): void {
    // In the promise colour nobody can be told when a lingering close is over, so the kernel does it in the background.
    if (this.#colour.runner.mode === 'sync')
      void this.#colour.runner.go(() => new CloseSocket(this.#handle), undefined);
    else closeQuietly(this.#handle);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  [customInspect](...shown: Shown): string {
    const { fd, family, kind, state } = this;
    const local = fd < 0 || state === 'new' ? null : shownAddress(() => this.getsockname());
    const remote = fd < 0 ? null : shownAddress(() => this.getpeername());
    return show('Socket', { fd, family, kind, state, local, remote }, shown);
  }

  readonly #accepted = (accepted: Accepted): Socket<M> => this.#colour.socket(accepted.handle);
}

export function shutNumber(how: unknown): number {
  if (how === 'rd') return SHUT_RD;
  if (how === 'wr') return SHUT_WR;
  if (how === 'rdwr') return SHUT_RDWR;
  throw invalidValue('how', "must be 'rd', 'wr' or 'rdwr'", how);
}

function recv(handle: Handle, max: number, o: Flags | undefined): Recv | RecvAll {
  wholeNumber('max', max, 1, MOST);
  const flags = flagsOf(o);
  return flags & MSG_WAITALL && handle.isStream ? new RecvAll(handle, max, flags) : new Recv(handle, max, flags);
}

function recvInto(handle: Handle, buffer: Uint8Array, o: Flags | undefined): RecvInto | RecvFully {
  checkBytes('buffer', buffer);
  const flags = flagsOf(o);
  return flags & MSG_WAITALL && handle.isStream
    ? new RecvFully(handle, buffer, flags)
    : new RecvInto(handle, buffer, flags);
}

function send(handle: Handle, data: Data, o: Flags | undefined): Send {
  return new Send(handle, toBytes('data', data, 'utf-8'), flagsOf(o));
}

function sendAll(handle: Handle, data: Data | Data[], o: Flags | undefined): SendAll | SendMessage {
  // Pieces are one message there, and an empty one is a message too.
  if (!handle.isStream) return sendWhole(handle, data, flagsOf(o));
  const pieces = toPieces('data', data, 'utf-8');
  const flags = flagsOf(o);
  handle.check('write');
  return new SendAll(handle, pieces, handle.stream, flags);
}

function checkOptionNumbers(level: unknown, name: unknown): void {
  wholeNumber('level', level, 0, 0x7fffffff);
  wholeNumber('name', name, 0, 0x7fffffff);
}

function limit(argument: string, value: Duration | null): number | null {
  const ms = value === null ? Infinity : durationOf(argument, value);
  return ms === Infinity || ms === 0 ? null : ms;
}

function finite(ms: number): number | null {
  return ms === Infinity ? null : ms;
}
