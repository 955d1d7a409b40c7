// The options of IPPROTO_IPV6, sorted by C name.

import type { SocketOption } from './option.js';
import type { Membership, PacketInfo } from './option-values.js';

/** Options of the level IPPROTO_IPV6: ipv6(7). `get` can only be read, `set` only be set. */
export interface Ipv6Options {
  /** ipv6(7): makes a socket that is connected to a mapped IPv4 address an IPv4 socket: AF_INET (set). AF_*. */
  readonly IPV6_ADDRFORM: SocketOption<number>;
  /** Which source addresses are preferred: RFC 5014. IPV6_PREFER_*. */
  readonly IPV6_ADDR_PREFERENCES: SocketOption<number>;
  /** ipv6(7): joins a multicast group (set). */
  readonly IPV6_ADD_MEMBERSHIP: SocketOption<Membership>;
  /** ipv6(7): receives carry the authentication header. The manual names it, today's kernels refuse it. */
  readonly IPV6_AUTHHDR: SocketOption<boolean>;
  /** Flow labels are made from the addresses and ports. */
  readonly IPV6_AUTOFLOWLABEL: SocketOption<boolean>;
  /** Raw sockets: where the kernel puts the checksum; -1 for nowhere. Offset. */
  readonly IPV6_CHECKSUM: SocketOption<number>;
  /** A datagram that is larger than the path's MTU is refused. */
  readonly IPV6_DONTFRAG: SocketOption<boolean>;
  /** ipv6(7): leaves a multicast group (set). */
  readonly IPV6_DROP_MEMBERSHIP: SocketOption<Membership>;
  /** ipv6(7): the destination options header of every packet; none for no header. */
  readonly IPV6_DSTOPTS: SocketOption<Uint8Array>;
  /** ipv6(7): receives carry the flow label and the traffic class. */
  readonly IPV6_FLOWINFO: SocketOption<boolean>;
  /** The flow label of an address is sent. */
  readonly IPV6_FLOWINFO_SEND: SocketOption<boolean>;
  /** Asks for a flow label and gives it back: the bytes of a `struct in6_flowlabel_req` (set). */
  readonly IPV6_FLOWLABEL_MGR: SocketOption<Uint8Array>;
  /** Bind to an address that the machine does not have yet. */
  readonly IPV6_FREEBIND: SocketOption<boolean>;
  /** Raw sockets: what is sent begins with the IPv6 header. */
  readonly IPV6_HDRINCL: SocketOption<boolean>;
  /** ipv6(7): receives carry the hop limit. The manual names it, today's kernels have IPV6_RECVHOPLIMIT. */
  readonly IPV6_HOPLIMIT: SocketOption<boolean>;
  /** ipv6(7): the hop-by-hop options header of every packet; none for no header. */
  readonly IPV6_HOPOPTS: SocketOption<Uint8Array>;
  /** Takes an anycast address (set). */
  readonly IPV6_JOIN_ANYCAST: SocketOption<Membership>;
  /** Gives an anycast address up (set). */
  readonly IPV6_LEAVE_ANYCAST: SocketOption<Membership>;
  /** Packets with fewer hops left are dropped: RFC 5082. */
  readonly IPV6_MINHOPCOUNT: SocketOption<number>;
  /** ipv6(7): the known MTU of the path of a connected socket; setting it limits the size of fragments. Bytes. */
  readonly IPV6_MTU: SocketOption<number>;
  /** ipv6(7): whether the MTU of the path is looked for. IPV6_PMTUDISC_*. */
  readonly IPV6_MTU_DISCOVER: SocketOption<number>;
  /** Takes groups that any socket of the machine has joined. */
  readonly IPV6_MULTICAST_ALL: SocketOption<boolean>;
  /** ipv6(7): how far multicast goes; 1 unless told. Hops. */
  readonly IPV6_MULTICAST_HOPS: SocketOption<number>;
  /** ipv6(7): the interface for multicast; 0 leaves it to the kernel. Interface index. */
  readonly IPV6_MULTICAST_IF: SocketOption<number>;
  /** ipv6(7): multicast that is sent comes back to this machine. */
  readonly IPV6_MULTICAST_LOOP: SocketOption<boolean>;
  /** The known MTU of the path of a connected socket (get). Bytes. */
  readonly IPV6_PATHMTU: SocketOption<number>;
  /** ipv6(7): the source address and the interface of every packet (set). */
  readonly IPV6_PKTINFO: SocketOption<PacketInfo>;
  /** Receives carry the destination options. */
  readonly IPV6_RECVDSTOPTS: SocketOption<boolean>;
  /** ipv6(7): errors are queued with what they belong to; read them with MSG_ERRQUEUE. */
  readonly IPV6_RECVERR: SocketOption<boolean>;
  /** Errors carry the extensions of RFC 4884. */
  readonly IPV6_RECVERR_RFC4884: SocketOption<boolean>;
  /** Receives tell the largest fragment. */
  readonly IPV6_RECVFRAGSIZE: SocketOption<boolean>;
  /** Receives carry the hop limit. */
  readonly IPV6_RECVHOPLIMIT: SocketOption<boolean>;
  /** Receives carry the hop-by-hop options. */
  readonly IPV6_RECVHOPOPTS: SocketOption<boolean>;
  /** Receives carry the original destination. */
  readonly IPV6_RECVORIGDSTADDR: SocketOption<boolean>;
  /** Tells when the MTU of the path changes. */
  readonly IPV6_RECVPATHMTU: SocketOption<boolean>;
  /** ipv6(7): receives tell the local address and the interface. */
  readonly IPV6_RECVPKTINFO: SocketOption<boolean>;
  /** Receives carry the routing header. */
  readonly IPV6_RECVRTHDR: SocketOption<boolean>;
  /** Receives carry the traffic class. */
  readonly IPV6_RECVTCLASS: SocketOption<boolean>;
  /** ipv6(7): raw sockets: takes packets with the Router Alert option of this value; -1 for none. */
  readonly IPV6_ROUTER_ALERT: SocketOption<number>;
  /** Takes such packets from its own namespace only. */
  readonly IPV6_ROUTER_ALERT_ISOLATE: SocketOption<boolean>;
  /** ipv6(7): the routing header of every packet; none for no header. */
  readonly IPV6_RTHDR: SocketOption<Uint8Array>;
  /** The destination options before the routing header; none for no header. */
  readonly IPV6_RTHDRDSTOPTS: SocketOption<Uint8Array>;
  /** The traffic class of every packet: DSCP and ECN; -1 sets the system's value. */
  readonly IPV6_TCLASS: SocketOption<number>;
  /** Bind to, and answer for, addresses of others; needs CAP_NET_ADMIN. */
  readonly IPV6_TRANSPARENT: SocketOption<boolean>;
  /** ipv6(7): how far packets go; -1 sets the system's value. Hops. */
  readonly IPV6_UNICAST_HOPS: SocketOption<number>;
  /** The interface for what is not multicast; 0 for any. Interface index. */
  readonly IPV6_UNICAST_IF: SocketOption<number>;
  /** ipv6(7): an IPv6 socket does not take IPv4 connections. */
  readonly IPV6_V6ONLY: SocketOption<boolean>;
}
