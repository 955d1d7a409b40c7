// Owns TLS on one connection: its session, how far the handshake is, and what a result of the addon means for the stream
// above. It must not know how options are read (plan.ts) nor how anybody waits.
//
// Theory of operation. The session is made at the first step, so an accepted connection that nobody uses costs nothing. Whoever
// reads or writes first drives the handshake; it belongs to the connection, and so does its limit. What a client sends last is
// held back until the peer is accepted. After a failure the descriptor is closed and every waiting call learns why.
// OpenSSL reads and writes memory of the session; the addon fills it from the descriptor and empties it into it, at once,
// so there may be plaintext to read while the kernel has nothing, and ciphertext to send that a write counted as done.

import type { ErrorFacts, SocketError } from '../../error/socket-error.js';
import { closedError, refusal, timeoutError } from '../../error/make.js';
import { systemError } from '../../error/system.js';
import { isHeard, tell } from '../../event/tap.js';
import { EPIPE } from '../../native/constants.js';
import { tlsResult, tlsStatus, type Ask, type TlsContext, type TlsSession } from '../../native/tls-binding.js';
import type { Interest } from '../attempt.js';
import { closeQuietly } from '../closing.js';
import type { Layer } from '../layer.js';
import type { Registration } from '../registration.js';
import { sendOnce, sendPiecesOnce } from '../send.js';
import { slabMemory, slabRoom, slabTake, slabUsed } from '../slab.js';
import type { Stream } from '../stream.js';
import { isWant, Want } from '../want.js';
import { handshakeFailure, whereabouts } from './blame.js';
import { alertSentIn, tlsFailure, truncated } from './failure.js';
import { factsOf, Info } from './info.js';
import { status, tls } from './library.js';
import type { SessionPlan } from './session-plan.js';
import { judges, refusalOf, type Refusal } from './verdict.js';

/** What becomes of what is written: records, nothing any more, or plaintext beside a direction that still is TLS. */
type Outgoing = 'tls' | 'ended' | 'plain';

export class TlsLayer implements Layer {
  ready = false;
  unsent = 0;
  until = Infinity;
  /** A stopTls waits for the peer's close_notify: nobody else may read. */
  stopping = false;
  readonly #stream: Stream;
  readonly #registration: Registration;
  #plan: SessionPlan;
  #session: TlsSession | null = null;
  /** What was received before TLS began and belongs to it. */
  #fed: Buffer | null;
  #info: Info | null = null;
  #outgoing: Outgoing = 'tls';
  #buffered = 0;
  #want: Want = Want.Read;
  #shaken = false;
  #judged = false;
  #refusal: Refusal | null = null;
  /** Why nothing works any more. */
  #failure: ((facts?: Partial<ErrorFacts>) => SocketError) | null = null;
  /** What came behind the peer's close_notify, while it is handed out. */
  #rest: Buffer | null = null;

  constructor(stream: Stream, plan: SessionPlan, fed: Buffer | null = null) {
    this.#stream = stream;
    this.#registration = stream.handle.registration;
    this.#plan = plan;
    this.#fed = fed;
  }

  /** The facts; null before the handshake is over. */
  get info(): Info | null {
    return this.ready ? this.#info : null;
  }
  /** Writes go out in the clear again, and only the peer's half is still TLS. */
  get leaving(): boolean {
    return this.#outgoing === 'plain';
  }

  get leftBehind(): boolean {
    return this.unsent !== 0 && this.#stream.handle.firstWrite === null;
  }

  interests(): readonly Interest[] {
    const write = this.ready ? this.leftBehind && this.unsent > 0 : this.#want === Want.Write;
    return [{ registration: this.#registration, read: this.ready || !write, write }];
  }

  advance(): Want | null {
    if (this.ready) return null;
    return this.#advance(false);
  }

  /** With `hold` a server's tickets wait for what the caller does next. */
  #advance(hold: boolean): Want | null {
    this.#check();
    try {
      return this.#shake((this.#session ??= this.#open()), hold);
    } catch (error) {
      // A function of the caller's threw, `verify` say: no peer to trust. Or there is no session at all.
      if (this.#failure === null) this.#close(() => closedError('tls'));
      throw error;
    }
  }

  receivePiece(max: number): Buffer | null | Want {
    // First, because functions of the caller's run meanwhile, and may use the slab.
    const want = this.ready ? null : this.#advance(true);
    if (want !== null) return want;
    const room = slabRoom(max);
    const n = this.receiveInto(slabMemory(), slabUsed(), room);
    return n > 0 ? slabTake(n) : n === 0 ? null : (n as Want);
  }

  receiveInto(target: Uint8Array, offset: number, length: number): number {
    const want = this.ready ? null : this.#advance(true);
    if (want !== null) return want;
    if (this.stopping) throw refusal('ERR_BUSY', 'read', 'stopTls is waiting for the end of TLS');
    return this.receive(target, offset, length);
  }

  /** The same for stopTls itself. */
  receive(target: Uint8Array, offset: number, length: number): number {
    if (this.#rest !== null) return this.#handOut(this.#rest, target, offset, length);
    if (this.#failure !== null) throw this.#failure();
    const { readable } = this.#registration;
    if (!readable && this.#buffered === 0) return this.#untilReadable();
    const n = tls().read(this.#open(), target, offset, length, readable);
    this.#note();
    if (n > 0) {
      const registration = this.#registration;
      if (status[tlsStatus.drained] === 1 && registration.shortMeansDrained && !registration.ended)
        registration.readable = false;
      return this.#stream.count(n);
    }
    return n === 0 ? this.#peerEnded(target, offset, length) : this.#notReceived(n);
  }

  send(bytes: Uint8Array, offset: number, length: number): number {
    const want = this.#beforeSending();
    if (want !== 0) return want;
    return this.#outgoing === 'plain'
      ? sendOnce(this.#stream.handle, bytes, offset, length, 0)
      : this.#sent(tls().write(this.#open(), bytes, offset, length));
  }

  sendv(pieces: readonly Uint8Array[], first: number, offset: number): number {
    const want = this.#beforeSending();
    if (want !== 0) return want;
    return this.#outgoing === 'plain'
      ? sendPiecesOnce(this.#stream.handle, pieces, first, offset, 0)
      : this.#sent(tls().writev(this.#open(), pieces, first, offset));
  }

  flush(): number {
    if (this.unsent === 0) return 0;
    if (this.unsent > 0 && !this.#registration.writable) return Want.Write;
    return this.#sent(tls().flush(this.#open()));
  }

  end(): number {
    if (!this.ready || this.#outgoing !== 'tls' || this.#failure !== null || this.#session === null) return 0;
    const n = this.#sent(tls().closeNotify(this.#session));
    if (n === 0) this.#outgoing = 'ended';
    return n;
  }

  /** Our half is over (`end` was called): what is written now is plaintext. */
  sendPlain(): void {
    this.#outgoing = 'plain';
  }

  /** Both halves are over: the stream is plaintext again, beginning with what came behind the peer's close_notify. */
  leave(): void {
    const stream = this.#stream;
    const rest = this.#session === null ? Buffer.alloc(0) : tls().leftover(this.#session);
    stream.layer = null;
    stream.ended = false;
    this.release();
    if (rest.length > 0) {
      stream.count(rest.length);
      stream.tellRead(rest.length, null);
      stream.buffer.append(rest);
    }
  }

  release(): void {
    const session = this.#session;
    if (session === null) return;
    this.#session = null;
    if (this.ready) this.#info?.keep();
    tls().sessionFree(session);
    this.unsent = 0;
    this.#buffered = 0;
  }

  /** A handshake was given up: nothing goes out in the clear after that. */
  giveUp(): void {
    if (!this.ready) this.#close(() => closedError('tls'));
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure();
    this.#stream.check('tls');
  }

  #open(): TlsSession {
    if (this.#session !== null) return this.#session;
    this.#check();
    const { context, settings, handshakeTimeout } = this.#plan;
    const session = tls().sessionNew(context, this.#registration.fd, settings);
    if (this.#fed !== null) tls().sessionFeed(session, this.#fed);
    this.#fed = null;
    this.until = performance.now() + handshakeTimeout;
    this.#session = session;
    if (isHeard(this.#stream, 'tlsStart')) tell(this.#stream, 'tlsStart', { server: this.#plan.server });
    return session;
  }

  #shake(session: TlsSession, hold: boolean): Want | null {
    const held = hold && this.#plan.server && !this.#shaken;
    if (!this.#shaken) {
      const n = tls().handshake(session, this.#ask, hold);
      // A function of the caller's may have closed the connection.
      if (this.#session === null) throw closedError('tls');
      this.#note();
      if (n !== 0) return this.#notYet(n);
      this.#shaken = true;
      this.#accept(session);
    }
    if (held) {
      // So that a read that has nothing to give tries the addon, which sends them then.
      this.#registration.readable = true;
    } else {
      const n = tls().flush(session);
      this.#note();
      if (n !== 0) return this.#notYet(n);
    }
    this.ready = true;
    this.until = Infinity;
    if (isHeard(this.#stream, 'tlsDone')) tell(this.#stream, 'tlsDone', factsOf(this.#info!));
    return null;
  }

  #notYet(n: number): Want {
    if (n === tlsResult.wantRead || n === tlsResult.wantWrite || n === tlsResult.wantPause) {
      if (performance.now() >= this.until)
        throw this.#fail(() =>
          timeoutError('tls', { hint: 'The peer did not finish the handshake; see handshakeTimeout.' }),
        );
      if (n === tlsResult.wantPause) return Want.Pause;
      this.#want = n === tlsResult.wantRead ? Want.Read : Want.Write;
      if (this.#want === Want.Read) this.#registration.readable = false;
      else this.#registration.writable = false;
      return Want.Many;
    }
    throw this.#fail(this.#reason(n));
  }

  /** Why a step of the handshake failed. */
  #reason(n: number): () => SocketError {
    const session = this.#session!;
    if (this.#refusal !== null) return this.#refusal.bind(null, alertSentIn(tls().failure(session)));
    return handshakeFailure(n, session, this.#stream, this.#plan.checked);
  }

  /** What only we can judge. OpenSSL asks in the middle of a full handshake; a resumed one shows no certificate. */
  #accept(session: TlsSession): void {
    this.#info ??= new Info(session, this.#plan);
    this.#info.refresh();
    if (this.#judged || !judges(this.#plan)) return;
    if (!this.#verdict(this.#info)) throw this.#fail(this.#refusal!);
  }

  #verdict(info: Info): boolean {
    this.#judged = true;
    this.#refusal = refusalOf(this.#plan, info, whereabouts(this.#stream));
    return this.#refusal === null;
  }

  readonly #ask = ((question: 'name' | 'verdict', value: string | number | null): TlsContext | boolean | null => {
    if (question === 'name') {
      const plan = this.#plan.planFor(value as string | null);
      if (plan === null || plan === false) return plan;
      this.#plan = plan;
      return plan.context;
    }
    this.#info ??= new Info(this.#session!, this.#plan);
    this.#info.refresh();
    // Wrong certificates fail for what is wrong with them, pinned or not.
    if (this.#plan.verify === true && value !== 0) return false;
    return this.#verdict(this.#info);
  }) as Ask;

  #beforeSending(): number {
    if (this.#failure !== null) throw this.#failure();
    if (this.#stream.handle.writingEnded) return EPIPE;
    const want = this.ready ? null : this.#advance(true);
    if (want !== null) return want;
    if (this.#outgoing === 'ended')
      throw refusal('ERR_SOCKET_STATE', 'write', 'our half of TLS has ended: stopTls must end the other first');
    return this.unsent > 0 && !this.#registration.writable ? Want.Write : 0;
  }

  #sent(n: number): number {
    this.#note();
    if (n === tlsResult.wantPause) return Want.Pause;
    if (this.unsent > 0) this.#registration.writable = false;
    if (n >= 0) return n;
    if (n === tlsResult.wantWrite) return Want.Write;
    if (n === tlsResult.failed) throw this.#broken('write');
    return n === tlsResult.invalid ? EPIPE : n;
  }

  #notReceived(n: number): number {
    const stream = this.#stream;
    switch (n) {
      case tlsResult.wantRead:
        // A peer that sends much and says nothing: there is more in the kernel, and no event will tell of it.
        if (status[tlsStatus.drained] !== 1 && this.#registration.readable) return Want.Pause;
        this.#registration.readable = false;
        return this.#untilReadable();
      case tlsResult.wantWrite:
        if (this.unsent < 0) return Want.Pause;
        this.#registration.writable = false;
        return Want.Write;
      case tlsResult.failed:
        throw this.#broken('read');
      case tlsResult.invalid:
        throw closedError('read');
      case tlsResult.truncated:
        if (stream.handle.readingEnded) return stream.count(0);
        stream.ending.truncated = true;
        stream.ended = true;
        if (this.#plan.allowTruncation) return 0;
        throw this.#remember(truncated('read', whereabouts(this.#stream)));
      default:
        throw stream.blame(systemError(n, 'recv', 'read'), 0);
    }
  }

  /** There is nothing to read, and perhaps because the peer still waits for what a write has left here. */
  #untilReadable(): Want {
    const n = this.leftBehind ? this.flush() : 0;
    // An error is for those who write. Memory that the kernel lacks has no event.
    return !isWant(n) ? Want.Read : n === Want.Pause ? n : Want.Many;
  }

  /** close_notify. Where our half is plaintext already, the rest is plaintext too. */
  #peerEnded(target: Uint8Array, offset: number, length: number): number {
    if (this.#outgoing !== 'plain') return this.#stream.count(0);
    const rest = tls().leftover(this.#open());
    if (rest.length > 0) return this.#handOut(rest, target, offset, length);
    this.#stream.layer = null;
    this.release();
    return this.#stream.receiveUntold(target, offset, length);
  }

  /** A part of what came behind close_notify. */
  #handOut(rest: Buffer, target: Uint8Array, offset: number, length: number): number {
    const n = Math.min(rest.length, length);
    target.set(rest.subarray(0, n), offset);
    this.#rest = n < rest.length ? rest.subarray(n) : null;
    if (this.#rest === null) {
      this.#stream.layer = null;
      this.release();
    }
    return this.#stream.count(n);
  }

  #note(): void {
    this.unsent = status[tlsStatus.unsent]!;
    this.#buffered = status[tlsStatus.buffered]!;
    const { keylog } = this.#plan;
    if (status[tlsStatus.news] === 1 && keylog !== null && this.#session !== null) {
      const lines = tls().keylog(this.#session);
      if (lines.length > 0) keylog(lines);
    }
  }

  /** A record or an alert that ends everything, on a connection that was established. */
  #broken(phase: 'read' | 'write'): SocketError {
    const failure = tls().failure(this.#session!);
    const at = whereabouts(this.#stream);
    this.#failure = () => tlsFailure(failure, phase, at, null);
    return this.#remember(this.#failure());
  }

  #fail(make: () => SocketError): SocketError {
    this.#failure = make;
    const error = this.#remember(make());
    this.#close(make);
    return error;
  }

  #close(make: () => SocketError): void {
    this.#failure ??= make;
    closeQuietly(this.#stream.handle, make);
  }

  #remember(error: SocketError): SocketError {
    this.#stream.ending.failure ??= error;
    return error;
  }
}
