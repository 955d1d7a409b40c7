// Owns connect(2) of a plain socket: one address, and an attempt that can be given up and gone on with.

import type { Phase } from '../contract/error.js';
import type { SocketAddress } from '../address/socket-address.js';
import type { Endpoint } from '../address/target.js';
import { familyOf } from '../address/sockaddr-bytes.js';
import { systemError } from '../error/system.js';
import * as C from '../native/constants.js';
import type { Attempt, Interest } from './attempt.js';
import { connectStep } from './connect-step.js';
import { Resolution } from './dial/resolution.js';
import type { Handle } from './handle.js';
import { kernelState } from './kernel-state.js';
import { checkPermission } from './permission.js';
import { sockaddrOf } from './sockaddr.js';
import { isWant, Want } from './want.js';

export class ConnectSocket implements Attempt<void> {
  readonly phase: Phase = 'connect';
  readonly limit = Infinity;
  readonly #handle: Handle;
  readonly #resolution: Resolution;
  #address: SocketAddress | null = null;

  constructor(handle: Handle, endpoint: Endpoint) {
    handle.check('connect');
    checkPermission();
    this.#handle = handle;
    this.#resolution = new Resolution(endpoint, { family: handle.family, kind: handle.kind, passive: false });
  }

  get lane() {
    return this.#handle.writes;
  }
  get registration() {
    return this.#handle.registration;
  }

  interests(): readonly Interest[] {
    const { interest } = this.#resolution;
    return interest === null ? [] : [interest];
  }

  step(): void | Want {
    if (this.#address === null) {
      const addresses = this.#resolution.step();
      if (isWant(addresses)) return addresses;
      this.#address = addresses[0]!;
    }
    const handle = this.#handle;
    handle.check('connect');
    const before = handle.state;
    const sockaddr = sockaddrOf(this.#address);
    const result = connectStep(handle, sockaddr, before === 'connecting');
    if (result === 0 || (result === C.EISCONN && before === 'connecting')) {
      // AF_UNSPEC dissolves an association (connect(2)).
      handle.state = familyOf(sockaddr) === C.AF_UNSPEC ? kernelState(handle) : 'connected';
      return;
    }
    if (result === C.EINPROGRESS || result === C.EALREADY || result === C.EINTR) {
      handle.state = 'connecting';
      return Want.Write;
    }
    // The queue of a Unix listener is full, and nothing will say when it is not.
    if (result === C.EAGAIN && handle.family === C.AF_UNIX) return Want.Pause;
    if (before === 'connecting') handle.state = handle.bound ? 'bound' : 'new';
    throw systemError(result, 'connect', 'connect', this.#address);
  }

  abandon(): void {
    this.#resolution.release();
  }
}
