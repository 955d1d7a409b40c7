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

export class Registration {
  /** -1 once closed. */
  fd: number;
  /** Index into the table of the reactor, -1 while unknown to it. */
  token = -1;
  generation = 0;
  readable = true;
  writable = true;
  /** Event and data may come together only once: a short receive proves nothing any more. */
  ended = false;
  /** A short receive means that the queue is empty: stream sockets of IPv4 and IPv6. */
  readonly shortMeansDrained: boolean;
  /** SO_RCVLOWAT of a stream: above 1, a receive has to wait for so many bytes. */
  lowWater = 1;
  /** The head of the read lane while it waits for this descriptor, and likewise of the write lane. */
  reader: Wakeable | null = null;
  writer: Wakeable | null = null;
  /** Operations over several descriptors. */
  watchers: Wakeable[] | null = null;
  /** How many operations wait, and whether they keep the process alive. */
  waiting = 0;
  referenced = true;
  /** Immediate successes since the last wait; see wait/fairness. */
  streak = 0;
  /** Another descriptor may share the open socket, so close(2) alone would leave it in the epoll. */
  shared = false;
  /** An error (-errno) that was received behind messages or bytes, and is the next call's; else 0. */
  late = 0;
  /** Where it was opened, when leaks are traced. */
  opened: string | null = null;

  /** The descriptor is in blocking mode for the sake of another process that has it too. */
  inheritable = false;

  constructor(fd: number, shortMeansDrained: boolean) {
    this.fd = fd;
    this.shortMeansDrained = shortMeansDrained;
  }
}

/** Descriptors are small and dense. */
const byDescriptor: (Registration | undefined)[] = [];

/** Makes the registration of a socket known by its descriptor, until `fd` says that it is closed. */
export function enter(registration: Registration): void {
  byDescriptor[registration.fd] = registration;
}

/** The registration of a descriptor, if it belongs to a socket of this environment. */
export function registrationOf(fd: number): Registration | null {
  const registration = byDescriptor[fd];
  return registration?.fd === fd ? registration : null;
}

/** All that are open. */
export function* registrations(): Generator<Registration> {
  for (const registration of byDescriptor) if (registration !== undefined && registration.fd >= 0) yield registration;
}

// Tokens are reused and generations are not, so an event that was fetched before its socket closed finds nobody.
const table: (Registration | null)[] = [];
const free: number[] = [];
let generations = 0;

/** Makes the descriptor known to the epoll of this environment. The kernel reports what is ready already. */
export function enroll(registration: Registration): void {
  if (registration.token >= 0) return;
  const token = free.pop() ?? table.length;
  generations = (generations + 1) | 0;
  const result = native.reactorAdd(registration.fd, token, generations, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI);
  if (result < 0) {
    free.push(token);
    if (token === table.length) table.push(null);
    throw systemError(result, 'epoll_ctl', 'config');
  }
  table[token] = registration;
  registration.token = token;
  registration.generation = generations;
}

/** Forgets a descriptor; needed before it is closed or given away. `alive`: the open file lives on without us. */
export function retire(registration: Registration, alive: boolean): void {
  const { token } = registration;
  if (token < 0) return;
  if (alive) native.reactorRemove(registration.fd);
  table[token] = null;
  free.push(token);
  registration.token = -1;
}

/** The registration an event belongs to, or null if it is gone. */
export function find(token: number, generation: number): Registration | null {
  const registration = table[token];
  return registration !== undefined && registration !== null && registration.generation === generation
    ? registration
    : null;
}
