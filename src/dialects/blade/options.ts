// Owns the values of socket options as Blade has them: numbers and booleans, milliseconds for the two time limits, seconds for
// SO_LINGER. It must not know the state of the socket.

import { options } from '../../sync/index.js';
import type { Socket } from '../../contract/socket.js';
import { strerror, words } from '../../error/strerror.js';
import { SO_ERROR, SO_LINGER, SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET } from './constants.js';
import { SocketException, TypeError, ValueError } from './exceptions.js';
import { typeOf } from './values.js';

/** `false` and 0 switch off whatever it is. */
export function setOption(socket: Socket<'sync'>, option: number, value: unknown): void {
  if (option === SO_SNDTIMEO) socket.sendTimeout = milliseconds(value);
  else if (option === SO_RCVTIMEO) socket.receiveTimeout = milliseconds(value);
  else if (option === SO_LINGER) socket.setOption(options.SO_LINGER, seconds(value));
  else socket.setsockopt(SOL_SOCKET, option, cInt(value));
}

/** SO_ERROR is the words for the error, or nil where there is none. */
export function getOption(socket: Socket<'sync'>, option: number): number | string | null {
  // A name that this system lacks.
  if (option < 0) throw new SocketException(words('ENOPROTOOPT')!, 'ENOPROTOOPT');
  if (option === SO_LINGER) return (socket.getOption(options.SO_LINGER) ?? 0) / 1000;
  const value = socket.getsockopt(SOL_SOCKET, option);
  if (option !== SO_ERROR) return value;
  return value === 0 ? null : strerror(value);
}

function milliseconds(value: unknown): number | null {
  if (value === false) return null;
  if (typeof value !== 'number') throw new TypeError(`number expected for value, ${typeOf(value)} given`);
  if (!Number.isFinite(value)) throw new ValueError(`${value} is no number of milliseconds`);
  return value === 0 ? null : value;
}

function seconds(value: unknown): number | null {
  if (value === false || value === 0) return null;
  if (!Number.isInteger(value)) throw new TypeError(`integer expected for value, ${typeOf(value)} given`);
  const whole = value as number;
  if (whole > 0x7fffffff) throw new ValueError(`${whole} is more seconds than a C int holds`);
  return whole * 1000;
}

function cInt(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (!Number.isInteger(value)) throw new TypeError(`integer or boolean expected for value, ${typeOf(value)} given`);
  const int = value as number;
  if (int > 0x7fffffff) throw new ValueError(`${int} is more than a C int holds`);
  return int;
}
