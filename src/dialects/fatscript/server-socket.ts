// Owns ServerSocket: a listener under FatScript's names. It must not know how it was made.

import { customInspect, show, type Shown } from '../../error/shown.js';
import type { Listener } from '../../contract/listener.js';
import { ClientSocket } from './client-socket.js';
import { checkWait, fatError, wrongType } from './errors.js';

/** A listening socket, which `bind` makes. */
export class ServerSocket {
  readonly #listener: Listener<'sync'>;

  constructor(listener: Listener<'sync'>) {
    if (typeof (listener as Partial<Listener<'sync'>> | null)?.tryAccept !== 'function')
      throw wrongType('listener', 'a blocking listener of berkeley', listener);
    this.#listener = listener;
  }

  /** The descriptor; -1 once it is closed. */
  get id(): number {
    return this.#listener.sockets[0]!.fd;
  }

  /** The port, also that which the kernel chose for `bind(0)`. Not in the original. */
  get port(): number {
    return this.#listener.address.port!;
  }

  /**
   * Waits up to `wait` milliseconds for a client: `null` when none came, -1 waits for ever, 0 looks once. A TLS handshake is made
   * later, at the first use of the connection, so a client that stalls is in nobody's way.
   *
   * @throws FatError `AsyncError`: `ERR_SOCKET_CLOSED`, `EMFILE`; `ValueError` for another negative number
   */
  accept(wait: number): ClientSocket | null {
    checkWait(wait);
    try {
      const conn = wait === -1 ? this.#listener.accept() : this.#listener.tryAccept(wait);
      return conn === null ? null : new ClientSocket(conn);
    } catch (error) {
      throw fatError(error, 'AsyncError');
    }
  }

  /** Stops listening. Accepted connections live on. Twice is allowed. */
  close(): void {
    this.#listener.close();
  }

  [customInspect](...shown: Shown): string {
    const { id, port } = this;
    return show('ServerSocket', { id, port }, shown);
  }
}
