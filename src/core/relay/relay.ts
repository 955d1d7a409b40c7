// Owns relay: two connections joined until both directions have ended. One attempt over both of them, which keeps their
// lanes while it runs, so that nobody reads or writes in between. It must not know how bytes are moved (flow.ts).
//
// When one side fails, the direction into it is over. What it had sent before still goes to the other side, as far as it was
// received; then the relay ends with the error. Whatever ends it early, what was received and not sent is put back.

import type { Phase } from '../../contract/error.js';
import type { Relayed } from '../../contract/relay.js';
import { refusal } from '../../error/make.js';
import { type ErrorFacts, SocketError } from '../../error/socket-error.js';
import type { Attempt, Interest } from '../attempt.js';
import type { Lane, MakeError, Waiting } from '../lane.js';
import type { Stream } from '../stream.js';
import { Want } from '../want.js';
import { Flow } from './flow.js';

/** One direction goes on for so long before the other has its turn. */
const SHARE = 1024 * 1024;
/** After so many bytes without waiting everybody else has. */
const TURN = 4 * SHARE;
/** For what no descriptor announces. */
const PAUSE = 1;

/** Keeps a lane for the relay. */
class Hold implements Waiting {
  next: Waiting | null = null;
  readonly survives = false;
  readonly #relay: Relay;
  readonly #stream: Stream;
  readonly lane: Lane;

  constructor(relay: Relay, stream: Stream, lane: Lane) {
    this.#relay = relay;
    this.#stream = stream;
    this.lane = lane;
    lane.append(this);
  }

  wake(): void {
    this.#relay.wake();
  }

  fail(make: MakeError): void {
    this.#relay.closed(this.#stream, make);
  }
}

export class Relay implements Attempt<Relayed> {
  readonly phase: Phase = 'read';
  readonly lane = null;
  readonly registration = null;
  readonly limit = Infinity;
  readonly #a: Stream;
  readonly #flows: readonly [Flow, Flow];
  readonly #holds: readonly Hold[];
  #until = Infinity;
  #waiting: (() => void) | null = null;
  #stepping = false;
  #released = false;
  #begun = false;
  #closed: { readonly stream: Stream; readonly make: MakeError } | null = null;
  #failed: { readonly error: unknown; readonly blamed: Stream } | null = null;

  constructor(a: Stream, b: Stream) {
    a.check('read');
    b.check('read');
    this.#a = a;
    const [there, back] = [new Flow(a, b), new Flow(b, a)];
    there.back = back;
    back.back = there;
    this.#flows = [there, back];
    this.#holds = [a, b].flatMap((stream) =>
      [stream.handle.reads, stream.handle.writes].map((lane) => new Hold(this, stream, lane)),
    );
  }

  /** Throws if others stand in a lane that it needs: for the colour in which nobody could let it in. */
  static checkIdle(a: Stream, b: Stream): void {
    for (const { handle } of [a, b])
      if (handle.firstRead !== null || handle.firstWrite !== null)
        throw refusal('ERR_BUSY', 'read', 'the other colour is waiting on one of the connections');
  }

  get until(): number {
    return this.#until;
  }

  subscribe(wake: () => void): void {
    this.#waiting = wake;
  }

  /** One of its lanes is free, or there is news. */
  wake(): void {
    if (!this.#stepping && !this.#released) this.#waiting?.();
  }

  /** One of the connections was closed. */
  closed(stream: Stream, make: MakeError): void {
    this.#closed ??= { stream, make };
    this.wake();
  }

  interests(): readonly Interest[] {
    const found = new Map<Stream, { read: boolean; write: boolean }>();
    const add = (stream: Stream, read: boolean, write: boolean): void => {
      const before = found.get(stream);
      found.set(stream, { read: read || before?.read === true, write: write || before?.write === true });
    };
    const other: Interest[] = [];
    for (const flow of this.#flows) {
      const { want, waitsOn } = flow;
      if (!this.#begun) add(flow.from, true, true);
      if (want === Want.Many) other.push(...(waitsOn.layer?.interests() ?? []));
      if (want === Want.Read || want === Want.Write) add(waitsOn, want === Want.Read, want === Want.Write);
      // Errors alone.
      if (want === Want.Read && flow.mustWatch) add(flow.to, false, false);
    }
    for (const [{ handle }, events] of found) other.push({ registration: handle.registration, ...events });
    return other;
  }

  step(): Relayed | Want {
    this.#stepping = true;
    try {
      const want = this.#run();
      if (want !== null) return want;
      this.#release();
      const [{ moved: aToB }, { moved: bToA }] = this.#flows;
      return { aToB, bToA };
    } catch (error) {
      this.#release();
      throw error;
    } finally {
      this.#stepping = false;
    }
  }

  facts(): Partial<ErrorFacts> {
    const [{ moved: aToB }, { moved: bToA }] = this.#flows;
    const stream = this.#closed?.stream ?? this.#failed?.blamed;
    const side = stream === undefined ? null : stream === this.#a ? 'a' : 'b';
    return { bytesDone: aToB + bToA, relayed: Object.freeze({ side, aToB, bToA }) };
  }

  abandon(): void {
    this.#release();
  }

  #run(): Want | null {
    this.#until = Infinity;
    this.#checkOpen();
    // Others called before are still on their way.
    if (!this.#holds.every((hold) => hold.lane.head === hold)) return Want.Many;
    this.#begun = true;
    for (let left = TURN; ;) {
      const before = this.#moved();
      for (const flow of this.#flows) this.#go(flow);
      // What closes a connection in the middle of a step may be its failure, which says more.
      if (this.#failed === null) this.#checkOpen();
      if (this.#flows.every(({ over }) => over)) return this.#end();
      const moved = this.#moved() - before;
      left -= moved;
      if (moved === 0 && !this.#flows.some(({ stale }) => stale)) return this.#wait();
      if (left <= 0) {
        this.#until = performance.now();
        return Want.Many;
      }
    }
  }

  #checkOpen(): void {
    if (this.#closed !== null) throw this.#closed.make(this.facts());
  }

  #go(flow: Flow): void {
    if (flow.over) return;
    flow.run(SHARE);
    const { failure, back } = flow;
    if (failure === null) return;
    this.#failed ??= failure;
    // Nothing comes from there any more, so there is nobody to send to either.
    if (failure.blamed === flow.from && back?.over === false) back.fail(failure.error, failure.blamed);
  }

  #moved(): number {
    return this.#flows[0].moved + this.#flows[1].moved;
  }

  #wait(): Want {
    for (const { want, waitsOn } of this.#flows) {
      if (want === Want.Many) this.#until = Math.min(this.#until, waitsOn.layer?.until ?? Infinity);
      if (want === Want.Pause) this.#until = Math.min(this.#until, performance.now() + PAUSE);
    }
    return Want.Many;
  }

  #end(): null {
    if (this.#failed === null) return null;
    const { error } = this.#failed;
    // Somebody closed it in the middle of the step, and then there was no descriptor.
    if ((error as Partial<SocketError>).code === 'EBADF') this.#checkOpen();
    if (!(error instanceof SocketError)) throw error;
    const { side, aToB, bToA } = this.facts().relayed!;
    const carried = `relay, side ${side}; ${aToB} bytes from a to b, ${bToA} from b to a`;
    const Kind = error.constructor as typeof SocketError;
    const { code, phase, errno, syscall, address, port, tlsAlert, verifyCode, hint, cause } = error;
    const facts = { code, phase, errno, syscall, address, port, tlsAlert, verifyCode, hint, cause };
    throw new Kind(`${error.message} (${carried})`, { ...facts, ...this.facts() });
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    for (const flow of this.#flows) flow.release();
    for (const hold of this.#holds) hold.lane.remove(hold);
    for (const hold of this.#holds) hold.lane.advance();
  }
}
