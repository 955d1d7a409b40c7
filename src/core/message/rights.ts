// Owns descriptors that came with a message: whose they are until somebody takes them. The addon has entered them in the
// table of the process when they came, so what is left when a worker ends is closed there; here they are given to the
// program, or closed when nobody can reach them any more. Never both.

import { native } from '../../native/load.js';

/** Held by the message and by its `meta`: the descriptors are closed when both are collected, unless they were taken. */
export class Rights {
  /** False when there are only others than those of SCM_RIGHTS: a pidfd, which stands in the raw control messages. */
  readonly passed: boolean;
  readonly #untaken: Untaken;
  readonly #fds: number[];

  constructor(fds: number[], others: number[]) {
    this.passed = fds.length > 0;
    this.#fds = fds;
    this.#untaken = { fds: [...fds, ...others] };
    registry.register(this, this.#untaken, this);
  }

  /** The descriptors of SCM_RIGHTS. All that came are the caller's from now on. */
  take(): number[] {
    registry.unregister(this);
    for (const fd of this.#untaken.fds.splice(0)) native.disown(fd);
    return this.#fds;
  }
}

/** Apart from the rights, which the registry must not keep. */
interface Untaken {
  readonly fds: number[];
}

const registry = new FinalizationRegistry<Untaken>(({ fds }) => {
  for (const fd of fds.splice(0)) native.close(fd);
});
