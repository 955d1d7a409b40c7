// Owns the parse options of a Qore program, of which this module knows one. What was set stays set.

import { PO_NO_NETWORK } from './constants.js';
import { QoreException, wrongType } from './exception.js';

let options = 0;

/** Restricts this program from now on: after `PO_NO_NETWORK` there are no new sockets. */
export function setParseOptions(given: number): void {
  if (!Number.isSafeInteger(given)) throw wrongType('setParseOptions', 'the options', 'a number', given);
  options |= given;
}

/** Throws where the class Socket does not exist. */
export function checkNetwork(): void {
  if ((options & PO_NO_NETWORK) !== 0)
    throw new QoreException('PARSE-EXCEPTION', "reference to undefined class 'Socket': PO_NO_NETWORK is set");
}
