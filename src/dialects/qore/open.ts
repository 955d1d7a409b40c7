// Owns the way from what a method was given to an open socket: lookups, connecting, binding, with their events. Failures
// come as the library has them; the methods give them their names.

import { connect, conn as connOf, lookup, socket as newSocket, type Address, type Socket } from '../../sync/index.js';
import { within } from './argument.js';
import * as C from './constants.js';
import type { Link } from './link.js';
import type { Port } from './where.js';

/** What to open besides where. */
export interface Kind {
  readonly family: number;
  readonly socktype: number;
  readonly protocol: number;
}

export const stream: Kind = { family: C.AF_UNSPEC, socktype: C.SOCK_STREAM, protocol: 0 };

/** Even an attempt that is not to wait needs a moment to learn that it has succeeded. */
const AT_ONCE_MS = 1;

/** Connects to a port; `ms` bounds the lookup and all attempts. */
export function connectPort(link: Link, { host, service }: Port, kind: Kind, ms: number | null): void {
  const begun = performance.now();
  // 0 is for the connection: no lookup is done without waiting.
  const addresses = resolve(link, host, service, kind, ms === 0 ? null : ms);
  const left = ms === null ? null : Math.max(AT_ONCE_MS, ms - (performance.now() - begun));
  if (kind.socktype !== C.SOCK_STREAM) {
    connectKind(link, addresses[0]!, kind, left);
    return;
  }
  link.takeConn(
    connect(host, addresses[0]!.port ?? 0, {
      ...within(left),
      noDelay: false,
      protocol: kind.protocol,
      ...(kind.family === C.AF_UNSPEC ? {} : { family: kind.family }),
      // What was found is not looked up again.
      lookup: { lookup: () => addresses },
      on: {
        connecting: ({ address, target }) =>
          link.post({ event: C.EVENT_CONNECTING, type: familyOf(address), target, service, port: address.port ?? 0 }),
      },
    }),
    addresses[0]!.port ?? 0,
  );
  link.post({ event: C.EVENT_CONNECTED });
}

/** Connects to the file of a UNIX domain socket. */
export function connectPath(link: Link, path: string, kind: Kind): void {
  link.post({ event: C.EVENT_CONNECTING, type: C.AF_UNIX, target: path });
  if (kind.socktype === C.SOCK_STREAM) link.takeConn(connect({ path }, { protocol: kind.protocol }), -1);
  else connectKind(link, { path }, { ...kind, family: C.AF_UNIX }, null);
  link.post({ event: C.EVENT_CONNECTED });
}

/** Binds to the first of the host's addresses that can be bound. Without a host it is every local one. */
export function bindPort(link: Link, host: string | null, service: string, reuse: boolean, kind: Kind): void {
  bindFirst(link, resolve(link, host, service, kind, null, kind.family === C.AF_INET6 ? '::' : '0.0.0.0'), reuse, kind);
}

/** Binds to a port of every IPv4 address. */
export function bindNumber(link: Link, port: number, reuse: boolean): void {
  bindFirst(link, lookup('0.0.0.0', port), reuse, stream);
}

/** Binds to a path, where a file is made. */
export function bindPath(link: Link, path: string, kind: Kind): void {
  const socket = newSocket('unix', kind.socktype, kind.protocol);
  try {
    link.take(socket.bind({ path }));
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** The number of an address's family. */
export function familyOf({ family }: Address): number {
  if (typeof family === 'number') return family;
  return family === 'ipv4' ? C.AF_INET : family === 'ipv6' ? C.AF_INET6 : family === 'unix' ? C.AF_UNIX : C.AF_UNSPEC;
}

function resolve(
  link: Link,
  host: string | null,
  service: string,
  { family, socktype }: Kind,
  ms: number | null,
  usual = 'localhost',
): Address[] {
  link.post({ event: C.EVENT_HOSTNAME_LOOKUP, ...(host === null ? {} : { name: host }), service });
  const addresses = lookup(host ?? usual, service, {
    ...within(ms),
    ...(family === C.AF_UNSPEC ? {} : { family }),
    kind: socktype,
  });
  for (const { address, port } of addresses)
    link.post({ event: C.EVENT_HOSTNAME_RESOLVED, address, ...(port === undefined || port === 0 ? {} : { port }) });
  return addresses;
}

function bindFirst(link: Link, addresses: readonly Address[], reuse: boolean, kind: Kind): void {
  let reason: unknown;
  for (const address of addresses) {
    const socket = newSocket(address.family, kind.socktype, kind.protocol);
    try {
      link.take(socket.bind(address, { reuseAddress: reuse }));
      return;
    } catch (error) {
      socket.close();
      reason ??= error;
    }
  }
  throw reason;
}

/** Sockets that are no streams are connected as they are. */
function connectKind(link: Link, to: Address | { path: string }, kind: Kind, ms: number | null): void {
  const family = 'path' in to && !('family' in to) ? C.AF_UNIX : familyOf(to);
  const socket: Socket<'sync'> = newSocket(family, kind.socktype, kind.protocol);
  try {
    socket.connect(to, within(ms));
  } catch (error) {
    socket.close();
    throw error;
  }
  link.take(socket);
  link.remotePort = 'port' in to ? (to.port ?? -1) : -1;
}

/** The connection over a socket that was accepted; only streams have one. */
export function takeAccepted(link: Link, socket: Socket<'sync'>, local: Address): void {
  if (socket.kind === 'stream') link.takeConn(connOf(socket), null);
  else link.take(socket);
  link.source = { peer: peerOf(socket), local };
}

/** Null when the other end has reset the connection meanwhile. */
function peerOf(socket: Socket<'sync'>): Address | null {
  try {
    return socket.getpeername();
  } catch {
    return null;
  }
}
