// Owns what a socket object has beneath it: the socket of the library, the connection over it, its settings and the queue of
// its events. All parts of the class Socket share one. It must not know what a method takes or throws.

import type { Address, Conn, Socket } from '../../sync/index.js';
import type { SSLCertificate, SSLPrivateKey } from './certificate.js';
import { EVENT_CHANNEL_CLOSED, EVENT_SOURCE_SOCKET } from './constants.js';
import { notOpen } from './exception.js';
import type { SocketEvent } from './event.js';
import type { Queue } from './queue.js';

/** Who connected, of a socket that was accepted. */
export interface Source {
  readonly peer: Address | null;
  /** Where the listening socket stands. */
  readonly local: Address;
}

let objects = 0;

export class Link {
  /** One for the whole life of the object, whatever is opened and closed. */
  readonly id = ++objects;
  charset = 'UTF-8';
  certificate: SSLCertificate | null = null;
  privateKey: SSLPrivateKey | null = null;
  queue: Queue | null = null;
  socket: Socket<'sync'> | null = null;
  /** Null while the socket is not connected. */
  conn: Conn<'sync'> | null = null;
  source: Source | null = null;
  /** The port that it connected to, also when the connection is gone; null for what did not connect. */
  remotePort: number | null = null;
  /** How often it was closed. */
  closes = 0;

  get isOpen(): boolean {
    return this.socket !== null && this.socket.fd >= 0;
  }

  get isSecure(): boolean {
    return this.conn !== null && this.conn.tlsState === 'established';
  }

  /** The open socket. @throws QoreException SOCKET-NOT-OPEN */
  open(method: string): Socket<'sync'> {
    if (this.socket === null || !this.isOpen) throw notOpen(method);
    return this.socket;
  }

  /** The connection. @throws QoreException SOCKET-NOT-OPEN */
  connected(method: string): Conn<'sync'> {
    if (this.conn === null || !this.isOpen) throw notOpen(method);
    return this.conn;
  }

  /** Takes a socket that was bound. */
  take(socket: Socket<'sync'>): void {
    this.socket = socket;
    this.remotePort = null;
  }

  /** Takes a connection, made or accepted. */
  takeConn(conn: Conn<'sync'>, remotePort: number | null): void {
    this.socket = conn.socket;
    this.conn = conn;
    this.remotePort = remotePort;
  }

  /** Closes what is open, and says so. */
  close(): void {
    const { socket, conn } = this;
    if (socket === null) return;
    this.socket = null;
    this.conn = null;
    this.source = null;
    this.remotePort = null;
    this.closes++;
    try {
      if (conn === null) socket.close();
      else conn.close();
    } finally {
      this.post({ event: EVENT_CHANNEL_CLOSED });
    }
  }

  /** Puts an event on the queue, where there is one. */
  post(event: SocketEvent): void {
    this.queue?.push({ ...event, source: EVENT_SOURCE_SOCKET, id: this.id });
  }
}
