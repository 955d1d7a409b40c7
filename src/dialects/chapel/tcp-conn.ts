// Owns tcpConn: a connection, whose reading and writing are the reader's and the writer's.

import type { Conn } from '../../sync/index.js';
import { shown } from './arguments.js';
import { EBADF, IllegalArgumentError, inChapel, systemError } from './errors.js';
import { fileReader } from './file-reader.js';
import { fileWriter } from './file-writer.js';
import type { ipAddr } from './ip-addr.js';
import { letGo, remoteName, SocketRecord } from './record.js';
import { setDelayAck, setNagle } from './socket-options.js';

/** A TCP connection, from `connect` or `tcpListener.accept`. `using` closes it. */
export class tcpConn extends SocketRecord implements Disposable {
  readonly #conn: Conn<'sync'>;

  /** Makes one of a blocking connection of berkeley. */
  constructor(conn: Conn<'sync'>) {
    if (typeof (conn as Partial<Conn<'sync'>> | undefined)?.readUntil !== 'function')
      throw new IllegalArgumentError(`conn must be a blocking connection of berkeley: ${shown(conn)}`);
    super(conn.socket);
    this.#conn = conn;
  }

  /** The descriptor. @throws SystemError EBADF once closed */
  override get socketFd(): number {
    const { fd } = this.#conn.socket;
    if (fd < 0) throw systemError(EBADF, 'in tcpConn.socketFd');
    return fd;
  }

  /** The remote address: getpeername(2). @throws SystemError ENOTCONN when the peer is gone, EBADF once closed */
  get addr(): ipAddr {
    return remoteName(this);
  }

  /** `==`: the same descriptor. `!=` is its opposite. */
  override equals(other: this): boolean {
    return this === other || (other instanceof tcpConn && other.#open && this.#open && super.equals(other));
  }

  /** Turns Nagle's algorithm on or off: TCP_NODELAY, see tcp(7). @throws SystemError when the option cannot be set */
  setNagle(enable: boolean): void {
    setNagle(this, enable);
  }

  /** Turns delayed acknowledgements on or off: TCP_QUICKACK, see tcp(7). The kernel may change it again. @throws SystemError when the option cannot be set */
  setDelayAck(enable: boolean): void {
    setDelayAck(this, enable);
  }

  /** What reads from the connection. All readers of a connection read from one buffer. */
  reader(): fileReader {
    return new fileReader(this.#conn);
  }

  /** What writes to the connection. */
  writer(): fileWriter {
    return new fileWriter(this.#conn);
  }

  /** Closes the connection. Twice is allowed, as for every file of the original. */
  close(): void {
    inChapel({ failed: 'in tcpConn.close' }, () => this.#conn.close());
    letGo(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  get #open(): boolean {
    return this.#conn.socket.fd >= 0;
  }
}

/** The remote address of a connection: getpeername(2). @throws SystemError ENOTCONN when the peer is gone, EBADF once closed */
export function getPeerName(socket: tcpConn): ipAddr {
  if (!(socket instanceof tcpConn)) throw new IllegalArgumentError(`socket must be a tcpConn: ${shown(socket)}`);
  return remoteName(socket);
}
