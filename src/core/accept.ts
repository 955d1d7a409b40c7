// Owns accept4(2) over one or more listening sockets. The kernel's queue is the only one: nothing is accepted unless a
// caller asked for it.

import type { Phase } from '../contract/error.js';
import { systemError } from '../error/system.js';
import * as C from '../native/constants.js';
import { native } from '../native/load.js';
import type { Attempt, Interest } from './attempt.js';
import { Handle } from './handle.js';
import type { Lane } from './lane.js';
import type { Registration } from './registration.js';
import { acceptedPeer, type Packed, scratch } from './sockaddr.js';
import { Want } from './want.js';

/** A new connection and the address of its peer. */
export interface Accepted {
  readonly handle: Handle;
  readonly peer: Packed;
}

// accept(2): errors that belong to the connection that was to be accepted, not to the listening socket.
const passing = numbersOf(
  ...['ECONNABORTED', 'EPROTO', 'ENETDOWN', 'ENOPROTOOPT', 'EHOSTDOWN', 'ENONET', 'EHOSTUNREACH', 'ENETUNREACH'],
);
const lacking = numbersOf('EMFILE', 'ENFILE');

abstract class Accepting {
  readonly phase: Phase = 'accept';
  readonly lane: Lane;
  readonly registration: Registration | null;
  readonly limit: number;
  protected readonly handles: readonly Handle[];
  #turn = 0;

  constructor(handles: readonly Handle[], lane: Lane) {
    for (const handle of handles) handle.check('accept');
    this.handles = handles;
    this.registration = handles.length === 1 ? handles[0]!.registration : null;
    this.lane = lane;
    this.limit = Math.min(...handles.map((handle) => handle.receiveLimit));
  }

  interests(): readonly Interest[] {
    return this.handles.map(({ registration }) => ({ registration, read: true, write: false }));
  }

  /** Every socket gets its turn, so that a busy one does not hide another. */
  protected next(): Accepted | Want {
    const { handles } = this;
    for (let i = 0; i < handles.length; i++) {
      const accepted = acceptOne(handles[(this.#turn + i) % handles.length]!);
      if (accepted !== null) return accepted;
    }
    this.#turn++;
    return this.registration === null ? Want.Many : Want.Read;
  }
}

/** The next connection, made into what the caller hands out. */
export class Accept<T> extends Accepting implements Attempt<T> {
  readonly #make: (accepted: Accepted) => T;

  constructor(handles: readonly Handle[], lane: Lane, make: (accepted: Accepted) => T) {
    super(handles, lane);
    this.#make = make;
  }

  step(): T | Want {
    const accepted = this.next();
    return typeof accepted === 'number' ? accepted : this.#make(accepted);
  }
}

/** The same, where no connection within the limit is no error. */
export class TryAccept<T> extends Accept<T | null> {
  expired(): { value: null } {
    return { value: null };
  }
}

/** One try; null when there is none. FAST PATH (bench: connections that come and go): it needs no operation made for it. */
export function acceptOne(listener: Handle): Accepted | null {
  const { registration } = listener;
  listener.check('accept');
  if (!registration.readable) return null;
  for (;;) {
    // An inheritable listener is in blocking mode, so ask first.
    if (listener.inheritable && native.poll(registration.fd, C.POLLIN, 0) === 0) return null;
    const fd = native.accept(registration.fd, scratch);
    if (fd >= 0) {
      const handle = new Handle(fd, listener.type, 'connected');
      // The kernel lets accepted sockets inherit SO_RCVTIMEO and SO_SNDTIMEO, except over Unix sockets.
      if (listener.family !== C.AF_UNIX) handle.limitLike(listener);
      return { handle, peer: acceptedPeer() };
    }
    // Without a free descriptor the kernel does not even look whether somebody is waiting, but that is an error only if so.
    if (fd === C.EAGAIN || (lacking.has(fd) && native.poll(registration.fd, C.POLLIN, 0) === 0)) {
      registration.readable = false;
      return null;
    }
    if (!passing.has(fd)) throw systemError(fd, 'accept', 'accept');
  }
}

function numbersOf(...names: string[]): ReadonlySet<number> {
  return new Set(names.map((name) => -(native.errnos[name] ?? 1e6)));
}
