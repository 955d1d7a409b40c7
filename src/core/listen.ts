// Owns the making of a listener: every target's addresses, each with a socket that is bound and listens.

import type { Phase } from '../contract/error.js';
import type { SocketAddress } from '../address/socket-address.js';
import type { Endpoint } from '../address/target.js';
import { refusal } from '../error/make.js';
import { SocketError } from '../error/socket-error.js';
import { systemError } from '../error/system.js';
import * as C from '../native/constants.js';
import { native } from '../native/load.js';
import type { Origin } from '../event/tap.js';
import { adopt } from './adopt.js';
import { detach } from './closing.js';
import type { Attempt, Interest } from './attempt.js';
import { bindTo, checkBindPermission, type BindOptions } from './bind.js';
import { isTcp, Racer, type RaceOptions } from './dial/racer.js';
import { Report } from './dial/report.js';
import { Resolution } from './dial/resolution.js';
import { closeDescriptor, openHandle, type Handle } from './handle.js';
import { familyNumber } from './names.js';
import { applySettings, type Settings } from './option/settings.js';
import { checkPermission } from './permission.js';
import { localAddress } from './sockaddr.js';
import { removeDeadFile } from './unix-file.js';
import type { Want } from './want.js';
import { isWant } from './want.js';
import { ipv4Address, ipv6Address } from '../address/socket-address.js';

export interface ListenPlan extends BindOptions {
  readonly backlog: number;
  /** Null: on where it must be, off elsewhere. */
  readonly ipv6Only: boolean | null;
  readonly noDelay: boolean;
  readonly settings: Settings;
  /** A Unix socket file that nobody listens on may be replaced. */
  readonly replaceDead: boolean;
}

/** How often a port that the kernel chose for one address is given up because another address has it taken. */
const PORT_TRIES = 16;

export class Listen<T> implements Attempt<T> {
  readonly phase: Phase = 'bind';
  readonly lane = null;
  readonly registration = null;
  readonly limit = Infinity;
  readonly #plan: ListenPlan;
  readonly #make: (handles: Handle[]) => T;
  readonly #endpoints: readonly Endpoint[];
  readonly #resolutions: (Resolution | null)[];
  readonly #reports: readonly Report[];

  constructor(endpoints: readonly Endpoint[], plan: ListenPlan, origin: Origin, make: (handles: Handle[]) => T) {
    this.#make = make;
    this.#plan = plan;
    this.#endpoints = endpoints;
    this.#reports = endpoints.map((endpoint) => new Report(origin, endpoint, null));
    for (const report of this.#reports) report.lookup();
    this.#resolutions = endpoints.map((endpoint) =>
      endpoint.kind === 'fd'
        ? null
        : new Resolution(endpoint, { family: C.AF_UNSPEC, kind: C.SOCK_STREAM, passive: true }),
    );
  }

  interests(): readonly Interest[] {
    return this.#resolutions.map((resolution) => resolution?.interest ?? null).filter((interest) => interest !== null);
  }

  step(): T | Want {
    const groups: (readonly SocketAddress[])[] = [];
    for (const [i, resolution] of this.#resolutions.entries()) {
      const addresses = resolution === null ? [] : this.#lookedUp(resolution, this.#reports[i]!);
      if (isWant(addresses)) return addresses;
      groups.push(addresses);
    }
    groups.forEach((addresses, i) => this.#reports[i]!.resolved(addresses));
    const handles: Handle[] = [];
    const inherited = new Set<Handle>();
    try {
      groups.forEach((addresses, i) => {
        const endpoint = this.#endpoints[i]!;
        if (endpoint.kind === 'fd') {
          const handle = this.#inherited(endpoint.fd);
          inherited.add(handle);
          handles.push(handle);
        } else handles.push(...this.#group(addresses, groups.flat()));
      });
      return this.#make(handles);
    } catch (error) {
      // What came from outside stays whoever's it was.
      for (const handle of handles) (inherited.has(handle) ? detach : closeDescriptor)(handle);
      throw error;
    }
  }

  abandon(): void {
    for (const resolution of this.#resolutions) resolution?.release();
  }

  /** One name that cannot be found ends the lookups of the others. */
  #lookedUp(resolution: Resolution, report: Report): readonly SocketAddress[] | Want {
    try {
      return resolution.step();
    } catch (error) {
      report.unresolved(error);
      this.abandon();
      throw error;
    }
  }

  /** The addresses of one target share one port, also when the kernel is to choose it. */
  #group(addresses: readonly SocketAddress[], all: readonly SocketAddress[]): Handle[] {
    for (let tries = 1; ; tries++) {
      const handles: Handle[] = [];
      try {
        for (const address of addresses) handles.push(this.#one(samePort(address, handles[0]), all));
        return handles;
      } catch (error) {
        for (const handle of handles) closeDescriptor(handle);
        const taken = error instanceof SocketError && error.code === 'EADDRINUSE' && handles.length > 0;
        if (!taken || addresses[0]!.port !== 0 || tries === PORT_TRIES) throw error;
      }
    }
  }

  #one(address: SocketAddress, all: readonly SocketAddress[]): Handle {
    const plan = this.#plan;
    checkBindPermission(address);
    const handle = openHandle(familyNumber('family', address.family), C.SOCK_STREAM, 0);
    try {
      if (handle.family === C.AF_INET6) {
        const only = plan.ipv6Only ?? all.some(({ family }) => family === 'ipv4');
        native.setsockoptInt(handle.fd, C.IPPROTO_IPV6, C.IPV6_V6ONLY, only ? 1 : 0);
      }
      if (plan.noDelay && isTcp(handle)) native.setsockoptInt(handle.fd, C.IPPROTO_TCP, C.TCP_NODELAY, 1);
      applySettings(handle, plan.settings);
      this.#bind(handle, address);
      startListening(handle, plan.backlog, address);
      return handle;
    } catch (error) {
      closeDescriptor(handle);
      throw error;
    }
  }

  #bind(handle: Handle, address: SocketAddress): void {
    try {
      bindTo(handle, address, this.#plan);
    } catch (error) {
      const replace = this.#plan.replaceDead && error instanceof SocketError && error.code === 'EADDRINUSE';
      if (!replace || !removeDeadFile(address.path, () => nobodyListens(address))) throw error;
      bindTo(handle, address, this.#plan);
    }
  }

  #inherited(fd: number): Handle {
    const handle = adopt(fd);
    try {
      if (handle.kind !== C.SOCK_STREAM) throw refusal('ERR_SOCKET_STATE', 'bind', `fd:${fd} is no stream socket`);
      if (handle.state !== 'listening') startListening(handle, this.#plan.backlog, null);
      return handle;
    } catch (error) {
      // It stays whoever's it was.
      detach(handle);
      throw error;
    }
  }
}

/** listen(2). */
export function startListening(handle: Handle, backlog: number, address: SocketAddress | null): void {
  checkPermission();
  const result = native.listen(handle.fd, backlog);
  if (result < 0) throw systemError(result, 'listen', 'bind', address);
  handle.state = 'listening';
}

function samePort(address: SocketAddress, first: Handle | undefined): SocketAddress {
  if (first === undefined || address.port !== 0) return address;
  const port = localAddress(first.fd).port ?? 0;
  return address.family === 'ipv4'
    ? ipv4Address(address.address, port)
    : ipv6Address(address.address, port, address.scope);
}

const probe: RaceOptions = {
  kind: C.SOCK_STREAM,
  protocol: 0,
  local: null,
  noDelay: false,
  settings: [],
  attemptTimeout: Infinity,
};

/** A path whose connect is refused has a file and no listener. */
function nobodyListens(address: SocketAddress): boolean {
  const racer = Racer.start(address, probe);
  try {
    racer.step(0);
    racer.close();
    return false;
  } catch (error) {
    return error instanceof SocketError && error.code === 'ECONNREFUSED';
  }
}
