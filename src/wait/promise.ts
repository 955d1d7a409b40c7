// Owns the promise loop: step at once, and if that says "not yet", wait for the reactor and step again.

import type { Op } from '../contract/mode.js';
import type { Attempt } from '../core/attempt.js';
import { isWant, Want } from '../core/want.js';
import { timeoutError } from '../error/make.js';
import { systemError } from '../error/system.js';
import { mayProceed } from './fairness.js';
import { signalOf, spanOf } from './limit.js';
import { Pending } from './pending.js';
import { startReactor } from './reactor.js';
import type { Runner } from './runner.js';
import { trust } from './trust.js';

export const promised: Runner<'async'> = {
  mode: 'async',
  run(make, subject, a, b, o) {
    try {
      return drive(make(subject, a, b), o);
    } catch (error) {
      // Whatever was thrown, it goes on as it is.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(error);
    }
  },
  go: (make, o) => promised.run(call, make, undefined, undefined, o),
  // Not then(): only functions that await stand in the stack of an error that is born later.
  chain: async (value, next) => next(await value),
  bounded: (begin, o) => promised.run(awaiting, begin, undefined, undefined, o),
};

function call<T>(make: () => Attempt<T>): Attempt<T> {
  return make();
}

function drive<T>(attempt: Attempt<T>, o: Op | undefined): Promise<T> {
  let span = attempt.limit;
  let signal: AbortSignal | null = null;
  if (o !== undefined) {
    try {
      span = Math.min(span, spanOf(o));
      signal = signalOf(o, attempt.phase);
    } catch (error) {
      attempt.abandon?.();
      throw error;
    }
  }
  // The only try there will be: what has arrived is in the kernel, whether or not the loop has told us.
  if (span <= 0) trust(attempt);
  const { lane } = attempt;
  const first = lane === null || lane.head === null;
  const proceed = first && mayProceed(attempt.registration);
  let want: Want | null = null;
  if (proceed) {
    const result = attempt.step();
    if (!isWant(result)) return Promise.resolve(result);
    if (span <= 0) return giveUp(attempt);
    if (attempt.registration !== null) attempt.registration.streak = 0;
    want = result;
  } else if (span <= 0 && !first) return giveUp(attempt);
  const started = startReactor();
  if (started < 0) return withoutReactor(attempt, started);
  const promise = new Promise<T>(keepResolve);
  const pending = new Pending(attempt, resolve!, span === Infinity ? Infinity : performance.now() + span, signal);
  // Through it the promise and its value, say a connection that is forgotten, would stay until the next call.
  resolve = null;
  if (first && !proceed) pending.beginAfterTurn();
  else pending.begin(want);
  return promise;
}

// One executor for all, so that a waiting call does not make a closure.
let resolve: ((value: unknown) => void) | null = null;
function keepResolve(given: (value: never) => void): void {
  resolve = given as (value: unknown) => void;
}

/** The limit was 0 and there is nothing yet. */
function giveUp<T>(attempt: Attempt<T>): Promise<T> {
  const facts = attempt.facts?.('ETIMEDOUT');
  const late = attempt.expired?.();
  attempt.abandon?.();
  return late ? Promise.resolve(late.value) : Promise.reject(timeoutError(attempt.phase, facts));
}

/** Nothing can wait. The next call tries again. */
function withoutReactor(attempt: Attempt<unknown>, errno: number): never {
  const facts = attempt.facts?.('ABORT_ERR');
  attempt.abandon?.();
  throw systemError(errno, 'epoll_create1', attempt.phase, null, facts);
}

/** Somebody else's promise as an attempt, so that limits and signals work on it too. */
function awaiting<T>(begin: () => Promise<T>): Attempt<T> {
  let state: { value: T } | { error: unknown } | null = null;
  let wake = (): void => undefined;
  const settled = (outcome: { value: T } | { error: unknown }): void => {
    state = outcome;
    wake();
  };
  Promise.resolve(begin()).then(
    (value) => settled({ value }),
    (error: unknown) => settled({ error }),
  );
  return {
    phase: 'lookup',
    lane: null,
    registration: null,
    limit: Infinity,
    step() {
      if (state === null) return Want.Many;
      if ('error' in state) throw state.error;
      return state.value;
    },
    interests: () => [],
    subscribe(callback) {
      wake = callback;
    },
  };
}
