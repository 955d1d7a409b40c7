// The options of IPPROTO_TCP, sorted by C name.

import type { SocketOption } from './option.js';

/** Options of the level IPPROTO_TCP: tcp(7). */
export interface TcpOptions {
  /** tcp(7): the congestion control algorithm by name, e.g. `'cubic'`. */
  readonly TCP_CONGESTION: SocketOption<string>;
  /** tcp(7): keep partial segments back until they are full or the option is cleared. */
  readonly TCP_CORK: SocketOption<boolean>;
  /** tcp(7): accept a connection only when its first data has arrived; seconds. */
  readonly TCP_DEFER_ACCEPT: SocketOption<number>;
  /** tcp(7): probes before a silent connection is given up. */
  readonly TCP_KEEPCNT: SocketOption<number>;
  /** tcp(7): idle seconds before the first probe. */
  readonly TCP_KEEPIDLE: SocketOption<number>;
  /** tcp(7): seconds between probes. */
  readonly TCP_KEEPINTVL: SocketOption<number>;
  /** tcp(7): send small segments at once (no Nagle). */
  readonly TCP_NODELAY: SocketOption<boolean>;
  /** tcp(7): acknowledge at once. Not permanent: the kernel may turn it off again. */
  readonly TCP_QUICKACK: SocketOption<boolean>;
  /** tcp(7): milliseconds that sent data may stay unacknowledged before the connection is given up. */
  readonly TCP_USER_TIMEOUT: SocketOption<number>;
}
