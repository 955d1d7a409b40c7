// Owns the place of a blocking call in its lane while functions of the program hear of events. What they call in the same
// direction finds the lane taken, and when they close the socket, the call ends as a waiting one would.

import type { Attempt } from '../core/attempt.js';
import type { Lane, MakeError, Waiting } from '../core/lane.js';
import type { SocketError } from '../error/socket-error.js';

export class Turn implements Waiting {
  next: Waiting | null = null;
  readonly survives: boolean;
  readonly #attempt: Attempt<unknown>;
  readonly #lane: Lane | null;
  #failure: SocketError | null = null;

  constructor(attempt: Attempt<unknown>) {
    this.#attempt = attempt;
    this.#lane = attempt.lane;
    this.survives = attempt.survives ?? false;
    this.#lane?.append(this);
  }

  wake(): void {
    // The loop steps its attempt by itself.
  }

  fail(make: MakeError): void {
    this.#failure ??= make(this.#attempt.facts?.('ERR_SOCKET_CLOSED'));
  }

  /** Throws when the call was ended meanwhile. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** The call is over: lets those go on that have queued behind it, of the other colour. */
  leave(): void {
    this.#lane?.remove(this);
    this.#lane?.advance();
  }
}
