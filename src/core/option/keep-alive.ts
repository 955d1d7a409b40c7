// Owns keep-alive as one value: SO_KEEPALIVE and its three TCP options.

import { invalidType, wholeNumber } from '../../error/invalid.js';
import * as C from '../../native/constants.js';
import type { Handle } from '../handle.js';
import { getInt, setInt } from './access.js';

/** Milliseconds and a count. */
export interface Probing {
  idle: number;
  interval: number;
  count: number;
}

export function getKeepAlive(handle: Handle): Probing | null {
  if (getInt(handle, C.SOL_SOCKET, C.SO_KEEPALIVE) === 0) return null;
  // A Unix socket takes the flag and has nothing to probe.
  if (handle.family === C.AF_UNIX) return { idle: 0, interval: 0, count: 0 };
  return {
    idle: getInt(handle, C.IPPROTO_TCP, C.TCP_KEEPIDLE) * 1000,
    interval: getInt(handle, C.IPPROTO_TCP, C.TCP_KEEPINTVL) * 1000,
    count: getInt(handle, C.IPPROTO_TCP, C.TCP_KEEPCNT),
  };
}

/** The details go in before the flag, so that a refused value changes nothing that matters. */
export function setKeepAlive(handle: Handle, value: boolean | Partial<Probing> | null): void {
  if (value !== null && typeof value !== 'boolean' && typeof value !== 'object')
    throw invalidType('keepAlive', 'a boolean, an object or null', value);
  if (typeof value === 'object' && value !== null) {
    const { idle, interval, count } = value;
    if (count !== undefined) wholeNumber('keepAlive.count', count, 1, 127);
    if (idle !== undefined) setInt(handle, C.IPPROTO_TCP, C.TCP_KEEPIDLE, Math.ceil(idle / 1000));
    if (interval !== undefined) setInt(handle, C.IPPROTO_TCP, C.TCP_KEEPINTVL, Math.ceil(interval / 1000));
    if (count !== undefined) setInt(handle, C.IPPROTO_TCP, C.TCP_KEEPCNT, count);
  }
  setInt(handle, C.SOL_SOCKET, C.SO_KEEPALIVE, value === false || value === null ? 0 : 1);
}
