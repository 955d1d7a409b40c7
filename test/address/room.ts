// Owns the way from the compiled tests (build/test/address) to the room they test (compiled/address): the types come from the
// sources, the code from compiled/, which no path that is right for both could name.

import type * as Host from '../../src/address/host.js';
import type * as Ip from '../../src/address/ip.js';
import type * as Service from '../../src/address/service.js';
import type * as Sockaddr from '../../src/address/sockaddr.js';
import type * as SocketAddress from '../../src/address/socket-address.js';
import type * as Target from '../../src/address/target.js';

export const { parseHost } = (await load('host')) as typeof Host;
export const { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } = (await load('ip')) as typeof Ip;
export const { parseService } = (await load('service')) as typeof Service;
export const { decodeSockaddr, encodeSockaddr } = (await load('sockaddr')) as typeof Sockaddr;
export const { ipv4Address, ipv6Address, rawAddress, unixAddress, withCanonicalName } = (await load(
  'socket-address',
)) as typeof SocketAddress;
export const { parseListenTarget, parseTarget } = (await load('target')) as typeof Target;

export type Endpoint = Target.Endpoint;
export type SockaddrEnv = Sockaddr.SockaddrEnv;

function load(file: string): Promise<unknown> {
  return import(new URL(`../../../compiled/address/${file}.js`, import.meta.url).href);
}

/** What an error of misuse looks like: its class, Node's code, and the argument in the message. */
export function misuse(name: 'TypeError' | 'RangeError', argument: string, says = /./) {
  return (error: unknown): boolean => {
    if (!(error instanceof Error)) return false;
    const { code } = error as Error & { code?: unknown };
    return (
      error.name === name &&
      typeof code === 'string' &&
      code.startsWith('ERR_INVALID_ARG_') &&
      error.message.startsWith(`The "${argument}" argument `) &&
      says.test(error.message)
    );
  };
}
