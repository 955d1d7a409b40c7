// Socket options as typed tokens.

import type { Duration } from './mode.js';

/** A typed token for one socket option: hand it to `getOption` and `setOption`. `T` is the type of its value. */
export interface SocketOption<T> {
  readonly level: number;
  readonly name: number;
  /** The C name, e.g. `'SO_KEEPALIVE'`. */
  readonly label: string;
  /** Never set; carries the type of the value. */
  readonly type?: T;
}

/** One token per option, named as in C. An option that this system lacks is an error at use, never silence. */
export interface OptionTable {
  /** socket(7): probe an idle connection. */
  readonly SO_KEEPALIVE: SocketOption<boolean>;
  /** socket(7): what close does with unsent data: `null` the kernel sends it in the background, 0 it is thrown away with an RST, above 0 close waits so many milliseconds. The kernel keeps whole seconds, rounded up. */
  readonly SO_LINGER: SocketOption<number | null>;
  /** socket(7): urgent data stays in the stream. */
  readonly SO_OOBINLINE: SocketOption<boolean>;
  /** socket(7): receive buffer in bytes; the kernel doubles it, and that is what it reads back. */
  readonly SO_RCVBUF: SocketOption<number>;
  /** socket(7): a receive becomes ready when so many bytes have arrived. */
  readonly SO_RCVLOWAT: SocketOption<number>;
  /** socket(7): limit of a receive in milliseconds, `null` for none. It limits the waits of this library too. */
  readonly SO_RCVTIMEO: SocketOption<number | null>;
  /** socket(7): bind to an address that is in TIME_WAIT. */
  readonly SO_REUSEADDR: SocketOption<boolean>;
  /** socket(7): several sockets share one port. */
  readonly SO_REUSEPORT: SocketOption<boolean>;
  /** socket(7): send buffer in bytes; the kernel doubles it, and that is what it reads back. */
  readonly SO_SNDBUF: SocketOption<number>;
  /** socket(7): limit of a send in milliseconds, `null` for none. It limits the waits of this library too. */
  readonly SO_SNDTIMEO: SocketOption<number | null>;
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
  /** ipv6(7): an IPv6 socket does not take IPv4 connections. */
  readonly IPV6_V6ONLY: SocketOption<boolean>;
}

/** An option with its value, set right after socket(2), before bind and connect. */
export type OptionSetting = {
  [K in keyof OptionTable]: readonly [OptionTable[K], OptionTable[K] extends SocketOption<infer T> ? T : never];
}[keyof OptionTable];

/** TCP keep-alive: the first probe after `idle`, further ones every `interval`, the connection is given up after `count`. Whole seconds in the kernel, rounded up. */
export interface KeepAlive {
  idle: Duration;
  interval: Duration;
  count: number;
}
