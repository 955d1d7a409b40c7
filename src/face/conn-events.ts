// Owns `on` and `events` of a connection, of either colour.

import type { EventQueue, Events } from '../contract/event.js';
import type { Stream } from '../core/stream.js';
import { eventQueue } from '../event/queue.js';
import { checkListener, checkQueue, eventName, Tap } from '../event/tap.js';

/** One more listener. Returns the function that takes it off. */
export function listenTo<E extends keyof Events>(stream: Stream, event: E, fn: (value: Events[E]) => void): () => void {
  const name = eventName('event', event);
  checkListener('fn', fn);
  if (stream.handle.fd < 0) return () => undefined;
  const tap = (stream.tap ??= new Tap());
  const off = tap.add(name, fn);
  return () => {
    off();
    letGo(stream, tap);
  };
}

/** The queue that the events go to from now on; null for none. Without one: that which there is, or a new one. */
export function queueFor(stream: Stream, queue: EventQueue | null | undefined): EventQueue | null {
  if (queue === null) {
    const { tap } = stream;
    if (tap !== null) {
      tap.queue = null;
      letGo(stream, tap);
    }
    return null;
  }
  const chosen = checkQueue(queue ?? stream.tap?.queue ?? eventQueue());
  if (stream.handle.fd >= 0) (stream.tap ??= new Tap()).queue = chosen;
  return chosen;
}

/** Where nobody listens, nothing is asked any more. */
function letGo(stream: Stream, tap: Tap): void {
  if (tap.idle && stream.tap === tap) stream.tap = null;
}
