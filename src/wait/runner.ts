// Owns the shape of a colour: how an attempt is brought to its end. blocking.ts and promise.ts are the only two.

import type { Mode, Op, R } from '../contract/mode.js';
import type { Attempt } from '../core/attempt.js';

export interface Runner<M extends Mode> {
  readonly mode: M;
  /**
   * Makes an attempt and drives it. `make` is a function of the module, not a closure, so that a call allocates nothing
   * for it; it is called here so that its errors come out in the way of the colour.
   */
  run<T, S, A, B>(make: (subject: S, a: A, b: B) => Attempt<T>, subject: S, a: A, b: B, o: Op | undefined): R<M, T>;
  /** The same for operations where a closure does not matter. */
  go<T>(make: () => Attempt<T>, o: Op | undefined): R<M, T>;
  /** Goes on with a result when it is there. */
  chain<T, U>(value: R<M, T>, next: (value: T) => R<M, U>): R<M, U>;
  /** Waits for something that the caller's own code promised, within a limit. */
  bounded<T>(begin: () => R<M, T>, o: Op | undefined): R<M, T>;
}
