// Owns limits: from what a caller passes to a span of time on the monotonic clock.

import type { Op } from '../contract/mode.js';
import { durationOf } from '../error/duration.js';
import { invalidType, outOfRange } from '../error/invalid.js';
import { abortError } from '../error/make.js';
import type { Phase } from '../contract/error.js';

export { durationOf };

/** How long the call may take from now on, in milliseconds; Infinity for no limit, 0 or less for "do not wait". */
export function spanOf(o: Op): number {
  const span = timeoutOf(o);
  return o.deadline === undefined ? span : Math.min(span, momentOf(o.deadline) - Date.now());
}

function timeoutOf(o: Op): number {
  if (typeof o !== 'object' || o === null) throw invalidType('options', 'an object', o);
  return o.timeout === undefined ? Infinity : durationOf('timeout', o.timeout);
}

function momentOf(deadline: unknown): number {
  const at: unknown = deadline instanceof Date ? deadline.getTime() : deadline;
  if (typeof at !== 'number') throw invalidType('deadline', 'a Date or milliseconds of Date.now()', at);
  if (Number.isNaN(at)) throw outOfRange('deadline', 'a valid moment', deadline);
  return at;
}

/** Without the clock, which costs more than all the rest. */
function checkSpan(o: Op): void {
  timeoutOf(o);
  if (o.deadline !== undefined) momentOf(o.deadline);
}

/** The signal of a call, which must not be aborted yet. */
export function signalOf(o: Op, phase: Phase): AbortSignal | null {
  const { signal } = o;
  if (signal === undefined) return null;
  checkSignal(signal);
  if (signal.aborted) throw abortError(phase, signal);
  return signal;
}

function checkSignal(signal: unknown): void {
  if (typeof signal !== 'object' || signal === null || !('aborted' in signal))
    throw invalidType('signal', 'an AbortSignal', signal);
}

/** Looks only whether the limits mean something: for close, which an aborted signal shortens and does not stop. */
export function checkLimits(o: Op | undefined): void {
  if (o === undefined) return;
  checkSpan(o);
  if (o.signal !== undefined) checkSignal(o.signal);
}

/** Looks at both before an operation is made that begins something by being made: a lookup. */
export function admit(o: Op | undefined, phase: Phase): void {
  if (o === undefined) return;
  checkSpan(o);
  signalOf(o, phase);
}

/** Operations that cannot be done without waiting refuse a limit of 0. */
export function refuseZero(o: Op | undefined): void {
  if (o?.timeout !== undefined && durationOf('timeout', o.timeout) === 0)
    throw outOfRange('timeout', 'above 0 for this call, which cannot be done without waiting', o.timeout);
}
