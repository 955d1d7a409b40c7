// The values of options that are structs in C.

/** A multicast group on one interface: `struct ip_mreqn`, `ipv6_mreq`, `group_req`. */
export interface Membership {
  /** The group's address; for the options of anycast the address. */
  readonly group: string;
  /** An interface by name or index. IP_ADD_MEMBERSHIP and IP_DROP_MEMBERSHIP also take an IPv4 address of it. The kernel chooses unless told. */
  readonly interface?: string | number;
}

/** One source of a multicast group: `struct ip_mreq_source`, `group_source_req`. */
export interface SourceMembership {
  readonly group: string;
  readonly source: string;
  /** For the IP_ options an IPv4 address of the interface, for the MCAST_ options its name or index. The kernel chooses unless told. */
  readonly interface?: string | number;
}

/** Which sources a multicast group is received from: `struct ip_msfilter`, `group_filter`. */
export interface SourceFilter {
  readonly group: string;
  /** `'include'`: from these alone; `'exclude'`: from all but these. */
  readonly mode: 'include' | 'exclude';
  readonly sources: readonly string[];
  /** As for `SourceMembership`. */
  readonly interface?: string | number;
}

/** The source of what is sent: `struct in6_pktinfo`. */
export interface PacketInfo {
  /** An IPv6 address of this machine; `'::'` leaves it to the kernel. */
  readonly address: string;
  /** An interface by name or index; 0 leaves it to the kernel. */
  readonly interface?: string | number;
}

/** The ports from which the kernel chooses one, both ends included; 0 is the system's own. */
export interface PortRange {
  readonly lower: number;
  readonly upper: number;
}

/** How messages say when they leave: `struct sock_txtime`. */
export interface TransmitTime {
  /** The clock, as for clock_gettime(2): 1 is CLOCK_MONOTONIC, 11 CLOCK_TAI. */
  readonly clock: number;
  /** SOF_TXTIME_DEADLINE_MODE is 1, SOF_TXTIME_REPORT_ERRORS 2. */
  readonly flags: number;
}

/** What the kernel has allotted and used for a socket, in bytes (`drops` in packets): the SK_MEMINFO_* of sock_diag(7). */
export interface MemoryInfo {
  readonly received: number;
  readonly receiveBuffer: number;
  readonly sending: number;
  readonly sendBuffer: number;
  readonly ahead: number;
  readonly queued: number;
  readonly options: number;
  readonly backlog: number;
  readonly drops: number;
}
