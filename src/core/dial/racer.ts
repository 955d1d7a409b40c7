// Owns one attempt to connect to one address: open, set options, bind, connect, and its end.

import type { SocketAddress } from '../../address/socket-address.js';
import { systemError } from '../../error/system.js';
import * as C from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Interest } from '../attempt.js';
import { connectStep } from '../connect-step.js';
import { bindTo, checkBindPermission, type BindOptions } from '../bind.js';
import { closeDescriptor, openHandle, type Handle } from '../handle.js';
import { familyNumber } from '../names.js';
import { applySettings, type Settings } from '../option/settings.js';
import { sockaddrOf } from '../sockaddr.js';

/** What every attempt of a dial has in common. */
export interface RaceOptions {
  readonly kind: number;
  readonly protocol: number;
  readonly local: SocketAddress | null;
  readonly noDelay: boolean;
  readonly settings: Settings;
  /** Limit in ms for one address, or Infinity. */
  readonly attemptTimeout: number;
}

/** A Unix socket whose listener's queue is full says EAGAIN and gives no event when there is room. */
const RETRY_FIRST = 1;
const RETRY_MOST = 50;

export class Racer {
  readonly address: SocketAddress;
  readonly started: number;
  /** When its own limit is spent. */
  readonly deadline: number;
  readonly #handle: Handle;
  readonly #sockaddr: Uint8Array;
  #underway = false;
  #retryAt = Infinity;
  #pause = RETRY_FIRST;

  private constructor(handle: Handle, address: SocketAddress, attemptTimeout: number) {
    this.#handle = handle;
    this.#sockaddr = sockaddrOf(address);
    this.address = address;
    this.started = performance.now();
    this.deadline = this.started + attemptTimeout;
  }

  /** Opens and prepares a socket. Throws, with nothing left open, when that fails already. */
  static start(address: SocketAddress, options: RaceOptions): Racer {
    if (options.local !== null) checkBindPermission(options.local);
    const handle = openHandle(familyNumber('family', address.family), options.kind, options.protocol);
    try {
      applySettings(handle, options.settings);
      if (options.noDelay && isTcp(handle)) native.setsockoptInt(handle.fd, C.IPPROTO_TCP, C.TCP_NODELAY, 1);
      if (options.local !== null) bindTo(handle, options.local, LOCAL);
      return new Racer(handle, address, options.attemptTimeout);
    } catch (error) {
      closeDescriptor(handle);
      throw error;
    }
  }

  /** The connected handle, or null for "not yet". Throws, with the socket closed, when the attempt has failed. */
  step(now: number): Handle | null {
    if (this.#retryAt !== Infinity && now < this.#retryAt) return null;
    this.#retryAt = Infinity;
    const result = connectStep(this.#handle, this.#sockaddr, this.#underway);
    this.#underway = true;
    if (result === 0 || result === C.EISCONN) {
      this.#handle.state = 'connected';
      return this.#handle;
    }
    if (result === C.EINPROGRESS || result === C.EALREADY || result === C.EINTR) return null;
    if (result === C.EAGAIN && this.#handle.family === C.AF_UNIX) {
      this.#retryAt = now + this.#pause;
      this.#pause = Math.min(this.#pause * 2, RETRY_MOST);
      return null;
    }
    this.close();
    throw systemError(result, 'connect', 'connect', this.address);
  }

  /** When it wants to be stepped again without an event. */
  get wakeAt(): number {
    return Math.min(this.deadline, this.#retryAt);
  }

  get interest(): Interest | null {
    return this.#retryAt === Infinity ? { registration: this.#handle.registration, read: false, write: true } : null;
  }

  close(): void {
    closeDescriptor(this.#handle);
  }
}

export function isTcp(handle: Handle): boolean {
  return handle.kind === C.SOCK_STREAM && (handle.family === C.AF_INET || handle.family === C.AF_INET6);
}

const LOCAL: BindOptions = { reuseAddress: false, reusePort: false, mode: null };
