// Owns what every way out of this library begins with: the argument is an open connection of the promise colour.

import type { AsyncConn } from '../contract/conn.js';
import type { Stream } from '../core/stream.js';
import { invalidType } from '../error/invalid.js';
import { closedError } from '../error/make.js';
import { ConnFace } from '../face/conn-face.js';

/** The stream below the connection. */
export function checkConn(conn: unknown): Stream {
  const stream = ConnFace.streamOf(conn);
  if (stream === null) throw invalidType('conn', 'a connection of berkeley', conn);
  if (!(Symbol.asyncIterator in (conn as AsyncConn)))
    throw invalidType('conn', "a connection of the promise colour, which share(conn) of 'berkeley' makes of it", conn);
  if (stream.handle.closing) throw closedError('config');
  return stream;
}
