// Owns deadlines: a heap of them behind one timer of the reactor, so that a limit costs no timer object. Most calls end long before
// their limit, so what is put off or rests stays where it is in the heap, and is looked at again when its old moment comes. The timer
// is left alone, too: a wake-up too many costs less than arming it for each call.

import { native } from '../native/load.js';

/** Something with a deadline on the clock of performance.now(). */
export interface Timed {
  /** Infinity while it rests. Set by its owner only to put it off. */
  deadline: number;
  /** What its place in the heap goes by, never after the deadline. This file's, as the slot. */
  due: number;
  /** Its place in the heap, -1 outside. */
  slot: number;
  /** The deadline has come. */
  ring(): void;
}

/** setTimeout counts in 32 bits. */
const LONGEST = 2 ** 31 - 1;
const heap: Timed[] = [];
/** Never after the first of the heap is due. */
let armedFor = Infinity;

/** Sets a deadline, or moves it. */
export function setTimed(timed: Timed, deadline: number): void {
  timed.deadline = deadline;
  if (timed.slot >= 0) {
    if (timed.due <= deadline) return;
    removeTimed(timed);
  }
  timed.due = deadline;
  rise(timed, heap.length);
  if (deadline < armedFor) arm(deadline);
}

/** Takes it out of the heap, which nothing needs that may as well rest. */
export function removeTimed(timed: Timed): void {
  const { slot } = timed;
  if (slot < 0) return;
  timed.slot = -1;
  const last = heap.pop()!;
  if (last === timed) return;
  place(last, slot);
  sink(last, slot);
  rise(last, last.slot);
}

/** The timer of the reactor has fired: rings everything whose deadline has come. */
export function ringDue(): void {
  armedFor = Infinity;
  const now = performance.now();
  let first = heap[0];
  for (; first !== undefined; first = heap[0]) {
    const { deadline, due } = first;
    if (deadline === Infinity) removeTimed(first);
    else if (due > now) break;
    else if (due < deadline) {
      // Put off meanwhile. Others may come before it, even if it is due now.
      first.due = deadline;
      sink(first, 0);
    } else {
      removeTimed(first);
      first.ring();
    }
  }
  if (first !== undefined && first.due < armedFor) arm(first.due);
}

function arm(moment: number): void {
  armedFor = moment;
  const ms = Math.max(0, moment - performance.now());
  // Without a timer no limit would ever be kept again, so it may be one of the loop's. Ringing too early does no harm.
  if (native.reactorTimer(ms) < 0) setTimeout(ringDue, Math.min(ms + 1, LONGEST)).unref();
}

function place(timed: Timed, slot: number): void {
  heap[slot] = timed;
  timed.slot = slot;
}

function rise(timed: Timed, from: number): void {
  let slot = from;
  while (slot > 0) {
    const parent = (slot - 1) >> 1;
    const above = heap[parent]!;
    if (above.due <= timed.due) break;
    place(above, slot);
    slot = parent;
  }
  place(timed, slot);
}

function sink(timed: Timed, from: number): void {
  let slot = from;
  for (;;) {
    let child = 2 * slot + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]!.due < heap[child]!.due) child++;
    const below = heap[child]!;
    if (below.due >= timed.due) break;
    place(below, slot);
    slot = child;
  }
  place(timed, slot);
}
