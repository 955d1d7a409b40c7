// The vocabulary that every other interface uses: the two colours, durations, limits and bytes.

/** The two colours of the library: `'async'` returns promises, `'sync'` blocks the calling thread. */
export type Mode = 'async' | 'sync';

/** What a call that may wait returns: a promise in `berkeley`, the plain value in `berkeley/sync`. */
export type R<M extends Mode, T> = M extends 'async' ? Promise<T> : T;

/** What can be iterated: with `for await` in `berkeley`, with `for` in `berkeley/sync`. */
export type Each<M extends Mode, T> = M extends 'async' ? AsyncIterable<T> : Iterable<T>;

/** Bytes to send. A string goes out in the encoding of its connection, UTF-8 unless told otherwise. */
export type Data = string | Uint8Array | ArrayBuffer | DataView;

/** A span of time: a number of milliseconds (fractions count), or a string such as `'250ms'`, `'1.5s'`, `'2m'`, `'1h'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h'}`;

/**
 * One budget for a whole call: looking up, every attempt, every partial transfer.
 *
 * The clock is monotonic; the earliest of the three limits counts. When it is spent the call fails with
 * `TimeoutError` (`ETIMEDOUT`), or with `ABORT_ERR` for a signal. The socket stays open and usable.
 *
 * @example
 * await conn.readLine({ timeout: '5s' });
 * await conn.readExact(16, { signal: AbortSignal.timeout(100) });
 */
export interface Op {
  /** How long the call may take. Absent: no limit. 0: do not wait (`connect` refuses 0). */
  timeout?: Duration | undefined;
  /** The moment at which the call ends: a `Date`, or milliseconds as of `Date.now()`. Turned into monotonic time once, at entry. */
  deadline?: Date | number | undefined;
  /** Cancels the call. In the blocking colour it is looked at on entry only, because no JavaScript runs during the call. */
  signal?: AbortSignal | undefined;
}
