// Owns what the reactor knows of a descriptor: its token, the hints about readiness, and who waits for it. Deliberately a
// record apart from Handle: the reactor's table must not keep a forgotten socket from being collected.
//
// Theory of operation. A descriptor is added to the one edge-triggered epoll when something first waits for it, and stays
// there until it is closed. The hints `readable` and `writable` mean "an attempt may succeed". They become true with every
// event, and false when an attempt said EAGAIN (or, on TCP, came back short). A wrong `true` costs one system call. A wrong
// `false` would hang, so `readable` may only become false when the next arrival is sure to make a new edge: not after the
// peer's end was seen (RDHUP comes once) and not around urgent data, where a receive stops short at the mark.

import { systemError } from '../error/system.js';
import { EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDHUP } from '../native/constants.js';
import { native } from '../native/load.js';

/** Something that wants to try again. */
export interface Wakeable {
  wake(): void;
}

/** What hardly any descriptor has. Apart, so that all the others do without the memory for it. */
interface Particulars {
  watchers: Wakeable[] | null;
  referenced: boolean;
  lowWater: number;
  shared: boolean;
  inheritable: boolean;
  late: number;
  opened: string | null;
}

export class Registration {
  /** -1 once closed. */
  fd: number;
  /** What its events bear, so that those for an earlier owner of the number find nobody; 0 while unknown to the reactor. */
  generation = 0;
  readable = true;
  writable = true;
  /** Event and data may come together only once: a short receive proves nothing any more. */
  ended = false;
  /** A short receive means that the queue is empty: stream sockets of IPv4 and IPv6. */
  readonly shortMeansDrained: boolean;
  /** The head of the read lane while it waits for this descriptor, and likewise of the write lane. */
  reader: Wakeable | null = null;
  writer: Wakeable | null = null;
  /** How many operations wait. */
  waiting = 0;
  /** Immediate successes since the last wait; see wait/fairness. */
  streak = 0;
  #particulars: Particulars | null = null;

  constructor(fd: number, shortMeansDrained: boolean) {
    this.fd = fd;
    this.shortMeansDrained = shortMeansDrained;
  }

  /** Operations over several descriptors. */
  get watchers(): Wakeable[] | null {
    return this.#particulars === null ? null : this.#particulars.watchers;
  }
  set watchers(watchers: Wakeable[] | null) {
    if (watchers !== this.watchers) (this.#particulars ??= usual()).watchers = watchers;
  }

  /** Whether the operations that wait keep the process alive. */
  get referenced(): boolean {
    return this.#particulars === null || this.#particulars.referenced;
  }
  set referenced(on: boolean) {
    if (on !== this.referenced) (this.#particulars ??= usual()).referenced = on;
  }

  /** SO_RCVLOWAT of a stream: above 1, a receive has to wait for so many bytes. */
  get lowWater(): number {
    return this.#particulars === null ? 1 : this.#particulars.lowWater;
  }
  set lowWater(bytes: number) {
    if (bytes !== this.lowWater) (this.#particulars ??= usual()).lowWater = bytes;
  }

  /** Another descriptor may share the open socket, so close(2) alone would leave it in the epoll. */
  get shared(): boolean {
    return this.#particulars !== null && this.#particulars.shared;
  }
  set shared(on: boolean) {
    if (on !== this.shared) (this.#particulars ??= usual()).shared = on;
  }

  /** The descriptor is in blocking mode for the sake of another process that has it too. */
  get inheritable(): boolean {
    return this.#particulars !== null && this.#particulars.inheritable;
  }
  set inheritable(on: boolean) {
    if (on !== this.inheritable) (this.#particulars ??= usual()).inheritable = on;
  }

  /** An error (-errno) that was received behind messages or bytes, and is the next call's; else 0. */
  get late(): number {
    return this.#particulars === null ? 0 : this.#particulars.late;
  }
  set late(errno: number) {
    if (errno !== this.late) (this.#particulars ??= usual()).late = errno;
  }

  /** Where it was opened, when leaks are traced. */
  get opened(): string | null {
    return this.#particulars === null ? null : this.#particulars.opened;
  }
  set opened(place: string | null) {
    if (place !== this.opened) (this.#particulars ??= usual()).opened = place;
  }
}

function usual(): Particulars {
  return {
    watchers: null,
    referenced: true,
    lowWater: 1,
    shared: false,
    inheritable: false,
    late: 0,
    opened: null,
  };
}

/** Sockets, and what else the reactor knows. Descriptors are small and dense, so they are the reactor's tokens, too. */
const byDescriptor: (Registration | null)[] = [];
// Numbers are reused and generations are not, so an event that was fetched before its socket closed finds nobody.
let generations = 0;

/** Makes the registration of a socket known by its descriptor, until it is retired. */
export function enter(registration: Registration): void {
  const { fd } = registration;
  // One by one, because an array with a gap of a thousand becomes a slow one.
  while (byDescriptor.length <= fd) byDescriptor.push(null);
  byDescriptor[fd] = registration;
}

/** The registration of a descriptor, if it belongs to a socket of this environment. */
export function registrationOf(fd: number): Registration | null {
  return byDescriptor[fd] ?? null;
}

/** All that are open. */
export function* registrations(): Generator<Registration> {
  for (const registration of byDescriptor) if (registration !== null) yield registration;
}

/** Makes the descriptor known to the epoll of this environment. The kernel reports what is ready already. */
export function enroll(registration: Registration): void {
  if (registration.generation !== 0) return;
  const { fd } = registration;
  generations = (generations + 1) | 0 || 1;
  const result = native.reactorAdd(fd, fd, generations, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI);
  if (result < 0) throw systemError(result, 'epoll_ctl', 'config');
  registration.generation = generations;
  enter(registration);
}

/** Forgets a descriptor; needed before it is closed or given away. `alive`: the open file lives on without us. */
export function retire(registration: Registration, alive: boolean): void {
  const { fd } = registration;
  if (byDescriptor[fd] === registration) byDescriptor[fd] = null;
  if (registration.generation === 0) return;
  registration.generation = 0;
  if (alive) native.reactorRemove(fd);
}

/** The registration an event belongs to, or null if it is gone. */
export function find(fd: number, generation: number): Registration | null {
  const registration = byDescriptor[fd];
  return registration !== undefined && registration !== null && registration.generation === generation
    ? registration
    : null;
}
