// Owns the end of TLS on a connection that lives on: close_notify both ways, then plaintext again.

import type { Phase } from '../../contract/error.js';
import { limitError, refusal } from '../../error/make.js';
import { systemError } from '../../error/system.js';
import type { Attempt, Interest } from '../attempt.js';
import type { Stream } from '../stream.js';
import { isWant, type Want } from '../want.js';
import { tlsOf } from './handshake.js';
import type { TlsLayer } from './layer.js';

/** How much may arrive between our close_notify and the peer's. */
const MOST = 16 * 1024 * 1024;
const CHUNK = 64 * 1024;

export class StopTls implements Attempt<void> {
  readonly phase: Phase = 'tls';
  readonly limit = Infinity;
  readonly #stream: Stream;
  readonly #layer: TlsLayer;
  readonly #wait: boolean;

  constructor(stream: Stream, wait: boolean) {
    stream.check('tls');
    this.#layer = tlsOf(stream);
    stream.handle.checkIdle('tls', 'stopTls');
    if (stream.handle.writingEnded)
      throw refusal('ERR_SOCKET_STATE', 'tls', 'our direction has ended, so it cannot be plaintext again');
    this.#stream = stream;
    this.#wait = wait;
    this.#layer.stopping = true;
  }

  /** What is written meanwhile goes out in the clear, behind it. */
  get lane() {
    return this.#stream.handle.writes;
  }
  get registration() {
    return this.#stream.handle.registration;
  }
  get until(): number {
    return this.#layer.until;
  }

  interests(): readonly Interest[] {
    return this.#layer.interests();
  }

  step(): void | Want {
    try {
      const want = this.#layer.advance() ?? this.#end() ?? (this.#wait ? this.#drain() : null);
      if (want !== null) return want;
    } catch (error) {
      this.#layer.stopping = false;
      throw error;
    }
    this.#layer.stopping = false;
    if (this.#wait) this.#layer.leave();
    else this.#layer.sendPlain();
  }

  abandon(): void {
    this.#layer.stopping = false;
  }

  #end(): Want | null {
    const n = this.#layer.end();
    if (isWant(n)) return n;
    if (n < 0) throw systemError(n, 'send', 'tls');
    return null;
  }

  /** Up to the peer's close_notify. What it still says is kept for the reader. */
  #drain(): Want | null {
    const { buffer } = this.#stream;
    for (;;) {
      if (buffer.length > MOST) throw limitError('no end of TLS', MOST);
      const n = this.#layer.receive(buffer.room(CHUNK), 0, CHUNK);
      if (n === 0) return null;
      if (isWant(n)) return n;
      buffer.commit(n);
      this.#stream.tellRead(n, null);
    }
  }
}
