// Owns the way from Blade's hosts and ports to addresses, and `get_address_info`.

import { lookup, SocketError, TimeoutError } from '../../sync/index.js';
import type { Address, Target } from '../../contract/address.js';
import { words } from '../../error/strerror.js';
import { AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC, IP_ANY, IP_LOCAL } from './constants.js';
import { exceptionFor, SocketException, TypeError, ValueError } from './exceptions.js';
import { integer, truthy, typeOf } from './values.js';

/** What `get_address_info` finds: the first address, and the name that the resolver has for the host, where it has one. */
export interface AddressInfo {
  readonly ip: string;
  readonly canonical_name: string | null;
}

/** The host where none is given: this machine. Unix sockets have none. */
export function localHost(family: number): string {
  if (family === AF_UNIX) return '';
  return family === AF_INET6 ? '::1' : IP_LOCAL;
}

/** `'*'` is every local address. */
export function hostToBind(family: number, host: string): string {
  if (host !== '*' || family === AF_UNIX) return host;
  return family === AF_INET6 ? '::' : IP_ANY;
}

/** What is to be found out about: a socket. */
interface Kind {
  readonly family: number;
  readonly type: number;
}

/** Where `host` and `port` are: a path for Unix sockets, else addresses, at least one. */
export function targets(
  { family, type }: Kind,
  host: string,
  port: number,
  o: { timeout?: number },
): readonly Target[] {
  if (family === AF_UNIX) return [{ path: host }];
  return lookup(host, port, { ...o, family, kind: type });
}

/** The first of them. That there is none says nothing of the socket, which stays open. */
export function addressOf(kind: Kind, host: string, port: number): Target {
  try {
    return targets(kind, host, port, {})[0]!;
  } catch (error) {
    throw unresolved(error);
  }
}

export function toBindTo(kind: Kind, host: string, port: number): Target {
  try {
    return targets(kind, host, port, {})[0]!;
  } catch (error) {
    throw new ValueError('address not valid or unsupported', { cause: error });
  }
}

/** What Blade says of a host that cannot be found. Text that can be no host's name is one. */
export function unresolved(error: unknown): unknown {
  if (error instanceof TimeoutError) return error;
  if (error instanceof SocketError) return exceptionFor(error);
  return new SocketException(words('EADDRNOTAVAIL')!, 'EADDRNOTAVAIL', error);
}

/**
 * The address of a host: getaddrinfo(3). `type` is a service, `'http'` unless told, and `family` one of AF_INET (the default),
 * AF_INET6, and AF_UNSPEC for either. nil where nothing is found.
 */
export function get_address_info(address: string, type?: string | null, family?: number | null): AddressInfo | null {
  if (typeof address !== 'string') throw new TypeError(`string expected for address, ${typeOf(address)} given`);
  if (type !== null && type !== undefined && typeof type !== 'string')
    throw new TypeError(`string expected for type, ${typeOf(type)} given`);
  const wanted = integer('family', family, AF_INET);
  const found = find(truthy(address) ? address : localHost(wanted), truthy(type) ? type : 'http', wanted);
  return found === undefined ? null : { ip: found.address, canonical_name: found.canonicalName ?? null };
}

function find(host: string, service: string, family: number): Address | undefined {
  const o = { canonicalName: true, ...(family === AF_UNSPEC ? {} : { family }) };
  try {
    return lookup(host, service, o)[0];
  } catch (error) {
    if (error instanceof SocketError && error.phase !== 'lookup') throw exceptionFor(error);
    return undefined;
  }
}
