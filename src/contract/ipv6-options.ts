// The options of IPPROTO_IPV6, sorted by C name.

import type { SocketOption } from './option.js';

/** Options of the level IPPROTO_IPV6: ipv6(7). */
export interface Ipv6Options {
  /** ipv6(7): an IPv6 socket does not take IPv4 connections. */
  readonly IPV6_V6ONLY: SocketOption<boolean>;
}
