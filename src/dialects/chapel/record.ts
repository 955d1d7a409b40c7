// Owns what the three socket records have in common: one socket of berkeley each, seen from outside as its descriptor.

import { inspect } from 'node:util';
import type { Socket } from '../../sync/index.js';
import { shown } from './arguments.js';
import { EBADF, IllegalArgumentError, inChapel, systemError } from './errors.js';
import { fromAddress, type ipAddr } from './ip-addr.js';

/** @internal The open socket of a record. Throws, with `details`, when there is none. */
export let socketOf: (record: unknown, details: string) => Socket<'sync'>;
/** @internal Closes the socket of a record, if it has one. */
export let letGo: (record: SocketRecord) => void;

/** tcpConn, tcpListener and udpSocket. */
export abstract class SocketRecord {
  #socket: Socket<'sync'> | null;

  /** @internal */
  constructor(socket: Socket<'sync'> | null) {
    this.#socket = socket;
  }

  static {
    socketOf = (record, details) => {
      if (!(record instanceof SocketRecord))
        throw new IllegalArgumentError(`socket must be a tcpConn, tcpListener or udpSocket: ${shown(record)}`);
      const socket = record.#socket;
      if (socket === null || socket.fd < 0) throw systemError(EBADF, details);
      return socket;
    };
    letGo = (record) => {
      record.#socket?.close();
      record.#socket = null;
    };
  }

  /** The descriptor; -1 once closed. berkeley keeps it in non-blocking mode. */
  get socketFd(): number {
    return this.#socket?.fd ?? -1;
  }

  /** `==`: the same descriptor. `!=` is its opposite. */
  equals(other: this): boolean {
    return other instanceof this.constructor && other.socketFd === this.socketFd;
  }

  /** `(addr:(family:IPv4,host:127.0.0.1,port:8000),fd:3)` */
  toString(): string {
    let addr = 'none';
    try {
      addr = this.addr.toString();
    } catch {
      // Closed, or its peer is gone: there is no address to print.
    }
    return `(addr:${addr},fd:${this.#socket?.fd ?? -1})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** The address that belongs to it. */
  abstract get addr(): ipAddr;
}

/** @internal */
export function localName(record: unknown): ipAddr {
  const context = { failed: 'Failed to get local address' };
  return inChapel(context, () => fromAddress(socketOf(record, context.failed).getsockname()));
}

/** @internal */
export function remoteName(record: unknown): ipAddr {
  const context = { failed: 'Failed to get remote address' };
  return inChapel(context, () => fromAddress(socketOf(record, context.failed).getpeername()));
}
