// Owns what console.log shows of a socket: what a person wants to know, and nothing that is being carried. Buffered bytes
// and, one day, session secrets stay out of logs.

import { inspect, type InspectOptions } from 'node:util';

export const customInspect = Symbol.for('nodejs.util.inspect.custom');

/** `Conn { fd: 21, state: 'connected', … }`; facts that are null are left out. */
export function show(name: string, facts: Record<string, unknown>, options: InspectOptions): string {
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null));
  return `${name} ${inspect(known, options)}`;
}

/** An address for people, or null where there is none: a socket that is not connected, or a connection that is gone. */
export function shownAddress(read: () => { toString(): string }): string | null {
  try {
    return read().toString();
  } catch {
    return null;
  }
}
