// Owns descriptors that came with a message: whose they are until somebody takes them. The addon has entered them in the
// table of the process when they came, so what is left when a worker ends is closed there; here they are given to the
// program, or closed when the message they came with is collected. Never both.

import { native } from '../../native/load.js';

export class Rights {
  /** The descriptors of SCM_RIGHTS; null when there are only others (SCM_PIDFD), which stand in the raw control messages. */
  readonly passed: boolean;
  readonly #fds: number[];
  readonly #others: number[];
  #taken = false;

  /** The descriptors are closed when `owner` is collected, unless they were taken. */
  constructor(owner: object, fds: number[], others: number[]) {
    this.passed = fds.length > 0;
    this.#fds = fds;
    this.#others = others;
    registry.register(owner, this, this);
  }

  /** The descriptors, which are the caller's from now on. */
  take(): number[] {
    if (!this.#taken) {
      this.#end();
      for (const fd of [...this.#fds, ...this.#others]) native.disown(fd);
    }
    return this.#fds;
  }

  close(): void {
    if (this.#taken) return;
    this.#end();
    for (const fd of [...this.#fds, ...this.#others]) native.close(fd);
  }

  #end(): void {
    this.#taken = true;
    registry.unregister(this);
  }
}

const registry = new FinalizationRegistry<Rights>((rights) => rights.close());
