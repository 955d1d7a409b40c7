// Owns the handshake as an operation: of a connection that is being made, of one that was accepted, and of one that was
// plaintext so far.

import type { Phase } from '../../contract/error.js';
import type { TlsInfo } from '../../contract/tls.js';
import { refusal } from '../../error/make.js';
import type { Attempt, Interest } from '../attempt.js';
import type { Stream } from '../stream.js';
import type { Want } from '../want.js';
import { isTls } from './is-tls.js';
import { TlsLayer } from './layer.js';
import type { SessionPlan } from './session-plan.js';

/** Puts TLS between a stream and its socket. Nothing is sent or received by this. */
export function addTls(stream: Stream, plan: SessionPlan, fed: Buffer | null = null): void {
  stream.layer = new TlsLayer(stream, plan, fed);
}

/** TLS of a stream, which must have it. */
export function tlsOf(stream: Stream): TlsLayer {
  const { layer } = stream;
  if (!isTls(layer) || layer.leaving)
    throw refusal('ERR_SOCKET_STATE', 'tls', 'this connection has no TLS', { hint: 'startTls() begins it.' });
  return layer;
}

/** Makes the handshake, or finds it made. Given up, it closes the connection: nothing goes out in the clear after it. */
export class Handshake<T> implements Attempt<T> {
  readonly phase: Phase = 'tls';
  readonly lane = null;
  readonly limit = Infinity;
  readonly #stream: Stream;
  readonly #layer: TlsLayer;
  readonly #make: (info: TlsInfo) => T;

  constructor(stream: Stream, make: (info: TlsInfo) => T) {
    stream.check('tls');
    this.#stream = stream;
    this.#layer = tlsOf(stream);
    this.#make = make;
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

  step(): T | Want {
    return this.#layer.advance() ?? this.#make(this.#layer.info!);
  }

  abandon(): void {
    this.#layer.giveUp();
  }
}
