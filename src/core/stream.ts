// Owns a connection: its read buffer, its counters, its encoding and how it ended. Everything that both colours' Conn
// show is here; operations on it are in reading.ts, writing.ts and closing.ts.

import type { CloseInfo } from '../contract/conn.js';
import type { Phase } from '../contract/error.js';
import { SocketAddress } from '../address/socket-address.js';
import { LITTLE, ReadBuffer } from '../buffer/read-buffer.js';
import type { NumForm } from '../codec/number.js';
import type { Encoding } from '../codec/text.js';
import { refusal } from '../error/make.js';
import { type ErrorFacts, SocketError } from '../error/socket-error.js';
import { errnoName, systemError } from '../error/system.js';
import { isHeard, newId, type Origin, readChannel, sentChannel, type Tap, tell } from '../event/tap.js';
import { SOCK_STREAM } from '../native/constants.js';
import { Ending } from './ending.js';
import type { Handle } from './handle.js';
import type { Layer } from './layer.js';
import { receiveInto, receiveSlab } from './receive.js';
import type { Sender } from './send.js';
import { slabRoom, slabTake } from './slab.js';
import { localAddress, type Packed, packedLocal, packedPeer, peerAddress, unnamed, unpacked } from './sockaddr.js';
import type { Want } from './want.js';
import { isWant } from './want.js';

const CHUNK = 64 * 1024;

/** An operation that may receive more than once. */
export interface Receiver {
  /** What it has received so far. */
  received: number;
  /** How much it was asked for, where it was asked for a number of bytes. */
  readonly wanted: number | undefined;
}

/** What few connections have, or have not until they are asked. Apart, so that all the others do without the memory for it. */
interface Particulars {
  encoding: Encoding;
  host: string | null;
  local: SocketAddress | Packed | null;
  ended: boolean;
  ending: Ending | null;
}

export class Stream implements Sender, Origin {
  readonly handle: Handle;
  readonly id: number;
  /** Who hears of what happens here; null for nobody. */
  tap: Tap | null;
  #buffer: ReadBuffer | null = null;
  /** What lies between this and the socket: TLS. */
  layer: Layer | null = null;
  bytesRead = 0;
  bytesWritten = 0;
  /** Decoded when it is asked for. */
  #remote: SocketAddress | Packed | null;
  #particulars: Particulars | null = null;

  private constructor(handle: Handle, remote: SocketAddress | Packed | null, origin: Origin | null) {
    this.handle = handle;
    this.id = origin?.id ?? newId();
    this.tap = origin?.tap ?? null;
    this.#remote = remote;
    handle.stream = this;
  }

  /** The stream of a connected handle: always the same one. `origin`: a new one has this id, and is listened to already. */
  static of(handle: Handle, remote: SocketAddress | Packed | null = null, origin: Origin | null = null): Stream {
    return handle.stream ?? new Stream(handle, remote, origin);
  }

  /** Throws unless the handle can be a stream. */
  static checkKind(handle: Handle): void {
    handle.check('config');
    if (
      handle.kind !== SOCK_STREAM ||
      handle.state === 'new' ||
      handle.state === 'bound' ||
      handle.state === 'listening'
    )
      throw refusal('ERR_SOCKET_STATE', 'config', 'a connection needs a connected stream socket');
  }

  /** What has arrived and was not asked for yet. Made when something needs it, since most connections never do. */
  get buffer(): ReadBuffer {
    return (this.#buffer ??= new ReadBuffer());
  }
  /** How many bytes that is, without making one. */
  get buffered(): number {
    return this.#buffer === null ? 0 : this.#buffer.length;
  }

  get encoding(): Encoding {
    return this.#particulars === null ? 'utf-8' : this.#particulars.encoding;
  }
  set encoding(encoding: Encoding) {
    if (encoding !== this.encoding) (this.#particulars ??= usual()).encoding = encoding;
  }

  /** The peer has ended its direction. */
  get ended(): boolean {
    return this.#particulars !== null && this.#particulars.ended;
  }
  set ended(on: boolean) {
    if (on !== this.ended) (this.#particulars ??= usual()).ended = on;
  }

  /** How it ends; made when something of it happens. */
  get ending(): Ending {
    return ((this.#particulars ??= usual()).ending ??= new Ending());
  }
  get closeInfo(): CloseInfo | null {
    return this.#particulars?.ending?.info ?? null;
  }

  /** The host that was asked for, where there was one: what a certificate is checked against. */
  get host(): string | null {
    return this.#particulars === null ? null : this.#particulars.host;
  }
  set host(host: string | null) {
    if (host !== this.host) (this.#particulars ??= usual()).host = host;
  }

  get localAddr(): SocketAddress {
    const particulars = (this.#particulars ??= usual());
    const { local } = particulars;
    if (local instanceof SocketAddress) return local;
    const { fd } = this.handle;
    return (particulars.local = local !== null ? unpacked(local) : fd < 0 ? unnamed : localAddress(fd));
  }

  get remoteAddr(): SocketAddress {
    const remote = this.#remote;
    if (remote instanceof SocketAddress) return remote;
    const { fd } = this.handle;
    return (this.#remote = remote !== null ? unpacked(remote) : fd < 0 ? unnamed : peerAddress(fd));
  }

  /** Keeps the addresses for after close. */
  rememberAddresses(): void {
    try {
      const particulars = (this.#particulars ??= usual());
      particulars.local ??= packedLocal(this.handle.fd);
      this.#remote ??= packedPeer(this.handle.fd);
    } catch {
      // A connection that was reset has none any more.
    }
  }

  /** Nothing that was taken for sending waits above the kernel. */
  get flushed(): boolean {
    return this.layer === null || this.layer.unsent === 0;
  }

  /**
   * FAST PATH (bench: numbers that are there): no operation is made for a number that is in the buffer while nobody waits.
   * Undefined says that the long way must be gone, and that nothing was done.
   */
  numberAtOnce(form: NumForm): number | bigint | undefined {
    const { handle } = this;
    if (handle.closing || handle.firstRead !== null || this.buffered === 0) return undefined;
    return this.buffer.takeNumber(form);
  }

  /** The same for a line: null says that the long way must be gone. */
  lineAtOnce(): string | null {
    const { handle, encoding } = this;
    if (handle.closing || handle.firstRead !== null || this.buffered === 0) return null;
    return encoding === 'utf-8' || encoding === 'latin1' ? this.buffer.takeAsciiLine() : null;
  }

  check(phase: Phase): void {
    const { handle } = this;
    if (handle.fd < 0 && this.ending.untold !== null) {
      const error = this.ending.untold;
      this.ending.untold = null;
      throw error;
    }
    handle.check(phase);
  }

  /** Receives what is there as a piece of its own; null is the end. The buffer must be empty. */
  receivePiece(max: number, receiver: Receiver | null = null): Buffer | null | Want {
    if (this.layer !== null) {
      const piece = this.layer.receivePiece(max);
      if (piece instanceof Buffer) this.tellRead(piece.length, receiver);
      return piece;
    }
    let n: number;
    try {
      n = this.count(receiveSlab(this.handle.registration, slabRoom(max)));
    } catch (error) {
      throw this.blame(error, 0);
    }
    if (n > 0) {
      this.tellRead(n, receiver);
      return slabTake(n);
    }
    return n === 0 ? null : (n as Want);
  }

  /** Receives into the caller's memory; 0 is the end. The buffer must be empty. */
  receiveInto(target: Uint8Array, offset: number, length: number, receiver: Receiver | null = null): number {
    const n = this.receiveUntold(target, offset, length);
    if (n > 0) this.tellRead(n, receiver);
    return n;
  }

  /** The same, when whoever asked for it is going to tell. */
  receiveUntold(target: Uint8Array, offset: number, length: number): number {
    if (this.layer !== null) return this.layer.receiveInto(target, offset, length);
    try {
      return this.count(receiveInto(this.handle.registration, target, offset, length));
    } catch (error) {
      throw this.blame(error, 0);
    }
  }

  /** Receives something into the buffer: how many bytes, 0 at the end, or Want.Read. */
  fill(wanted = 1, receiver: Receiver | null = null): number {
    if (this.buffered === 0 && wanted <= CHUNK) {
      const piece = this.receivePiece(CHUNK, receiver);
      if (piece === null) return 0;
      if (isWant(piece)) return piece;
      this.buffer.append(piece);
      return piece.length;
    }
    const { buffer } = this;
    const room = buffer.room(Math.min(Math.max(wanted, buffer.appetite), CHUNK));
    // Not all the room there is: a buffer that doubles would read far beyond the limit of a line.
    const length = Math.min(room.length, Math.max(wanted, CHUNK));
    const n = this.receiveInto(room, 0, length, receiver);
    // Behind the rest of a line there is little room. Where it was not enough, the next one is larger.
    if (n === length) buffer.appetite = CHUNK / 2;
    else if (n > 0 && n < LITTLE) buffer.appetite = LITTLE;
    if (n > 0) buffer.commit(n);
    return n;
  }

  sent(bytes: number, total: number, wanted: number): void {
    this.bytesWritten += bytes;
    if (this.tap !== null || sentChannel.hasSubscribers) postSent(this, bytes, total, wanted);
  }

  /** `bytes` were received. */
  tellRead(bytes: number, receiver: Receiver | null): void {
    if (receiver !== null) receiver.received += bytes;
    if (this.tap !== null || readChannel.hasSubscribers) postRead(this, bytes, receiver);
  }

  /** The descriptor is gone, and nothing will happen any more. */
  tellEnd(): void {
    this.conclude({});
    if (isHeard(this, 'closed')) tell(this, 'closed', this.closeInfo!);
    if (isHeard(this, 'deleted')) tell(this, 'deleted', {});
    this.tap = null;
  }

  failed(errno: number, syscall: string, bytesDone: number): Error {
    // After our own shutdown a refused write is a mistake of the caller, and everything that was written before is out.
    if (this.handle.writingEnded) return systemError(errno, syscall, 'write', null, { bytesDone });
    this.ending.torn = true;
    return this.blame(systemError(errno, syscall, 'write', null), bytesDone);
  }

  /** What feeds this connection from elsewhere has failed: once what had come is read, and for every write, that is the error. */
  breakOff(error: SocketError): void {
    this.ending.broken ??= error;
    this.ending.failure ??= error;
  }

  /** Settles how the connection ended; the first reason stays. */
  conclude(info: Partial<CloseInfo>): void {
    this.ending.conclude(info, this.ended);
  }

  /** Notes how much was received; 0 is the end. */
  count(n: number): number {
    if (n > 0) this.bytesRead += n;
    else if (n === 0) {
      this.ended = true;
      const broken = this.#particulars?.ending?.broken ?? null;
      if (broken !== null) throw broken;
    }
    return n;
  }

  /** Names the peer in the error, and remembers an error that ends the connection. */
  blame(error: unknown, bytesDone: number): Error {
    const broken = this.#particulars?.ending?.broken ?? null;
    if (broken !== null && error instanceof SocketError) return again(broken, { phase: error.phase, bytesDone });
    if (!(error instanceof SocketError) || error.errno === undefined) return error as Error;
    let peer: SocketAddress | null = null;
    try {
      peer = this.remoteAddr;
    } catch {
      // A connection that was reset may not know its peer any more.
    }
    const named = systemError(-error.errno, error.syscall ?? '', error.phase, peer, { bytesDone });
    if (fatal.has(errnoName(error.errno))) this.ending.failure ??= named;
    return named;
  }
}

// Functions and not private methods, since those would cost every stream a field.
function postSent(stream: Stream, bytes: number, total: number, wanted: number): void {
  if (isHeard(stream, 'sent')) tell(stream, 'sent', { bytes, total, wanted });
}

function postRead(stream: Stream, bytes: number, receiver: Receiver | null): void {
  if (!isHeard(stream, 'read')) return;
  const total = receiver?.received ?? bytes;
  const wanted = receiver?.wanted;
  tell(stream, 'read', wanted === undefined ? { bytes, total } : { bytes, total, wanted });
}

/** An error of its own for each call, with the stack of that call. */
function again(error: SocketError, facts: Partial<ErrorFacts>): SocketError {
  const { code, errno, syscall, phase, address, port, hint, cause } = error;
  return new SocketError(error.message, { code, errno, syscall, phase, address, port, hint, cause, ...facts });
}

function usual(): Particulars {
  return { encoding: 'utf-8', host: null, local: null, ended: false, ending: null };
}

const fatal = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN']);
