// What this machine, this kernel and this process can do.

/**
 * What works here, found out by trying: each answer comes from a system call that is made when the property is first looked at, and is
 * kept. Nothing here throws; where the runtime's permission model forbids the network, every answer that needs a socket is `false`.
 *
 * @example if (!features.raw) console.log('pinging needs CAP_NET_RAW, or a datagram socket:', features.icmp);
 */
export interface Features {
  /** The operating system, as `process.platform` has it. */
  readonly platform: string;
  /** The native addon is there, so that calls work at all. */
  readonly native: boolean;
  /** The runtime's permission model lets this program use the network; `true` where it has no such scope. */
  readonly permission: boolean;
  /** OpenSSL can be used, so that TLS works. */
  readonly tls: boolean;
  /** The kernel makes IPv6 sockets. */
  readonly ipv6: boolean;
  /** Unix sockets: unix(7). */
  readonly unix: boolean;
  /** Unix names without a file, written `'@name'`: unix(7). */
  readonly abstract: boolean;
  /** Unix sockets that keep both order and boundaries: unix(7). */
  readonly seqpacket: boolean;
  /** Raw IP sockets: raw(7). They need CAP_NET_RAW. */
  readonly raw: boolean;
  /** ICMP echo by a datagram socket, without privileges: icmp(7), for the groups in net.ipv4.ping_group_range. */
  readonly icmp: boolean;
  /** Packet sockets, which see whole frames of an interface: packet(7). They need CAP_NET_RAW. */
  readonly packet: boolean;
  /** Netlink sockets, by which the kernel tells of interfaces, addresses and routes: netlink(7), rtnetlink(7). */
  readonly netlink: boolean;
  /** Sockets between a virtual machine and its host: vsock(7). Whether there is somebody to talk to is another question. */
  readonly vsock: boolean;
  /** Several sockets on one port, between which the kernel spreads the load: socket(7) SO_REUSEPORT. */
  readonly reusePort: boolean;
  /** One send that the kernel cuts into many datagrams: udp(7) UDP_SEGMENT. */
  readonly gso: boolean;
  /** One receive of many datagrams that the kernel has joined: udp(7) UDP_GRO. */
  readonly gro: boolean;
  /** The local address and interface of each datagram: ip(7) IP_PKTINFO. */
  readonly packetInfo: boolean;
  /** The moment at which the kernel got a datagram, in nanoseconds: socket(7) SO_TIMESTAMPNS. */
  readonly timestamps: boolean;
  /** TCP over several paths at once: `socket('ipv4', 'stream', constants.IPPROTO_MPTCP)`. */
  readonly mptcp: boolean;
  /** Data in the first segment of a TCP connection: tcp(7) TCP_FASTOPEN_CONNECT, net.ipv4.tcp_fastopen. */
  readonly fastOpen: boolean;

  readonly [name: string]: boolean | string;
}
