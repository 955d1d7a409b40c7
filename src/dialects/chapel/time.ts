// Owns limits as Chapel writes them: struct timeval, or seconds. It must not know what is limited.

import { IllegalArgumentError } from './errors.js';

/** A span of time: seconds and microseconds. `tv_sec` -1 is no limit, whatever `tv_usec` is. */
export class struct_timeval {
  tv_sec: number;
  tv_usec: number;

  constructor(tv_sec = 0, tv_usec = 0) {
    this.tv_sec = tv_sec;
    this.tv_usec = tv_usec;
  }
}

/** Every limit of this module: a `struct_timeval`, or seconds, of which fractions count. -1 is no limit, 0 is "do not wait". */
export type Timeout = struct_timeval | number;

/** No limit: the default of every procedure. */
export const indefiniteTimeout: Readonly<struct_timeval> = Object.freeze(new struct_timeval(-1, 0));

/** Milliseconds; Infinity for no limit. */
export function limitOf(timeout: unknown): number {
  if (typeof timeout === 'number') return milliseconds(Math.trunc(timeout), timeout * 1000, timeout);
  if (typeof timeout !== 'object' || timeout === null) throw wrong(timeout);
  const { tv_sec, tv_usec } = timeout as Partial<struct_timeval>;
  if (!Number.isInteger(tv_sec) || !Number.isInteger(tv_usec)) throw wrong(timeout);
  return milliseconds(tv_sec!, tv_sec! * 1000 + tv_usec! / 1000, timeout);
}

function milliseconds(seconds: number, ms: number, timeout: unknown): number {
  if (seconds === -1) return Infinity;
  if (!(ms >= 0)) throw wrong(timeout);
  return ms;
}

function wrong(timeout: unknown): IllegalArgumentError {
  const shown = typeof timeout === 'object' && timeout !== null ? JSON.stringify(timeout) : String(timeout);
  return new IllegalArgumentError(`timeout must be a struct_timeval or seconds, from 0, or -1 for no limit: ${shown}`);
}
