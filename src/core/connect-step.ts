// Owns connect(2) as a question: called again it answers EALREADY, EISCONN, or the error. It must not know who waits for the answer.

import * as C from '../native/constants.js';
import { native } from '../native/load.js';
import type { Handle } from './handle.js';

/** One connect(2); `underway` says that an earlier one was. 0 or -errno. */
export function connectStep(handle: Handle, address: Uint8Array, underway: boolean): number {
  // A vsock connect that has failed goes on answering EALREADY: only SO_ERROR knows. Asking takes the error away, so it is asked first.
  if (underway && handle.family !== C.AF_INET && handle.family !== C.AF_INET6 && handle.family !== C.AF_UNIX) {
    const result = native.getsockopt(handle.fd, C.SOL_SOCKET, C.SO_ERROR, bytes);
    if (result < 0) return result;
    if (error[0] !== 0) return -error[0]!;
  }
  // An inheritable socket is in blocking mode, and connect(2) knows no flag against waiting.
  if (!handle.inheritable) return native.connect(handle.fd, address);
  native.setBlocking(handle.fd, false);
  const result = native.connect(handle.fd, address);
  native.setBlocking(handle.fd, true);
  return result;
}

const error = new Int32Array(1);
const bytes = new Uint8Array(error.buffer);
