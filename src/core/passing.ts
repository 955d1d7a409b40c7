// Owns the blocking mode of open sockets that go to others: to another process in a message, to a child, to whoever adopts
// what was detached. O_NONBLOCK belongs to the open socket and not to the number, and who gets it expects the usual mode; so
// all our descriptors of that socket have to know that calls on them could block.

import { fstatSync } from 'node:fs';
import { native } from '../native/load.js';
import { registrations, registrationOf, type Registration } from './registration.js';

/** Descriptors that go in a message. */
export function passOn(fds: readonly number[]): void {
  for (const fd of fds) {
    const registration = registrationOf(fd);
    if (registration === null || registration.inheritable) continue;
    changeMode(registration, true);
    registration.shared = true;
  }
}

/** Sets the mode of the open socket, and notes it at every descriptor of ours that stands for it. 0 or -errno. */
export function changeMode(registration: Registration, blocking: boolean): number {
  const result = native.setBlocking(registration.fd, blocking);
  if (result < 0) return result;
  registration.inheritable = blocking;
  if (!registration.shared) return 0;
  const socket = inode(registration.fd);
  for (const other of registrations()) {
    if (other.shared && inode(other.fd) === socket) other.inheritable = blocking;
  }
  return 0;
}

/** The number of the socket, which has one open file. */
function inode(fd: number): bigint {
  return fstatSync(fd, { bigint: true }).ino;
}
