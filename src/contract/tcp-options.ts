// The options of IPPROTO_TCP, sorted by C name.

import type { SocketOption } from './option.js';
import type { TcpInfo } from './tcp-info.js';

/** Options of the level IPPROTO_TCP: tcp(7). `get` can only be read, `set` only be set. */
export interface TcpOptions {
  /** Adds a key of RFC 5925: the bytes of a `struct tcp_ao_add` (set). */
  readonly TCP_AO_ADD_KEY: SocketOption<Uint8Array>;
  /** Removes such a key: the bytes of a `struct tcp_ao_del` (set). */
  readonly TCP_AO_DEL_KEY: SocketOption<Uint8Array>;
  /** What the congestion control says of itself: a `union tcp_cc_info` (get). */
  readonly TCP_CC_INFO: SocketOption<Uint8Array>;
  /** tcp(7): the congestion control algorithm by name, e.g. `'cubic'`. */
  readonly TCP_CONGESTION: SocketOption<string>;
  /** tcp(7): keep partial segments back until they are full or the option is cleared. */
  readonly TCP_CORK: SocketOption<boolean>;
  /** tcp(7): accept a connection only when its first data has arrived. The kernel rounds to its own retransmissions. Seconds. */
  readonly TCP_DEFER_ACCEPT: SocketOption<number>;
  /** The longest delay of an acknowledgement. Microseconds. */
  readonly TCP_DELACK_MAX_US: SocketOption<number>;
  /** tcp(7): a listener takes data with the first packet; how many such connections may wait. */
  readonly TCP_FASTOPEN: SocketOption<number>;
  /** tcp(7): connect ends at once, and the first write goes out with the first packet, when a cookie of the server is known. */
  readonly TCP_FASTOPEN_CONNECT: SocketOption<boolean>;
  /** The key of a listener's cookies, 16 bytes, or a pair of 32. */
  readonly TCP_FASTOPEN_KEY: SocketOption<Uint8Array>;
  /** Data with the first packet even without a cookie. */
  readonly TCP_FASTOPEN_NO_COOKIE: SocketOption<boolean>;
  /** tcp(7): the state of the connection, decoded: `tcpInfo()` (get). */
  readonly TCP_INFO: SocketOption<TcpInfo>;
  /** Receives tell how much is left, in a control message. */
  readonly TCP_INQ: SocketOption<boolean>;
  /** Whether the connection really uses Multipath TCP (get). */
  readonly TCP_IS_MPTCP: SocketOption<boolean>;
  /** tcp(7): probes before a silent connection is given up. */
  readonly TCP_KEEPCNT: SocketOption<number>;
  /** tcp(7): idle time before the first probe. Seconds. */
  readonly TCP_KEEPIDLE: SocketOption<number>;
  /** tcp(7): time between probes. Seconds. */
  readonly TCP_KEEPINTVL: SocketOption<number>;
  /** tcp(7): how long an orphan stays in FIN_WAIT2. Seconds. */
  readonly TCP_LINGER2: SocketOption<number>;
  /** tcp(7): the maximum segment size. Bytes. */
  readonly TCP_MAXSEG: SocketOption<number>;
  /** A key of RFC 2385 for one peer: the bytes of a `struct tcp_md5sig` (set). */
  readonly TCP_MD5SIG: SocketOption<Uint8Array>;
  /** The same with a prefix and an interface (set). */
  readonly TCP_MD5SIG_EXT: SocketOption<Uint8Array>;
  /** tcp(7): send small segments at once (no Nagle). */
  readonly TCP_NODELAY: SocketOption<boolean>;
  /** There is room to write while less than this is unsent; 0 for no such limit. Bytes. */
  readonly TCP_NOTSENT_LOWAT: SocketOption<number>;
  /** Under repair: the sequence number of the queue. */
  readonly TCP_QUEUE_SEQ: SocketOption<number>;
  /** tcp(7): acknowledge at once. Not permanent: the kernel may turn it off again. */
  readonly TCP_QUICKACK: SocketOption<boolean>;
  /** 1 freezes the connection for repair, 0 ends it with a probe, -1 without; needs CAP_NET_ADMIN. */
  readonly TCP_REPAIR: SocketOption<number>;
  /** Under repair: the negotiated options, `struct tcp_repair_opt`s (set). */
  readonly TCP_REPAIR_OPTIONS: SocketOption<Uint8Array>;
  /** Under repair: the queue that reads and writes mean, 0 none, 1 receive, 2 send. */
  readonly TCP_REPAIR_QUEUE: SocketOption<number>;
  /** Under repair: the windows, a `struct tcp_repair_window`. */
  readonly TCP_REPAIR_WINDOW: SocketOption<Uint8Array>;
  /** The longest time between retransmissions. Milliseconds. */
  readonly TCP_RTO_MAX_MS: SocketOption<number>;
  /** The shortest time before a retransmission. Microseconds. */
  readonly TCP_RTO_MIN_US: SocketOption<number>;
  /** The headers of the first packet, if the listener had TCP_SAVE_SYN; they can be read once (get). */
  readonly TCP_SAVED_SYN: SocketOption<Uint8Array>;
  /** 1 keeps the headers of first packets, 2 with those of the link. */
  readonly TCP_SAVE_SYN: SocketOption<number>;
  /** tcp(7): how often the first packet is repeated before connect fails. Packets. */
  readonly TCP_SYNCNT: SocketOption<number>;
  /** Taken and ignored since Linux 4.11. */
  readonly TCP_THIN_DUPACK: SocketOption<boolean>;
  /** Connections with little in flight are retransmitted at equal intervals. */
  readonly TCP_THIN_LINEAR_TIMEOUTS: SocketOption<boolean>;
  /** The clock of the timestamps; set under repair only. */
  readonly TCP_TIMESTAMP: SocketOption<number>;
  /** Delays everything that is sent, to emulate a longer path. Microseconds. */
  readonly TCP_TX_DELAY: SocketOption<number>;
  /** The protocol above TCP that the kernel does, e.g. `'tls'`; `''` for none. */
  readonly TCP_ULP: SocketOption<string>;
  /** tcp(7): how long sent data may stay unacknowledged before the connection is given up; 0 for the system's. Milliseconds. */
  readonly TCP_USER_TIMEOUT: SocketOption<number>;
  /** tcp(7): the largest window that is advertised. Bytes. */
  readonly TCP_WINDOW_CLAMP: SocketOption<number>;
}
