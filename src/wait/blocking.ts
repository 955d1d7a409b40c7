// Owns the blocking loop: step, poll(2), step again. No JavaScript of the caller runs meanwhile, but for functions that
// listen to events: they are called between the steps.

import { isMainThread } from 'node:worker_threads';
import type { Op } from '../contract/mode.js';
import type { Attempt } from '../core/attempt.js';
import { isWant, Want } from '../core/want.js';
import { refusal, timeoutError } from '../error/make.js';
import { systemError } from '../error/system.js';
import { deliver, undelivered } from '../event/outbox.js';
import { EINTR, POLLIN, POLLOUT, POLLPRI } from '../native/constants.js';
import { native } from '../native/load.js';
import type { Runner } from './runner.js';
import { signalOf, spanOf } from './limit.js';
import { trust } from './trust.js';
import { Turn } from './turn.js';

/** A worker comes up for air, because `terminate()` waits for native code to return. 0 before the first wait. */
let known = 0;
function slice(): number {
  if (known === 0) known = isMainThread ? Infinity : 100;
  return known;
}
/** The pauses of Want.Pause double from the first to the longest. */
const FIRST_PAUSE = 0.5;
const LONGEST_PAUSE = 16;

export const blocking: Runner<'sync'> = {
  mode: 'sync',
  run(make, subject, a, b, o) {
    return drive(make(subject, a, b), o, null);
  },
  go: (make, o) => drive(make(), o, null),
  chain: (value, next) => next(value),
  bounded: (begin) => begin(),
};

/**
 * FAST PATH (bench: blocking round trip): the first try of a receive without a limit and the first wait for it, in one call of
 * native code. It has given up after the wait when the answer is EAGAIN; then the loop goes on.
 */
export function receiveOrWait(fd: number, buffer: Uint8Array, offset: number, length: number): number {
  return native.recvOrWait(fd, buffer, offset, length, slice());
}

/** Drives an attempt whose first step was made without it, and has answered `want`. */
export function goOn<T>(attempt: Attempt<T>, want: Want, o: Op | undefined): T {
  return drive(attempt, o, want);
}

function drive<T>(attempt: Attempt<T>, o: Op | undefined, first: Want | null): T {
  let want = first;
  let deadline: number | null = null;
  let pause = FIRST_PAUSE;
  // False while it is not the attempt's own step that may end it.
  let stepping = false;
  let turn: Turn | null = null;
  try {
    const span = Math.min(o === undefined ? Infinity : spanOf(o), attempt.limit);
    if (o !== undefined) signalOf(o, attempt.phase);
    if (attempt.lane !== null && attempt.lane.head !== null)
      throw refusal('ERR_BUSY', attempt.phase, 'the other colour is waiting in this direction');
    for (;;) {
      if (want === null) {
        // Nobody reads the edges while the thread is blocked.
        trust(attempt);
        stepping = true;
        const result = attempt.step();
        if (!isWant(result)) return result;
        stepping = false;
        want = result;
      }
      if (undelivered) {
        turn ??= new Turn(attempt);
        deliver();
        turn.check();
      }
      deadline ??= span === Infinity ? Infinity : performance.now() + span;
      if (!wait(attempt, want, deadline, pause)) {
        const late = attempt.expired?.();
        if (late) return late.value;
        throw timeoutError(attempt.phase, attempt.facts?.('ETIMEDOUT'));
      }
      if (want === Want.Pause) pause = Math.min(pause * 2, LONGEST_PAUSE);
      want = null;
    }
  } finally {
    if (!stepping) attempt.abandon?.();
    turn?.leave();
    if (undelivered) deliver();
  }
}

/** False when the deadline has passed. Being woken early is no harm: the step tries again. */
function wait(attempt: Attempt<unknown>, want: Want, deadline: number, pause: number): boolean {
  const now = deadline === Infinity && want !== Want.Many ? 0 : performance.now();
  const left = deadline - now;
  if (left <= 0) return false;
  const ms = Math.min(left, slice());
  switch (want) {
    case Want.Read:
      poll(attempt, POLLIN, ms);
      return true;
    case Want.Write:
      poll(attempt, POLLOUT, ms);
      return true;
    case Want.Pause:
      check(native.poll(-1, 0, Math.min(ms, pause)), attempt);
      return true;
    case Want.Many:
      pollMany(attempt, Math.max(0, Math.min(ms, (attempt.until ?? Infinity) - now)));
      return true;
  }
}

function poll(attempt: Attempt<unknown>, events: number, ms: number): void {
  check(native.poll(attempt.registration!.fd, events, ms), attempt);
}

function pollMany(attempt: Attempt<unknown>, ms: number): void {
  const interests = attempt.interests?.() ?? [];
  const set = new Int32Array(interests.length * 3);
  interests.forEach(({ registration, read, write, priority }, i) => {
    set[3 * i] = registration.fd;
    set[3 * i + 1] = (read ? POLLIN : 0) | (write ? POLLOUT : 0) | (priority ? POLLPRI : 0);
  });
  check(native.pollMany(set, interests.length, ms), attempt);
}

/** A signal that interrupts the wait is nobody's error; what is left of the limit is computed again. */
function check(result: number, attempt: Attempt<unknown>): void {
  if (result < 0 && result !== EINTR)
    throw systemError(result, 'poll', attempt.phase, null, attempt.facts?.('ABORT_ERR'));
}
