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
import { begin, end, watch } from './reactor.js';
import { addAbortable, removeAbortable, type Abortable } from './signals.js';
import { addTimed, removeTimed, type Timed } from './timers.js';

const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 16;

type Settle = (value: unknown) => void;

export class Pending<T> implements Waiting, Timed, Abortable {
  next: Waiting | null = null;
  slot = -1;
  before: Abortable | null = null;
  after: Abortable | null = null;
  /** The earliest of the caller's limit and the moment the attempt asked to be stepped again. */
  deadline = Infinity;
  readonly #attempt: Attempt<T>;
  readonly #lane: Lane;
  readonly #registration: Registration | null;
  readonly #resolve: Settle;
  readonly #limit: number;
  readonly #signal: AbortSignal | null;
  #watching: Want | null = null;
  #watched: Registration[] | null = null;
  #pause = FIRST_PAUSE;
  #settled = false;
  /** Where the call was made, when leaks are traced: it may yet open sockets. */
  readonly #place = placeOfCall();

  constructor(attempt: Attempt<T>, resolve: Settle, limit: number, signal: AbortSignal | null) {
    this.#attempt = attempt;
    this.#lane = attempt.lane ?? new Lane();
    this.#registration = attempt.registration;
    this.#resolve = resolve;
    this.#limit = limit;
    this.#signal = signal;
  }

  get survives(): boolean {
    return this.#attempt.survives ?? false;
  }

  /** Joins the lane. `want` is what the first step said; null if it was not tried, because others were first. */
  begin(want: Want | null): void {
    this.#join();
    if (this.#limit !== Infinity) this.#setDeadline(this.#limit);
    if (want !== null) this.#watch(want);
  }

  /** Waits for the others of the loop, not for the socket: even a limit of 0 does not count before the first step. */
  beginAfterTurn(): void {
    this.#join();
    afterTurn(() => {
      if (this.#settled) return;
      this.wake();
      if (!this.#settled && this.#limit < this.deadline) this.#setDeadline(this.#limit);
    });
  }

  wake(): void {
    if (this.#settled) return;
    this.#unwatch();
    if (this.#lane.head === this) this.#step();
  }

  /** The deadline of the call, or the pause of the attempt, is over. */
  ring(): void {
    this.deadline = Infinity;
    if (performance.now() < this.#limit) {
      if (this.#limit !== Infinity) this.#setDeadline(this.#limit);
      this.wake();
      return;
    }
    const late = this.#attempt.expired?.();
    if (late) this.#finish(late.value, true, false);
    else this.#reject(timeoutError(this.#attempt.phase, this.#attempt.facts?.('ETIMEDOUT')), true);
  }

  aborted(): void {
    const signal = this.#signal!;
    this.#reject(abortError(this.#attempt.phase, signal, this.#attempt.facts?.('ABORT_ERR')), true);
  }

  fail(make: MakeError): void {
    this.#reject(make(this.#attempt.facts?.('ERR_SOCKET_CLOSED')), true);
  }

  #join(): void {
    begin(this.#registration);
    this.#attempt.subscribe?.(() => this.wake());
    if (this.#signal !== null) addAbortable(this.#signal, this);
    this.#lane.append(this);
  }

  #step(): void {
    const registration = this.#registration;
    if (registration !== null) registration.streak = 0;
    let result: T | Want;
    try {
      result = this.#place === null ? this.#attempt.step() : calledAt(this.#place, () => this.#attempt.step());
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
    removeTimed(this);
    if (this.#signal !== null) removeAbortable(this.#signal, this);
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
        this.#setDeadline(Math.min(this.#limit, performance.now() + this.#pause));
        this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
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
    this.#watched = registrations;
    for (const each of registrations) {
      (each.watchers ??= []).push(this);
      watch(each);
    }
    const soonest = Math.min(this.#limit, attempt.until ?? Infinity);
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
    if (this.#watched === null) return;
    for (const each of this.#watched) {
      const left = each.watchers?.filter((watcher) => watcher !== this) ?? [];
      each.watchers = left.length === 0 ? null : left;
    }
    this.#watched = null;
  }

  #setDeadline(deadline: number): void {
    removeTimed(this);
    this.deadline = deadline;
    addTimed(this);
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
