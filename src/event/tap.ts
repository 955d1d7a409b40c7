// Owns who hears of events: the functions and the queue of one connection, and the diagnostics channels of all. It must not know
// what an event means.
//
// Nothing is paid while nobody listens: `tap` is null then, and whoever has something to tell asks `isHeard` before it makes
// anything.

import { AsyncResource } from 'node:async_hooks';
import { channel, type Channel } from 'node:diagnostics_channel';
import { threadId } from 'node:worker_threads';
import type { EventListeners, EventQueue, Events, SocketEvent } from '../contract/event.js';
import { invalidType, invalidValue } from '../error/invalid.js';
import { post } from './outbox.js';
import { Queue } from './queue.js';

export type EventName = keyof Events;

/** Whose events they are. */
export interface Origin {
  readonly id: number;
  readonly tap: Tap | null;
  /** Where the call that tells of it was made, if somebody subscribes to channels: see `callersContext`. */
  readonly caller?: AsyncResource | null;
}

/** What `on` has taken in. */
interface Hearing {
  readonly event: EventName;
  readonly listener: (value: never) => void;
  active: boolean;
}

export class Tap {
  queue: Queue | null = null;
  #hearings: readonly Hearing[] = [];

  /** Nobody listens any more. */
  get idle(): boolean {
    return this.queue === null && this.#hearings.length === 0;
  }

  wants(event: EventName): boolean {
    if (this.queue !== null) return true;
    for (const hearing of this.#hearings) if (hearing.event === event) return true;
    return false;
  }

  /** Returns the function that takes it off again. */
  add(event: EventName, listener: (value: never) => void): () => void {
    const hearing: Hearing = { event, listener, active: true };
    this.#hearings = [...this.#hearings, hearing];
    return () => {
      hearing.active = false;
      this.#hearings = this.#hearings.filter((other) => other !== hearing);
    };
  }

  call(event: EventName, value: Events[EventName]): void {
    for (const hearing of this.#hearings)
      if (hearing.event === event)
        post(() => {
          if (hearing.active) hearing.listener(value as never);
        });
  }
}

/** Whether anybody wants to hear of it. */
export function isHeard({ tap }: Origin, event: EventName): boolean {
  return (tap !== null && tap.wants(event)) || channels[event].hasSubscribers;
}

/** Tells everybody who listens. */
export function tell<E extends EventName>({ id, tap, caller }: Origin, event: E, value: Events[E]): void {
  const to = channels[event];
  const queue = tap?.queue ?? null;
  if (queue !== null || to.hasSubscribers) {
    const time = performance.timeOrigin + performance.now();
    const all = { event, id, time, ...value } as unknown as SocketEvent;
    queue?.push(all);
    if (to.hasSubscribers) {
      const publish = (): void => to.publish(all);
      post(caller ? () => caller.runInAsyncScope(publish) : publish);
    }
  }
  tap?.call(event, value);
}

/**
 * Where we are called from, for AsyncLocalStorage: a tracer that subscribes finds the span that is going on there. What is told would
 * otherwise be published in whatever context the reactor or the first of several callers is in. Null while nobody subscribes.
 */
export function callersContext(): AsyncResource | null {
  return dialling.some((event) => channels[event].hasSubscribers) ? new AsyncResource('berkeley:connect') : null;
}

const dialling = ['lookup', 'resolved', 'connecting', 'attemptFailed', 'connected'] as const;

/** A number that nothing else in this process has: every thread counts in its own range. */
export function newId(): number {
  // Asked for when it is needed, and no sooner: see scripts/bundle.mjs on node:worker_threads.
  if (ids < 0) ids = threadId * 2 ** 32;
  return ++ids;
}

let ids = -1;

/** The listeners that options ask for; null when they ask for none. */
export function tapOf(on: EventListeners | undefined, queue: EventQueue | undefined): Tap | null {
  if (on !== undefined && (typeof on !== 'object' || (on as unknown) === null))
    throw invalidType('on', 'an object of functions', on);
  const tap = new Tap();
  for (const [name, listener] of Object.entries(on ?? {}))
    if (listener !== undefined) tap.add(eventName('on', name), checkListener(`on.${name}`, listener));
  if (queue !== undefined) tap.queue = checkQueue(queue);
  return tap.idle ? null : tap;
}

export function eventName(argument: string, name: unknown): EventName {
  if (typeof name !== 'string') throw invalidType(argument, 'a string', name);
  if (!Object.hasOwn(channels, name)) throw invalidValue(argument, 'must be the name of an event', name);
  return name as EventName;
}

export function checkListener<T>(argument: string, listener: T): T {
  if (typeof listener !== 'function') throw invalidType(argument, 'a function', listener);
  return listener;
}

export function checkQueue(queue: unknown): Queue {
  if (!(queue instanceof Queue)) throw invalidType('queue', 'a queue that eventQueue() has made', queue);
  return queue;
}

/** FAST PATH (bench: echo, 64 B): those two are asked for in every transfer. */
export const readChannel = channel('berkeley:read');
export const sentChannel = channel('berkeley:sent');

/** `berkeley:lookup` and so on. */
const channels: Readonly<Record<EventName, Channel>> = {
  lookup: channel('berkeley:lookup'),
  resolved: channel('berkeley:resolved'),
  connecting: channel('berkeley:connecting'),
  connected: channel('berkeley:connected'),
  attemptFailed: channel('berkeley:attemptFailed'),
  tlsStart: channel('berkeley:tlsStart'),
  tlsDone: channel('berkeley:tlsDone'),
  read: readChannel,
  sent: sentChannel,
  httpSent: channel('berkeley:httpSent'),
  httpReceived: channel('berkeley:httpReceived'),
  closed: channel('berkeley:closed'),
  deleted: channel('berkeley:deleted'),
};
