// Owns the listening to AbortSignals: one listener for a signal, however many operations wait with it. A signal that a whole
// server shares must neither collect listeners nor make Node warn of a leak that is none.

/** Something that ends when its signal is aborted. */
export interface Abortable {
  aborted(): void;
}

const hubs = new WeakMap<AbortSignal, Hub>();

export function addAbortable(signal: AbortSignal, waiting: Abortable): void {
  let hub = hubs.get(signal);
  if (hub === undefined) {
    hub = new Hub(signal);
    hubs.set(signal, hub);
  }
  hub.add(waiting);
}

export function removeAbortable(signal: AbortSignal, waiting: Abortable): void {
  hubs.get(signal)?.remove(waiting);
}

class Hub {
  readonly #signal: AbortSignal;
  readonly #waiting = new Set<Abortable>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(waiting: Abortable): void {
    if (this.#waiting.size === 0) this.#signal.addEventListener('abort', this);
    this.#waiting.add(waiting);
  }

  /** The listener goes with the last operation, so that an idle signal holds nothing of ours. */
  remove(waiting: Abortable): void {
    if (this.#waiting.delete(waiting) && this.#waiting.size === 0) this.#signal.removeEventListener('abort', this);
  }

  handleEvent(): void {
    for (const waiting of [...this.#waiting]) waiting.aborted();
  }
}
