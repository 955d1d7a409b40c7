// The options of SOL_SOCKET, sorted by C name.

import type { SocketOption } from './option.js';

/** Options of the level SOL_SOCKET: socket(7). */
export interface SocketOptions {
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
}
