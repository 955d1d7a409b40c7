// Owns Blade's class Socket: its fields, its methods, and which state allows which. What travels is the business of receiving.ts and
// sending.ts, how one waits that of the library.

import { textOfBytes } from '../byte-string.js';
import { addressOf, hostToBind, toBindTo } from './addressing.js';
import {
  AF_INET6,
  AF_UNIX,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_ERROR,
  SO_RCVTIMEO,
  SO_SNDTIMEO,
  SO_TYPE,
  SOMAXCONN,
} from './constants.js';
import { ArgumentError, Exception, exceptionFor, SocketException, TypeError, ValueError } from './exceptions.js';
import { Accepted, Fields, lifeOf } from './fields.js';
import { illegalState } from './life.js';
import { getOption, setOption } from './options.js';
import { MOST, type ReceivedFrom, take, takeAll, takeFrom } from './receiving.js';
import { bytesOf, type File, isFile, type Message, put, putTo } from './sending.js';
import { integer, portNumber, text, truthy, typeOf } from './values.js';

/** What `info` tells of the local end: `ipv6` is the address of an IPv6 socket and `address` that of any other; the one that is not is `''`. */
export interface SocketInfo {
  readonly address: string;
  readonly ipv6: string;
  readonly port: number;
  readonly family: number;
}

const HALVES = new Map([
  [SHUT_RD, 'rd'],
  [SHUT_WR, 'wr'],
  [SHUT_RDWR, 'rdwr'],
] as const);

/**
 * A socket, of the family AF_INET and the type SOCK_STREAM unless told, with the protocol that fits the type.
 *
 * Calls block, unless `set_blocking(false)` was called. What the system refuses is a SocketException, and closes the socket; a limit that
 * is spent does not, but for `connect`. For arguments, nil, `''` and numbers below 0 mean the default, and 0 is a value.
 *
 * @example
 * const socket = new Socket();
 * socket.connect('127.0.0.1', 4000);
 */
export class Socket extends Fields implements Disposable {
  /**
   * Connects to a host, this object's unless told, within `timeout` ms: 300000 unless told, and 0 is no limit. Every address of a name
   * is tried. A Unix socket takes a path as its host, and needs no port.
   *
   * @returns true; false for a socket that does not block and is still connecting, which calling again goes on with
   * @throws SocketException, and the socket is closed; ArgumentError without a port; TypeError
   */
  connect(host?: string | null, port?: number | null, timeout?: number | null): boolean {
    const to = text('host', host, this.host);
    const at = this.#port(port, to);
    const limit = integer('timeout', timeout, 300_000);
    const life = lifeOf(this);
    life.checkOpen();
    if (life.connected) throw new SocketException('socket has existing connection');
    return life.connect(to, at, limit);
  }

  /**
   * Binds to a port of a host, this object's unless told. Port 0 lets the system choose; `port` tells which. The hosts `'0.0.0.0'` and
   * `'*'` are every local address. A Unix socket takes a path as its host, and needs no port.
   *
   * @returns true
   * @throws SocketException, and the socket is closed; ValueError for a host that is none; ArgumentError without a port; TypeError
   */
  bind(port?: number | null, host?: string | null): boolean {
    const at = hostToBind(this.family, text('host', host, this.host));
    const wanted = this.#port(port, at);
    const life = lifeOf(this);
    life.checkOpen();
    if (life.bound) throw new SocketException('socket previously bound');
    const to = toBindTo(this, at, wanted);
    try {
      life.socket.bind(to);
      life.isBoundTo(at);
    } catch (error) {
      throw life.failed(error);
    }
    return true;
  }

  /**
   * Sends a string of bytes, bytes, or a file. `flags` are MSG_*; a file has none.
   *
   * @returns how many bytes were sent; fewer where the send limit ended it, or where the socket does not block and there was no more
   * room; -1 where that was none at all
   * @throws SocketException, and the socket is closed, but not for a file that cannot be read; TypeError, also for a character above 255
   */
  send(message?: Message, flags?: number | null): number {
    const data = isFile(message) ? message : bytesOf(message);
    const bits = integer('flags', flags, 0);
    const life = lifeOf(this);
    life.checkSending();
    try {
      return put(life.socket, data, bits, life.blocking);
    } catch (error) {
      throw life.failed(error);
    }
  }

  /**
   * Receives. Without a length (or with a negative one) it takes what is there, and waits while nothing is; with one it waits for as many
   * bytes, or the end, or the limit, which returns what came. Of datagrams it takes the next.
   *
   * @returns the bytes; null at the end of the stream; `''` where nothing is there and the socket does not block
   * @throws SocketException, and the socket is closed; `Connection timed out` when the limit is spent and nothing came, and it stays
   * open; TypeError
   */
  receive(length?: number | null, flags?: number | null): string | null {
    const n = lengthOf(length, -1);
    const bits = integer('flags', flags, 0);
    const life = lifeOf(this);
    life.checkReceiving();
    try {
      const taken = take(life.socket, n, bits, life.blocking);
      return taken === null ? null : textOfBytes(taken);
    } catch (error) {
      throw life.failed(error);
    }
  }

  /**
   * Reads `length` bytes, 1024 unless told, or up to the end of the stream: fewer, or `''`. A negative length is all there is up to the end.
   *
   * @throws SocketException, as `receive`; TypeError
   */
  read(length?: number | null): string {
    const n = typeof length === 'number' && length < 0 ? -1 : lengthOf(length, 1024);
    const life = lifeOf(this);
    life.checkReceiving();
    try {
      const taken = n < 0 ? takeAll(life.socket, life.blocking) : take(life.socket, n, 0, life.blocking);
      return taken === null ? '' : textOfBytes(taken);
    } catch (error) {
      throw life.failed(error);
    }
  }

  /**
   * Sends a string of bytes, or bytes, to an address: a datagram. `family` is the socket's unless told.
   *
   * @returns how many bytes were sent; -1 where the send limit ended it, or there was no room and the socket does not block
   * @throws SocketException, and the socket is closed; ArgumentError without a port; TypeError
   */
  send_to(
    host: string | null,
    port: number | null,
    family?: number | null,
    message?: Exclude<Message, File>,
    flags?: number | null,
  ): number {
    const to = text('host', host, this.host);
    const at = this.#port(port, to);
    const wanted = integer('family', family, this.family);
    const data = bytesOf(message);
    const bits = integer('flags', flags, 0);
    const life = lifeOf(this);
    if (life.closed || life.writeEnded) throw illegalState();
    try {
      return putTo(life.socket, data, addressOf({ family: wanted, type: this.type }, to, at), bits, life.blocking);
    } catch (error) {
      throw life.failed(error);
    }
  }

  /**
   * Receives one message of at most `length` bytes, 8192 unless told, with its sender. What does not fit is lost.
   *
   * @returns null at the end of a stream, and where nothing is there and the socket does not block
   * @throws SocketException, as `receive`; TypeError
   */
  receive_from(length?: number | null, flags?: number | null): ReceivedFrom | null {
    const n = lengthOf(length, 8192) || 8192;
    const bits = integer('flags', flags, 0);
    const life = lifeOf(this);
    if (life.closed || life.readEnded) throw illegalState();
    try {
      return takeFrom(life.socket, n, bits, life.blocking);
    } catch (error) {
      throw life.failed(error);
    }
  }

  /**
   * Lets a bound socket accept connections, as many as `queue_length` before somebody calls `accept`: SOMAXCONN unless told.
   *
   * @returns true
   * @throws SocketException for a socket that is not bound, or listens already; ValueError for more than SOMAXCONN; TypeError
   */
  listen(queue_length?: number | null): boolean {
    const length = integer('queue_length', queue_length, SOMAXCONN);
    if (length > SOMAXCONN) throw new ValueError('maximum queue length exceeded');
    const life = lifeOf(this);
    if (!life.bound || life.listening || life.closed) throw illegalState();
    try {
      life.socket.listen(length);
    } catch (error) {
      throw life.failed(error);
    }
    return (life.listening = true);
  }

  /**
   * Takes the next connection, and waits for it. The new socket has this one's family, type, protocol and limits, and blocks; its `host` and
   * `port` are the peer's.
   *
   * @throws SocketException for a socket that does not listen; Exception `client accept failed`, with its `cause`, also where none is there
   * and the socket does not block, or the receive limit is spent
   */
  accept(): Socket {
    const life = lifeOf(this);
    if (!life.bound || !life.listening) throw new SocketException('socket not bound/listening');
    try {
      const accepted = new Accepted(life.socket.accept(life.blocking ? {} : { timeout: 0 }));
      const one = new Socket(this.family, this.type, this.protocol, accepted as never);
      lifeOf(one).isAcceptedBy(life);
      return one;
    } catch (error) {
      throw new Exception('client accept failed', { cause: exceptionFor(error) });
    }
  }

  /** Closes the socket. @returns true, however often */
  close(): boolean {
    lifeOf(this).close();
    return true;
  }

  /** Closes the socket, at the end of a `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Ends one direction or both: SHUT_RD unless told. The other one goes on.
   *
   * @returns true
   * @throws SocketException, and the socket is closed; ValueError for what is no SHUT_*; TypeError
   */
  shutdown(how?: number | null): boolean {
    const which = integer('how', how, SHUT_RD);
    const half = HALVES.get(which);
    if (half === undefined) throw new ValueError('expected one of SHUT_* flags');
    const life = lifeOf(this);
    if (life.shutdownReason === which) return true;
    life.checkOpen();
    try {
      life.socket.shutdown(half);
    } catch (error) {
      throw life.failed(error);
    }
    life.hasEnded(which);
    return true;
  }

  /**
   * Sets an option of SOL_SOCKET to a number, or to true or false. SO_SNDTIMEO and SO_RCVTIMEO are milliseconds, SO_LINGER seconds; `false`
   * and 0 switch them off.
   *
   * @returns true; false for a socket that is closed or shut down
   * @throws ArgumentError without an option or a value; ValueError for SO_TYPE and SO_ERROR; TypeError; SocketException, and the socket
   * is closed
   */
  set_option(option: number, value: number | boolean): boolean {
    if (!truthy(option) || (value !== false && !truthy(value)))
      throw new ArgumentError('both option and value are required');
    if (!Number.isInteger(option)) throw new TypeError(`integer expected for option, ${typeOf(option)} given`);
    if (option === SO_TYPE || option === SO_ERROR) throw new ValueError('the given option is read-only');
    const life = lifeOf(this);
    if (life.closed || this.is_shutdown) return false;
    try {
      setOption(life.socket, option, value);
    } catch (error) {
      throw life.failed(error);
    }
    if (option === SO_SNDTIMEO) life.sendTimeout = Number(value);
    if (option === SO_RCVTIMEO) life.receiveTimeout = Number(value);
    return true;
  }

  /**
   * An option of SOL_SOCKET: a number; for SO_ERROR the words for the error, or null where there is none. The two limits are what
   * `send_timeout` and `receive_timeout` are, SO_LINGER is seconds.
   *
   * @throws SocketException; TypeError
   */
  get_option(option: number): number | string | null {
    if (!Number.isInteger(option)) throw new TypeError(`integer expected for option, ${typeOf(option)} given`);
    if (option === SO_SNDTIMEO) return this.send_timeout;
    if (option === SO_RCVTIMEO) return this.receive_timeout;
    lifeOf(this).checkOpen();
    try {
      return getOption(lifeOf(this).socket, option);
    } catch (error) {
      throw exceptionFor(error);
    }
  }

  /** Whether calls wait (true, as from the start) or return at once (false). @returns true; false for a socket that is closed */
  set_blocking(mode: boolean): boolean {
    if (typeof mode !== 'boolean') throw new TypeError(`boolean expected, ${typeOf(mode)} given`);
    if (lifeOf(this).closed) return false;
    lifeOf(this).blocking = mode;
    return true;
  }

  /** The local end; empty where there is none any more. */
  info(): Partial<SocketInfo> {
    try {
      const { address, path = address, port = 0 } = lifeOf(this).socket.getsockname();
      const ipv6 = this.family === AF_INET6;
      return { address: ipv6 ? '' : path, ipv6: ipv6 ? address : '', port, family: this.family };
    } catch {
      return {};
    }
  }

  /** A Unix socket needs a path, the others a port. */
  #port(port: unknown, host: string): number {
    if (this.family !== AF_UNIX) return portNumber(port);
    if (host === '') throw new ArgumentError('host not specified');
    return integer('port', port, 0);
  }
}

function lengthOf(length: unknown, otherwise: number): number {
  const n = integer('length', length, otherwise);
  if (n > MOST) throw new ValueError(`length ${n} is above ${MOST}`);
  return n;
}
