// Owns operations that never have to wait, in the shape of those that may: so that their errors come out in the way of the
// colour, and in the lane's order where it matters.

import type { Phase } from '../contract/error.js';
import type { Attempt } from './attempt.js';

export class Immediately<T> implements Attempt<T> {
  readonly phase: Phase;
  readonly lane = null;
  readonly registration = null;
  readonly limit = Infinity;
  readonly #body: () => T;

  constructor(phase: Phase, body: () => T) {
    this.phase = phase;
    this.#body = body;
  }

  step(): T {
    return this.#body();
  }
}
