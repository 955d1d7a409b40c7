// Owns the constants of the page, as this system has them, and those that its example needs from elsewhere.

import { constants } from '../../sync/index.js';

/** The IP families that a socket or an address can have. IPUnspec leaves it open. */
export const IPFamily = Object.freeze({ IPv4: 2, IPv6: 10, IPUnspec: 0 } as const);
export type IPFamily = (typeof IPFamily)[keyof typeof IPFamily];

/** An IPv4 address as a number, most significant byte first: 0x7f000001 is 127.0.0.1. */
export type sys_in_addr_t = number;
/** An IPv6 address as its 16 bytes. */
export type sys_in6_addr_t = Uint8Array;
/** A standard IPv4 address. */
export type ipv4Addr = sys_in_addr_t;
/** A standard IPv6 address. */
export type ipv6Addr = sys_in6_addr_t;

/** 0.0.0.0 */
export const INADDR_ANY: sys_in_addr_t = 0;
/** 255.255.255.255 */
export const INADDR_BROADCAST: sys_in_addr_t = 0xffffffff;
/** 127.0.0.1 */
export const INADDR_LOOPBACK: sys_in_addr_t = 0x7f000001;
/** :: */
export const in6addr_any: sys_in6_addr_t = Buffer.alloc(16);
/** ::1 */
export const in6addr_loopback: sys_in6_addr_t = Buffer.from([...Buffer.alloc(15), 1]);

export const IPv4Any: ipv4Addr = INADDR_ANY;
export const IPv4Broadcast: ipv4Addr = INADDR_BROADCAST;
export const IPv4Localhost: ipv4Addr = INADDR_LOOPBACK;
export const IPv6Any: ipv6Addr = in6addr_any;
export const IPv6Localhost: ipv6Addr = in6addr_loopback;

/** A name that every Linux has. */
function known(name: string): number {
  return constants[name]!;
}

export const AF_INET = known('AF_INET');
export const AF_INET6 = known('AF_INET6');

export const SO_ACCEPTCONN = known('SO_ACCEPTCONN');
export const SO_BROADCAST = known('SO_BROADCAST');
export const SO_DEBUG = known('SO_DEBUG');
export const SO_ERROR = known('SO_ERROR');
export const SO_KEEPALIVE = known('SO_KEEPALIVE');
export const SO_LINGER = known('SO_LINGER');
export const SO_OOBINLINE = known('SO_OOBINLINE');
export const SO_RCVBUF = known('SO_RCVBUF');
export const SO_RCVTIMEO = known('SO_RCVTIMEO');
export const SO_REUSEADDR = known('SO_REUSEADDR');
export const SO_SNDBUF = known('SO_SNDBUF');
export const SO_SNDTIMEO = known('SO_SNDTIMEO');
/** Linux has no such option, so this is `undefined` there. */
export const SO_SECINFO = constants['SO_SECINFO'];

// The example of setSockOpt uses them, and the original has them elsewhere.
export const SOL_SOCKET = known('SOL_SOCKET');
export const IPPROTO_TCP = known('IPPROTO_TCP');
export const TCP_NODELAY = known('TCP_NODELAY');
export const TCP_QUICKACK = known('TCP_QUICKACK');

/** The backlog of `listen`: SOMAXCONN, and 128 at most. */
export const backlogDefault = Math.min(known('SOMAXCONN'), 128);
