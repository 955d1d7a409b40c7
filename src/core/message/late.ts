// Owns the error that was received behind messages, and is the next receive's, as recvmmsg(2) has it within one call.

import { systemError } from '../../error/system.js';
import type { Registration } from '../registration.js';

/** Takes it. */
export function lateError(registration: Registration, syscall: string): Error {
  const errno = registration.late;
  registration.late = 0;
  return systemError(errno, syscall, 'read');
}
