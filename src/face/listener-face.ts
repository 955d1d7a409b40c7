// Owns Listener<M>: arguments in, attempts out. The words of its documentation stand on the interface.

import type { Address } from '../contract/address.js';
import type { Conn } from '../contract/conn.js';
import type { ListenerBase } from '../contract/listener.js';
import type { Duration, Mode, Op, R } from '../contract/mode.js';
import type { Socket } from '../contract/socket.js';
import type { TlsOptions } from '../contract/tls.js';
import { Accept, TryAccept, type Accepted } from '../core/accept.js';
import { closeQuietly } from '../core/closing.js';
import { Stream } from '../core/stream.js';
import { addTls, updateServerPlan } from '../core/tls/tls.js';
import { invalidType } from '../error/invalid.js';
import { closedError, refusal } from '../error/make.js';
import { deliver } from '../event/outbox.js';
import { isHeard, tapOf, tell } from '../event/tap.js';
import { durationOf } from '../wait/limit.js';
import { setReferenced } from '../wait/reactor.js';
import { customInspect, show, type Shown } from '../error/shown.js';
import type { Colour } from './colour.js';
import type { Listening } from './listening.js';

export class ListenerFace<M extends Mode> implements ListenerBase<M> {
  readonly sockets: Socket<M>[];
  protected readonly colour: Colour<M>;
  protected readonly listening: Listening;

  constructor(listening: Listening, colour: Colour<M>) {
    this.colour = colour;
    this.listening = listening;
    this.sockets = listening.handles.map((handle) => colour.socket(handle));
  }

  /** What is behind a listener of either colour. */
  static listeningOf(value: unknown): Listening | null {
    return value instanceof ListenerFace ? (value as ListenerFace<Mode>).listening : null;
  }

  get addresses(): Address[] {
    return this.listening.addresses;
  }

  get address(): Address {
    return this.addresses[0]!;
  }

  accept(o?: Op): R<M, Conn<M>> {
    return this.colour.runner.go(() => new Accept(this.listening.handles, this.listening.lane, this.accepted), o);
  }

  tryAccept(wait: Duration = 0, o?: { signal?: AbortSignal }): R<M, Conn<M> | null> {
    return this.colour.runner.go(
      () => {
        durationOf('wait', wait);
        return new TryAccept<Conn<M>>(this.listening.handles, this.listening.lane, this.accepted);
      },
      { ...o, timeout: wait },
    );
  }

  updateTls(o: TlsOptions): void {
    if (this.listening.tls === null)
      throw refusal('ERR_SOCKET_STATE', 'config', 'this listener has no TLS', {
        hint: 'listen(…, { tls }) begins with it.',
      });
    if (typeof o !== 'object' || o === null) throw invalidType('options', 'an object', o);
    this.listening.tls = updateServerPlan(this.listening.tls, o);
  }

  ref(): this {
    for (const { registration } of this.listening.handles) setReferenced(registration, true);
    return this;
  }

  unref(): this {
    for (const { registration } of this.listening.handles) setReferenced(registration, false);
    return this;
  }

  close(): void {
    for (const handle of this.listening.handles) closeQuietly(handle);
    this.listening.lane.failAfter(null, () => closedError('accept'));
    this.#tellEnd();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  [customInspect](...shown: Shown): string {
    const open = this.listening.handles.some(({ fd }) => fd >= 0);
    return show('Listener', { addresses: this.addresses.map(String), open }, shown);
  }

  #tellEnd(): void {
    if (this.listening.ended) return;
    this.listening.ended = true;
    const origin = this.listening.origin;
    if (isHeard(origin, 'closed')) tell(origin, 'closed', { by: 'local', clean: true, truncated: false });
    if (isHeard(origin, 'deleted')) tell(origin, 'deleted', {});
    if (this.colour.runner.mode === 'sync') deliver();
  }

  protected readonly accepted = ({ handle, peer }: Accepted): Conn<M> => {
    const stream = Stream.of(handle, peer);
    if (this.listening.origin.tap !== null) stream.tap = tapOf(undefined, this.listening.origin.tap.queue!);
    if (isHeard(stream, 'connected')) tell(stream, 'connected', { address: stream.remoteAddr });
    stream.encoding = this.listening.encoding;
    if (this.listening.tls !== null) addTls(stream, this.listening.tls);
    return this.colour.conn(stream);
  };
}
