// Owns the peer of a datagram socket: taking one with connect(2), changing it, and giving it up.

import type { Phase } from '../../contract/error.js';
import { ipv4Address, ipv6Address, type SocketAddress } from '../../address/socket-address.js';
import type { Endpoint } from '../../address/target.js';
import { systemError } from '../../error/system.js';
import { AF_UNSPEC } from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Attempt, Interest } from '../attempt.js';
import { Resolution } from '../dial/resolution.js';
import type { Handle } from '../handle.js';
import { checkPermission } from '../permission.js';
import { localAddress, sockaddrOf } from '../sockaddr.js';
import { isWant, type Want } from '../want.js';
import { takesIpv4 } from './dual.js';

/** Connects to the first address of an endpoint, behind the sends that were called before. Null gives the peer up. */
export class ConnectUdp implements Attempt<void> {
  readonly phase: Phase = 'connect';
  readonly limit = Infinity;
  readonly #handle: Handle;
  readonly #resolution: Resolution | null;

  constructor(handle: Handle, endpoint: Endpoint | null) {
    handle.check('connect');
    if (endpoint !== null) checkPermission();
    this.#handle = handle;
    const family = takesIpv4(handle) ? AF_UNSPEC : handle.family;
    this.#resolution =
      endpoint === null ? null : new Resolution(endpoint, { family, kind: handle.kind, passive: false });
  }

  get lane() {
    return this.#handle.writes;
  }
  get registration() {
    return this.#handle.registration;
  }

  interests(): readonly Interest[] {
    const interest = this.#resolution?.interest ?? null;
    return interest === null ? [] : [interest];
  }

  step(): void | Want {
    const addresses = this.#resolution?.step() ?? null;
    if (isWant(addresses)) return addresses;
    this.#handle.check('connect');
    if (addresses === null) disconnect(this.#handle);
    else connectTo(this.#handle, addresses[0]!);
  }

  abandon(): void {
    this.#resolution?.release();
  }
}

export function connectTo(handle: Handle, address: SocketAddress): void {
  // The kernel would keep the local address that fitted the peer before, and from there the new one may be out of reach.
  if (handle.state === 'connected') disconnect(handle);
  const result = native.connect(handle.fd, sockaddrOf(address));
  if (result < 0) throw systemError(result, 'connect', 'connect', address);
  handle.state = 'connected';
}

function disconnect(handle: Handle): void {
  const { port } = localAddress(handle.fd);
  const result = native.connect(handle.fd, UNSPECIFIED);
  if (result < 0) throw systemError(result, 'connect', 'connect');
  handle.state = 'bound';
  const left = localAddress(handle.fd);
  // With the peer the kernel gives up a port that it had chosen itself.
  if (left.port === 0 && port !== undefined && port !== 0) bindAgain(handle, left, port);
}

function bindAgain(handle: Handle, wildcard: SocketAddress, port: number): void {
  const at =
    wildcard.family === 'ipv4'
      ? ipv4Address(wildcard.address, port)
      : ipv6Address(wildcard.address, port, wildcard.scope);
  const result = native.bind(handle.fd, sockaddrOf(at));
  if (result < 0) throw systemError(result, 'bind', 'connect', at);
}

/** A sockaddr of the family AF_UNSPEC: connect(2), "may dissolve the association". */
const UNSPECIFIED = new Uint8Array(16);
