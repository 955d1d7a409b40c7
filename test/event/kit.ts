// Owns what the tests of events share: a collector of everything that `on` can hear, and the words of a course of events.
// It must not know what is tested.

import type { EventListeners, Events, SocketEvent } from 'berkeley';

export type Name = keyof Events;
export interface Heard {
  readonly name: Name;
  readonly value: Events[Name];
}

export const names: readonly Name[] = [
  'lookup',
  'resolved',
  'connecting',
  'connected',
  'attemptFailed',
  'tlsStart',
  'tlsDone',
  'read',
  'sent',
  'httpSent',
  'httpReceived',
  'closed',
  'deleted',
];

/** Listeners for every event, and what they heard. */
export function hearing(): { on: EventListeners; heard: Heard[] } {
  const heard: Heard[] = [];
  const on = Object.fromEntries(
    names.map((name) => [name, (value: Events[Name]) => void heard.push({ name, value })]),
  ) as EventListeners;
  return { on, heard };
}

/** The names alone. */
export function course(events: readonly (Heard | SocketEvent)[]): string {
  return events.map((one) => ('event' in one ? one.event : one.name)).join(' ');
}

/** What one event carried, the first of that name unless told. */
export function carried<E extends Name>(heard: readonly Heard[], name: E, which = 0): Events[E] {
  const found = heard.filter((one) => one.name === name)[which];
  if (found === undefined) throw new Error(`no ${name} in ${course(heard)}`);
  return found.value as Events[E];
}
