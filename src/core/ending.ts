// Owns how a connection ended. Apart from the stream, because most connections are open and have no need of it.

import type { CloseInfo } from '../contract/conn.js';
import type { SocketError } from '../error/socket-error.js';

export class Ending {
  /** What is said of it, once it is settled. */
  info: CloseInfo | null = null;
  /** We ended the connection, and the peer had not ended its direction by then. */
  leftFirst = false;
  /** A write failed or was given up, so what the peer has is not all. */
  torn = false;
  /** The peer's end came where its protocol says that the stream must not end. */
  truncated = false;
  /** The error that ended the connection. */
  failure: SocketError | null = null;
  /** What feeds the connection has failed: its end stands for this. */
  broken: SocketError | null = null;
  /** What closed it while only a `select` was looking: the next call throws it. */
  untold: Error | null = null;

  /** Settles it; the first reason stays. `peerEnded`: the peer had ended its direction. */
  conclude(info: Partial<CloseInfo>, peerEnded: boolean): CloseInfo {
    if (this.info !== null) return this.info;
    const { failure, torn, truncated } = this;
    const clean = (info.clean ?? true) && failure === null && !torn && !truncated;
    this.info = Object.freeze({
      by: info.by ?? this.#by(peerEnded),
      clean,
      truncated,
      ...(failure === null ? {} : { error: failure }),
    });
    return this.info;
  }

  #by(peerEnded: boolean): CloseInfo['by'] {
    if (this.failure !== null) return this.failure.code === 'ETIMEDOUT' ? 'timeout' : 'error';
    return peerEnded && !this.leftFirst ? 'remote' : 'local';
  }
}
