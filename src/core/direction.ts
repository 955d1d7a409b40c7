// Owns what the operations in one direction of a socket have in common: the lane in which they keep their order, the
// descriptor that they wait for, and the limit that the socket itself has.

import type { Phase } from '../contract/error.js';
import type { Handle } from './handle.js';

export abstract class Receiving {
  readonly phase: Phase = 'read';
  protected readonly handle: Handle;

  constructor(handle: Handle) {
    this.handle = handle;
  }

  get lane() {
    return this.handle.reads;
  }
  get registration() {
    return this.handle.registration;
  }
  get limit() {
    return this.handle.receiveLimit;
  }
}

export abstract class Sending {
  readonly phase: Phase = 'write';
  protected readonly handle: Handle;

  constructor(handle: Handle) {
    this.handle = handle;
  }

  get lane() {
    return this.handle.writes;
  }
  get registration() {
    return this.handle.registration;
  }
  get limit() {
    return this.handle.sendLimit;
  }
  /** A message goes out whole or not at all, so what queues behind one that failed is not touched. */
  get breaks(): boolean {
    return this.handle.isStream;
  }
}
