// The entry points: `berkeley` is Net<'async'>, `berkeley/sync` is Net<'sync'>.

import type { Address, Family, Kind, LookupOptions, Target } from './address.js';
import type { Conn } from './conn.js';
import type { EventListeners, EventQueue } from './event.js';
import type { Listener, ListenOptions } from './listener.js';
import type { Duration, Mode, Op, R } from './mode.js';
import type { OptionSetting } from './option.js';
import type { PollEvents, Socket } from './socket.js';
import type { Relayed } from './relay.js';
import type { TlsOptions } from './tls.js';
import type { UdpOpenOptions, UdpSocket } from './udp.js';

/** Something that turns a name into addresses. */
export interface Resolver<M extends Mode = 'async'> {
  /** The addresses in the order in which they should be tried. */
  lookup(host: string, service?: string | number, o?: Op & LookupOptions): R<M, Address[]>;
}

/** `timeout`, `deadline` and `signal` bound everything: the lookup, every attempt and the TLS handshake. */
export interface ConnectOptions<M extends Mode = 'async'> extends Op {
  /** Only addresses of this family. */
  family?: Family | undefined;
  /** The numeric address to bind to before connecting: `'127.0.0.2'`, `'127.0.0.1:4000'`. */
  local?: Target | undefined;
  /** TLS from the start: `true` for the usual verification of the host's name, or options. A target `'tls://…'` means `true`. */
  tls?: boolean | TlsOptions | undefined;
  /** tcp(7) TCP_NODELAY, on unless told. */
  noDelay?: boolean | undefined;
  /** The encoding that the connection begins with; `'utf-8'` unless told. @throws TypeError for an unknown name */
  encoding?: string | undefined;
  /** `'stream'`, which is the only one that makes connections in this version. */
  kind?: Kind | undefined;
  /** The protocol number as socket(2) takes it; 0, the default, is TCP for Internet addresses. */
  protocol?: number | undefined;
  /** How long the first address is alone before the next one is tried beside it (RFC 8305): 250 ms unless told. */
  attemptDelay?: Duration | undefined;
  /** A limit for each single address. If all of them run into it, the error is a TimeoutError. */
  attemptTimeout?: Duration | undefined;
  /** A resolver of your own. It is asked for names, not for numeric addresses. */
  lookup?: Resolver<M> | undefined;
  /** Options set before bind and connect. */
  options?: OptionSetting[] | undefined;
  /** Functions for the events of this call and of its connection, as `conn.on` takes them. Those of a call that fails are told, too. */
  on?: EventListeners | undefined;
  /** A queue for the same events. */
  queue?: EventQueue | undefined;
}

/** The functions of an entry point. */
export interface Net<M extends Mode> {
  /**
   * Connects to a server and returns the connection.
   *
   * A name is looked up (IPv4 and IPv6 at once) and its addresses are raced as in RFC 8305: the next attempt starts
   * after 250 ms, or at once when one fails; the first that succeeds wins and the others are closed.
   *
   * @throws ResolveError `ENOTFOUND`, `EAI_AGAIN` … for a name; SocketError `ECONNREFUSED` …, with `attempts`; TimeoutError;
   * with TLS CertificateError, TlsError; RangeError for a limit of 0
   * @example
   * const web = await connect('example.org:443', { tls: true, timeout: '5s' });
   * const app = await connect('unix:/run/app.sock');
   */
  connect(this: void, to: Target, o?: ConnectOptions<M>): R<M, Conn<M>>;
  connect(this: void, host: string, service: number | string, o?: ConnectOptions<M>): R<M, Conn<M>>;
  /**
   * Listens on one address, on every address of a name, or on several targets: socket(2), bind(2), listen(2). A number
   * is a port on every local address. Port 0 is chosen by the kernel; see `listener.address`.
   *
   * @throws SocketError `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`; phase `'bind'`
   * @example
   * const listener = await listen('127.0.0.1:8080');
   * for await (const conn of listener) void serve(conn);
   */
  listen(this: void, at: Target | number | Target[], o?: ListenOptions): R<M, Listener<M>>;
  /**
   * Makes a UDP socket: socket(2), bind(2). A number is a port on every local address, of IPv6 and IPv4 where there is IPv6. Without an
   * address the kernel chooses the port at once, see `localAddr`. A name is looked up, and its first address taken: a socket has one.
   * With `connect`, connect(2) makes that address the only peer; without `at` the socket is of its family.
   *
   * @throws SocketError `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES`, phase `'bind'`; `ERR_NO_ADDRESS` when the families do not fit; ResolveError for a name; TimeoutError
   * @example
   * const socket = await udp('127.0.0.1:0');
   * const { data, from } = await socket.recv();
   */
  udp(this: void, at?: Target | number, o?: UdpOpenOptions): R<M, UdpSocket<M>>;
  /**
   * Two connections that are each other's peer: socketpair(2) of Unix streams.
   *
   * @throws SocketError `EMFILE`, `ENFILE`
   * @example
   * import { pair } from 'berkeley';
   * const [here, there] = pair();
   * await here.writeLine('hello');
   * console.log(await there.readLine()); // hello
   */
  pair(this: void): [Conn<M>, Conn<M>];
  /**
   * Two sockets that are each other's peer: socketpair(2) of Unix sockets.
   *
   * @throws SocketError `EMFILE`, `ENFILE`, `EOPNOTSUPP` for a kind that has no pairs
   * @example
   * import { socketPair } from 'berkeley';
   * const [here, there] = socketPair('seqpacket');
   * await here.send('one message');
   * console.log(String(await there.recv())); // one message
   */
  socketPair(this: void, kind: Kind): [Socket<M>, Socket<M>];
  /**
   * The face of this colour for a connection of either colour: one handle, one buffer. A call finds `ERR_BUSY` while
   * the other colour waits in the same direction. A listener likewise: one queue, and settings that both obey.
   *
   * @example
   * const onTheLoop = share(listener); // begun in the other colour
   */
  share(this: void, listener: Listener<Mode>): Listener<M>;
  share(this: void, conn: Conn<Mode>): Conn<M>;
  /**
   * A new socket: socket(2). `'ipv4'` and `'stream'` unless told. Family and kind are names or numbers, so whatever the kernel has can be
   * opened: raw IP, ICMP, packet, netlink, vsock and others, whose addresses are targets with their bytes in `raw`.
   *
   * @throws SocketError `EAFNOSUPPORT`, `EPROTONOSUPPORT`, `ESOCKTNOSUPPORT`, `EMFILE`; `EPERM`, `EACCES` with a hint that names the missing
   * capability or setting
   * @example
   * import { socket } from 'berkeley';
   * using datagrams = socket('unix', 'dgram');
   * console.log(datagrams.family, datagrams.kind, datagrams.state); // unix dgram new
   */
  socket(this: void, family?: Family, kind?: Kind, protocol?: number): Socket<M>;
  /**
   * Takes a socket's descriptor over from elsewhere: another library, `detach()`, or the process that started us. Family, kind, protocol and
   * state are read back from the kernel: getsockopt(2), getsockname(2), getpeername(2).
   *
   * @throws SocketError `EBADF`, `ENOTSOCK`, `ERR_DESCRIPTOR_IN_USE` when it is ours already
   * @example
   * const inherited = adopt(3);
   * console.log(inherited.family, inherited.kind, inherited.state);
   */
  adopt(this: void, fd: number): Socket<M>;
  /**
   * Makes a connection of a connected stream socket, always over the same read buffer. The socket stays usable.
   *
   * @throws SocketError `ERR_SOCKET_STATE` when it is not connected, or no stream
   * @example
   * import { conn, socketPair } from 'berkeley';
   * const [here, there] = socketPair('stream');
   * await here.send('a line\n');
   * console.log(await conn(there).readLine()); // a line
   */
  conn(this: void, socket: Socket<M>): Conn<M>;
  /**
   * Waits until at least one of several sockets is ready: poll(2). A connection with buffered bytes is readable at
   * once. Returns an entry for each ready one, with its `index` in `wanted`; `[]` when the limit is spent.
   *
   * @throws TypeError for an empty list; ClosedError when one of them is closed
   * @example const ready = await select([[conn, { read: true }], [listener, { read: true }]], { timeout: '1s' });
   */
  select(
    this: void,
    wanted: [Socket<M> | Conn<M> | Listener<M> | UdpSocket<M>, PollEvents][],
    o?: Op,
  ): R<M, ({ index: number } & PollEvents)[]>;
  /**
   * The addresses of a name, at least one, in the order of RFC 6724: getaddrinfo(3), on a thread of the library's own. Without a
   * service their port is 0.
   *
   * @throws ResolveError `ENOTFOUND`, `EAI_AGAIN`, `EAI_SERVICE` …; TimeoutError, on time even when the resolver hangs
   * @example const addresses = await lookup('example.org', 'https', { timeout: '2s' });
   */
  lookup(
    this: void,
    host: string,
    service?: string | number,
    o?: Op & LookupOptions & { canonicalName?: boolean },
  ): R<M, Address[]>;
  /**
   * The name of an address: getnameinfo(3).
   *
   * @throws ResolveError `ENOTFOUND` when it has none
   * @example
   * const name = await reverse('127.0.0.1', { timeout: '2s' });
   */
  reverse(this: void, address: Target, o?: Op): R<M, string>;
  /**
   * Carries bytes between two connections, both ways, until both directions have ended. Returns how many went each way.
   *
   * What one side ends is ended on the other: close_notify where there is TLS, and shutdown(2). Bytes that were already read ahead
   * go first. Between two plaintext connections much data moves by splice(2), without passing through JavaScript. Each direction holds
   * 256 KiB at most, and a slow reader slows its sender down and nobody else. Calls made before on the two connections are
   * waited for, and those made meanwhile wait.
   *
   * Neither connection is closed. Whatever ends the relay early, what was received and not sent is read next from where it came. After
   * an error of one side, what that side had sent before is still carried; the error has `relayed`, and `bytesDone` is the sum.
   *
   * @throws SocketError of one side, such as `ECONNRESET`, TlsError; TimeoutError; ClosedError when one is closed meanwhile; SocketError `ERR_BUSY` in the
   * blocking colour while the other colour waits on one of them; TypeError for a connection and itself
   * @example
   * const { aToB, bToA } = await relay(client, server, { timeout: '1h' });
   */
  relay(this: void, a: Conn<M>, b: Conn<M>, o?: Op): R<M, Relayed>;
  /** The address that a numeric target names; a port that is missing is 0. No lookup. @throws TypeError for a name @example address('[::1]:80').port; */
  address(this: void, target: Target): Address;
  /**
   * Settings for the whole environment. `traceLeaks`: a socket that is collected without `close` says where it was opened.
   * `tls`: what every connection and listener begins with; its own options come before. Verification cannot be switched off here.
   *
   * @example setDefaults({ tls: { ca: { store: 'system' } } });
   */
  setDefaults(this: void, o: { traceLeaks?: boolean; tls?: Omit<TlsOptions, 'verify'> }): void;
}
