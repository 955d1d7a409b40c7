// Owns what a port or a service name may look like. Does not know which services exist.

import { invalidType, invalidValue, outOfRange, wholeNumber } from '../error/invalid.js';

const largest = 65535;

/**
 * Reads a port number or a service name. A string of digits is a port. Checked before any resolver sees it, because
 * glibc takes "65536" for port 0, and " 80", "080" and "0x50" for what nobody meant.
 */
export function parseService(argument: string, value: unknown): number | string {
  if (typeof value === 'number') return wholeNumber(argument, value, 0, largest);
  if (typeof value !== 'string') throw invalidType(argument, 'a port number or a service name', value);
  if (/^(0|[1-9][0-9]*)$/.test(value)) {
    const port = Number(value);
    if (port > largest) throw outOfRange(argument, `a port from 0 to ${largest}`, value);
    return port;
  }
  // RFC 6335 §5.1 asks for a letter; "_", "+" and "." occur in /etc/services.
  if (/^(?!0x)(?=.*[a-z])[a-z0-9_+.-]{1,32}$/i.test(value)) return value;
  throw invalidValue(argument, `must be a port from 0 to ${largest} in plain decimal, or a service name`, value);
}
