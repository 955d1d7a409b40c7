// Owns the net below forgotten sockets: what is collected without `close` is closed, with a warning.

import { native } from '../native/load.js';
import { lingerAtEnd, setLingerAtEnd } from './option/linger.js';
import type { Registration } from './registration.js';
import { retire } from './registration.js';

let tracing = false;
let calling: string | null = null;
const DEPTH = 50;
/** The folder of the compiled library. */
const OURS = new URL('../', import.meta.url).href;

const registry = new FinalizationRegistry<Registration>((registration) => {
  if (registration.fd < 0) return;
  const { fd, opened } = registration;
  // close(2) would freeze the thread for it.
  if ((lingerAtEnd(registration) ?? 0) > 0) setLingerAtEnd(registration, null);
  retire(registration, true);
  native.close(fd);
  registration.fd = -1;
  const detail = opened ?? 'setDefaults({ traceLeaks: true }) makes this warning say where it was opened.';
  process.emitWarning(`A socket (descriptor ${fd}) was collected without being closed.`, {
    type: 'SocketLeakWarning',
    code: 'BERKELEY_LEAK',
    detail,
  });
});

/** Whether sockets opened from now on remember where: 3 µs and 650 bytes each. */
export function setLeakTracing(on: boolean): void {
  tracing = on;
}

export function traceOpening(registration: Registration): void {
  if (tracing) registration.opened = calling ?? placeOfCall();
}

/** Where the caller's program is right now, when leaks are traced. */
export function placeOfCall(): string | null {
  if (!tracing) return null;
  const place: { stack?: string } = {};
  const usual = Error.stackTraceLimit;
  // Ten frames would all be the library's own: those are left out below.
  Error.stackTraceLimit = DEPTH;
  Error.captureStackTrace(place, placeOfCall);
  Error.stackTraceLimit = usual;
  const frames = (place.stack ?? '').split('\n').slice(1);
  const callers = frames.filter((frame) => !frame.includes(OURS));
  return ['opened', ...(callers.length > 0 ? callers : frames)].join('\n');
}

/** Runs a step of a call that was made at `place`: on the reactor's stack there is nothing of the caller. */
export function calledAt<T>(place: string | null, step: () => T): T {
  if (place === null) return step();
  const before = calling;
  calling = place;
  try {
    return step();
  } finally {
    calling = before;
  }
}

export function trackLeak(owner: object, registration: Registration): void {
  registry.register(owner, registration, registration);
}

export function untrackLeak(registration: Registration): void {
  registry.unregister(registration);
}
