// Owns EventQueue: a bounded queue that loses its oldest event when it is full, and counts what it lost. It must not know
// who posts.

import type { EventQueue, SocketEvent } from '../contract/event.js';
import { invalidType, wholeNumber } from '../error/invalid.js';
import { customInspect, show, type Shown } from '../error/shown.js';

const LIMIT = 1024;

/** A queue for events, with room for `limit` of them: 1,024 unless told, or `Infinity`. @throws TypeError, RangeError for a limit that is no whole number above 0 */
export function eventQueue(o: { limit?: number | undefined } = {}): EventQueue {
  if (typeof o !== 'object' || (o as unknown) === null) throw invalidType('options', 'an object', o);
  const { limit = LIMIT } = o;
  return new Queue(limit === Infinity ? limit : wholeNumber('limit', limit, 1));
}

type Result = IteratorResult<SocketEvent, undefined>;

export class Queue implements EventQueue {
  readonly #limit: number;
  /** Those before `#first` are taken out already. */
  #events: (SocketEvent | undefined)[] = [];
  #first = 0;
  #dropped = 0;
  #closed = false;
  #waiting: ((result: Result) => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#events.length - this.#first;
  }
  get dropped(): number {
    return this.#dropped;
  }
  get closed(): boolean {
    return this.#closed;
  }

  push(event: SocketEvent): void {
    if (this.#closed) return;
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next({ done: false, value: event });
      return;
    }
    if (this.size >= this.#limit) {
      this.shift();
      this.#dropped++;
    }
    this.#events.push(event);
  }

  shift(): SocketEvent | undefined {
    if (this.size === 0) return undefined;
    const event = this.#events[this.#first];
    this.#events[this.#first++] = undefined;
    // Now and then, so that taking one out does not move all others.
    if (this.#first >= 1024 && this.#first * 2 >= this.#events.length) {
      this.#events = this.#events.slice(this.#first);
      this.#first = 0;
    }
    return event;
  }

  drain(): SocketEvent[] {
    const events = this.#events.slice(this.#first) as SocketEvent[];
    this.#events = [];
    this.#first = 0;
    return events;
  }

  close(): void {
    this.#closed = true;
    for (const end of this.#waiting.splice(0)) end({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterator<SocketEvent, undefined> {
    return { next: () => this.#next() };
  }

  /** Without the events: heads of HTTP have credentials in them. */
  [customInspect](...shown: Shown): string {
    const { size, dropped, closed } = this;
    return show('EventQueue', { size, dropped, closed }, shown);
  }

  #next(): Promise<Result> {
    const value = this.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#closed) return Promise.resolve({ done: true, value });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
