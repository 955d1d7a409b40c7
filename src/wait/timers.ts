// Owns deadlines: a heap of them behind one timer of the reactor, so that a limit costs no timer object. The timer is armed
// for the earliest and left alone when that one is removed: a wake-up too many costs less than disarming each time.

import { native } from '../native/load.js';

/** Something with a deadline on the clock of performance.now(). */
export interface Timed {
  deadline: number;
  /** Its place in the heap, -1 outside. */
  slot: number;
  /** The deadline has come. */
  ring(): void;
}

const heap: Timed[] = [];
let armedFor = Infinity;

export function addTimed(timed: Timed): void {
  place(timed, heap.length);
  rise(timed, timed.slot);
  if (timed.deadline < armedFor) arm(timed.deadline);
}

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

/** The timer of the reactor has fired: rings everything that is due. */
export function ringDue(): void {
  armedFor = Infinity;
  const now = performance.now();
  let first = heap[0];
  while (first !== undefined && first.deadline <= now) {
    removeTimed(first);
    first.ring();
    first = heap[0];
  }
  if (first !== undefined && first.deadline < armedFor) arm(first.deadline);
}

function arm(deadline: number): void {
  armedFor = deadline;
  native.reactorTimer(Math.max(0, deadline - performance.now()));
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
    if (above.deadline <= timed.deadline) break;
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
    if (child + 1 < heap.length && heap[child + 1]!.deadline < heap[child]!.deadline) child++;
    const below = heap[child]!;
    if (below.deadline >= timed.deadline) break;
    place(below, slot);
    slot = child;
  }
  place(timed, slot);
}
