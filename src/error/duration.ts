// Owns the check of a Duration: what it means in milliseconds. Stands here because every room may ask, the core and the
// loops as well. Knows no clock.

import { invalidType, invalidValue, outOfRange } from './invalid.js';

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Duration; Infinity is allowed and means no limit. */
export function durationOf(argument: string, value: unknown): number {
  if (typeof value === 'number') {
    if (!(value >= 0)) throw outOfRange(argument, 'a number of milliseconds from 0', value);
    return value;
  }
  if (typeof value !== 'string')
    throw invalidType(argument, "a number of milliseconds or a string such as '5s'", value);
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value) ?? [];
  if (amount === undefined || unit === undefined)
    throw invalidValue(argument, "must be a number followed by 'ms', 's', 'm' or 'h'", value);
  return Number(amount) * units[unit]!;
}
