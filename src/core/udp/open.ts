// Owns the making of a UDP socket: where it is bound, whom it is connected to, which family that asks for. It must not know
// what is sent.

import type { Phase } from '../../contract/error.js';
import type { SocketAddress } from '../../address/socket-address.js';
import type { Endpoint } from '../../address/target.js';
import { refusal } from '../../error/make.js';
import * as C from '../../native/constants.js';
import { native } from '../../native/load.js';
import { adopt } from '../adopt.js';
import type { Attempt, Interest } from '../attempt.js';
import { bindTo } from '../bind.js';
import { detach } from '../closing.js';
import { Resolution } from '../dial/resolution.js';
import { closeDescriptor, openHandle, type Handle } from '../handle.js';
import { familyNumber } from '../names.js';
import { applySettings, type Settings } from '../option/settings.js';
import { isWant, type Want } from '../want.js';
import { connectTo } from './connect.js';
import { tellMeta, type MetaName } from './meta.js';

export interface UdpPlan {
  /** Null: not asked for. */
  readonly at: Endpoint | null;
  readonly connect: Endpoint | null;
  /** AF_UNSPEC for any. */
  readonly family: number;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  readonly ipv6Only: boolean;
  readonly settings: Settings;
  readonly meta: readonly MetaName[];
}

/** Any local address, and a port of the kernel's choice. */
const ANYWHERE: Endpoint = { kind: 'inet', host: null, service: 0, family: null, scheme: null };

export class OpenUdp<T> implements Attempt<T> {
  readonly phase: Phase = 'bind';
  readonly lane = null;
  readonly registration = null;
  readonly limit = Infinity;
  readonly #plan: UdpPlan;
  readonly #make: (handle: Handle) => T;
  #local: Resolution | null = null;
  #peer: Resolution | null = null;

  constructor(plan: UdpPlan, make: (handle: Handle) => T) {
    this.#plan = plan;
    this.#make = make;
  }

  interests(): readonly Interest[] {
    return [this.#local?.interest, this.#peer?.interest].filter((interest) => interest != null);
  }

  step(): T | Want {
    const { at, connect, family } = this.#plan;
    if (at?.kind === 'fd') return this.#inherited(at.fd);
    const named = at !== null && !(at.kind === 'inet' && at.host === null);
    if (named) {
      const local = this.#localAddress(at, family);
      return isWant(local) ? local : this.#bound(local);
    }
    if (connect === null) {
      const local = this.#localAddress(at ?? ANYWHERE, family);
      return isWant(local) ? local : this.#open(local, null);
    }
    // A wildcard has no family of its own, so that of the peer counts.
    const peer = this.#peerAddress(connect, family);
    if (isWant(peer)) return peer;
    if (at === null) return this.#open(null, peer);
    const local = this.#localAddress(at, familyNumber('family', peer.family));
    return isWant(local) ? local : this.#open(local, peer);
  }

  abandon(): void {
    this.#local?.release();
    this.#peer?.release();
  }

  #bound(local: SocketAddress): T | Want {
    const { connect, ipv6Only } = this.#plan;
    if (connect === null) return this.#open(local, null);
    const dual = local.address === '::' && !ipv6Only;
    const peer = this.#peerAddress(connect, dual ? C.AF_UNSPEC : familyNumber('family', local.family));
    return isWant(peer) ? peer : this.#open(local, peer);
  }

  #localAddress(at: Endpoint, family: number): SocketAddress | Want {
    this.#local ??= new Resolution(at, { family, kind: C.SOCK_DGRAM, passive: true });
    return first(this.#local);
  }

  #peerAddress(to: Endpoint, family: number): SocketAddress | Want {
    this.#peer ??= new Resolution(to, { family, kind: C.SOCK_DGRAM, passive: false });
    return first(this.#peer);
  }

  #open(local: SocketAddress | null, peer: SocketAddress | null): T {
    const { ipv6Only, settings, reuseAddress, reusePort } = this.#plan;
    const handle = openHandle(familyNumber('family', (local ?? peer!).family), C.SOCK_DGRAM, 0);
    try {
      if (handle.family === C.AF_INET6)
        native.setsockoptInt(handle.fd, C.IPPROTO_IPV6, C.IPV6_V6ONLY, ipv6Only ? 1 : 0);
      applySettings(handle, settings);
      if (local !== null) bindTo(handle, local, { reuseAddress, reusePort, mode: null });
      return this.#finished(handle, peer);
    } catch (error) {
      closeDescriptor(handle);
      throw error;
    }
  }

  #inherited(fd: number): T | Want {
    const { connect } = this.#plan;
    let peer: SocketAddress | null = null;
    if (connect !== null) {
      const found = this.#peerAddress(connect, this.#plan.family);
      if (isWant(found)) return found;
      peer = found;
    }
    const handle = adopt(fd);
    try {
      const internet = handle.family === C.AF_INET || handle.family === C.AF_INET6;
      if (!internet || handle.kind !== C.SOCK_DGRAM || handle.protocol !== C.IPPROTO_UDP)
        throw refusal('ERR_SOCKET_STATE', 'bind', `fd:${fd} is no UDP socket`);
      return this.#finished(handle, peer);
    } catch (error) {
      // It stays whoever's it was.
      detach(handle);
      throw error;
    }
  }

  #finished(handle: Handle, peer: SocketAddress | null): T {
    tellMeta(handle, this.#plan.meta);
    if (peer !== null) connectTo(handle, peer);
    return this.#make(handle);
  }
}

function first(resolution: Resolution): SocketAddress | Want {
  const addresses = resolution.step();
  return isWant(addresses) ? addresses : addresses[0]!;
}
