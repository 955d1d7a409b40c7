// Owns the class Socket: what makes and ends objects of it. Its other methods stand in the classes that it extends, a file for
// each kind.

import { TimeoutError } from '../../error/socket-error.js';
import { countdown, limitOf, type Timeout } from './argument.js';
import { EVENT_DELETED } from './constants.js';
import { QoreException } from './exception.js';
import { named } from './failure.js';
import { takeAccepted } from './open.js';
import { secure } from './secure.js';
import { TlsSocket } from './socket-tls.js';

/** A socket: TCP, UDP or UNIX domain, with or without TLS. Methods wait where there is something to wait for. */
export class Socket extends TlsSocket implements Disposable {
  /** A new socket that has nothing to do with this one. */
  copy(): Socket {
    return new Socket();
  }

  /** Ends the object: closes what is open, and posts `EVENT_DELETED`. */
  destructor(): void {
    this.close();
    this.link.post({ event: EVENT_DELETED });
    this.link.queue = null;
  }

  [Symbol.dispose](): void {
    this.destructor();
  }

  /**
   * The next connection, as a Socket with the same encoding. `null` when none came within the limit.
   * @throws QoreException `SOCKET-NOT-OPEN`, `SOCKET-ACCEPT-ERROR`
   */
  accept(): Socket;
  accept(timeout_ms: Timeout | null | undefined): Socket | null;
  accept(timeout_ms?: Timeout | null): Socket | null {
    return this.#accept('accept', limitOf('accept', timeout_ms));
  }

  /**
   * The next connection, with the handshake of TLS made, for which there must be a certificate and a private key. `null` when there is none
   * within the limit. The events of the handshake go to this socket's queue.
   *
   * @throws QoreException `SOCKET-NOT-OPEN`, `SOCKET-ACCEPT-ERROR`, `SOCKET-SSL-ERROR`, `SOCKET-CLOSED`; this socket goes on listening
   */
  acceptSSL(): Socket;
  acceptSSL(timeout_ms: Timeout | null | undefined): Socket | null;
  acceptSSL(timeout_ms?: Timeout | null): Socket | null {
    const ms = limitOf('acceptSSL', timeout_ms);
    const left = countdown(ms);
    const accepted = this.#accept('acceptSSL', left());
    if (accepted === null) return null;
    try {
      secure(accepted.link, 'acceptSSL', { server: true, told: this.link, identity: this.link }, left());
      return accepted;
    } catch (error) {
      // The handshake belongs to the limit as well.
      if (ms !== null && error instanceof QoreException && error.cause instanceof TimeoutError) return null;
      throw error;
    }
  }

  #accept(method: string, ms: number | null): Socket | null {
    const listening = this.link.open(method);
    const accepted = new Socket();
    try {
      const socket = ms === null ? listening.accept() : listening.tryAccept(ms);
      if (socket === null) return null;
      accepted.link.charset = this.link.charset;
      takeAccepted(accepted.link, socket, listening.getsockname());
      return accepted;
    } catch (error) {
      throw named('SOCKET-ACCEPT-ERROR', 'error in accept()', error);
    }
  }
}
