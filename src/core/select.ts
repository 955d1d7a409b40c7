// Owns poll(2) without waiting: what is ready now on one socket or on many, and what to watch for the rest.

import type { Phase } from '../contract/error.js';
import type { PollEvents } from '../contract/socket.js';
import { systemError } from '../error/system.js';
import * as C from '../native/constants.js';
import { native } from '../native/load.js';
import type { Attempt, Interest } from './attempt.js';
import type { Handle } from './handle.js';
import { layerInterests, layerUntil } from './layer.js';
import type { Stream } from './stream.js';
import { isWant, Want } from './want.js';

/** One thing to wait for. Several handles belong to one thing when a listener has several sockets. */
export interface Selected {
  readonly handles: readonly Handle[];
  /** Its read buffer counts as readable. */
  readonly stream: Stream | null;
  readonly events: PollEvents;
}

export type Ready = { index: number } & PollEvents;

/** The things that are ready, in order; an empty list when the limit is spent. */
export class Select implements Attempt<Ready[]> {
  readonly phase: Phase = 'read';
  readonly lane = null;
  readonly registration = null;
  readonly limit = Infinity;
  readonly #things: readonly Selected[];
  readonly #set: Int32Array;

  constructor(things: readonly Selected[]) {
    this.#things = things;
    this.#set = new Int32Array(3 * things.reduce((sum, thing) => sum + thing.handles.length, 0));
  }

  /** A handshake that is going on has a limit of its own. */
  get until(): number {
    return this.#things.reduce((until, { stream }) => Math.min(until, stream?.layer?.until ?? Infinity), Infinity);
  }

  interests(): readonly Interest[] {
    return this.#things.flatMap(({ handles, stream, events }) => {
      if (stream?.layer?.ready === false) return stream.layer.interests();
      return handles.map(({ registration }) => ({
        registration,
        read: events.read ?? false,
        write: events.write === true || (events.read === true && awaitsRoom(stream)),
        priority: events.priority ?? false,
      }));
    });
  }

  step(): Ready[] | Want {
    const set = this.#set;
    let at = 0;
    for (const { handles, events } of this.#things) {
      const wanted = mask(events);
      for (const handle of handles) {
        handle.check('read');
        set[at++] = handle.fd;
        set[at++] = wanted;
        set[at++] = 0;
      }
    }
    const count = native.pollMany(set, at / 3, 0);
    if (count < 0 && count !== C.EINTR) throw systemError(count, 'poll', 'read');
    const ready: Ready[] = [];
    let want: Want = Want.Many;
    at = 0;
    this.#things.forEach(({ handles, stream, events }, index) => {
      let revents = 0;
      for (let i = 0; i < handles.length; i++, at += 3) revents |= set[at + 2]!;
      const found = foundIn(revents);
      // For what has no event.
      if (stream !== null && lookBelow(stream, events, found) === Want.Pause) want = Want.Pause;
      if (Object.keys(found).length > 0) ready.push({ index, ...found });
    });
    return ready.length > 0 ? ready : want;
  }

  expired(): { value: Ready[] } {
    return { value: [] };
  }
}

/** The same for one socket: its events, or null when the limit is spent. */
export class PollOne implements Attempt<PollEvents | null> {
  readonly phase: Phase = 'read';
  readonly lane = null;
  readonly registration = null;
  readonly limit = Infinity;
  readonly #select: Select;

  constructor(handle: Handle, events: PollEvents) {
    this.#select = new Select([{ handles: [handle], stream: null, events }]);
  }

  interests(): readonly Interest[] {
    return this.#select.interests();
  }

  step(): PollEvents | Want {
    const ready = this.#select.step();
    if (typeof ready === 'number') return ready;
    const { index: _, ...events } = ready[0]!;
    return events;
  }

  expired(): { value: null } {
    return { value: null };
  }
}

/** True once a read would not wait. It takes its turn behind the reads that were called before. */
export class WaitReadable implements Attempt<boolean> {
  readonly phase: Phase = 'read';
  readonly #stream: Stream;

  constructor(stream: Stream) {
    stream.check('read');
    this.#stream = stream;
  }

  get lane() {
    return this.#stream.handle.reads;
  }
  get registration() {
    return this.#stream.handle.registration;
  }
  get limit() {
    return this.#stream.handle.receiveLimit;
  }
  get until(): number {
    return layerUntil(this.#stream);
  }

  interests(): readonly Interest[] {
    return layerInterests(this.#stream);
  }

  step(): boolean | Want {
    const { buffer, handle, layer } = this.#stream;
    if (buffer.length > 0) return true;
    if (layer !== null) {
      const want = receivable(this.#stream);
      return want === null ? true : want;
    }
    const { registration } = handle;
    if (!registration.readable) return Want.Read;
    const revents = native.poll(registration.fd, C.POLLIN, 0);
    if (revents > 0) return true;
    if (revents < 0 && revents !== C.EINTR) throw systemError(revents, 'poll', 'read');
    registration.readable = false;
    return Want.Read;
  }

  expired(): { value: boolean } {
    return { value: false };
  }
}

/** Readable means plaintext: what the kernel has may be less than a record, or no data at all. */
function lookBelow(stream: Stream, events: PollEvents, found: PollEvents): Want | null {
  const { layer, buffer } = stream;
  if (layer === null) {
    if (events.read && buffer.length > 0) found.read = true;
    return null;
  }
  delete found.read;
  if (!layer.ready) {
    delete found.write;
    try {
      const want = layer.advance();
      if (want !== null) return want;
    } catch (error) {
      // It closed the socket, and leaves nothing to fail again.
      stream.ending.untold = error as Error;
      if (events.read) found.read = true;
      if (events.write) found.write = true;
      return null;
    }
    if (events.write) found.write = true;
  }
  if (!events.read) return null;
  const want = receivable(stream);
  if (want === null) found.read = true;
  return want;
}

/** Room in the kernel is what a reader waits for who has to send what a write has left. */
function awaitsRoom(stream: Stream | null): boolean {
  const layer = stream?.layer ?? null;
  return layer !== null && layer.leftBehind && layer.unsent > 0;
}

/** Null when a read would not wait, be it for data, the end or an error. What was received stays in the buffer. */
function receivable(stream: Stream): Want | null {
  if (stream.buffered > 0) return null;
  try {
    const got = stream.fill();
    return isWant(got) ? got : null;
  } catch (error) {
    // A handshake that failed has closed the socket.
    if (stream.handle.fd < 0) throw error;
    // Any other error is for the call that takes it, so it counts as ready.
    return null;
  }
}

function mask(events: PollEvents): number {
  return (events.read ? C.POLLIN : 0) | (events.write ? C.POLLOUT : 0) | (events.priority ? C.POLLPRI : 0);
}

function foundIn(revents: number): PollEvents {
  const found: PollEvents = {};
  if (revents & C.POLLIN) found.read = true;
  if (revents & C.POLLOUT) found.write = true;
  if (revents & C.POLLPRI) found.priority = true;
  if (revents & C.POLLERR) found.error = true;
  if (revents & C.POLLHUP) found.hangup = true;
  return found;
}
