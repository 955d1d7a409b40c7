// Owns an open socket: its descriptor, what it is, its two lanes. Everything both colours share hangs on this object.

import type { Phase } from '../contract/error.js';
import { closedError, refusal } from '../error/make.js';
import { systemError } from '../error/system.js';
import * as C from '../native/constants.js';
import { native } from '../native/load.js';
import { Lane } from './lane.js';
import { traceOpening, trackLeak, untrackLeak } from './leak.js';
import { checkPermission } from './permission.js';
import { socketHint } from './privilege.js';
import { enter, Registration, retire } from './registration.js';
import type { Stream } from './stream.js';
import type { UnixFile } from './unix-file.js';

export type SocketState = 'new' | 'bound' | 'listening' | 'connecting' | 'connected' | 'shutdown' | 'closed';

export class Handle {
  readonly registration: Registration;
  /** AF_*, SOCK_* and IPPROTO_* numbers. */
  readonly family: number;
  readonly kind: number;
  readonly protocol: number;
  state: SocketState;
  /** SO_RCVTIMEO and SO_SNDTIMEO in ms: the kernel keeps them, but only we can honour them on a non-blocking descriptor. */
  receiveLimit = Infinity;
  sendLimit = Infinity;
  readonly reads = new Lane();
  readonly writes = new Lane();
  /** bind has given it its address, which it keeps when a connect fails. */
  bound = false;
  /** It was non-blocking before we took it over, and is given back so. */
  wasNonBlocking = false;
  /** Our direction was shut down. */
  writingEnded = false;
  /** The other direction was, by us. */
  readingEnded = false;
  /** close has begun: nothing new is admitted. */
  closing = false;
  /** The file that bind made. */
  file: UnixFile | null = null;
  /** The one read buffer of this socket, if it is used as a stream. */
  stream: Stream | null = null;

  constructor(fd: number, family: number, kind: number, protocol: number, state: SocketState) {
    // TCP alone: what MPTCP and SCTP have in other queues they need not give at once.
    const isTcp = kind === C.SOCK_STREAM && (protocol === 0 || protocol === C.IPPROTO_TCP);
    const drains = isTcp && (family === C.AF_INET || family === C.AF_INET6);
    this.registration = new Registration(fd, drains);
    this.family = family;
    this.kind = kind;
    this.protocol = protocol;
    this.state = state;
    this.bound = state === 'bound';
    enter(this.registration);
    traceOpening(this.registration);
    trackLeak(this, this.registration);
  }

  get fd(): number {
    return this.registration.fd;
  }

  /** The descriptor is in blocking mode for the sake of others that have it too. */
  get inheritable(): boolean {
    return this.registration.inheritable;
  }
  set inheritable(on: boolean) {
    this.registration.inheritable = on;
  }

  /** True for kinds whose receive of 0 bytes is the end. */
  get endsWithZero(): boolean {
    return this.kind === C.SOCK_STREAM || this.kind === C.SOCK_SEQPACKET;
  }

  /** Bytes without boundaries, where a write that failed leaves a gap. The other kinds send a message whole or not at all. */
  get isStream(): boolean {
    return this.kind === C.SOCK_STREAM;
  }

  /** Throws if the socket is closed or being closed. */
  check(phase: Phase): void {
    if (this.closing || this.registration.fd < 0) throw closedError(phase);
  }

  /** Throws if a call waits on this socket. */
  checkIdle(phase: Phase, what: string): void {
    const { waiting, watchers } = this.registration;
    if (waiting > 0 || watchers !== null || this.reads.head !== null || this.writes.head !== null)
      throw refusal('ERR_BUSY', phase, `${what} while a call is waiting`);
  }
}

/** socket(2). */
export function openHandle(family: number, kind: number, protocol: number): Handle {
  checkPermission();
  const fd = native.socket(family, kind, protocol);
  if (fd < 0) throw systemError(fd, 'socket', 'config', null, socketHint(family, kind, protocol, fd));
  return new Handle(fd, family, kind, protocol, 'new');
}

/** socketpair(2) of Unix sockets. */
export function openPair(kind: number): [Handle, Handle] {
  checkPermission();
  const fds = new Int32Array(2);
  const result = native.socketpair(C.AF_UNIX, kind, 0, fds);
  if (result < 0) throw systemError(result, 'socketpair', 'config');
  const [first, second] = fds as unknown as [number, number];
  return [new Handle(first, C.AF_UNIX, kind, 0, 'connected'), new Handle(second, C.AF_UNIX, kind, 0, 'connected')];
}

/** fcntl(F_DUPFD_CLOEXEC). The copy shares the open socket, and with it O_NONBLOCK. */
export function duplicate(handle: Handle): Handle {
  handle.check('config');
  const fd = native.dup(handle.fd);
  if (fd < 0) throw systemError(fd, 'dup', 'config');
  const copy = new Handle(fd, handle.family, handle.kind, handle.protocol, handle.state);
  copy.receiveLimit = handle.receiveLimit;
  copy.sendLimit = handle.sendLimit;
  copy.registration.lowWater = handle.registration.lowWater;
  copy.inheritable = handle.inheritable;
  copy.bound = handle.bound;
  copy.writingEnded = handle.writingEnded;
  copy.readingEnded = handle.readingEnded;
  copy.wasNonBlocking = handle.wasNonBlocking;
  copy.registration.shared = true;
  handle.registration.shared = true;
  return copy;
}

/** close(2), without any ceremony. Whoever waits must have been told before. */
export function closeDescriptor(handle: Handle): void {
  const { registration } = handle;
  if (registration.fd < 0) return;
  retire(registration, registration.shared || handle.inheritable);
  untrackLeak(registration);
  // The listener may live on in another process, which is reached by the file.
  if (!handle.inheritable) handle.file?.remove();
  handle.file = null;
  native.close(registration.fd);
  registration.fd = -1;
  handle.state = 'closed';
  handle.closing = true;
}
