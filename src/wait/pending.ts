// Owns an operation that waits in the promise colour: what it watches, its deadline, its signal, and its end. An operation
// is at the head of its lane and watches, or stands behind others and only its deadline and signal count.

import type { Attempt } from '../core/attempt.js';
import { Lane, type MakeError, type Waiting } from '../core/lane.js';
import { calledAt, placeOfCall } from '../core/leak.js';
import type { Registration } from '../core/registration.js';
import { isWant, Want } from '../core/want.js';
import { abortError, refusal, timeoutError } from '../error/make.js';
import type { SocketError } from '../error/socket-error.js';
import { afterTurn } from './fairness.js';
import { giveBack, type Particulars, takeParticulars } from './particulars.js';
import { begin, end, watch } from './reactor.js';
import { addAbortable } from './signals.js';
import { setTimed } from './timers.js';

const LONGEST_PAUSE = 16;

type Settle = (value: unknown) => void;

export class Pending<T> implements Waiting {
  next: Waiting | null = null;
  readonly #attempt: Attempt<T>;
  readonly #lane: Lane;
  readonly #registration: Registration | null;
  readonly #resolve: Settle;
  #watching: Want | null = null;
  #settled = false;
  #particulars: Particulars | null = null;

  constructor(attempt: Attempt<T>, resolve: Settle, limit: number, signal: AbortSignal | null) {
    this.#attempt = attempt;
    this.#lane = attempt.lane ?? new Lane();
    this.#registration = attempt.registration;
    this.#resolve = resolve;
    const place = placeOfCall();
    if (limit === Infinity && signal === null && place === null) return;
    const particulars = this.#own();
    particulars.limit = limit;
    particulars.signal = signal;
    particulars.place = place;
  }

  get survives(): boolean {
    return this.#attempt.survives ?? false;
  }

  /** Joins the lane. `want` is what the first step said; null if it was not tried, because others were first. */
  begin(want: Want | null): void {
    this.#join();
    const particulars = this.#particulars;
    if (particulars !== null && particulars.limit !== Infinity) this.#setDeadline(particulars.limit);
    if (want !== null) this.#watch(want);
  }

  /** Waits for the others of the loop, not for the socket: even a limit of 0 does not count before the first step. */
  beginAfterTurn(): void {
    this.#join();
    afterTurn(() => {
      if (this.#settled) return;
      this.wake();
      const particulars = this.#particulars;
      if (!this.#settled && particulars !== null && particulars.limit < particulars.deadline)
        this.#setDeadline(particulars.limit);
    });
  }

  wake(): void {
    if (this.#settled) return;
    this.#unwatch();
    if (this.#lane.head === this) this.#step();
  }

  /** The deadline of the call, or the pause of the attempt, is over. */
  ring(): void {
    const particulars = this.#own();
    const { limit } = particulars;
    particulars.deadline = Infinity;
    if (performance.now() < limit) {
      if (limit !== Infinity) this.#setDeadline(limit);
      this.wake();
      return;
    }
    const late = this.#attempt.expired?.();
    if (late) this.#finish(late.value, true, false);
    else this.#reject(timeoutError(this.#attempt.phase, this.#attempt.facts?.('ETIMEDOUT')), true);
  }

  aborted(): void {
    const signal = this.#particulars!.signal!;
    this.#reject(abortError(this.#attempt.phase, signal, this.#attempt.facts?.('ABORT_ERR')), true);
  }

  fail(make: MakeError): void {
    this.#reject(make(this.#attempt.facts?.('ERR_SOCKET_CLOSED')), true);
  }

  #join(): void {
    begin(this.#registration);
    this.#attempt.subscribe?.(() => this.wake());
    const particulars = this.#particulars;
    if (particulars !== null && particulars.signal !== null) addAbortable(particulars.signal, particulars);
    this.#lane.append(this);
  }

  #step(): void {
    const registration = this.#registration;
    if (registration !== null) registration.streak = 0;
    let result: T | Want;
    try {
      const place = this.#particulars === null ? null : this.#particulars.place;
      result = place === null ? this.#attempt.step() : calledAt(place, () => this.#attempt.step());
    } catch (error) {
      this.#reject(error, false);
      return;
    }
    if (this.#settled) return;
    if (isWant(result)) this.#watch(result);
    else this.#finish(result, false, false);
  }

  #reject(error: unknown, abandoned: boolean): void {
    this.#finish(error, abandoned, true);
  }

  /** Leaves the lane, lets the next one go on, and settles the promise. */
  #finish(outcome: unknown, abandoned: boolean, failed: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#unwatch();
    const particulars = this.#particulars;
    if (particulars !== null) {
      this.#particulars = null;
      giveBack(particulars);
    }
    end(this.#registration);
    if (failed && this.#attempt.breaks) this.#lane.failAfter(this, writeBroken);
    const first = this.#lane.head === this;
    this.#lane.remove(this);
    if (abandoned) this.#attempt.abandon?.();
    if (failed) rejectWithCaller(this.#resolve, outcome as Error);
    else this.#resolve(outcome);
    if (first) this.#lane.advance();
  }

  #watch(want: Want): void {
    const registration = this.#registration;
    this.#watching = want;
    try {
      if (want === Want.Read && registration!.reader === null) {
        watch(registration!);
        registration!.reader = this;
      } else if (want === Want.Write && registration!.writer === null) {
        watch(registration!);
        registration!.writer = this;
      } else if (want === Want.Pause) {
        const particulars = this.#own();
        this.#setDeadline(Math.min(particulars.limit, performance.now() + particulars.pause));
        particulars.pause = Math.min(particulars.pause * 2, LONGEST_PAUSE);
      } else this.#watchMany(want);
    } catch (error) {
      this.#reject(error, true);
    }
  }

  #watchMany(want: Want): void {
    const attempt = this.#attempt;
    const registrations =
      want === Want.Many
        ? (attempt.interests?.() ?? []).map((interest) => interest.registration)
        : [this.#registration!];
    const particulars = this.#own();
    particulars.watched = registrations;
    for (const each of registrations) {
      (each.watchers ??= []).push(this);
      watch(each);
    }
    const soonest = Math.min(particulars.limit, attempt.until ?? Infinity);
    if (want === Want.Many && soonest !== Infinity) this.#setDeadline(soonest);
  }

  #unwatch(): void {
    const want = this.#watching;
    if (want === null) return;
    this.#watching = null;
    const registration = this.#registration;
    if (registration !== null) {
      if (registration.reader === this) registration.reader = null;
      if (registration.writer === this) registration.writer = null;
    }
    const particulars = this.#particulars;
    if (particulars === null || particulars.watched === null) return;
    for (const each of particulars.watched) {
      const left = each.watchers?.filter((watcher) => watcher !== this) ?? [];
      each.watchers = left.length === 0 ? null : left;
    }
    particulars.watched = null;
  }

  #own(): Particulars {
    return (this.#particulars ??= takeParticulars(this));
  }

  #setDeadline(deadline: number): void {
    setTimed(this.#own(), deadline);
  }
}

function writeBroken(): SocketError {
  return refusal('ERR_WRITE_BROKEN', 'write', 'an earlier write failed, so this one was not begun');
}

/**
 * Rejects so that the stack shows the caller's lines. An error born in the reactor has none of them: V8 finds the awaiting
 * functions only from a reaction of the promise they await. So the promise is resolved with one whose reaction throws, and
 * the stack is taken there. Nothing of this is paid by calls that succeed.
 */
function rejectWithCaller(resolve: Settle, error: Error): void {
  let go!: () => void;
  const gate = new Promise<void>((open) => (go = open));
  resolve(
    gate.then(() => {
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    }),
  );
  // Two turns later `resolve` has chained the caller's promise to the gate's.
  queueMicrotask(() => queueMicrotask(go));
}
