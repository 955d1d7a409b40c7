// Owns the zone of an IPv6 address (RFC 4007) as text: what may stand after the "%". Does not know which zones exist.

import { Buffer } from 'node:buffer';

const largestIndex = 0xffff_ffff;
const longestName = 15; // IFNAMSIZ without its NUL

/** What is wrong with a zone, or null when nothing is. */
export function zoneProblem(zone: string): string | null {
  if (zone === '') return 'has an empty zone after "%"';
  if (/^[0-9]+$/.test(zone)) return Number(zone) <= largestIndex ? null : 'has a zone number above 32 bits';
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  if (/[%/:\s\x00-\x1f\x7f]/.test(zone)) return 'has a zone that is no interface name';
  if (Buffer.byteLength(zone) > longestName) return `has a zone of more than ${longestName} bytes`;
  return null;
}

/** The number that a zone of digits stands for, or null for an interface name. */
export function zoneNumber(zone: string): number | null {
  return /^[0-9]+$/.test(zone) ? Number(zone) : null;
}

/** One spelling a zone: numbers without leading zeros, and zone 0, which means none (RFC 4007 §6), left out. */
export function plainZone(zone: string | undefined): string | undefined {
  if (zone === undefined) return undefined;
  const number = zoneNumber(zone);
  if (number === null) return zone;
  return number === 0 ? undefined : String(number);
}
