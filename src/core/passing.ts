// Owns what happens to a socket of this library whose descriptor goes to another process in a message: O_NONBLOCK belongs to
// the open socket and not to the number, and whoever gets it expects the usual mode.

import { native } from '../native/load.js';
import { registrationOf } from './registration.js';

export function passOn(fds: readonly number[]): void {
  for (const fd of fds) {
    const registration = registrationOf(fd);
    if (registration === null || registration.inheritable) continue;
    native.setBlocking(fd, true);
    registration.inheritable = true;
    registration.shared = true;
  }
}
