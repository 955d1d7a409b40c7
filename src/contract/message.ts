// Messages: what travels with the data of a datagram, and control messages.

import type { Address, Target } from './address.js';
import type { Data } from './mode.js';

/** Who a process is: unix(7), SCM_CREDENTIALS and SO_PEERCRED. */
export interface PeerCred {
  /** The process id; absent where the kernel does not tell it. Sending: this process unless told. */
  pid?: number;
  uid: number;
  gid: number;
}

/** One control message as it is: cmsg(3). `data` is what stands behind the header, in this machine's byte order. */
export interface Cmsg {
  level: number;
  type: number;
  data: Uint8Array;
}

/**
 * What is known of a message besides its data. Sent and received alike: what came with a datagram can go out with the answer.
 *
 * The kernel tells only what the socket has asked for by its options, so a field may be absent. When sending, a field that
 * the socket's family has no use for is a `TypeError`.
 */
export interface Meta {
  /** The two bits of explicit congestion notification in `tos` (RFC 3168): 0 none, 1 ECT(1), 2 ECT(0), 3 congestion. ip(7) IP_RECVTOS, ipv6(7) IPV6_RECVTCLASS. */
  ecn?: 0 | 1 | 2 | 3;
  /** The whole byte: type of service, or traffic class. Where both are sent, `ecn` replaces its two bits. */
  tos?: number;
  /** Time to live, or hop limit, 1 to 255: ip(7) IP_RECVTTL, ipv6(7) IPV6_RECVHOPLIMIT. */
  ttl?: number;
  /** The local address that a datagram was sent to, or is to be sent from: ip(7) IP_PKTINFO, ipv6(7) IPV6_RECVPKTINFO. It has no port. */
  local?: Address;
  /** The number of the interface: with `local`. */
  ifindex?: number;
  /** udp(7): several datagrams of so many bytes (the last may be shorter) in one piece: UDP_SEGMENT when sending, UDP_GRO when receiving. */
  segment?: number;
  /** When the kernel got the message, in nanoseconds since 1970: socket(7) SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING. Not sent. */
  timestamp?: bigint;
  /**
   * Descriptors, at most 253: unix(7) SCM_RIGHTS, over Unix sockets only.
   *
   * Received ones are new descriptors of this process, closed on exec. Looking at `fds` takes them: from then on they are the
   * program's to close (`fs.closeSync(fd)`) or, where they are sockets, to `adopt`. What nobody looks at is closed when the
   * message is collected, or its thread ends. Sent ones stay open here. A socket of this library that is sent is put into
   * blocking mode, which the receiver expects and which belongs to the open socket, as `setInheritable` does.
   */
  fds?: number[];
  /** Who sent it: unix(7) SO_PASSCRED and SCM_CREDENTIALS. The kernel checks what is sent: another pid, uid or gid needs privileges. */
  credentials?: PeerCred;
  /** Control messages that none of the fields above stands for; sent as they are. */
  control?: Cmsg[];
}

/** A message to send. */
export interface Message {
  /** One piece, or several that go out as one message. */
  data: Data | Data[];
  /** Where to; not needed on a connected socket. */
  to?: Target | undefined;
  meta?: Meta | undefined;
}

/** A message that was received. `from` and `meta` are decoded when they are first looked at. */
export interface Datagram {
  /** Empty for an empty datagram. */
  readonly data: Buffer;
  /** The sender. A socket without a name of its own is an unnamed Unix address; on a connected stream it is the peer. */
  readonly from: Address;
  /** The datagram was longer than there was room for, and the rest is lost (MSG_TRUNC). */
  readonly truncated: boolean;
  /** The MSG_* flags of recvmsg(2). MSG_CTRUNC: control messages were cut off, and descriptors among them were closed by the kernel. */
  readonly flags: number;
  readonly meta: Meta;
}
