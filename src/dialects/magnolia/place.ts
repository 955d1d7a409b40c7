// Owns addresses as Magnolia writes them: `host:port`, `[::1]:port`, `:port`. It must not know what is done there.

import { withoutPassword } from '../../error/invalid.js';
import type { Target } from '../../contract/address.js';

/** @throws an error that is an answer: a bad address is no misuse */
export function placeOf(address: string, o: { portMayBeMissing: boolean }): Target {
  const [, bracketed, plain, port] = /^(?:\[([^[\]]*)\]|([^[\]:]*)):([^:]*)$/.exec(address) ?? [];
  if (port === undefined || (port === '' && !o.portMayBeMissing)) throw badAddress(address);
  const host = bracketed ?? plain ?? '';
  return { port: port === '' ? 0 : port, ...(host === '' ? {} : { host }) };
}

function badAddress(address: string): Error {
  const why = /:.*:/.test(address) ? 'too many colons in address' : 'missing port in address';
  return Object.assign(new TypeError(`address ${withoutPassword(address)}: ${why}`), { code: 'ERR_INVALID_ARG_VALUE' });
}
