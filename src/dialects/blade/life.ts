// Owns the state of one socket of Blade: what has become of it, what that allows, and how it gets a connection. It must not know how the
// methods are called.

import { SocketError, TimeoutError } from '../../sync/index.js';
import type { Socket } from '../../contract/socket.js';
import type { Target } from '../../contract/address.js';
import { targets, unresolved } from './addressing.js';
import { SHUT_RD, SHUT_WR, SOCK_STREAM } from './constants.js';
import { exceptionFor, SocketException } from './exceptions.js';

/** A limit that lets a call try, and no more: connect knows none of 0. */
const AT_ONCE = { timeout: 0.001 };

export class Life {
  readonly socket: Socket<'sync'>;
  readonly family: number;
  readonly type: number;
  host: string;
  port = 0;
  blocking = true;
  client = false;
  bound = false;
  connected = false;
  listening = false;
  closed = false;
  readEnded = false;
  writeEnded = false;
  shutdownReason = -1;
  /** Milliseconds as they were set, which the kernel rounds; -1 when they never were. */
  sendTimeout: number;
  receiveTimeout: number;
  /** Where a connect that did not wait is on its way to. */
  #pending: { to: Target; host: string; port: number } | null = null;

  constructor(socket: Socket<'sync'>, family: number, type: number, host: string) {
    this.socket = socket;
    this.family = family;
    this.type = type;
    this.host = host;
    this.sendTimeout = Number(socket.sendTimeout ?? -1);
    this.receiveTimeout = Number(socket.receiveTimeout ?? -1);
    this.#learn();
  }

  /** Throws where a socket that is closed does. */
  checkOpen(): void {
    if (this.closed) throw illegalState();
  }

  checkSending(): void {
    if (this.closed || this.writeEnded) throw illegalState();
    this.#checkConnected();
  }

  checkReceiving(): void {
    if (this.closed || this.readEnded) throw illegalState();
    // A datagram socket needs no peer to receive.
    if (this.type === SOCK_STREAM || !this.bound) this.#checkConnected();
  }

  /** Connects within `limit` ms, 0 for no limit. False while that goes on, if it is not to wait. */
  connect(host: string, port: number, limit: number): boolean {
    const until = limit === 0 ? Infinity : performance.now() + limit;
    try {
      if (this.#pending === null) this.#dial(host, port, until);
      else this.socket.connect(this.#pending.to, this.#left(until));
    } catch (error) {
      if (!this.blocking && error instanceof TimeoutError) return false;
      this.#pending = null;
      // A connect that was given up cannot be begun again, and one without a host never began: it closes, too.
      if (error instanceof TimeoutError || error instanceof SocketException) this.close();
      throw this.failed(error);
    }
    this.#arrive();
    return true;
  }

  /** Whether a connect that did not wait has succeeded meanwhile. */
  arrived(): boolean {
    if (this.#pending === null || this.closed) return false;
    const found = this.socket.poll({ write: true }, { timeout: 0 });
    return found?.write === true && !found.error && !found.hangup;
  }

  isBoundTo(host: string): void {
    this.host = host;
    this.port = this.socket.getsockname().port ?? 0;
    this.#pending = null;
    this.client = this.connected = this.listening = false;
    this.bound = true;
  }

  /** The system lets a connection have the limits of the socket that accepted it, except over Unix sockets. */
  isAcceptedBy(listener: Life): void {
    if (this.sendTimeout !== -1) this.sendTimeout = listener.sendTimeout;
    if (this.receiveTimeout !== -1) this.receiveTimeout = listener.receiveTimeout;
  }

  hasEnded(how: number): void {
    this.shutdownReason = how;
    this.readEnded ||= how !== SHUT_WR;
    this.writeEnded ||= how !== SHUT_RD;
    this.listening = this.bound = false;
    // Half a connection is one.
    if (this.readEnded && this.writeEnded) this.client = this.connected = false;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#pending = null;
    this.client = this.bound = this.connected = this.listening = false;
    this.socket.close();
  }

  /** The exception for a call that failed. What the system refused closes the socket, a limit that is spent does not. */
  failed(error: unknown): Error {
    if (error instanceof SocketError && !(error instanceof TimeoutError)) this.close();
    return exceptionFor(error);
  }

  #checkConnected(): void {
    if (!this.connected && this.arrived()) {
      this.socket.connect(this.#pending!.to, AT_ONCE);
      this.#arrive();
    }
    if (!this.listening && !this.connected) throw new SocketException('socket not listening or connected');
  }

  #dial(host: string, port: number, until: number): void {
    const found = this.#resolve(host, port, until);
    for (const [i, to] of found.entries()) {
      this.#pending = { to, host, port };
      try {
        this.socket.connect(to, this.#left(until));
        return;
      } catch (error) {
        if (error instanceof TimeoutError || i === found.length - 1) throw error;
      }
    }
  }

  #resolve(host: string, port: number, until: number): readonly Target[] {
    try {
      return targets(this, host, port, this.blocking ? this.#left(until) : {});
    } catch (error) {
      throw unresolved(error);
    }
  }

  #left(until: number): { timeout?: number } {
    if (!this.blocking) return AT_ONCE;
    return until === Infinity ? {} : { timeout: Math.max(until - performance.now(), AT_ONCE.timeout) };
  }

  #arrive(): void {
    const { host, port } = this.#pending!;
    this.#pending = null;
    this.host = host;
    this.port = port;
    this.listening = this.bound = false;
    this.client = this.connected = true;
  }

  /** What a descriptor that somebody else made has behind it. */
  #learn(): void {
    const { state } = this.socket;
    this.listening = state === 'listening';
    this.bound = state === 'bound' || this.listening;
    this.connected = this.client = state === 'connected' || state === 'shutdown';
    this.writeEnded = state === 'shutdown';
    if (!this.bound && !this.connected) return;
    try {
      const end = this.connected ? this.socket.getpeername() : this.socket.getsockname();
      this.host = end.path ?? end.address;
      this.port = end.port ?? 0;
    } catch {
      // A peer that has reset the connection meanwhile has no address any more.
      this.host = '';
    }
  }
}

export function illegalState(): SocketException {
  return new SocketException('socket is in an illegal state');
}
