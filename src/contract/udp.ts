// Datagrams over UDP.

import type { Address, Family, Target } from './address.js';
import type { Datagram, Message, Meta } from './message.js';
import type { Data, Each, Mode, Op, R } from './mode.js';
import type { OptionSetting } from './option.js';
import type { Socket } from './socket.js';

/** A UDP socket, which is also an endless iteration over the datagrams that arrive. It ends when the socket is closed; leaving the loop closes nothing. */
export type UdpSocket<M extends Mode> = UdpBase<M> & Each<M, Datagram>;

/**
 * A socket for UDP datagrams, see udp(7). A datagram arrives whole or not at all, perhaps twice, perhaps in another order,
 * and the kernel throws away what finds the receive buffer full.
 *
 * Receives are served in call order, sends go out in call order, and both may wait at the same time. A send that fails harms
 * nothing that is sent after it, and the socket stays usable. Methods throw `ClosedError` (`ERR_SOCKET_CLOSED`) once the
 * socket is closed, and `TypeError` or `RangeError` for a wrong argument, before any system call. A failed system call is a
 * `SocketError` with its errno name; that of a send has the destination in its message and in `address` and `port`.
 *
 * A socket on `::` takes IPv4, too (dual stack). There IPv4 addresses look as they do on a TCP connection of such a
 * listener: `from` is `'[::ffff:192.0.2.1]:53'`. A destination may be written either way.
 */
export interface UdpBase<M extends Mode> extends Disposable, AsyncDisposable {
  /** The socket below, for options and for all that a UdpSocket has no word for. */
  readonly socket: Socket<M>;
  /** The local end: getsockname(2). `connect` makes an address of a wildcard. Still there after close. */
  readonly localAddr: Address;
  /** Whether datagrams may go to broadcast addresses (SO_BROADCAST, socket(7)). Off unless told: such a send fails with `EACCES`. */
  broadcast: boolean;
  /** How many routers a datagram may pass, 1 to 255 (IP_TTL of ip(7), IPV6_UNICAST_HOPS of ipv6(7)). Not for multicast, see `multicast.ttl`. */
  ttl: number;
  /** The eight bits of traffic class, 0 to 255; the lowest two are ECN (IP_TOS of ip(7), IPV6_TCLASS of ipv6(7)). */
  tos: number;

  /**
   * Waits for the next datagram: recvmsg(2). What is longer than `max` bytes (65,535 unless told, so nothing is) is cut off, and
   * `truncated` says so. An empty datagram is one with an empty Buffer. With `meta: ['segment']` (GRO) the kernel
   * may join datagrams of one sender that follow each other: `meta.segment` is the size of each but perhaps the last, and
   * they are handed out as they came, in one piece.
   *
   * @throws TimeoutError when the limit is spent: nothing is consumed; SocketError `ECONNREFUSED` once, on a connected socket, after the
   * peer's machine said that nobody receives there
   * @example const { data, from } = await udpSocket.recv({ timeout: '1s' });
   */
  recv(o?: Op & { max?: number }): R<M, Datagram>;
  /**
   * Waits for the next datagram and takes what is there with it, at most `max` of them: recvmmsg(2). At least one.
   * Each has room for `size` bytes, 65,535 unless told.
   *
   * @throws as `recv`
   * @example for (const { data, from } of await udpSocket.recvMany(64)) await udpSocket.send(data, from);
   */
  recvMany(max: number, o?: Op & { size?: number }): R<M, Datagram[]>;
  /**
   * Sends one datagram, made of one piece or of several: sendmsg(2). Returns the number of bytes. Without `to` it goes to the peer
   * that the socket is connected to. A name is looked up, and its first address taken. The data is not copied: leave it alone
   * until the call is done.
   *
   * `meta.local` and `meta.ifindex` choose where it comes from, `meta.ttl`, `meta.tos` and `meta.ecn` hold for this datagram
   * alone. `meta.segment` (GSO) has the kernel cut the data into datagrams of so many bytes, the last perhaps shorter.
   *
   * @throws SocketError `EMSGSIZE` for more than 65,507 bytes (65,527 over IPv6), `EDESTADDRREQ` without any destination, `EACCES` for
   * a broadcast without `broadcast`, `ENETUNREACH`, `ECONNREFUSED` as `recv`; ResolveError for a name
   * @example await udpSocket.send('ping', '192.0.2.1:7');
   */
  send(data: Data | Data[], to?: Target, o?: Op & { meta?: Meta }): R<M, number>;
  /**
   * Sends several datagrams, in as few calls as there can be: sendmmsg(2). Returns how many the kernel took. When one of them
   * fails, or the limit is spent, those before it are sent and counted; the error comes when it is the first.
   *
   * @throws as `send`
   * @example await udpSocket.sendMany([{ data: 'a', to: '192.0.2.1:7' }, { data: 'b', to: '192.0.2.2:7' }]);
   */
  sendMany(messages: Message[], o?: Op): R<M, number>;
  /**
   * Makes one address the peer: connect(2). Sends need no destination then, and datagrams from elsewhere no longer arrive; those
   * that wait in the kernel already do. `null` takes that back: the port stays.
   *
   * @throws SocketError `ENETUNREACH`, `EINVAL`; ResolveError for a name; TimeoutError
   * @example await udpSocket.connect('192.0.2.1:53');
   */
  connect(to: Target | null, o?: Op): R<M, void>;
  /**
   * Receives what is sent to a multicast group, on one interface (the kernel chooses it unless told): MCAST_JOIN_GROUP, or with
   * `source` only what this host sends to it: MCAST_JOIN_SOURCE_GROUP, see RFC 3678. The group's zone is an interface, too: `'ff02::fb%eth0'`.
   * Closing the socket leaves all groups.
   *
   * @throws TypeError for what is no group, an unknown interface, or a source of another family; SocketError `EADDRINUSE` when it is a member already, `ENODEV`
   * @example udpSocket.join('239.1.2.3', { interface: 'eth0' });
   */
  join(group: string, o?: GroupOptions): this;
  /** Ends a membership, named as it was joined: MCAST_LEAVE_GROUP, MCAST_LEAVE_SOURCE_GROUP. @throws as `join`; SocketError `EADDRNOTAVAIL` when it is no member */
  leave(group: string, o?: GroupOptions): this;
  /** What holds for datagrams sent to multicast groups. */
  readonly multicast: Multicast;
  /** A waiting call keeps the process alive again (the default). */
  ref(): this;
  /** A waiting call no longer keeps the process alive. */
  unref(): this;
  /** Closes the socket: close(2). Waiting calls end with `ERR_SOCKET_CLOSED`, and so does the iteration, without an error. Twice is allowed. */
  close(): void;
}

/** Which membership of a group is meant. */
export interface GroupOptions {
  /** By name or by number; the kernel's choice unless told. */
  interface?: string | number | undefined;
  /** Only what this numeric address sends. */
  source?: string | undefined;
}

export interface Multicast {
  /** How many routers a datagram may pass, 0 to 255: 0 stays on this host, 1, the default, in this network (IP_MULTICAST_TTL of ip(7), IPV6_MULTICAST_HOPS of ipv6(7)). */
  ttl: number;
  /** Whether members on this host get them, too; on unless told (IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP). */
  loopback: boolean;
  /** The interface that they go out on, set by name or number and read as its name; `null` is the routing table's choice (IP_MULTICAST_IF, IPV6_MULTICAST_IF). @throws TypeError for an unknown interface */
  get interface(): string | number | null;
  set interface(value: string | number | null);
}

/** The limits hold for the lookup of names. */
export interface UdpOpenOptions extends Op {
  /** The only peer: the socket is connected to it, see `UdpBase.connect`. */
  connect?: Target | undefined;
  /** SO_REUSEADDR, off unless told: several sockets have one port. A multicast datagram reaches all of them, any other the last one bound. */
  reuseAddress?: boolean | undefined;
  /** SO_REUSEPORT, off unless told: several sockets share one port, and the kernel spreads the senders over them. */
  reusePort?: boolean | undefined;
  /** IPV6_V6ONLY: a socket of IPv6 takes no IPv4. Off unless told. */
  ipv6Only?: boolean | undefined;
  /**
   * What received datagrams tell in `meta`: `'ttl'`, `'tos'`, `'ecn'`, `'local'`, `'ifindex'`, `'timestamp'`, and `'segment'`, which switches GRO on.
   * `'control'` asks for nothing by itself: raw messages come when their options are set.
   */
  meta?: (keyof Meta)[] | undefined;
  /** `'ipv4'` or `'ipv6'`. */
  family?: Family | undefined;
  /** Options set right after socket(2), before bind and connect. */
  options?: OptionSetting[] | undefined;
}
