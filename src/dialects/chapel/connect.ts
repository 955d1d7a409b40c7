// Owns connect in its three forms.

import { connect as dial, type Family, type Op, lookup, type Target } from '../../sync/index.js';
import { port, shown, text } from './arguments.js';
import { IPFamily } from './constants.js';
import { type Context, IllegalArgumentError, inChapel } from './errors.js';
import { ipAddr } from './ip-addr.js';
import { tcpConn } from './tcp-conn.js';
import { indefiniteTimeout, limitOf, type Timeout } from './time.js';

/**
 * Connects to an address.
 *
 * @throws ConnectionRefusedError `Connection refused (connect() failed)`; TimeoutError `Connection timed out (connect() timed out)`; any other SystemError
 * @example const client = connect(ipAddr.create('127.0.0.1', 8000), new struct_timeval(4, 0));
 */
export function connect(address: ipAddr, timeout?: Timeout): tcpConn;
/**
 * Looks a host up, of any family unless told, and connects to the first of its addresses that answers, in the order of getaddrinfo(3). The
 * limit is for each of them, and for the lookup.
 *
 * @throws SystemError `… (Can't resolve address)`; when every address fails what the first one failed with: ConnectionRefusedError, TimeoutError …
 * @example const client = connect('localhost', 'http', IPFamily.IPv4, new struct_timeval(4, 0));
 */
export function connect(host: string, service: string | number, family?: IPFamily, timeout?: Timeout): tcpConn;
export function connect(to: ipAddr | string, second?: Timeout | string, third?: IPFamily, fourth?: Timeout): tcpConn {
  if (to instanceof ipAddr) {
    const { host, port } = to;
    return open({ host, port }, undefined, limitOf(second === undefined ? indefiniteTimeout : second));
  }
  if (typeof to !== 'string')
    throw new IllegalArgumentError(`the first argument must be an ipAddr or a host: ${shown(to)}`);
  const service = typeof second === 'number' ? port(second) : text('service', second);
  return open({ host: to, port: service }, familyOf(third), limitOf(fourth === undefined ? indefiniteTimeout : fourth));
}

function open(target: Target, family: Family | undefined, limit: number): tcpConn {
  // A connection is never there at once: connect(2) begins it and a look tells whether it is made.
  const attemptTimeout = Math.max(limit, LOOK);
  const o = { family, attemptTimeout, attemptDelay: Infinity, noDelay: false, lookup: { lookup: found(limit) } };
  return inChapel(CONNECTING, () => new tcpConn(dial(target, o)));
}

/** One lookup of both families, so that the order is getaddrinfo's; the library's own makes two and lets them race. */
function found(limit: number) {
  const bound: Op = limit > 0 ? { timeout: limit } : {};
  return (host: string, service?: string | number, o?: object) => lookup(host, service, { ...o, ...bound });
}

function familyOf(family: IPFamily = IPFamily.IPUnspec): Family | undefined {
  if (family === IPFamily.IPv4) return 'ipv4';
  if (family === IPFamily.IPv6) return 'ipv6';
  if (family === IPFamily.IPUnspec) return undefined;
  throw new IllegalArgumentError(`family must be IPFamily.IPv4, IPv6 or IPUnspec: ${shown(family)}`);
}

const CONNECTING: Context = {
  failed: 'connect() failed',
  timedOut: 'connect() timed out',
  unresolved: "Can't resolve address",
};
/** Milliseconds. */
const LOOK = 0.001;
