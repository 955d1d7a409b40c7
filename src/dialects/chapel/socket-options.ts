// Owns the free procedures on sockets: options, names, bind.

import { bool, shown, whole } from './arguments.js';
import { IPPROTO_TCP, SO_REUSEADDR, SOL_SOCKET, TCP_NODELAY, TCP_QUICKACK } from './constants.js';
import { type Context, IllegalArgumentError, inChapel } from './errors.js';
import { checkAddress, type ipAddr } from './ip-addr.js';
import { localName, socketOf } from './record.js';
import type { tcpConn } from './tcp-conn.js';
import type { tcpListener } from './tcp-listener.js';
import type { udpSocket } from './udp-socket.js';

type AnySocket = tcpConn | tcpListener | udpSocket;

/**
 * Sets an option to a C int, or to the bytes of a C struct; `null` is Chapel's `none`, a NULL pointer with `optlen`: setsockopt(2).
 *
 * @throws SystemError when the kernel refuses: ENOPROTOOPT, EINVAL (wrong length), EDOM (`tv_usec` of a time limit), EFAULT (`null`); EBADF once closed
 */
export function setSockOpt(socket: AnySocket, level: number, optname: number, value: number | Uint8Array): void;
export function setSockOpt(socket: AnySocket, level: number, optname: number, value: null, optlen: number): void;
export function setSockOpt(
  socket: AnySocket,
  level: number,
  optname: number,
  value: number | Uint8Array | null,
  optlen?: number,
): void {
  const option = found(socket, level, optname, SETTING);
  if (typeof value === 'number') whole('value', value, LEAST, MOST);
  else if (value === null) whole('optlen', optlen, 0, 1024);
  else if (!(value instanceof Uint8Array))
    throw new IllegalArgumentError(`value must be an int, bytes, or null with an optlen: ${shown(value)}`);
  inChapel(SETTING, () => option.setsockopt(level, optname, value, value === null ? optlen : undefined));
}

/**
 * The value of an option as a C int, or as up to `buflen` bytes, at most 1024: getsockopt(2). Of a struct the int is its first four bytes.
 *
 * @throws SystemError when the kernel refuses; EBADF once closed; IllegalArgumentError `getSockOpt buflen out of range`
 */
export function getSockOpt(socket: AnySocket, level: number, optname: number): number;
export function getSockOpt(socket: AnySocket, level: number, optname: number, buflen: number): Buffer;
export function getSockOpt(socket: AnySocket, level: number, optname: number, buflen?: number): number | Buffer {
  const option = found(socket, level, optname, GETTING);
  if (buflen === undefined) return inChapel(GETTING, () => option.getsockopt(level, optname));
  if (!Number.isInteger(buflen) || buflen < 0 || buflen > 1024)
    throw new IllegalArgumentError('getSockOpt buflen out of range');
  return inChapel(GETTING, () => option.getsockopt(level, optname, buflen));
}

/** The local address of any socket: getsockname(2). @throws SystemError EBADF once closed */
export function getSockName(socket: AnySocket): ipAddr {
  return localName(socket);
}

/**
 * Gives a socket its local address: SO_REUSEADDR on or off, then bind(2).
 *
 * @throws SystemError EINVAL when it has one already, EADDRINUSE, EADDRNOTAVAIL, PermissionError; EBADF once closed
 */
export function bind(socket: AnySocket, address: ipAddr, reuseAddr = true): void {
  const { host, port } = checkAddress('address', address);
  setSockOpt(socket, SOL_SOCKET, SO_REUSEADDR, bool('reuseAddr', reuseAddr) ? 1 : 0);
  inChapel(BINDING, () => socketOf(socket, BINDING.failed).bind({ host, port }));
}

/** @internal TCP_NODELAY is the opposite of Nagle's algorithm. */
export function setNagle(socket: AnySocket, enable: boolean): void {
  setSockOpt(socket, IPPROTO_TCP, TCP_NODELAY, bool('enable', enable) ? 0 : 1);
}

/** @internal TCP_QUICKACK is the opposite of delayed acknowledgements. */
export function setDelayAck(socket: AnySocket, enable: boolean): void {
  setSockOpt(socket, IPPROTO_TCP, TCP_QUICKACK, bool('enable', enable) ? 0 : 1);
}

const SETTING: Context = { failed: 'Failed to set socket option' };
const GETTING: Context = { failed: 'Failed to get socket option' };
const BINDING: Context = { failed: 'Failed to bind Socket' };
/** c_int */
const LEAST = -0x80000000;
const MOST = 0x7fffffff;

function found(socket: unknown, level: number, optname: number, { failed }: Context) {
  whole('level', level, LEAST, MOST);
  whole('optname', optname, LEAST, MOST);
  return socketOf(socket, failed);
}
