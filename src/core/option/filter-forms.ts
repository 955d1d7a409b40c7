// Owns filter programs as bytes. The struct sock_fprog around them holds a pointer, so native code makes it.

import { invalidType, invalidValue } from '../../error/invalid.js';
import { systemError } from '../../error/system.js';
import { native } from '../../native/load.js';
import { getBytes } from './access.js';
import type { Form } from './form.js';

/** An array of struct sock_filter, to be attached. */
export const filter: Form<Uint8Array> = {
  get: () => new Uint8Array(0),
  encode(label, value) {
    if (!(value instanceof Uint8Array)) throw invalidType(label, 'a Uint8Array', value);
    if (value.length === 0 || value.length % 8 !== 0 || value.length > 8 * 0xffff)
      throw invalidValue(label, 'must be instructions of 8 bytes each', value);
    return value;
  },
  put(handle, level, name, encoded) {
    const result = native.setsockoptFilter(handle.fd, level, name, encoded as Uint8Array);
    if (result < 0) throw systemError(result, 'setsockopt', 'option');
  },
};

/** The same, as it is attached. */
export const program: Form<Uint8Array> = {
  get: (handle, level, name) => getBytes(handle, level, name, 8 * 4096),
  encode(label, value) {
    throw invalidType(label, 'nothing: it can only be read', value);
  },
};
