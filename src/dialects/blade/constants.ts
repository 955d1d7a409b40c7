// Owns the constants of Blade's module `socket`: this system's numbers, and -1 for a name that it lacks.

import { constants } from '../../sync/index.js';

// Types of sockets.
export const SOCK_STREAM: number = constants['SOCK_STREAM'] ?? -1;
export const SOCK_DGRAM: number = constants['SOCK_DGRAM'] ?? -1;
export const SOCK_RAW: number = constants['SOCK_RAW'] ?? -1;
export const SOCK_RDM: number = constants['SOCK_RDM'] ?? -1;
export const SOCK_SEQPACKET: number = constants['SOCK_SEQPACKET'] ?? -1;

// Options, for `set_option` and `get_option`, and their level.
export const SO_DEBUG: number = constants['SO_DEBUG'] ?? -1;
export const SO_ACCEPTCONN: number = constants['SO_ACCEPTCONN'] ?? -1;
export const SO_REUSEADDR: number = constants['SO_REUSEADDR'] ?? -1;
export const SO_KEEPALIVE: number = constants['SO_KEEPALIVE'] ?? -1;
export const SO_DONTROUTE: number = constants['SO_DONTROUTE'] ?? -1;
export const SO_BROADCAST: number = constants['SO_BROADCAST'] ?? -1;
export const SO_USELOOPBACK: number = constants['SO_USELOOPBACK'] ?? -1;
export const SO_LINGER: number = constants['SO_LINGER'] ?? -1;
export const SO_OOBINLINE: number = constants['SO_OOBINLINE'] ?? -1;
export const SO_REUSEPORT: number = constants['SO_REUSEPORT'] ?? -1;
export const SO_TIMESTAMP: number = constants['SO_TIMESTAMP'] ?? -1;
export const SO_SNDBUF: number = constants['SO_SNDBUF'] ?? -1;
export const SO_RCVBUF: number = constants['SO_RCVBUF'] ?? -1;
export const SO_SNDLOWAT: number = constants['SO_SNDLOWAT'] ?? -1;
export const SO_RCVLOWAT: number = constants['SO_RCVLOWAT'] ?? -1;
export const SO_SNDTIMEO: number = constants['SO_SNDTIMEO'] ?? -1;
export const SO_RCVTIMEO: number = constants['SO_RCVTIMEO'] ?? -1;
export const SO_ERROR: number = constants['SO_ERROR'] ?? -1;
export const SO_TYPE: number = constants['SO_TYPE'] ?? -1;
export const SOL_SOCKET: number = constants['SOL_SOCKET'] ?? -1;

// Address families.
export const AF_UNSPEC: number = constants['AF_UNSPEC'] ?? -1;
export const AF_UNIX: number = constants['AF_UNIX'] ?? -1;
export const AF_LOCAL: number = constants['AF_LOCAL'] ?? -1;
export const AF_INET: number = constants['AF_INET'] ?? -1;
export const AF_IMPLINK: number = constants['AF_IMPLINK'] ?? -1;
export const AF_PUP: number = constants['AF_PUP'] ?? -1;
export const AF_CHAOS: number = constants['AF_CHAOS'] ?? -1;
export const AF_NS: number = constants['AF_NS'] ?? -1;
export const AF_ISO: number = constants['AF_ISO'] ?? -1;
export const AF_OSI: number = constants['AF_OSI'] ?? -1;
export const AF_ECMA: number = constants['AF_ECMA'] ?? -1;
export const AF_DATAKIT: number = constants['AF_DATAKIT'] ?? -1;
export const AF_CCITT: number = constants['AF_CCITT'] ?? -1;
export const AF_SNA: number = constants['AF_SNA'] ?? -1;
export const AF_DECnet: number = constants['AF_DECnet'] ?? -1;
export const AF_DLI: number = constants['AF_DLI'] ?? -1;
export const AF_LAT: number = constants['AF_LAT'] ?? -1;
export const AF_HYLINK: number = constants['AF_HYLINK'] ?? -1;
export const AF_APPLETALK: number = constants['AF_APPLETALK'] ?? -1;
export const AF_INET6: number = constants['AF_INET6'] ?? -1;

// Protocols.
export const IPPROTO_IP: number = constants['IPPROTO_IP'] ?? -1;
export const IPPROTO_ICMP: number = constants['IPPROTO_ICMP'] ?? -1;
export const IPPROTO_IGMP: number = constants['IPPROTO_IGMP'] ?? -1;
export const IPPROTO_IPIP: number = constants['IPPROTO_IPIP'] ?? -1;
export const IPPROTO_TCP: number = constants['IPPROTO_TCP'] ?? -1;
export const IPPROTO_EGP: number = constants['IPPROTO_EGP'] ?? -1;
export const IPPROTO_PUP: number = constants['IPPROTO_PUP'] ?? -1;
export const IPPROTO_UDP: number = constants['IPPROTO_UDP'] ?? -1;
export const IPPROTO_IDP: number = constants['IPPROTO_IDP'] ?? -1;
export const IPPROTO_TP: number = constants['IPPROTO_TP'] ?? -1;
export const IPPROTO_DCCP: number = constants['IPPROTO_DCCP'] ?? -1;
export const IPPROTO_IPV6: number = constants['IPPROTO_IPV6'] ?? -1;
export const IPPROTO_RSVP: number = constants['IPPROTO_RSVP'] ?? -1;
export const IPPROTO_GRE: number = constants['IPPROTO_GRE'] ?? -1;
export const IPPROTO_ESP: number = constants['IPPROTO_ESP'] ?? -1;
export const IPPROTO_AH: number = constants['IPPROTO_AH'] ?? -1;
export const IPPROTO_MTP: number = constants['IPPROTO_MTP'] ?? -1;
export const IPPROTO_BEETPH: number = constants['IPPROTO_BEETPH'] ?? -1;
export const IPPROTO_ENCAP: number = constants['IPPROTO_ENCAP'] ?? -1;
export const IPPROTO_PIM: number = constants['IPPROTO_PIM'] ?? -1;
export const IPPROTO_COMP: number = constants['IPPROTO_COMP'] ?? -1;
export const IPPROTO_SCTP: number = constants['IPPROTO_SCTP'] ?? -1;
export const IPPROTO_UDPLITE: number = constants['IPPROTO_UDPLITE'] ?? -1;
export const IPPROTO_MPLS: number = constants['IPPROTO_MPLS'] ?? -1;
export const IPPROTO_RAW: number = constants['IPPROTO_RAW'] ?? -1;
export const IPPROTO_MAX: number = constants['IPPROTO_MAX'] ?? -1;

// Which half `shutdown` ends, and the longest queue of `listen`.
export const SHUT_RD: number = constants['SHUT_RD'] ?? -1;
export const SHUT_WR: number = constants['SHUT_WR'] ?? -1;
export const SHUT_RDWR: number = constants['SHUT_RDWR'] ?? -1;
export const SOMAXCONN: number = constants['SOMAXCONN'] ?? -1;

/** No particular address: every local one, for `bind`. */
export const IP_ANY = '0.0.0.0';
/** The loopback address. */
export const IP_LOCAL = '127.0.0.1';
