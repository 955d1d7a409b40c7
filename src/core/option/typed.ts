// Owns getsockopt(2) and setsockopt(2) by token, with typed values.

import type { SocketOption } from '../../contract/option.js';
import { invalidType } from '../../error/invalid.js';
import { refusal } from '../../error/make.js';
import { SocketError } from '../../error/socket-error.js';
import { systemError } from '../../error/system.js';
import type { Handle } from '../handle.js';
import { setBytes, setInt } from './access.js';
import type { Form } from './form.js';
import type { Row } from './row.js';
import { rowOf } from './table.js';

export function getOption(handle: Handle, option: SocketOption<unknown>): unknown {
  const { form } = checkToken(option, 'get');
  handle.check('option');
  try {
    return form.get(handle, option.level, option.name);
  } catch (error) {
    throw named(error, option.label);
  }
}

export function setOption(handle: Handle, option: SocketOption<unknown>, value: unknown): void {
  const { form } = checkToken(option, 'set');
  const encoded = form.encode(option.label, value);
  handle.check('option');
  try {
    put(handle, option, form, encoded);
  } catch (error) {
    throw named(error, option.label);
  }
}

/** What `setOption` would refuse before it asks the kernel. */
export function checkSetting(option: SocketOption<unknown>, value: unknown): void {
  checkToken(option, 'set').form.encode(option.label, value);
}

function put(
  handle: Handle,
  { level, name }: SocketOption<unknown>,
  form: Form<unknown>,
  encoded: number | Uint8Array,
) {
  if (form.put !== undefined) form.put(handle, level, name, encoded);
  else if (typeof encoded === 'number') setInt(handle, level, name, encoded);
  else setBytes(handle, level, name, encoded, encoded.length);
}

/** A system call does not tell which option it was about. */
function named(error: unknown, label: string): unknown {
  if (!(error instanceof SocketError) || error.errno === undefined) return error;
  return systemError(-error.errno, error.syscall ?? '', error.phase, label);
}

/** Refuses what is no token, what this system lacks, and what goes the other way only. */
function checkToken(option: SocketOption<unknown>, direction: 'get' | 'set'): Row {
  if (typeof option !== 'object' || option === null || typeof option.label !== 'string')
    throw invalidType('option', 'a token of `options`', option);
  if (option.level < 0 || option.name < 0)
    throw refusal('ERR_UNSUPPORTED_OPTION', 'option', `this system does not have ${option.label}`);
  const row = rowOf(option);
  if (row.direction !== undefined && row.direction !== direction)
    throw refusal(
      'ERR_OPTION_DIRECTION',
      'option',
      `${option.label} can only be ${direction === 'get' ? 'set' : 'read'}`,
    );
  return row;
}
