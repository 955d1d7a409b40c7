// Owns an open socket: its descriptor, what it is, its two lanes. Everything both colours share hangs on this object.

import type { Phase } from '../contract/error.js';
import { closedError, refusal } from '../error/make.js';
import { systemError } from '../error/system.js';
import * as C from '../native/constants.js';
import { native } from '../native/load.js';
import { Lane, type Waiting } from './lane.js';
import { traceOpening, trackLeak, untrackLeak } from './leak.js';
import { checkPermission } from './permission.js';
import { socketHint } from './privilege.js';
import { enter, Registration, retire } from './registration.js';
import type { Stream } from './stream.js';
import type { UnixFile } from './unix-file.js';

export type SocketState = 'new' | 'bound' | 'listening' | 'connecting' | 'connected' | 'shutdown' | 'closed';

/** What a socket is: AF_*, SOCK_* and IPPROTO_* numbers. Sockets are many and types few, so they share these. */
export interface SocketType {
  readonly family: number;
  readonly kind: number;
  readonly protocol: number;
}

/** What few sockets have. Apart, so that all the others do without the memory for it. */
interface Particulars {
  receiveLimit: number;
  sendLimit: number;
  writingEnded: boolean;
  bound: boolean;
  wasNonBlocking: boolean;
  readingEnded: boolean;
  file: UnixFile | null;
}

const types: SocketType[] = [];
/** Protocols are numbers of the caller's choice. */
const MOST_TYPES = 64;

export function socketType(family: number, kind: number, protocol: number): SocketType {
  for (const type of types) if (type.family === family && type.kind === kind && type.protocol === protocol) return type;
  const type = { family, kind, protocol };
  if (types.length < MOST_TYPES) types.push(type);
  return type;
}

export class Handle {
  readonly registration: Registration;
  readonly type: SocketType;
  state: SocketState;
  /** close has begun: nothing new is admitted. */
  closing = false;
  /** The one read buffer of this socket, if it is used as a stream. */
  stream: Stream | null = null;
  #reads: Lane | null = null;
  #writes: Lane | null = null;
  #particulars: Particulars | null = null;

  constructor(fd: number, type: SocketType, state: SocketState) {
    // TCP alone: what MPTCP and SCTP have in other queues they need not give at once.
    const isTcp = type.kind === C.SOCK_STREAM && (type.protocol === 0 || type.protocol === C.IPPROTO_TCP);
    const drains = isTcp && (type.family === C.AF_INET || type.family === C.AF_INET6);
    this.registration = new Registration(fd, drains);
    this.type = type;
    this.state = state;
    if (state === 'bound') this.bound = true;
    enter(this.registration);
    traceOpening(this.registration);
    trackLeak(this, this.registration);
  }

  get family(): number {
    return this.type.family;
  }
  get kind(): number {
    return this.type.kind;
  }
  get protocol(): number {
    return this.type.protocol;
  }

  /** The order of reads and accepts, and that of writes and close. Made when something joins it, since most sockets are idle. */
  get reads(): Lane {
    return (this.#reads ??= new Lane());
  }
  get writes(): Lane {
    return (this.#writes ??= new Lane());
  }

  /** The head of each, without making one. */
  get firstRead(): Waiting | null {
    return this.#reads === null ? null : this.#reads.head;
  }
  get firstWrite(): Waiting | null {
    return this.#writes === null ? null : this.#writes.head;
  }

  /** SO_RCVTIMEO and SO_SNDTIMEO in ms: the kernel keeps them, but only we can honour them on a non-blocking descriptor. */
  get receiveLimit(): number {
    return this.#particulars === null ? Infinity : this.#particulars.receiveLimit;
  }
  set receiveLimit(ms: number) {
    if (ms !== this.receiveLimit) (this.#particulars ??= usual()).receiveLimit = ms;
  }
  get sendLimit(): number {
    return this.#particulars === null ? Infinity : this.#particulars.sendLimit;
  }
  set sendLimit(ms: number) {
    if (ms !== this.sendLimit) (this.#particulars ??= usual()).sendLimit = ms;
  }
  /** Takes over what setsockopt(2) has limited another socket to. */
  limitLike(other: Handle): void {
    this.receiveLimit = other.receiveLimit;
    this.sendLimit = other.sendLimit;
    this.registration.lowWater = other.registration.lowWater;
  }

  /** Our direction was shut down. */
  get writingEnded(): boolean {
    return this.#particulars !== null && this.#particulars.writingEnded;
  }
  set writingEnded(on: boolean) {
    if (on !== this.writingEnded) (this.#particulars ??= usual()).writingEnded = on;
  }

  /** bind has given it its address, which it keeps when a connect fails. */
  get bound(): boolean {
    return this.#particulars !== null && this.#particulars.bound;
  }
  set bound(on: boolean) {
    if (on !== this.bound) (this.#particulars ??= usual()).bound = on;
  }

  /** It was non-blocking before we took it over, and is given back so. */
  get wasNonBlocking(): boolean {
    return this.#particulars !== null && this.#particulars.wasNonBlocking;
  }
  set wasNonBlocking(on: boolean) {
    if (on !== this.wasNonBlocking) (this.#particulars ??= usual()).wasNonBlocking = on;
  }

  /** The other direction was shut down, by us. */
  get readingEnded(): boolean {
    return this.#particulars !== null && this.#particulars.readingEnded;
  }
  set readingEnded(on: boolean) {
    if (on !== this.readingEnded) (this.#particulars ??= usual()).readingEnded = on;
  }

  /** The file that bind made. */
  get file(): UnixFile | null {
    return this.#particulars === null ? null : this.#particulars.file;
  }
  set file(file: UnixFile | null) {
    if (file !== this.file) (this.#particulars ??= usual()).file = file;
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
    if (waiting > 0 || watchers !== null || this.firstRead !== null || this.firstWrite !== null)
      throw refusal('ERR_BUSY', phase, `${what} while a call is waiting`);
  }
}

function usual(): Particulars {
  return {
    receiveLimit: Infinity,
    sendLimit: Infinity,
    writingEnded: false,
    bound: false,
    wasNonBlocking: false,
    readingEnded: false,
    file: null,
  };
}

/** socket(2). */
export function openHandle(family: number, kind: number, protocol: number): Handle {
  checkPermission();
  const fd = native.socket(family, kind, protocol);
  if (fd < 0) throw systemError(fd, 'socket', 'config', null, socketHint(family, kind, protocol, fd));
  return new Handle(fd, socketType(family, kind, protocol), 'new');
}

/** socketpair(2) of Unix sockets. */
export function openPair(kind: number): [Handle, Handle] {
  checkPermission();
  const fds = new Int32Array(2);
  const result = native.socketpair(C.AF_UNIX, kind, 0, fds);
  if (result < 0) throw systemError(result, 'socketpair', 'config');
  const [first, second] = fds as unknown as [number, number];
  const type = socketType(C.AF_UNIX, kind, 0);
  return [new Handle(first, type, 'connected'), new Handle(second, type, 'connected')];
}

/** fcntl(F_DUPFD_CLOEXEC). The copy shares the open socket, and with it O_NONBLOCK. */
export function duplicate(handle: Handle): Handle {
  handle.check('config');
  const fd = native.dup(handle.fd);
  if (fd < 0) throw systemError(fd, 'dup', 'config');
  const copy = new Handle(fd, handle.type, handle.state);
  copy.limitLike(handle);
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
