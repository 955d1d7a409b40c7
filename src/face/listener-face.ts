// Owns Listener<M>: arguments in, attempts out. The words of its documentation stand on the interface.

import type { InspectOptions } from 'node:util';
import type { Address } from '../contract/address.js';
import type { Conn } from '../contract/conn.js';
import type { ListenerBase, ListenOptions } from '../contract/listener.js';
import type { Duration, Mode, Op, R } from '../contract/mode.js';
import type { Socket } from '../contract/socket.js';
import type { TlsOptions } from '../contract/tls.js';
import { encodingOf, type Encoding } from '../codec/text.js';
import { Accept, TryAccept, type Accepted } from '../core/accept.js';
import { closeQuietly } from '../core/closing.js';
import type { Handle } from '../core/handle.js';
import { Lane } from '../core/lane.js';
import { localAddress } from '../core/sockaddr.js';
import { Stream } from '../core/stream.js';
import { addTls, type SessionPlan, updateServerPlan } from '../core/tls/tls.js';
import { invalidType } from '../error/invalid.js';
import { closedError, refusal } from '../error/make.js';
import { deliver } from '../event/outbox.js';
import { isHeard, type Origin, tapOf, tell } from '../event/tap.js';
import { durationOf } from '../wait/limit.js';
import { setReferenced } from '../wait/reactor.js';
import { customInspect, show } from './inspect.js';
import type { Colour } from './colour.js';

export class ListenerFace<M extends Mode> implements ListenerBase<M> {
  readonly addresses: Address[];
  readonly sockets: Socket<M>[];
  protected readonly colour: Colour<M>;
  protected readonly handles: readonly Handle[];
  /** Accepts take turns over all sockets together. */
  protected readonly lane: Lane;
  readonly #encoding: Encoding;
  /** For the next connections. */
  #tls: SessionPlan | null;
  readonly #origin: Origin;
  #ended = false;

  constructor(
    handles: readonly Handle[],
    colour: Colour<M>,
    o: ListenOptions,
    tls: SessionPlan | null,
    origin: Origin,
  ) {
    this.colour = colour;
    this.handles = handles;
    this.lane = handles.length === 1 ? handles[0]!.reads : new Lane();
    this.#tls = tls;
    this.#origin = origin;
    this.#encoding = encodingOf('encoding', o.encoding ?? 'utf-8');
    this.addresses = handles.map((handle) => localAddress(handle.fd));
    this.sockets = handles.map((handle) => colour.socket(handle));
  }

  /** The handles behind a listener of either colour. */
  static handlesOf(value: unknown): readonly Handle[] | null {
    return value instanceof ListenerFace ? (value as ListenerFace<Mode>).handles : null;
  }

  get address(): Address {
    return this.addresses[0]!;
  }

  accept(o?: Op): R<M, Conn<M>> {
    return this.colour.runner.go(() => new Accept(this.handles, this.lane, this.accepted), o);
  }

  tryAccept(wait: Duration = 0, o?: { signal?: AbortSignal }): R<M, Conn<M> | null> {
    return this.colour.runner.go(
      () => {
        durationOf('wait', wait);
        return new TryAccept<Conn<M>>(this.handles, this.lane, this.accepted);
      },
      { ...o, timeout: wait },
    );
  }

  updateTls(o: TlsOptions): void {
    if (this.#tls === null)
      throw refusal('ERR_SOCKET_STATE', 'config', 'this listener has no TLS', {
        hint: 'listen(…, { tls }) begins with it.',
      });
    if (typeof o !== 'object' || o === null) throw invalidType('options', 'an object', o);
    this.#tls = updateServerPlan(this.#tls, o);
  }

  ref(): this {
    for (const { registration } of this.handles) setReferenced(registration, true);
    return this;
  }

  unref(): this {
    for (const { registration } of this.handles) setReferenced(registration, false);
    return this;
  }

  close(): void {
    for (const handle of this.handles) closeQuietly(handle);
    this.lane.failAfter(null, () => closedError('accept'));
    this.#tellEnd();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  [customInspect](_depth: number, options: InspectOptions): string {
    const open = this.handles.some(({ fd }) => fd >= 0);
    return show('Listener', { addresses: this.addresses.map(String), open }, options);
  }

  #tellEnd(): void {
    if (this.#ended) return;
    this.#ended = true;
    const origin = this.#origin;
    if (isHeard(origin, 'closed')) tell(origin, 'closed', { by: 'local', clean: true, truncated: false });
    if (isHeard(origin, 'deleted')) tell(origin, 'deleted', {});
    if (this.colour.runner.mode === 'sync') deliver();
  }

  protected readonly accepted = ({ handle, peer }: Accepted): Conn<M> => {
    const stream = Stream.of(handle, peer);
    if (this.#origin.tap !== null) stream.tap = tapOf(undefined, this.#origin.tap.queue!);
    if (isHeard(stream, 'connected')) tell(stream, 'connected', { address: stream.remoteAddr });
    stream.encoding = this.#encoding;
    if (this.#tls !== null) addTls(stream, this.#tls);
    return this.colour.conn(stream);
  };
}
