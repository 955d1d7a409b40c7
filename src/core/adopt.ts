// Owns taking over a descriptor that somebody else has opened.

import { wholeNumber } from '../error/invalid.js';
import { refusal } from '../error/make.js';
import { systemError } from '../error/system.js';
import * as C from '../native/constants.js';
import { native } from '../native/load.js';
import { detach } from './closing.js';
import { Handle, socketType } from './handle.js';
import { kernelState } from './kernel-state.js';
import { checkPermission } from './permission.js';
import { readLowWater, readTimeouts } from './option/timeouts.js';

export function adopt(fd: number): Handle {
  wholeNumber('fd', fd, 0, 0x7fffffff);
  checkPermission();
  // Looked at before it is touched: what is no socket must stay as it was.
  const family = socketFact(fd, C.SO_DOMAIN);
  const kind = socketFact(fd, C.SO_TYPE);
  const protocol = socketFact(fd, C.SO_PROTOCOL);
  const owned = native.own(fd);
  if (owned === C.EEXIST)
    throw refusal('ERR_DESCRIPTOR_IN_USE', 'config', `descriptor ${fd} already belongs to a socket of this library`, {
      hint: 'detach() gives a descriptor up; dup() makes another one.',
    });
  if (owned < 0) throw systemError(owned, 'fcntl', 'config');
  const handle = new Handle(fd, socketType(family, kind, protocol), kernelState({ fd, family, kind }));
  handle.wasNonBlocking = owned === 1;
  handle.writingEnded = handle.state === 'shutdown';
  // Whoever gave it to us may have another descriptor of the same open socket.
  handle.registration.shared = true;
  try {
    readTimeouts(handle);
    readLowWater(handle);
  } catch (error) {
    // It is the caller's again, and as it was.
    detach(handle);
    throw error;
  }
  return handle;
}

function socketFact(fd: number, name: number): number {
  const result = native.getsockopt(fd, C.SOL_SOCKET, name, fact);
  if (result < 0) throw systemError(result, 'getsockopt', 'config');
  return facts[0]!;
}

const facts = new Int32Array(1);
const fact = new Uint8Array(facts.buffer);
