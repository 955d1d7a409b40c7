// Owns the JavaScript half of the reactor: starting it, handing its events to those who wait, and keeping the process
// alive exactly while somebody waits. The choice of its mechanism is made here, by runtime and by BERKELEY_REACTOR.

import { enroll, find, type Registration } from '../core/registration.js';
import { EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDHUP } from '../native/constants.js';
import { native } from '../native/load.js';
import { newTurn } from './fairness.js';
import { ringDue } from './timers.js';

const READ = EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI;
const WRITE = EPOLLOUT | EPOLLHUP | EPOLLERR;
/** After these a short receive proves nothing; see core/registration. */
const LAST = EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI;

const TIMER = -1;
/**
 * Events that are handed over at once; what awaits them goes on before the next are fetched. Few, so that a connection is
 * answered while the caches still have what its receive brought in, and because the kernel gives received memory back to the
 * sender's processor by an interrupt when about 32 receives follow one another. Measured with batches of 1,024: nothing on 50
 * connections, 2 to 5 % dearer on 500, 11 to 19 % on 2,000. Batches of 4 cost more than they save.
 */
const BATCH = 24;
const batch = new Int32Array(3 * BATCH);
/** [operations that keep the process alive, which batch of a wake-up is handed over: native code looks at the first when it is 0 again]. */
const state = new Int32Array(2);
let started = false;

/** Bun exports libuv's symbols as stubs that abort, and on Deno they stall; only Node has a loop to nest in. */
function reactorMode(): 'uv' | 'thread' {
  const wanted = process.env.BERKELEY_REACTOR;
  if (wanted === 'uv' || wanted === 'thread') return wanted;
  return 'bun' in process.versions || 'deno' in process.versions ? 'thread' : 'uv';
}

/** 0, or -errno: it takes descriptors, and there may be none left. */
export function startReactor(): number {
  if (started) return 0;
  const result = native.reactorStart(reactorMode(), batch, state, onReady);
  started = result === 0;
  return result;
}

/** Makes sure that events of this descriptor arrive. */
export function watch(registration: Registration): void {
  if (registration.generation === 0) enroll(registration);
}

/** One more operation waits, on this descriptor or on several. */
export function begin(registration: Registration | null): void {
  if (registration !== null) {
    registration.waiting++;
    if (!registration.referenced) return;
  }
  hold(1);
}

/** One fewer. */
export function end(registration: Registration | null): void {
  if (registration !== null) {
    registration.waiting--;
    if (!registration.referenced) return;
  }
  hold(-1);
}

/** Whether operations on this descriptor keep the process alive, those included that wait already. */
export function setReferenced(registration: Registration, on: boolean): void {
  if (registration.referenced === on) return;
  registration.referenced = on;
  if (registration.waiting > 0) hold(on ? registration.waiting : -registration.waiting);
}

function hold(change: number): void {
  const before = state[0]!;
  const after = before + change;
  state[0] = after;
  if ((before === 0) !== (after === 0) && state[1] === 0) native.reactorSync();
}

function onReady(count: number): void {
  if (state[1] === 1) newTurn();
  let timer = false;
  for (let i = 0; i < count * 3; i += 3) {
    const fd = batch[i]!;
    if (fd === TIMER) timer = true;
    else {
      const registration = find(fd, batch[i + 1]!);
      if (registration !== null) deliver(registration, batch[i + 2]!);
    }
  }
  // Last, so that what has arrived in time is not told that it is late.
  if (timer) ringDue();
}

function deliver(registration: Registration, events: number): void {
  if (events & LAST) registration.ended = true;
  if (events & READ) {
    registration.readable = true;
    registration.reader?.wake();
  }
  if (events & WRITE) {
    registration.writable = true;
    registration.writer?.wake();
  }
  if (registration.watchers !== null) for (const watcher of [...registration.watchers]) watcher.wake();
}
