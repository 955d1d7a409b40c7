// Owns the shape of an operation: a restartable step that never waits. Both colours drive the same attempts; this file
// must not know how.

import type { Phase } from '../contract/error.js';
import type { ErrorFacts } from '../error/socket-error.js';
import type { Lane } from './lane.js';
import type { Registration } from './registration.js';
import type { Want } from './want.js';

/** A descriptor to watch, and in which direction. */
export interface Interest {
  readonly registration: Registration;
  readonly read: boolean;
  readonly write: boolean;
  /** Urgent data too. */
  readonly priority?: boolean;
}

/** One operation in progress. What it has achieved lives in it, so it can be stepped again. */
export interface Attempt<T> {
  /** What error messages say was being done. */
  readonly phase: Phase;
  /** Where it queues, or null when order does not matter. */
  readonly lane: Lane | null;
  /** The descriptor it works on; null when only `interests` counts. */
  readonly registration: Registration | null;
  /** A limit in ms from the socket itself (SO_RCVTIMEO, SO_SNDTIMEO), or Infinity. */
  readonly limit: number;
  /** True if a failure leaves the stream torn, so that what queues behind it must fail too. */
  readonly breaks?: boolean;
  /** See Waiting.survives. */
  readonly survives?: boolean;
  /** Goes as far as it can without waiting. */
  step(): T | Want;
  /** After Want.Many: what to watch. */
  interests?(): readonly Interest[];
  /** After Want.Many: when to step again at the latest, on the clock of performance.now(). */
  readonly until?: number;
  /** For what no descriptor announces: called once, with the function that makes the attempt be stepped again. */
  subscribe?(wake: () => void): void;
  /** The result when the limit is spent, for operations whose limit is not an error; null if it is one after all. */
  expired?(): { readonly value: T } | null;
  /** What an error about the limit (`code` is 'ETIMEDOUT'), the signal ('ABORT_ERR') or a close ('ERR_SOCKET_CLOSED') should carry. */
  facts?(code: 'ETIMEDOUT' | 'ABORT_ERR' | 'ERR_SOCKET_CLOSED'): Partial<ErrorFacts>;
  /** Called when the operation ends in any other way than by its own step: gives back what it holds. */
  abandon?(): void;
}
