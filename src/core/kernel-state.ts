// Owns the question what state a socket is in, asked of the kernel: for descriptors from outside, and after calls that change
// more than one thing. It must not know who asks.

import * as C from '../native/constants.js';
import { native } from '../native/load.js';
import type { SocketState } from './handle.js';
import { decodeBytes, scratch } from './sockaddr.js';

/** What is known of a socket before there is a handle for it. */
export interface Facts {
  readonly fd: number;
  readonly family: number;
  readonly kind: number;
}

/** `'shutdown'` only where the kernel tells that our direction has ended: on TCP, and on streams of other families. */
export function kernelState(socket: Facts): SocketState {
  const { fd, kind } = socket;
  if (integer(fd, C.SOL_SOCKET, C.SO_ACCEPTCONN) === 1) return 'listening';
  if (isInet(socket) && kind === C.SOCK_STREAM) {
    const known = tcpState(fd);
    if (known !== null) return known;
  }
  if (isConnected(socket)) return hasLeft(socket) ? 'shutdown' : 'connected';
  return isBound(socket) ? 'bound' : 'new';
}

// enum of <netinet/tcp.h>; the others are told apart by their names.
const tcpStates: Readonly<Record<number, SocketState>> = {
  1: 'connected', // TCP_ESTABLISHED
  2: 'connecting', // TCP_SYN_SENT
  3: 'connected', // TCP_SYN_RECV: accepted early, by fast open
  4: 'shutdown', // TCP_FIN_WAIT1
  5: 'shutdown', // TCP_FIN_WAIT2
  8: 'connected', // TCP_CLOSE_WAIT
  9: 'shutdown', // TCP_LAST_ACK
  11: 'shutdown', // TCP_CLOSING
};

function tcpState(fd: number): SocketState | null {
  const length = native.getsockopt(fd, C.IPPROTO_TCP, C.TCP_INFO, answer);
  return length > 0 ? (tcpStates[answer[0]!] ?? null) : null;
}

function isConnected({ fd, family, kind }: Facts): boolean {
  const length = native.getpeername(fd, scratch);
  // The kernel answers for every netlink socket: port id 0 is the kernel, and what nobody has connected to.
  if (family === C.AF_NETLINK) return length >= 0 && decodeBytes(scratch.subarray(0, length)).address !== '0:0';
  if (length >= 0) return true;
  if (kind === C.SOCK_STREAM || (family !== C.AF_INET && family !== C.AF_INET6)) return false;
  // Without a port on the other side, as raw sockets are, getpeername(2) denies the connection. A path MTU only connected ones have (ip(7)).
  return family === C.AF_INET
    ? integer(fd, C.IPPROTO_IP, C.IP_MTU) !== null
    : integer(fd, C.IPPROTO_IPV6, C.IPV6_MTU) !== null;
}

/** Streams other than TCP: a send of nothing is refused once our direction has ended. (Elsewhere it would be a datagram.) */
function hasLeft({ fd, family, kind }: Facts): boolean {
  if (kind !== C.SOCK_STREAM || (family !== C.AF_UNIX && family !== C.AF_VSOCK)) return false;
  return native.send(fd, scratch, 0, 0, C.MSG_DONTWAIT | C.MSG_NOSIGNAL) === C.EPIPE;
}

function isBound({ fd, family, kind }: Facts): boolean {
  const length = native.getsockname(fd, scratch);
  if (length < 0) return false;
  const { address, port = 0, path, scope } = decodeBytes(scratch.subarray(0, length));
  switch (family) {
    case C.AF_INET:
    case C.AF_INET6:
      // The port of a raw socket is its protocol.
      return address !== '0.0.0.0' && address !== '::' ? true : kind !== C.SOCK_RAW && port !== 0;
    case C.AF_UNIX:
      return path !== undefined;
    case C.AF_NETLINK:
      return address !== '0:0';
    case C.AF_PACKET:
      return scope !== undefined;
    case C.AF_VSOCK:
      return port !== 0xffff_ffff;
    default:
      return scratch.subarray(2, length).some((byte) => byte !== 0);
  }
}

function isInet({ family }: Facts): boolean {
  return family === C.AF_INET || family === C.AF_INET6;
}

const integers = new Int32Array(1);
const answer = new Uint8Array(integers.buffer);

/** An option of one int; null where the kernel refuses. */
function integer(fd: number, level: number, name: number): number | null {
  return native.getsockopt(fd, level, name, answer) < 0 ? null : integers[0]!;
}
