// The options of SOL_SOCKET, sorted by C name.

import type { PeerCred } from './message.js';
import type { SocketOption } from './option.js';
import type { MemoryInfo, TransmitTime } from './option-values.js';

/** Options of the level SOL_SOCKET: socket(7). `get` can only be read, `set` only be set. */
export interface SocketOptions {
  /** socket(7): whether the socket listens (get). */
  readonly SO_ACCEPTCONN: SocketOption<boolean>;
  /** socket(7): filters what is received by an extended BPF program, given as its descriptor (set). */
  readonly SO_ATTACH_BPF: SocketOption<number>;
  /** socket(7): filters what is received by a classic BPF program: the bytes of its `struct sock_filter`s, 8 each (set). */
  readonly SO_ATTACH_FILTER: SocketOption<Uint8Array>;
  /** socket(7): a classic BPF program chooses among the sockets that share a port (set). */
  readonly SO_ATTACH_REUSEPORT_CBPF: SocketOption<Uint8Array>;
  /** socket(7): an extended BPF program, given as its descriptor, chooses among the sockets that share a port (set). */
  readonly SO_ATTACH_REUSEPORT_EBPF: SocketOption<number>;
  /** socket(7): the only interface that is used, by name; `''` for any. */
  readonly SO_BINDTODEVICE: SocketOption<string>;
  /** The same by index; 0 for any. Interface index. */
  readonly SO_BINDTOIFINDEX: SocketOption<number>;
  /** Which extensions of BPF the kernel has (get). Bits. */
  readonly SO_BPF_EXTENSIONS: SocketOption<number>;
  /** socket(7): datagrams may go to broadcast addresses. */
  readonly SO_BROADCAST: SocketOption<boolean>;
  /** socket(7): taken and ignored since Linux 2.6. */
  readonly SO_BSDCOMPAT: SocketOption<boolean>;
  /** Which buffers the kernel does not resize by itself: 1 send, 2 receive. Bits. */
  readonly SO_BUF_LOCK: SocketOption<number>;
  /** socket(7): how long a receive polls the device before it gives way. It works in the kernel, before any wait of this library. Microseconds. */
  readonly SO_BUSY_POLL: SocketOption<number>;
  /** How many packets one such poll takes at most (set). */
  readonly SO_BUSY_POLL_BUDGET: SocketOption<number>;
  /** 1 tells the kernel that the path seems broken, so that another is looked for (set). */
  readonly SO_CNX_ADVICE: SocketOption<number>;
  /** A number that no other socket of this boot has (get). */
  readonly SO_COOKIE: SocketOption<bigint>;
  /** socket(7): the kernel logs about the socket. */
  readonly SO_DEBUG: SocketOption<boolean>;
  /** socket(7): removes the filter; the value is `null` (set). */
  readonly SO_DETACH_BPF: SocketOption<null>;
  /** socket(7): removes the filter; the value is `null` (set). */
  readonly SO_DETACH_FILTER: SocketOption<null>;
  /** Removes the program that chooses among the sockets of a port; the value is `null` (set). */
  readonly SO_DETACH_REUSEPORT_BPF: SocketOption<null>;
  /** socket(7): the address family (get). AF_*. */
  readonly SO_DOMAIN: SocketOption<number>;
  /** socket(7): only directly connected hosts are sent to. */
  readonly SO_DONTROUTE: SocketOption<boolean>;
  /** socket(7): the pending error, which reading clears; 0 for none (get). Errno. */
  readonly SO_ERROR: SocketOption<number>;
  /** The classic filter that is attached, as for SO_ATTACH_FILTER (get). */
  readonly SO_GET_FILTER: SocketOption<Uint8Array>;
  /** socket(7): the processor that handles the socket's packets; -1 for none yet. */
  readonly SO_INCOMING_CPU: SocketOption<number>;
  /** socket(7): the receive queue that the last packet came through; 0 for none (get). */
  readonly SO_INCOMING_NAPI_ID: SocketOption<number>;
  /** Receives on Unix sockets tell how much is left, in a control message. */
  readonly SO_INQ: SocketOption<boolean>;
  /** socket(7): probe an idle connection. */
  readonly SO_KEEPALIVE: SocketOption<boolean>;
  /** socket(7): what close does with unsent data: `null` the kernel sends it in the background, 0 it is thrown away with an RST, above 0 close waits so many milliseconds. The kernel keeps whole seconds, rounded up. */
  readonly SO_LINGER: SocketOption<number | null>;
  /** socket(7): the filter can no more be changed; cannot be switched off. */
  readonly SO_LOCK_FILTER: SocketOption<boolean>;
  /** socket(7): a mark on every packet, for routing and filtering rules. */
  readonly SO_MARK: SocketOption<number>;
  /** Sends no faster than this; `null` for no limit. Bytes/s. */
  readonly SO_MAX_PACING_RATE: SocketOption<number | null>;
  /** What the kernel has allotted and used for the socket (get). Bytes. */
  readonly SO_MEMINFO: SocketOption<MemoryInfo>;
  /** The number of the network namespace (get). */
  readonly SO_NETNS_COOKIE: SocketOption<bigint>;
  /** Packet sockets: the device adds no checksum to frames. */
  readonly SO_NOFCS: SocketOption<boolean>;
  /** Datagrams go out without a checksum. */
  readonly SO_NO_CHECK: SocketOption<boolean>;
  /** socket(7): urgent data stays in the stream. */
  readonly SO_OOBINLINE: SocketOption<boolean>;
  /** socket(7): receives carry the sender's credentials. */
  readonly SO_PASSCRED: SocketOption<boolean>;
  /** Receives carry a descriptor of the sender's process. */
  readonly SO_PASSPIDFD: SocketOption<boolean>;
  /** Descriptors may be passed to this socket. */
  readonly SO_PASSRIGHTS: SocketOption<boolean>;
  /** unix(7): receives carry the sender's security label. */
  readonly SO_PASSSEC: SocketOption<boolean>;
  /** socket(7): where MSG_PEEK begins; -1 for the front of the queue. Bytes. */
  readonly SO_PEEK_OFF: SocketOption<number>;
  /** socket(7): who was at the other end of a Unix socket when it was connected (get). */
  readonly SO_PEERCRED: SocketOption<PeerCred>;
  /** The supplementary groups of the peer of a Unix socket (get). Gid. */
  readonly SO_PEERGROUPS: SocketOption<readonly number[]>;
  /** A new descriptor of the peer's process, which the caller closes (get). */
  readonly SO_PEERPIDFD: SocketOption<number>;
  /** socket(7): the security label of the peer (get). */
  readonly SO_PEERSEC: SocketOption<string>;
  /** The device is polled rather than interrupting. */
  readonly SO_PREFER_BUSY_POLL: SocketOption<boolean>;
  /** socket(7): the priority of every packet in the queues of the device. */
  readonly SO_PRIORITY: SocketOption<number>;
  /** socket(7): the protocol (get). IPPROTO_*. */
  readonly SO_PROTOCOL: SocketOption<number>;
  /** socket(7): receive buffer; the kernel doubles it, and that is what it reads back. Bytes. */
  readonly SO_RCVBUF: SocketOption<number>;
  /** socket(7): the same beyond the limit of the system; needs CAP_NET_ADMIN (set). Bytes. */
  readonly SO_RCVBUFFORCE: SocketOption<number>;
  /** socket(7): a receive of a stream becomes ready when so many bytes have arrived, or the end. Receives of this library wait for them, too. */
  readonly SO_RCVLOWAT: SocketOption<number>;
  /** Receives carry the mark of the packet. */
  readonly SO_RCVMARK: SocketOption<boolean>;
  /** Receives carry the priority of the packet. */
  readonly SO_RCVPRIORITY: SocketOption<boolean>;
  /** socket(7): limit of a receive and of an accept, `null` for none. It limits the waits of this library too. Milliseconds. */
  readonly SO_RCVTIMEO: SocketOption<number | null>;
  /** The same with 64-bit seconds on every machine. Milliseconds. */
  readonly SO_RCVTIMEO_NEW: SocketOption<number | null>;
  /** The same with the machine's own `struct timeval`. Milliseconds. */
  readonly SO_RCVTIMEO_OLD: SocketOption<number | null>;
  /** Memory that is set aside for the socket. Bytes. */
  readonly SO_RESERVE_MEM: SocketOption<number>;
  /** socket(7): bind to an address that is in TIME_WAIT. */
  readonly SO_REUSEADDR: SocketOption<boolean>;
  /** socket(7): several sockets share one port. */
  readonly SO_REUSEPORT: SocketOption<boolean>;
  /** socket(7): receives tell how many datagrams were dropped, in a control message. */
  readonly SO_RXQ_OVFL: SocketOption<boolean>;
  /** socket(7): errors that are queued count as urgent data for poll(2). */
  readonly SO_SELECT_ERR_QUEUE: SocketOption<boolean>;
  /** socket(7): send buffer; the kernel doubles it, and that is what it reads back. Bytes. */
  readonly SO_SNDBUF: SocketOption<number>;
  /** socket(7): the same beyond the limit of the system; needs CAP_NET_ADMIN (set). Bytes. */
  readonly SO_SNDBUFFORCE: SocketOption<number>;
  /** socket(7): always 1 on Linux (get). Bytes. */
  readonly SO_SNDLOWAT: SocketOption<number>;
  /** socket(7): limit of a send, `null` for none. It limits the waits of this library too. Milliseconds. */
  readonly SO_SNDTIMEO: SocketOption<number | null>;
  /** The same with 64-bit seconds on every machine. Milliseconds. */
  readonly SO_SNDTIMEO_NEW: SocketOption<number | null>;
  /** The same with the machine's own `struct timeval`. Milliseconds. */
  readonly SO_SNDTIMEO_OLD: SocketOption<number | null>;
  /** socket(7): receives carry the time of arrival, in microseconds. */
  readonly SO_TIMESTAMP: SocketOption<boolean>;
  /** Which timestamps are taken, of what is received and of what is sent. SOF_*. */
  readonly SO_TIMESTAMPING: SocketOption<number>;
  /** The same, reported with 64-bit seconds. SOF_*. */
  readonly SO_TIMESTAMPING_NEW: SocketOption<number>;
  /** The same, reported with the machine's own `struct timespec`. SOF_*. */
  readonly SO_TIMESTAMPING_OLD: SocketOption<number>;
  /** socket(7): receives carry the time of arrival, in nanoseconds. */
  readonly SO_TIMESTAMPNS: SocketOption<boolean>;
  /** The same with 64-bit seconds. */
  readonly SO_TIMESTAMPNS_NEW: SocketOption<boolean>;
  /** The same with the machine's own `struct timespec`. */
  readonly SO_TIMESTAMPNS_OLD: SocketOption<boolean>;
  /** Like SO_TIMESTAMP with 64-bit seconds. */
  readonly SO_TIMESTAMP_NEW: SocketOption<boolean>;
  /** Like SO_TIMESTAMP with the machine's own `struct timeval`. */
  readonly SO_TIMESTAMP_OLD: SocketOption<boolean>;
  /** 1 lets the kernel try another path when a connection stalls, 0 does not, 255 is the system's default. */
  readonly SO_TXREHASH: SocketOption<number>;
  /** Each message says when it is to leave, on this clock. */
  readonly SO_TXTIME: SocketOption<TransmitTime>;
  /** socket(7): the kind of socket (get). SOCK_*. */
  readonly SO_TYPE: SocketOption<number>;
  /** Tells whether a frame was acknowledged, over wireless. */
  readonly SO_WIFI_STATUS: SocketOption<boolean>;
  /** Allows MSG_ZEROCOPY. */
  readonly SO_ZEROCOPY: SocketOption<boolean>;
}
