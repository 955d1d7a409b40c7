// Owns the conversation with a resolver of the caller's own: what it is asked, and what its answer may be.

import type { Address, LookupOptions } from '../contract/address.js';
import type { Mode, Op } from '../contract/mode.js';
import type { ConnectOptions } from '../contract/net.js';
import { SocketAddress } from '../address/socket-address.js';
import type { InetEndpoint } from '../address/target.js';
import { familyName, familyNumber } from '../core/names.js';
import { invalidType } from '../error/invalid.js';
import { numeric } from './arguments.js';

interface Question {
  readonly host: string;
  readonly service: string | number;
  readonly o: Op & LookupOptions;
}

export function resolverQuestion(endpoint: InetEndpoint, o: ConnectOptions<Mode>): Question {
  const { host, service } = endpoint;
  const { timeout, deadline, signal, kind } = o;
  return {
    host: host === null ? 'localhost' : host.kind === 'name' ? host.name : literal(host),
    service: service ?? 0,
    // '[localhost]:80' asks for IPv6, whatever the options say.
    o: { timeout, deadline, signal, family: endpoint.family ?? o.family, kind },
  };
}

/** The addresses to try, with the port that was asked for where the resolver gave none. */
export function resolverAnswer(
  list: unknown,
  service: string | number,
  family: LookupOptions['family'],
): SocketAddress[] {
  if (!Array.isArray(list)) throw invalidType('lookup', 'a resolver that answers with an array of addresses', list);
  const addresses = list.map((one) => toSocketAddress(one as Address, service));
  if (family === undefined) return addresses;
  const wanted = familyName(familyNumber('family', family));
  return addresses.filter((address) => address.family === wanted);
}

function toSocketAddress(one: Address, service: string | number): SocketAddress {
  if (one instanceof SocketAddress && one.port !== 0) return one;
  if (typeof one !== 'object' || (one as Address | null) === null)
    throw invalidType('lookup', 'a resolver that answers with addresses', one);
  const port = one.port || (typeof service === 'number' ? service : 0);
  return numeric({ host: one.scope === undefined ? one.address : `${one.address}%${one.scope}`, port }, 'lookup');
}

function literal({ address, scope }: { address: string; scope?: string }): string {
  return scope === undefined ? address : `${address}%${scope}`;
}
