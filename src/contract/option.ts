// Socket options as typed tokens.

import type { IpOptions } from './ip-options.js';
import type { Ipv6Options } from './ipv6-options.js';
import type { Duration } from './mode.js';
import type { SocketOptions } from './socket-options.js';
import type { TcpOptions } from './tcp-options.js';
import type { UdpOptions } from './udp-options.js';

/** A typed token for one socket option: hand it to `getOption` and `setOption`. `T` is the type of its value. */
export interface SocketOption<T> {
  /** The level, as setsockopt(2) takes it. */
  readonly level: number;
  /** The number, as setsockopt(2) takes it. */
  readonly name: number;
  /** The C name, e.g. `'SO_KEEPALIVE'`. */
  readonly label: string;
  /** The C name of the level, e.g. `'SOL_SOCKET'`. */
  readonly levelName?: string;
  /** Whether it can be read, set, or both. The other direction is `ERR_OPTION_DIRECTION`, before any system call. */
  readonly direction?: 'get' | 'set' | 'both';
  /** What a number counts, or which constants it is made of; `null` where it needs no word. */
  readonly unit?: string | null;
  /** The manual page that describes it, e.g. `'socket(7)'`; `null` where none does. */
  readonly manual?: string | null;
  /** Never set; carries the type of the value. */
  readonly type?: T;
}

/**
 * One token per option, named as in C, level by level. An option that the headers of this system lack is
 * `ERR_UNSUPPORTED_OPTION` when it is used, one that the kernel or the kind of socket lacks is the kernel's `ENOPROTOOPT` or
 * `EOPNOTSUPP`; never silence.
 */
export interface OptionTable extends SocketOptions, IpOptions, Ipv6Options, TcpOptions, UdpOptions {}

/** An option with its value, set right after socket(2), before bind and connect. */
export type OptionSetting = {
  [K in keyof OptionTable]: readonly [OptionTable[K], OptionTable[K] extends SocketOption<infer T> ? T : never];
}[keyof OptionTable];

/** TCP keep-alive: the first probe after `idle`, further ones every `interval`, the connection is given up after `count`. Whole seconds in the kernel, rounded up. */
export interface KeepAlive {
  /** Silence before the first probe: TCP_KEEPIDLE. */
  idle: Duration;
  /** Between two probes: TCP_KEEPINTVL. */
  interval: Duration;
  /** Probes without an answer before the connection is given up: TCP_KEEPCNT. */
  count: number;
}
