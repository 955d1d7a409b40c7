// Owns the order of operations: one lane is served strictly first come, first served. It must not know how waiting works.

import type { ErrorFacts, SocketError } from '../error/socket-error.js';

/** Makes the error of an operation that others end. `facts` is how far it had come. */
export type MakeError = (facts: Partial<ErrorFacts> | undefined) => SocketError;

/** An operation that waits for its turn or for its socket. The wait room makes these. */
export interface Waiting {
  next: Waiting | null;
  /** True for an operation that goes on when those before it failed, and when the socket is closed: close itself. */
  readonly survives: boolean;
  /** The socket may be ready: try again. */
  wake(): void;
  /** Ends the operation with an error, which is made where the caller's line shows in its stack. */
  fail(make: MakeError): void;
}

const ADVANCING = 1;
const FAILING = 2;

/** A queue of waiting operations, linked so that the common case of one costs nothing. */
export class Lane {
  head: Waiting | null = null;
  #last: Waiting | null = null;
  /** What it is busy with: ADVANCING, FAILING. One field for both, since there are many lanes. */
  #busy = 0;

  append(waiting: Waiting): void {
    if (this.#last === null) this.head = waiting;
    else this.#last.next = waiting;
    this.#last = waiting;
  }

  /** Takes one out, wherever it stands. */
  remove(waiting: Waiting): void {
    let before: Waiting | null = null;
    if (this.head === waiting) this.head = waiting.next;
    else {
      before = this.head;
      while (before !== null && before.next !== waiting) before = before.next;
      if (before === null) return;
      before.next = waiting.next;
    }
    if (this.#last === waiting) this.#last = before;
    waiting.next = null;
  }

  /** Fails everything that stands behind `first`, or everything if it is null, except what survives. */
  failAfter(first: Waiting | null, make: MakeError): void {
    // A write that is told so would tell those behind it again, each of them those behind it, and so on.
    if (this.#busy & FAILING) return;
    const doomed: Waiting[] = [];
    for (let waiting = first === null ? this.head : first.next; waiting !== null; waiting = waiting.next)
      if (!waiting.survives) doomed.push(waiting);
    // The next in line must not begin between two failures.
    const before = this.#busy;
    this.#busy = ADVANCING | FAILING;
    for (const waiting of doomed) waiting.fail(make);
    this.#busy = before;
  }

  /** Lets the head try, and the next one when it is done, and so on. A loop, because a queue may be long. */
  advance(): void {
    if (this.#busy & ADVANCING || this.head === null) return;
    this.#busy |= ADVANCING;
    try {
      for (let head = this.head; head !== null; head = this.head) {
        head.wake();
        if (this.head === head) break;
      }
    } finally {
      this.#busy &= ~ADVANCING;
    }
  }
}
