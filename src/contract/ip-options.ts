// The options of IPPROTO_IP, sorted by C name.

import type { SocketOption } from './option.js';
import type { Membership, PortRange, SourceFilter, SourceMembership } from './option-values.js';

/** Options of the level IPPROTO_IP: ip(7). `get` can only be read, `set` only be set. */
export interface IpOptions {
  /** ip(7): joins a multicast group (set). */
  readonly IP_ADD_MEMBERSHIP: SocketOption<Membership>;
  /** ip(7): joins a multicast group for one source (set). */
  readonly IP_ADD_SOURCE_MEMBERSHIP: SocketOption<SourceMembership>;
  /** ip(7): bind to port 0 leaves the choice of the port to connect. */
  readonly IP_BIND_ADDRESS_NO_PORT: SocketOption<boolean>;
  /** ip(7): no more of one source in a group (set). */
  readonly IP_BLOCK_SOURCE: SocketOption<SourceMembership>;
  /** Receives carry the checksum of the datagram. */
  readonly IP_CHECKSUM: SocketOption<boolean>;
  /** ip(7): leaves a multicast group (set). */
  readonly IP_DROP_MEMBERSHIP: SocketOption<Membership>;
  /** ip(7): leaves a multicast group for one source (set). */
  readonly IP_DROP_SOURCE_MEMBERSHIP: SocketOption<SourceMembership>;
  /** ip(7): bind to an address that the machine does not have yet. */
  readonly IP_FREEBIND: SocketOption<boolean>;
  /** ip(7): raw sockets: what is sent begins with the IP header. */
  readonly IP_HDRINCL: SocketOption<boolean>;
  /** The ports from which the kernel chooses; `lower` and `upper`, 0 for the system's. */
  readonly IP_LOCAL_PORT_RANGE: SocketOption<PortRange>;
  /** Packets with fewer hops left are dropped: RFC 5082. */
  readonly IP_MINTTL: SocketOption<number>;
  /** ip(7): the sources that a group is, or is not, received from (set). */
  readonly IP_MSFILTER: SocketOption<SourceFilter>;
  /** ip(7): the known MTU of the path of a connected socket (get). Bytes. */
  readonly IP_MTU: SocketOption<number>;
  /** ip(7): whether the MTU of the path is looked for. IP_PMTUDISC_*. */
  readonly IP_MTU_DISCOVER: SocketOption<number>;
  /** ip(7): takes groups that any socket of the machine has joined. */
  readonly IP_MULTICAST_ALL: SocketOption<boolean>;
  /** ip(7): the interface for multicast, by an IPv4 address of it, or (to set it) by name; `'0.0.0.0'` leaves it to the kernel. */
  readonly IP_MULTICAST_IF: SocketOption<string>;
  /** ip(7): multicast that is sent comes back to this machine. */
  readonly IP_MULTICAST_LOOP: SocketOption<boolean>;
  /** ip(7): how far multicast goes; 1 unless told. Hops. */
  readonly IP_MULTICAST_TTL: SocketOption<number>;
  /** ip(7): raw sockets: the kernel does not reassemble fragments before filtering. */
  readonly IP_NODEFRAG: SocketOption<boolean>;
  /** ip(7): the options in the header of every packet, at most 40 bytes; none for no options. */
  readonly IP_OPTIONS: SocketOption<Uint8Array>;
  /** ip(7): receives carry the security label of the packet. */
  readonly IP_PASSSEC: SocketOption<boolean>;
  /** ip(7): receives tell the local address and the interface. */
  readonly IP_PKTINFO: SocketOption<boolean>;
  /** What the IP options and flags would have told of the last packet of a TCP connection, as control messages (get). */
  readonly IP_PKTOPTIONS: SocketOption<Uint8Array>;
  /** The protocol of a raw socket (get). IPPROTO_*. */
  readonly IP_PROTOCOL: SocketOption<number>;
  /** ip(7): errors are queued with what they belong to; read them with MSG_ERRQUEUE. */
  readonly IP_RECVERR: SocketOption<boolean>;
  /** Errors carry the extensions of RFC 4884. */
  readonly IP_RECVERR_RFC4884: SocketOption<boolean>;
  /** Receives tell the largest fragment. */
  readonly IP_RECVFRAGSIZE: SocketOption<boolean>;
  /** ip(7): receives carry the IP options. */
  readonly IP_RECVOPTS: SocketOption<boolean>;
  /** ip(7): receives carry the original destination. */
  readonly IP_RECVORIGDSTADDR: SocketOption<boolean>;
  /** ip(7): receives carry the TOS byte. */
  readonly IP_RECVTOS: SocketOption<boolean>;
  /** ip(7): receives carry the TTL. */
  readonly IP_RECVTTL: SocketOption<boolean>;
  /** ip(7): the same as IP_RECVOPTS, unprocessed. */
  readonly IP_RETOPTS: SocketOption<boolean>;
  /** ip(7): raw sockets: takes packets to be forwarded that have the Router Alert option. */
  readonly IP_ROUTER_ALERT: SocketOption<number>;
  /** ip(7): the TOS byte of every packet: DSCP and ECN. */
  readonly IP_TOS: SocketOption<number>;
  /** ip(7): bind to, and answer for, addresses of others; needs CAP_NET_ADMIN. */
  readonly IP_TRANSPARENT: SocketOption<boolean>;
  /** ip(7): how far packets go; 64 unless told, and -1 sets the system's value. Hops. */
  readonly IP_TTL: SocketOption<number>;
  /** ip(7): takes a blocked source again (set). */
  readonly IP_UNBLOCK_SOURCE: SocketOption<SourceMembership>;
  /** The interface for what is not multicast; 0 for any. Interface index. */
  readonly IP_UNICAST_IF: SocketOption<number>;
  /** Like IP_BLOCK_SOURCE for either family (set). */
  readonly MCAST_BLOCK_SOURCE: SocketOption<SourceMembership>;
  /** Joins a multicast group of either family (set). */
  readonly MCAST_JOIN_GROUP: SocketOption<Membership>;
  /** Joins a multicast group of either family for one source (set). */
  readonly MCAST_JOIN_SOURCE_GROUP: SocketOption<SourceMembership>;
  /** Leaves a multicast group of either family (set). */
  readonly MCAST_LEAVE_GROUP: SocketOption<Membership>;
  /** Leaves a multicast group of either family for one source (set). */
  readonly MCAST_LEAVE_SOURCE_GROUP: SocketOption<SourceMembership>;
  /** Like IP_MSFILTER for either family (set). */
  readonly MCAST_MSFILTER: SocketOption<SourceFilter>;
  /** Like IP_UNBLOCK_SOURCE for either family (set). */
  readonly MCAST_UNBLOCK_SOURCE: SocketOption<SourceMembership>;
}
