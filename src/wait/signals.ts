// Owns the listening to AbortSignals: one listener for a signal, however many operations wait with it. A signal that a whole
// server shares must neither collect listeners nor make Node warn of a leak that is none.

/** Something that ends when its signal is aborted. The links are this file's. */
export interface Abortable {
  before: Abortable | null;
  after: Abortable | null;
  aborted(): void;
}

const hubs = new WeakMap<AbortSignal, Hub>();
/** The hub asked for last: mostly one signal is in use, and looking it up costs more than the rest. */
let latest: Hub | null = null;

export function addAbortable(signal: AbortSignal, waiting: Abortable): void {
  hubOf(signal).add(waiting);
}

export function removeAbortable(signal: AbortSignal, waiting: Abortable): void {
  hubOf(signal).remove(waiting);
}

function hubOf(signal: AbortSignal): Hub {
  if (latest?.signal.deref() === signal) return latest;
  latest = hubs.get(signal) ?? new Hub(signal);
  hubs.set(signal, latest);
  return latest;
}

class Hub {
  /** Weak, so that `latest` keeps no signal alive. */
  readonly signal: WeakRef<AbortSignal>;
  /** A linked list: adding and removing happens in every call. */
  #first: Abortable | null = null;

  constructor(signal: AbortSignal) {
    this.signal = new WeakRef(signal);
  }

  add(waiting: Abortable): void {
    const first = this.#first;
    if (first === null) this.signal.deref()?.addEventListener('abort', this);
    else first.before = waiting;
    waiting.after = first;
    this.#first = waiting;
  }

  /** The listener goes with the last operation, so that an idle signal holds nothing of ours. */
  remove(waiting: Abortable): void {
    const { before, after } = waiting;
    waiting.before = null;
    waiting.after = null;
    if (after !== null) after.before = before;
    if (before !== null) before.after = after;
    else if (this.#first === waiting) {
      this.#first = after;
      if (after === null) this.signal.deref()?.removeEventListener('abort', this);
    }
  }

  handleEvent(): void {
    const all: Abortable[] = [];
    for (let waiting = this.#first; waiting !== null; waiting = waiting.after) all.push(waiting);
    for (const waiting of all) waiting.aborted();
  }
}
