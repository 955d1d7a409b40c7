// Owns tcpListener and listen.

import { conn, socket as openSocket, type Socket } from '../../sync/index.js';
import { shown, whole } from './arguments.js';
import { backlogDefault } from './constants.js';
import { IllegalArgumentError, inChapel } from './errors.js';
import { checkAddress, type ipAddr } from './ip-addr.js';
import { letGo, localName, SocketRecord, socketOf } from './record.js';
import { bind, setDelayAck, setNagle } from './socket-options.js';
import { tcpConn } from './tcp-conn.js';
import { indefiniteTimeout, limitOf, type Timeout } from './time.js';

/** A listening TCP socket, from `listen`. `using` closes it, as `deinit` does. */
export class tcpListener extends SocketRecord implements Disposable {
  /** Makes one of a listening socket of berkeley. Without one it is closed, and its descriptor -1. */
  constructor(socket: Socket<'sync'> | null = null) {
    if (socket !== null && typeof (socket as Partial<Socket<'sync'>>).accept !== 'function')
      throw new IllegalArgumentError(`socket must be a blocking socket of berkeley: ${shown(socket)}`);
    super(socket);
  }

  /** The address that it is bound to: getsockname(2). @throws SystemError EBADF once closed */
  get addr(): ipAddr {
    return localName(this);
  }

  /**
   * Waits for a connection: accept4(2). A limit of 0 takes one that is there.
   *
   * @throws TimeoutError `Connection timed out (accept() timed out)`; SystemError EBADF once closed, EMFILE …
   * @example const server = listen(ipAddr.create()); const client = server.accept();
   */
  accept(timeout: Timeout = indefiniteTimeout): tcpConn {
    const limit = limitOf(timeout);
    return inChapel({ failed: 'accept() failed', timedOut: 'accept() timed out' }, () => {
      const listening = socketOf(this, 'accept() failed');
      return new tcpConn(conn(listening.accept({ timeout: limit })));
    });
  }

  /** Frees the port. Connections that were accepted live on. @throws SystemError EBADF when it is closed */
  close(): void {
    socketOf(this, 'Failed to close tcpListener');
    this.deinit();
  }

  /** Closes it, if it is open. */
  deinit(): void {
    letGo(this);
  }

  [Symbol.dispose](): void {
    this.deinit();
  }

  /** Turns Nagle's algorithm on or off, also for connections that are accepted from now on: TCP_NODELAY, see tcp(7). */
  setNagle(enable: boolean): void {
    setNagle(this, enable);
  }

  /** Turns delayed acknowledgements on or off: TCP_QUICKACK, see tcp(7). */
  setDelayAck(enable: boolean): void {
    setDelayAck(this, enable);
  }
}

/**
 * Listens on an address: socket(2), bind(2), listen(2). `reuseAddr` is SO_REUSEADDR, `backlog` the length of the kernel's queue.
 *
 * @throws SystemError EADDRINUSE, EADDRNOTAVAIL; PermissionError. Nothing is left open.
 * @example const server = listen(ipAddr.create('127.0.0.1', 8000, IPFamily.IPv4));
 */
export function listen(address: ipAddr, reuseAddr = true, backlog = backlogDefault): tcpListener {
  const { family } = checkAddress('address', address);
  whole('backlog', backlog, 0, 0xffff);
  const listener = new tcpListener(inChapel({ failed: 'Failed to create socket' }, () => openSocket(family, 'stream')));
  try {
    bind(listener, address, reuseAddr);
    inChapel({ failed: 'Failed to listen on socket' }, () => socketOf(listener, '').listen(backlog));
    return listener;
  } catch (error) {
    listener.deinit();
    throw error;
  }
}
