// The numbers of this system's headers that the library itself uses. On a system without the addon they are -1: no call
// gets far enough to use them.

import { native } from './load.js';

const all = native.constants;
const errnos = native.errnos;

function constant(name: string): number {
  return all[name] ?? -1;
}

function errno(name: string): number {
  return -(errnos[name] ?? 1e6);
}

export const AF_INET = constant('AF_INET');
export const AF_INET6 = constant('AF_INET6');
export const AF_NETLINK = constant('AF_NETLINK');
export const AF_PACKET = constant('AF_PACKET');
export const AF_UNIX = constant('AF_UNIX');
export const AF_UNSPEC = constant('AF_UNSPEC');
export const AF_VSOCK = constant('AF_VSOCK');

export const SOCK_DGRAM = constant('SOCK_DGRAM');
export const SOCK_RAW = constant('SOCK_RAW');
export const SOCK_RDM = constant('SOCK_RDM');
export const SOCK_SEQPACKET = constant('SOCK_SEQPACKET');
export const SOCK_STREAM = constant('SOCK_STREAM');

export const SOL_SOCKET = constant('SOL_SOCKET');
export const SO_ACCEPTCONN = constant('SO_ACCEPTCONN');
export const SO_BROADCAST = constant('SO_BROADCAST');
export const SO_DOMAIN = constant('SO_DOMAIN');
export const SO_ERROR = constant('SO_ERROR');
export const SO_KEEPALIVE = constant('SO_KEEPALIVE');
export const SO_LINGER = constant('SO_LINGER');
export const SO_PEERCRED = constant('SO_PEERCRED');
export const SO_PROTOCOL = constant('SO_PROTOCOL');
export const SO_RCVTIMEO = constant('SO_RCVTIMEO');
export const SO_RCVLOWAT = constant('SO_RCVLOWAT');
export const SO_REUSEADDR = constant('SO_REUSEADDR');
export const SO_REUSEPORT = constant('SO_REUSEPORT');
export const SO_SNDTIMEO = constant('SO_SNDTIMEO');
export const SO_TIMESTAMPNS = constant('SO_TIMESTAMPNS');
export const SO_TYPE = constant('SO_TYPE');
export const SOMAXCONN = constant('SOMAXCONN');

export const SCM_CREDENTIALS = constant('SCM_CREDENTIALS');
/** Linux 6.5. The running kernel may be newer than the headers. */
export const SCM_PIDFD = all['SCM_PIDFD'] ?? 4;
export const SCM_RIGHTS = constant('SCM_RIGHTS');
export const SO_TIMESTAMP_NEW = constant('SO_TIMESTAMP_NEW');
export const SO_TIMESTAMP_OLD = constant('SO_TIMESTAMP_OLD');
export const SO_TIMESTAMPING_NEW = constant('SO_TIMESTAMPING_NEW');
export const SO_TIMESTAMPING_OLD = constant('SO_TIMESTAMPING_OLD');
export const SO_TIMESTAMPNS_NEW = constant('SO_TIMESTAMPNS_NEW');
export const SO_TIMESTAMPNS_OLD = constant('SO_TIMESTAMPNS_OLD');

export const IPPROTO_ICMP = constant('IPPROTO_ICMP');
export const IPPROTO_ICMPV6 = constant('IPPROTO_ICMPV6');
export const IPPROTO_IP = constant('IPPROTO_IP');
export const IPPROTO_IPV6 = constant('IPPROTO_IPV6');
export const IPPROTO_UDP = constant('IPPROTO_UDP');
export const IP_PKTINFO = constant('IP_PKTINFO');
export const IP_TOS = constant('IP_TOS');
export const IP_TTL = constant('IP_TTL');
export const IPV6_HOPLIMIT = constant('IPV6_HOPLIMIT');
export const IPV6_PKTINFO = constant('IPV6_PKTINFO');
export const IPV6_TCLASS = constant('IPV6_TCLASS');
export const UDP_GRO = constant('UDP_GRO');
export const UDP_SEGMENT = constant('UDP_SEGMENT');
export const IPPROTO_TCP = constant('IPPROTO_TCP');
export const IPV6_MTU = constant('IPV6_MTU');
export const IPV6_V6ONLY = constant('IPV6_V6ONLY');
export const IP_MTU = constant('IP_MTU');
export const TCP_INFO = constant('TCP_INFO');
export const IP_MULTICAST_IF = constant('IP_MULTICAST_IF');
export const IP_MULTICAST_LOOP = constant('IP_MULTICAST_LOOP');
export const IP_MULTICAST_TTL = constant('IP_MULTICAST_TTL');
export const IP_RECVTOS = constant('IP_RECVTOS');
export const IP_RECVTTL = constant('IP_RECVTTL');
export const IPV6_MULTICAST_HOPS = constant('IPV6_MULTICAST_HOPS');
export const IPV6_MULTICAST_IF = constant('IPV6_MULTICAST_IF');
export const IPV6_MULTICAST_LOOP = constant('IPV6_MULTICAST_LOOP');
export const IPV6_RECVHOPLIMIT = constant('IPV6_RECVHOPLIMIT');
export const IPV6_RECVPKTINFO = constant('IPV6_RECVPKTINFO');
export const IPV6_RECVTCLASS = constant('IPV6_RECVTCLASS');
export const IPV6_UNICAST_HOPS = constant('IPV6_UNICAST_HOPS');
export const MCAST_JOIN_GROUP = constant('MCAST_JOIN_GROUP');
export const MCAST_JOIN_SOURCE_GROUP = constant('MCAST_JOIN_SOURCE_GROUP');
export const MCAST_LEAVE_GROUP = constant('MCAST_LEAVE_GROUP');
export const MCAST_LEAVE_SOURCE_GROUP = constant('MCAST_LEAVE_SOURCE_GROUP');
export const TCP_KEEPCNT = constant('TCP_KEEPCNT');
export const TCP_KEEPIDLE = constant('TCP_KEEPIDLE');
export const TCP_KEEPINTVL = constant('TCP_KEEPINTVL');
export const TCP_NODELAY = constant('TCP_NODELAY');
export const TCP_QUICKACK = constant('TCP_QUICKACK');

export const MSG_DONTWAIT = constant('MSG_DONTWAIT');
export const MSG_NOSIGNAL = constant('MSG_NOSIGNAL');
export const MSG_ERRQUEUE = constant('MSG_ERRQUEUE');
export const MSG_OOB = constant('MSG_OOB');
export const MSG_PEEK = constant('MSG_PEEK');
export const MSG_TRUNC = constant('MSG_TRUNC');
export const MSG_WAITALL = constant('MSG_WAITALL');

export const SHUT_RD = constant('SHUT_RD');
export const SHUT_RDWR = constant('SHUT_RDWR');
export const SHUT_WR = constant('SHUT_WR');

export const POLLERR = constant('POLLERR');
export const POLLHUP = constant('POLLHUP');
export const POLLIN = constant('POLLIN');
export const POLLOUT = constant('POLLOUT');
export const POLLPRI = constant('POLLPRI');
export const POLLRDHUP = constant('POLLRDHUP');

export const EPOLLERR = constant('EPOLLERR');
export const EPOLLHUP = constant('EPOLLHUP');
export const EPOLLIN = constant('EPOLLIN');
export const EPOLLOUT = constant('EPOLLOUT');
export const EPOLLPRI = constant('EPOLLPRI');
export const EPOLLRDHUP = constant('EPOLLRDHUP');

export const AI_CANONNAME = constant('AI_CANONNAME');
export const AI_NUMERICHOST = constant('AI_NUMERICHOST');
export const AI_PASSIVE = constant('AI_PASSIVE');
export const NI_NAMEREQD = constant('NI_NAMEREQD');

// What the addon returns for these errors: -errno.
export const EACCES = errno('EACCES');
export const EADDRINUSE = errno('EADDRINUSE');
export const EADDRNOTAVAIL = errno('EADDRNOTAVAIL');
export const EAFNOSUPPORT = errno('EAFNOSUPPORT');
export const EAGAIN = errno('EAGAIN');
export const EALREADY = errno('EALREADY');
export const EBADF = errno('EBADF');
export const ECONNABORTED = errno('ECONNABORTED');
export const ECONNREFUSED = errno('ECONNREFUSED');
export const ECONNRESET = errno('ECONNRESET');
export const EEXIST = errno('EEXIST');
export const EHOSTUNREACH = errno('EHOSTUNREACH');
export const EINPROGRESS = errno('EINPROGRESS');
export const EINTR = errno('EINTR');
export const EINVAL = errno('EINVAL');
export const EISCONN = errno('EISCONN');
export const EISDIR = errno('EISDIR');
export const ENOTCONN = errno('ENOTCONN');
export const EOPNOTSUPP = errno('EOPNOTSUPP');
export const EPERM = errno('EPERM');
export const EPIPE = errno('EPIPE');
export const EPROTO = errno('EPROTO');
export const ERANGE = errno('ERANGE');
export const ESPIPE = errno('ESPIPE');
export const ETIMEDOUT = errno('ETIMEDOUT');
