// Owns the TLS options that hold for every connection and listener of this environment, where they say nothing else.

import type { TlsOptions } from '../../contract/tls.js';
import { invalidValue } from '../../error/invalid.js';
import { checkOptions, mergeOptions } from './options.js';

const empty: TlsOptions = {};
let defaults = empty;

/** Replaces what was set before. @throws TypeError, RangeError */
export function setTlsDefaults(value: Omit<TlsOptions, 'verify'>): void {
  checkOptions('tls', value);
  if (value.verify !== undefined)
    throw invalidValue('tls.verify', 'cannot be set for all: say it where a connection is made', value.verify);
  if (value.serverName === false)
    throw invalidValue('tls.serverName', 'cannot be false for all: say it where a connection is made', false);
  defaults = mergeOptions({}, value);
}

/** A caller's options, checked, over the defaults. @throws TypeError, RangeError */
export function withDefaults(value: unknown): TlsOptions {
  checkOptions('tls', value);
  const merged = mergeOptions(defaults, value);
  // Together they may contradict each other where each alone does not.
  if (defaults !== empty) checkOptions('tls', merged);
  return merged;
}
