// Owns what the six methods that connect have in common: what they were given, checked, and the name of what goes wrong.

import { withoutPassword } from '../../error/invalid.js';
import { softNumber, softString, text, type SoftInt, type SoftString } from './argument.js';
import * as C from './constants.js';
import { QoreException } from './exception.js';
import { connectFailure } from './failure.js';
import type { Link } from './link.js';
import { connectPath, connectPort, stream, type Kind } from './open.js';
import { whereOf, type Port } from './where.js';

/** The largest number that socket(2) takes. */
export const MOST = 0x7fffffff;

/** Connects to `host:port`, or to a path. */
export function connectTo(link: Link, method: string, dest: string, ms: number | null): void {
  const where = whereOf(text(method, 'the destination', dest));
  if (where === null)
    throw new QoreException('SOCKET-CONNECT-ERROR', `'${withoutPassword(dest)}' is neither host:port nor a path`);
  const kind = { ...stream, family: 'isIpv6' in where && where.isIpv6 ? C.AF_INET6 : C.AF_UNSPEC };
  opening(link, withoutPassword(dest), ms, () => {
    if ('path' in where) connectPath(link, where.path, kind);
    else connectPort(link, where, kind, ms);
  });
}

export function connectToPort(
  link: Link,
  method: string,
  host: string,
  service: SoftString,
  ms: number | null,
  family: SoftInt,
  socktype: SoftInt,
): void {
  const where: Port = {
    host: text(method, 'the host', host),
    service: softString(method, 'the service', service),
    isIpv6: false,
  };
  const kind = kindOf(method, family, socktype, 0);
  opening(link, `${host}:${service}`, ms, () => connectPort(link, where, kind, ms));
}

export function connectToPath(link: Link, method: string, file: string, socktype: SoftInt, protocol: SoftInt): void {
  text(method, 'the file', file);
  const kind = kindOf(method, C.AF_UNIX, socktype, protocol);
  opening(link, file, null, () => connectPath(link, file, kind));
}

/** The three numbers of socket(2). */
export function kindOf(method: string, family: SoftInt, socktype: SoftInt, protocol: SoftInt): Kind {
  return {
    family: softNumber(method, 'the family', family, 0, MOST),
    socktype: softNumber(method, 'the socket type', socktype, 0, MOST),
    protocol: softNumber(method, 'the protocol', protocol, 0, MOST),
  };
}

function opening(link: Link, where: string, ms: number | null, open: () => void): void {
  link.close();
  try {
    open();
  } catch (error) {
    throw connectFailure(error, where, ms);
  }
}
