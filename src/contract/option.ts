// Socket options as typed tokens.

import type { Ipv6Options } from './ipv6-options.js';
import type { Duration } from './mode.js';
import type { SocketOptions } from './socket-options.js';
import type { TcpOptions } from './tcp-options.js';

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
export interface OptionTable extends SocketOptions, Ipv6Options, TcpOptions {}

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
