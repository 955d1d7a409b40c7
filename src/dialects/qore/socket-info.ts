// Owns what a Socket tells of itself and its settings: the first part of the class, without a way to open anything.

import { constants } from 'node:os';
import { inspect } from 'node:util';
import { options, reverse, type Address } from '../../sync/index.js';
import { limitOf, softBool, text, within, type Timeout } from './argument.js';
import * as C from './constants.js';
import type { Event } from './event.js';
import { errnoOf, QoreException, setErrno, wrongType } from './exception.js';
import { named } from './failure.js';
import { Link } from './link.js';
import { familyOf } from './open.js';
import { checkNetwork } from './parse-options.js';
import { Queue } from './queue.js';

/** What `getPeerInfo` and `getSocketInfo` tell of one end. A UNIX domain socket has no `hostname`, `hostname_desc` and `port`. */
export interface SocketInfo {
  /** The name of the address; the address itself where it has none. */
  hostname?: string;
  hostname_desc?: string;
  address: string;
  /** `'ipv4(127.0.0.1)'`, `'ipv6[::1]'`, `'unix:/path'`. */
  address_desc: string;
  port?: number;
  family: number;
  /** `'ipv4'`, `'ipv6'`, `'unix'`. */
  familystr: string;
}

/** How long a name server may take to name an address. */
const REVERSE_MS = 5000;

export class InfoSocket {
  protected readonly link: Link;

  constructor() {
    checkNetwork();
    this.link = new Link();
  }

  /** The number of this object in its events. */
  get id(): number {
    return this.link.id;
  }

  /** Of an accepted socket: the numeric address of who connected; `'UNIX socket: path'` on a UNIX domain socket. */
  get source(): string | null {
    const { source } = this.link;
    if (source === null) return null;
    return source.local.family === 'unix' ? `UNIX socket: ${source.local.path ?? ''}` : (source.peer?.address ?? '');
  }

  /** Of an accepted socket: the name of who connected, looked up when it is asked for; `'localhost'` on a UNIX domain socket. */
  get source_host(): string | null {
    const { source } = this.link;
    if (source === null) return null;
    return source.local.family === 'unix' ? 'localhost' : source.peer === null ? '' : nameOf(source.peer);
  }

  isOpen(): boolean {
    return this.link.isOpen;
  }

  /** Whether there is TLS. */
  isSecure(): boolean {
    return this.link.isOpen && this.link.isSecure;
  }

  /** The descriptor; -1 when the socket is not open. */
  getSocket(): number {
    return this.link.socket?.fd ?? -1;
  }

  /** How often it was closed. */
  getConnectionId(): number {
    return this.link.closes;
  }

  /** The port that it connected to, or the local one of a socket that was bound or accepted; -1 if there is none. */
  getPort(): number {
    const { socket, remotePort, isOpen } = this.link;
    if (socket === null || !isOpen) return -1;
    return remotePort ?? socket.getsockname().port ?? -1;
  }

  /** The other end. @throws QoreException `SOCKET-NOT-OPEN`, `SOCKET-GETPEERINFO-ERROR` */
  getPeerInfo(): SocketInfo {
    const socket = this.link.open('getPeerInfo');
    try {
      return infoOf(socket.getpeername());
    } catch (error) {
      throw named('SOCKET-GETPEERINFO-ERROR', 'error in getpeername()', error);
    }
  }

  /** This end. @throws QoreException `SOCKET-NOT-OPEN`, `SOCKET-GETSOCKETINFO-ERROR` */
  getSocketInfo(): SocketInfo {
    const socket = this.link.open('getSocketInfo');
    try {
      return infoOf(socket.getsockname());
    } catch (error) {
      throw named('SOCKET-GETSOCKETINFO-ERROR', 'error in getsockname()', error);
    }
  }

  /** The encoding of text, `'UTF-8'` unless it was set. */
  getCharset(): string {
    return this.link.charset;
  }

  /** Sets the encoding of text. A name that means nothing shows when text is sent or received. */
  setCharset(encoding: string): null {
    this.link.charset = text('setCharset', 'the encoding', encoding);
    return null;
  }

  /** Whether TCP_NODELAY is on; false for what is no open TCP socket. */
  getNoDelay(): boolean {
    try {
      return this.link.open('getNoDelay').getOption(options.TCP_NODELAY);
    } catch {
      return false;
    }
  }

  /** Sets TCP_NODELAY. 0, or -1 and errno(). */
  setNoDelay(nodelay = true): 0 | -1 {
    const on = softBool('setNoDelay', 'the setting', nodelay);
    const { socket, isOpen } = this.link;
    if (socket === null || !isOpen) return failed(constants.errno.EBADF);
    try {
      socket.setOption(options.TCP_NODELAY, on);
      return 0;
    } catch (error) {
      return failed(errnoOf(error));
    }
  }

  /** Whether there is something to read, a connection to accept, the end or an error. A limit below 0 waits for it. */
  isDataAvailable(timeout_ms: Timeout = 0): boolean {
    const limit = within(limitOf('isDataAvailable', timeout_ms, 0));
    const { conn, socket, isOpen } = this.link;
    if (socket === null || !isOpen) return false;
    return conn === null ? socket.poll({ read: true }, limit) !== null : conn.waitReadable(limit);
  }

  /** Whether everything that was sent has arrived in the other end's system. A limit below 0 waits for it. */
  isWriteFinished(timeout_ms: Timeout = 0): boolean {
    const limit = within(limitOf('isWriteFinished', timeout_ms, 0));
    const { conn, socket, isOpen } = this.link;
    if (socket === null || !isOpen) return false;
    return conn === null ? (socket.poll({ write: true }, limit)?.write ?? false) : conn.waitFlushed(limit);
  }

  /** Where events go from now on; nowhere without a queue. @throws QoreException `QUEUE-ERROR` for one with a size, which might be full */
  setEventQueue(queue?: Queue<Event> | Queue | null): null {
    if (queue !== undefined && queue !== null) {
      if (!(queue instanceof Queue)) throw wrongType('setEventQueue', 'the queue', 'a Queue', queue);
      if (queue.max() >= 0) throw new QoreException('QUEUE-ERROR', 'a queue with a size cannot take events');
    }
    this.link.queue = queue ?? null;
    return null;
  }

  [inspect.custom](): string {
    const { id, isOpen } = this.link;
    return `Socket { id: ${id}, ${isOpen ? `open: ${this.getSocket()}` : 'closed'}, secure: ${this.isSecure()} }`;
  }
}

/** -1, with the reason for errno(). */
export function failed(errno: number): -1 {
  setErrno(errno);
  return -1;
}

function infoOf(address: Address): SocketInfo {
  const family = familyOf(address);
  const familystr =
    family === C.AF_INET ? 'ipv4' : family === C.AF_INET6 ? 'ipv6' : family === C.AF_UNIX ? 'unix' : 'unknown';
  const described = (what: string): string =>
    familystr === 'ipv4' ? `ipv4(${what})` : familystr === 'ipv6' ? `ipv6[${what}]` : `${familystr}:${what}`;
  const numeric = { address: address.address, address_desc: described(address.address), family, familystr };
  if (address.port === undefined) return numeric;
  const hostname = nameOf(address);
  return { hostname, hostname_desc: described(hostname), port: address.port, ...numeric };
}

function nameOf(address: Address): string {
  try {
    return reverse(address, { timeout: REVERSE_MS });
  } catch {
    return address.address;
  }
}
