// Owns how a Socket is opened, bound and closed, without TLS. Accepting stands in socket.ts, because it makes Sockets.

import { constants } from 'node:os';
import { SocketError } from '../../error/socket-error.js';
import {
  limitOf,
  softBool,
  softNumber,
  softString,
  text,
  type SoftBool,
  type SoftInt,
  type SoftString,
  type Timeout,
} from './argument.js';
import * as C from './constants.js';
import { errnoOf, noVariant, QoreException } from './exception.js';
import { connectTo, connectToPath, connectToPort, kindOf, MOST } from './connecting.js';
import { bindFailure } from './failure.js';
import { bindNumber, bindPath, bindPort, stream } from './open.js';
import { HttpSocket } from './socket-http.js';
import { failed } from './socket-info.js';
import { whereOf } from './where.js';

const BACKLOG = 20;

export class OpeningSocket extends HttpSocket {
  /**
   * Connects to `'host:port'` (the port may be a service's name, an IPv6 address stands in brackets, and so does a name that is to be
   * looked up as IPv6), or to the path of a UNIX domain socket. What is open is closed first. The limit is for everything; with 0
   * only a connection that is there at once will do.
   *
   * @throws QoreException `SOCKET-CONNECT-ERROR`
   */
  connect(dest: string, timeout_ms: Timeout = -1): null {
    connectTo(this.link, 'connect', dest, limitOf('connect', timeout_ms));
    return null;
  }

  /** Connects to a host and a port or service; an IPv6 address has no brackets here. @throws QoreException `SOCKET-CONNECT-ERROR` */
  connectINET(
    host: string,
    service: SoftString,
    timeout_ms: Timeout = -1,
    family: SoftInt = C.AF_UNSPEC,
    socktype: SoftInt = C.SOCK_STREAM,
  ): null {
    connectToPort(this.link, 'connectINET', host, service, limitOf('connectINET', timeout_ms), family, socktype);
    return null;
  }

  /** Connects to a UNIX domain socket. @throws QoreException `SOCKET-CONNECT-ERROR` */
  connectUNIX(file: string, socktype: SoftInt = C.SOCK_STREAM, protocol: SoftInt = 0): null {
    connectToPath(this.link, 'connectUNIX', file, socktype, protocol);
    return null;
  }

  /**
   * Binds to `'host:port'`, to the path of a UNIX domain socket, or, given a number, to a port on every interface (IPv4). 0, or -1 and
   * errno(). Port 0 is chosen by the system: getPort() tells. What is open is closed first.
   *
   * @throws QoreException for arguments of the wrong type, and for nothing else
   */
  bind(bind_to: string | number, reuseaddr: SoftBool = false): 0 | -1 {
    if (typeof bind_to !== 'string' && !Number.isInteger(bind_to)) throw noVariant('Socket::bind', bind_to);
    const reuse = softBool('bind', 'reuseaddr', reuseaddr);
    this.link.close();
    try {
      if (typeof bind_to === 'number') bindNumber(this.link, bind_to, reuse);
      else if (!this.#bindText(bind_to, reuse)) return failed(constants.errno.EINVAL);
      return 0;
    } catch (error) {
      return failed(errnoOf(error) || errnoFor(error));
    }
  }

  /**
   * Binds to an interface, by name or address, and a port or service; without an interface to all of them.
   * @throws QoreException `SOCKET-BIND-ERROR`, `QOREADDRINFO-GETINFO-ERROR` for a name that cannot be looked up
   */
  bindINET(
    iface: string | null = null,
    service: SoftString | null = null,
    reuseaddr: SoftBool = false,
    family: SoftInt = C.AF_UNSPEC,
    socktype: SoftInt = C.SOCK_STREAM,
    protocol: SoftInt = 0,
  ): null {
    const host = iface === null ? null : text('bindINET', 'the interface', iface);
    const port = service === null ? null : softString('bindINET', 'the service', service);
    const reuse = softBool('bindINET', 'reuseaddr', reuseaddr);
    const kind = kindOf('bindINET', family, socktype, protocol);
    if ((host ?? '') === '' && (port ?? '') === '')
      throw new QoreException('SOCKET-BIND-ERROR', 'an interface or a service is needed to bind to');
    this.link.close();
    try {
      bindPort(this.link, host === '' ? null : host, (port ?? '') === '' ? '0' : port!, reuse, kind);
    } catch (error) {
      throw bindFailure(error, `${host ?? '*'}:${port ?? 0}`);
    }
    return null;
  }

  /** Binds to the path of a UNIX domain socket. The file goes when the socket is closed. @throws QoreException `SOCKET-BIND-ERROR` */
  bindUNIX(path: string, socktype: SoftInt = C.SOCK_STREAM, protocol: SoftInt = 0): null {
    text('bindUNIX', 'the path', path);
    const kind = kindOf('bindUNIX', C.AF_UNIX, socktype, protocol);
    this.link.close();
    try {
      bindPath(this.link, path, kind);
    } catch (error) {
      throw bindFailure(error, path);
    }
    return null;
  }

  /** Lets connections in: 0, or -1 and errno(). @throws QoreException `SOCKET-NOT-OPEN` */
  listen(backlog: SoftInt = BACKLOG): 0 | -1 {
    const length = softNumber('listen', 'the backlog', backlog, 0, MOST);
    const socket = this.link.open('listen');
    try {
      socket.listen(length);
      return 0;
    } catch (error) {
      return failed(errnoOf(error));
    }
  }

  /** Ends both directions, for whoever else has the descriptor, too: 0, or -1 and errno(). */
  shutdown(): 0 | -1 {
    const { socket, conn, isOpen } = this.link;
    if (socket === null || !isOpen) return 0;
    try {
      if (conn === null) socket.shutdown('rdwr');
      else conn.shutdown('rdwr');
      return 0;
    } catch (error) {
      return failed(errnoOf(error));
    }
  }

  /** Closes, and removes the file of a UNIX domain socket that was bound: 0, or -1 and errno(). Twice is allowed. */
  close(): 0 | -1 {
    try {
      this.link.close();
      return 0;
    } catch (error) {
      return failed(errnoOf(error));
    }
  }

  #bindText(bind_to: string, reuse: boolean): boolean {
    const where = whereOf(bind_to);
    if (where === null) return false;
    if ('path' in where) bindPath(this.link, where.path, stream);
    else {
      const family = where.isIpv6 ? C.AF_INET6 : C.AF_INET;
      bindPort(this.link, where.host, where.service, reuse, { ...stream, family });
    }
    return true;
  }
}

/** The error number for a bind that failed before the system was asked. */
function errnoFor(error: unknown): number {
  const { EACCES, EADDRNOTAVAIL, EINVAL, ENOSYS } = constants.errno;
  if (!(error instanceof SocketError)) return EINVAL;
  if (error.code === 'ERR_ACCESS_DENIED') return EACCES;
  return error.code === 'ERR_NATIVE_MISSING' ? ENOSYS : EADDRNOTAVAIL;
}
