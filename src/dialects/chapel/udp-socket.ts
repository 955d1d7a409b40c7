// Owns udpSocket.

import { constants, socket as openSocket, type Target } from '../../sync/index.js';
import { shown, whole } from './arguments.js';
import { IPFamily } from './constants.js';
import { type Context, EAGAIN, IllegalArgumentError, inChapel } from './errors.js';
import { checkAddress, fromAddress, type ipAddr } from './ip-addr.js';
import { letGo, localName, SocketRecord, socketOf } from './record.js';
import { indefiniteTimeout, limitOf, type Timeout } from './time.js';

/** A UDP socket. It gets a port of the kernel's choice when it first sends or receives, if `bind` has given it none. `using` closes it. */
export class udpSocket extends SocketRecord implements Disposable {
  /** @throws SystemError when the system has no such sockets, or no descriptor is left */
  constructor(family: IPFamily = IPFamily.IPv4) {
    if (!Object.values(IPFamily).includes(family))
      throw new IllegalArgumentError(`family must be IPFamily.IPv4 or IPFamily.IPv6: ${shown(family)}`);
    super(inChapel({ failed: 'Failed to create socket' }, () => openSocket(family, 'dgram')));
  }

  /** The local address: getsockname(2). Its port is 0 while the socket has none. @throws SystemError EBADF once closed */
  get addr(): ipAddr {
    return localName(this);
  }

  /**
   * Waits for a datagram: recvfrom(2). What is longer than `bufferLen` is cut off, and an empty datagram is an empty Buffer. `flags` are MSG_* of recv(2).
   *
   * @throws TimeoutError `Connection timed out (recv timed out)`; BlockingIoError with MSG_DONTWAIT; SystemError `… (recv failed)`, EBADF once closed
   * @example const [data, sender] = socket.recvfrom(40, new struct_timeval(4, 0));
   */
  recvfrom(bufferLen: number, timeout: Timeout = indefiniteTimeout, flags = 0): [data: Buffer, address: ipAddr] {
    whole('bufferLen', bufferLen, 0, Number.MAX_SAFE_INTEGER);
    whole('flags', flags, -0x80000000, 0x7fffffff);
    const now = (flags & constants['MSG_DONTWAIT']!) !== 0;
    const limit = now ? 0 : limitOf(timeout);
    return inChapel(now ? LOOKING : RECEIVING, () => {
      const socket = socketOf(this, RECEIVING.failed);
      if (socket.state === 'new' && socket.getsockname().port === 0) socket.bind(anywhere(socket.family));
      // recvfrom(2) takes a buffer of no bytes, too.
      const room = Math.min(Math.max(bufferLen, 1), LONGEST);
      const { data, from } = socket.recvFrom(room, { timeout: limit, flags })!;
      return [bufferLen === 0 ? data.subarray(0, 0) : data, fromAddress(from)];
    });
  }

  /** The same as `recvfrom`, as the example of the page spells it. */
  recvFrom(bufferLen: number, timeout?: Timeout, flags?: number): [data: Buffer, address: ipAddr] {
    return this.recvfrom(bufferLen, timeout, flags);
  }

  /** The data of a datagram alone. @throws as `recvfrom` */
  recv(bufferLen: number, timeout?: Timeout): Buffer {
    return this.recvfrom(bufferLen, timeout)[0];
  }

  /**
   * Sends one datagram: sendto(2). Returns the number of bytes. A string goes out as UTF-8.
   *
   * @throws TimeoutError `Connection timed out (send timed out)`; SystemError `… (send failed)`: EMSGSIZE, ENETUNREACH, PermissionError
   * for a broadcast address without SO_BROADCAST; EBADF once closed
   * @example const sentBytes = socket.send(Buffer.from('hello world!'), ipAddr.create('127.0.0.1', 8111), 4);
   */
  send(data: Uint8Array | string, address: ipAddr, timeout: Timeout = indefiniteTimeout): number {
    if (typeof data !== 'string' && !(data instanceof Uint8Array))
      throw new IllegalArgumentError(`data must be bytes or a string: ${shown(data)}`);
    const { host, port } = checkAddress('address', address);
    const limit = limitOf(timeout);
    return inChapel(SENDING, () => socketOf(this, SENDING.failed).sendTo(data, { host, port }, { timeout: limit }));
  }

  /** Closes it. @throws SystemError EBADF when it is closed */
  close(): void {
    socketOf(this, 'Failed to close udpSocket');
    this.deinit();
  }

  /** Closes it, if it is open. */
  deinit(): void {
    letGo(this);
  }

  [Symbol.dispose](): void {
    this.deinit();
  }
}

const RECEIVING: Context = { failed: 'recv failed', timedOut: 'recv timed out' };
const LOOKING: Context = { failed: 'recv failed', late: EAGAIN };
const SENDING: Context = { failed: 'send failed', timedOut: 'send timed out' };
/** No datagram is longer. */
const LONGEST = 0x10000;

function anywhere(family: unknown): Target {
  return { host: family === 'ipv6' ? '::' : '0.0.0.0', port: 0 };
}
