// The options of IPPROTO_UDP, sorted by C name.

import type { SocketOption } from './option.js';

/** Options of the level IPPROTO_UDP: udp(7). `get` can only be read, `set` only be set. */
export interface UdpOptions {
  /** udp(7): what is sent is gathered into one datagram until the option is cleared. */
  readonly UDP_CORK: SocketOption<boolean>;
  /** Packets of IPsec, or of tunnels, in datagrams. UDP_ENCAP_*. */
  readonly UDP_ENCAP: SocketOption<number>;
  /** Datagrams of one sender may be received as one, with their size in a control message. */
  readonly UDP_GRO: SocketOption<boolean>;
  /** Takes IPv6 datagrams without a checksum. */
  readonly UDP_NO_CHECK6_RX: SocketOption<boolean>;
  /** Sends IPv6 datagrams without a checksum. */
  readonly UDP_NO_CHECK6_TX: SocketOption<boolean>;
  /** What is sent at once is cut into datagrams of this size; 0 for no cutting. Bytes. */
  readonly UDP_SEGMENT: SocketOption<number>;
}
