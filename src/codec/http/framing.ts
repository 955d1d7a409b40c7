// Owns what headers may say of the length of a body, for reading and writing alike. Nobody can tell where the next message
// begins when it is wrong (RFC 9112 §6.3).

import { trimmed } from './syntax.js';

const DIGITS = /^\d+$/;

/** The number that a Content-Length says (RFC 9110 §8.6), or -1. Above 2^53 it could not be counted. */
export function lengthOf(value: string): number {
  return DIGITS.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : -1;
}

/** What is wrong with a Transfer-Encoding, whose lines are joined with commas; null when nothing is. */
export function codingFault(value: string, isRequest: boolean): string | null {
  const codings = value.split(',').map((one) => trimmed(one).toLowerCase());
  if (codings.every((one) => one === '')) return 'an empty Transfer-Encoding';
  // RFC 9112 §6.1: chunked once, and §6.3: last of all in a request. A response may also go to the end of the connection.
  const chunked = codings.indexOf('chunked');
  if (chunked !== codings.lastIndexOf('chunked')) return 'a Transfer-Encoding that is chunked twice';
  return isRequest && (chunked < 0 || chunked !== codings.length - 1)
    ? 'a Transfer-Encoding that does not end with chunked'
    : null;
}
