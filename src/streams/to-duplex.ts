// Owns the choice of the Duplex that fits a connection.

import type { AsyncConn } from '../contract/conn.js';
import type { DuplexOptions, SocketDuplex } from '../contract/streams.js';
import { invalidType, wholeNumber } from '../error/invalid.js';
import { checkConn } from './check-conn.js';
import { ConnDuplex } from './conn-duplex.js';
import { UnixConnDuplex } from './unix-conn-duplex.js';

export function toDuplex(source: AsyncConn | PromiseLike<AsyncConn>, o: DuplexOptions = {}): SocketDuplex {
  const options = checked(o);
  if (isPromise(source)) return new ConnDuplex(source, options);
  checkConn(source);
  return UnixConnDuplex.fits(source) ? new UnixConnDuplex(source, options) : new ConnDuplex(source, options);
}

function isPromise(source: unknown): source is PromiseLike<AsyncConn> {
  return typeof source === 'object' && source !== null && typeof (source as { then?: unknown }).then === 'function';
}

function checked(o: DuplexOptions): DuplexOptions {
  if (typeof o !== 'object' || o === null) throw invalidType('options', 'an object', o);
  const { allowHalfOpen, highWaterMark } = o;
  if (allowHalfOpen !== undefined && typeof allowHalfOpen !== 'boolean')
    throw invalidType('allowHalfOpen', 'a boolean', allowHalfOpen);
  if (highWaterMark !== undefined) wholeNumber('highWaterMark', highWaterMark, 0, 0x7fffffff);
  return o;
}
