// Owns the listening to AbortSignals: one listener for a signal, however many operations wait with it. A signal that a whole
// server shares must neither collect listeners nor make Node warn of a leak that is none.

import { afterTurn } from './fairness.js';

/** Something that ends when its signal is aborted. The links are this file's. */
export interface Abortable {
  hub: Hub | null;
  before: Abortable | null;
  after: Abortable | null;
  aborted(): void;
}

const hubs = new WeakMap<AbortSignal, Hub>();
/** Those with nobody left, which listen until the loop has turned: mostly the next call with the same signal is close behind. */
let quiet: Hub[] = [];

export function addAbortable(signal: AbortSignal, waiting: Abortable): void {
  let hub = hubs.get(signal);
  if (hub === undefined) {
    hub = new Hub();
    hubs.set(signal, hub);
  }
  hub.add(signal, waiting);
}

/** Nothing happens if it has no signal, or not any more. */
export function removeAbortable(waiting: Abortable): void {
  if (waiting.hub !== null) waiting.hub.remove(waiting);
}

class Hub {
  /** The signal while this listens to it. */
  #signal: AbortSignal | null = null;
  /** A linked list: adding and removing happens in every call that waits. */
  #first: Abortable | null = null;
  #quiet = false;

  add(signal: AbortSignal, waiting: Abortable): void {
    const first = this.#first;
    if (this.#signal === null) {
      this.#signal = signal;
      signal.addEventListener('abort', this);
    }
    if (first !== null) first.before = waiting;
    waiting.hub = this;
    waiting.after = first;
    this.#first = waiting;
  }

  remove(waiting: Abortable): void {
    const { before, after } = waiting;
    waiting.hub = null;
    waiting.before = null;
    waiting.after = null;
    if (after !== null) after.before = before;
    if (before !== null) before.after = after;
    else this.#first = after;
    if (this.#first === null && !this.#quiet) {
      this.#quiet = true;
      if (quiet.push(this) === 1) afterTurn(hush);
    }
  }

  /** The listener goes with the last operation, so that an idle signal holds nothing of ours. */
  hush(): void {
    this.#quiet = false;
    if (this.#first !== null) return;
    this.#signal?.removeEventListener('abort', this);
    this.#signal = null;
  }

  /** One after the other from the front, because the end of one may be the end of others. */
  handleEvent(): void {
    for (let first = this.#first; first !== null; first = this.#first) {
      this.remove(first);
      first.aborted();
    }
  }
}

function hush(): void {
  const hubs = quiet;
  quiet = [];
  for (const hub of hubs) hub.hush();
}
