// Owns the way from an endpoint to addresses: at once when it is numeric, by a lookup when it has a name in it.

import type { Host } from '../../address/host.js';
import {
  ipv4Address,
  ipv6Address,
  unixAddress,
  withCanonicalName,
  type SocketAddress,
} from '../../address/socket-address.js';
import type { Endpoint, InetEndpoint } from '../../address/target.js';
import { refusal } from '../../error/make.js';
import * as C from '../../native/constants.js';
import { native, requireNative } from '../../native/load.js';
import type { Interest } from '../attempt.js';
import { familyName } from '../names.js';
import { isPermitted } from '../permission.js';
import { decodeBytes, exactly, sockaddrOf } from '../sockaddr.js';
import { Want } from '../want.js';
import { Lookup } from './lookup.js';

export interface ResolutionOptions {
  /** Only this family; AF_UNSPEC for any. */
  family: number;
  kind: number;
  /** For bind: no host means every local address. */
  passive: boolean;
  canonicalName?: boolean;
}

export class Resolution {
  readonly #endpoint: InetEndpoint | null;
  #addresses: readonly SocketAddress[] | null;
  #lookup: Lookup | null = null;
  readonly #canonicalName: boolean;

  constructor(endpoint: Endpoint, options: ResolutionOptions) {
    requireNative();
    this.#endpoint = endpoint.kind === 'inet' ? endpoint : null;
    this.#canonicalName = options.canonicalName ?? false;
    this.#addresses = immediate(endpoint, options);
    if (this.#addresses === null) this.#lookup = ask(endpoint as InetEndpoint, options);
  }

  /** The addresses, at least one. */
  step(): readonly SocketAddress[] | Want {
    if (this.#addresses !== null) return this.#addresses;
    const lookup = this.#lookup!;
    const answer = lookup.answer();
    if (answer === null) return Want.Many;
    const failure = lookup.failure(answer);
    this.release();
    if (failure !== null) throw failure;
    const seen = new Set<string>();
    const addresses: SocketAddress[] = [];
    for (const bytes of answer.addresses) {
      let address = withPort(decodeBytes(bytes), this.#endpoint!.service);
      if (seen.has(address.toString())) continue;
      seen.add(address.toString());
      if (this.#canonicalName && answer.canonicalName !== null)
        address = withCanonicalName(address, answer.canonicalName);
      addresses.push(address);
    }
    return (this.#addresses = addresses);
  }

  get interest(): Interest | null {
    return this.#lookup?.interest ?? null;
  }

  release(): void {
    this.#lookup?.release();
    this.#lookup = null;
  }
}

/** True if the system can make IPv6 sockets, and we may. Found out by making one. */
export function hasIpv6(): boolean {
  if (!isPermitted()) return false;
  if (ipv6 === null) {
    const fd = native.socket(C.AF_INET6, C.SOCK_DGRAM, 0);
    ipv6 = fd >= 0;
    if (fd >= 0) native.close(fd);
  }
  return ipv6;
}

/** Whether finding out takes a lookup. */
export function isNumeric(endpoint: Endpoint): boolean {
  if (endpoint.kind !== 'inet') return true;
  return endpoint.host?.kind !== 'name' && typeof endpoint.service !== 'string';
}

let ipv6: boolean | null = null;

function immediate(endpoint: Endpoint, options: ResolutionOptions): SocketAddress[] | null {
  switch (endpoint.kind) {
    case 'unix':
      return fitting([unixAddress(endpoint.path)], options.family);
    case 'raw':
      // Of any family: AF_UNSPEC, for one, dissolves an association (connect(2)). The kernel is the judge.
      return [exactly(endpoint.raw)];
    case 'other':
      return fitting([decodeBytes(sockaddrOf(endpoint.parts))], options.family);
    case 'fd':
      throw refusal('ERR_NO_ADDRESS', 'lookup', `fd:${endpoint.fd} is a descriptor, not an address`);
    case 'inet': {
      if (!isNumeric(endpoint)) return null;
      const port = (endpoint.service as number | null) ?? 0;
      return fitting(
        hosts(endpoint, options).map((host) => literal(host, port)),
        options.family,
      );
    }
  }
}

type Literal = Exclude<Host, { kind: 'name' }>;

const ANY: Literal[] = [
  { kind: 'ipv6', address: '::' },
  { kind: 'ipv4', address: '0.0.0.0' },
];
const HERE: Literal[] = [
  { kind: 'ipv6', address: '::1' },
  { kind: 'ipv4', address: '127.0.0.1' },
];

/** The literal hosts that an endpoint without a name means. One socket on `::` takes IPv4 too. */
function hosts(endpoint: InetEndpoint, options: ResolutionOptions): Literal[] {
  if (endpoint.host !== null) return [endpoint.host as Literal];
  const family = wantedFamily(endpoint, options);
  const choice = (options.passive ? ANY : HERE).filter(
    ({ kind }) =>
      (family === C.AF_UNSPEC || family === (kind === 'ipv6' ? C.AF_INET6 : C.AF_INET)) &&
      (kind === 'ipv4' || hasIpv6()),
  );
  return options.passive ? choice.slice(0, 1) : choice;
}

function literal(host: Literal, port: number): SocketAddress {
  return host.kind === 'ipv4' ? ipv4Address(host.address, port) : ipv6Address(host.address, port, host.scope);
}

function fitting(addresses: SocketAddress[], family: number): SocketAddress[] {
  if (family === C.AF_UNSPEC) return addresses;
  const fit = addresses.filter((address) => address.family === familyName(family));
  if (fit.length === 0)
    throw refusal(
      'ERR_NO_ADDRESS',
      'lookup',
      `${addresses.join(', ') || 'the target'} is not of the family ${familyName(family)}`,
    );
  return fit;
}

function wantedFamily(endpoint: InetEndpoint, options: ResolutionOptions): number {
  if (endpoint.family === 'ipv6') return C.AF_INET6;
  if (endpoint.family === 'ipv4') return C.AF_INET;
  return options.family;
}

function ask(endpoint: InetEndpoint, options: ResolutionOptions): Lookup {
  const { host, service } = endpoint;
  const family = wantedFamily(endpoint, options);
  if (options.family !== C.AF_UNSPEC && family !== options.family)
    throw refusal(
      'ERR_NO_ADDRESS',
      'lookup',
      `the target asks for ${familyName(family)}, the call for ${familyName(options.family)}`,
    );
  let flags = options.canonicalName ? C.AI_CANONNAME : 0;
  if (options.passive && host === null) flags |= C.AI_PASSIVE;
  if (host !== null && host.kind !== 'name') flags |= C.AI_NUMERICHOST;
  return Lookup.forward({
    host: host === null ? null : hostText(host),
    // A numeric port is filled in afterwards, so that lookups of one name share a call whatever the port.
    service: typeof service === 'string' ? service : null,
    family,
    kind: options.kind,
    protocol: 0,
    flags,
  });
}

/** A host as it was written, a zone included. */
export function hostText(host: Host): string {
  if (host.kind === 'name') return host.name;
  return host.kind === 'ipv6' && host.scope !== undefined ? `${host.address}%${host.scope}` : host.address;
}

function withPort(address: SocketAddress, service: number | string | null): SocketAddress {
  if (typeof service !== 'number') return address;
  return address.family === 'ipv4'
    ? ipv4Address(address.address, service)
    : ipv6Address(address.address, service, address.scope);
}
