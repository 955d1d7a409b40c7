// Accepting stream connections.

import type { Address } from './address.js';
import type { Conn } from './conn.js';
import type { EventQueue } from './event.js';
import type { Duration, Each, Mode, Op, R } from './mode.js';
import type { OptionSetting } from './option.js';
import type { Socket } from './socket.js';
import type { TlsOptions } from './tls.js';

/** A listener, which is also an endless iteration over accepted connections. It ends when the listener is closed; leaving the loop closes nothing. */
export type Listener<M extends Mode> = ListenerBase<M> & Each<M, Conn<M>>;

/** One or more listening sockets. The kernel's backlog is the only queue: nothing is accepted ahead of the caller. */
export interface ListenerBase<M extends Mode> extends Disposable, AsyncDisposable {
  /** Where it listens; ports are the real ones. */
  readonly addresses: Address[];
  /** The first of `addresses`. */
  readonly address: Address;
  /** The listening sockets, one for each of `addresses`. */
  readonly sockets: Socket<M>[];
  /**
   * Waits for the next connection: accept4(2). Connections that died in the queue (ECONNABORTED) are nobody's error.
   *
   * @throws TimeoutError when the limit is spent; ClosedError when the listener is closed; SocketError `EMFILE`, `ENFILE`: the connection stays in the queue
   * @example const conn = await listener.accept({ timeout: '30s' });
   */
  accept(o?: Op): R<M, Conn<M>>;
  /**
   * Like `accept`, but waits only so long and answers `null` when none came. 0, the default, looks into the kernel's queue once.
   *
   * @throws ClosedError when the listener is closed; SocketError `ABORT_ERR`, `EMFILE`, `ENFILE`
   * @example const next = await listener.tryAccept('250ms');
   */
  tryAccept(wait?: Duration, o?: { signal?: AbortSignal }): R<M, Conn<M> | null>;
  /**
   * New certificates and settings for the connections that are accepted from now on. Those that are open go on, and sessions of
   * before can be resumed. Nothing changes when the options are wrong.
   *
   * @throws what `listen` throws for `tls`; SocketError `ERR_SOCKET_STATE` when the listener has no TLS
   * @example listener.updateTls({ cert: { file: 'new.pem' }, key: { file: 'new.key' } });
   */
  updateTls(o: TlsOptions): void;
  /** A waiting `accept` keeps the process alive again (the default). */
  ref(): this;
  /** A waiting `accept` no longer keeps the process alive. */
  unref(): this;
  /** Frees the port and ends waiting accepts with `ERR_SOCKET_CLOSED`. Accepted connections live on. A Unix socket file is removed, if it is still ours. Twice is allowed. */
  close(): void;
}

/** What `listen` may be told besides the place. */
export interface ListenOptions {
  /** Length of the kernel's queue; SOMAXCONN unless told. */
  backlog?: number;
  /** SO_REUSEADDR, on unless told. On a Unix path, only when set to `true`: a socket file that nobody listens on is replaced. */
  reuseAddress?: boolean;
  /** SO_REUSEPORT: several listeners share the port. */
  reusePort?: boolean;
  /** IPV6_V6ONLY: an IPv6 listener takes no IPv4 connections. Off unless told; always on where an IPv4 address is listened on beside it. */
  ipv6Only?: boolean;
  /** The permission bits of a Unix socket's file, exactly; `0o777` less the umask unless told. */
  mode?: number;
  /**
   * TLS for every accepted connection. The handshake belongs to the connection, not to `accept`: it is made at the first use or by
   * `handshake()`, under `handshakeTimeout` from then on, so a client that stalls is in nobody's way.
   */
  tls?: TlsOptions;
  /** The encoding that accepted connections begin with; `'utf-8'` unless told. @throws TypeError for an unknown name */
  encoding?: string;
  /** TCP_NODELAY of accepted connections, on unless told. */
  noDelay?: boolean;
  /** Options set before bind. Accepted connections inherit most of them. */
  options?: OptionSetting[];
  /** A queue for the events of the listener (`lookup`, `resolved`, `closed`, `deleted`) and of the connections that it accepts. */
  queue?: EventQueue | undefined;
}
