// Owns what util.inspect, and with it console.log and a REPL, shows of an object: in one line what a person wants to know, and nothing
// that is being carried or is secret. It must not know what the objects are.

import type { InspectOptionsStylized } from 'node:util';

export const customInspect = Symbol.for('nodejs.util.inspect.custom');

/** util.inspect hands itself over, so that nobody needs node:util before somebody looks. */
export type Inspect = (value: unknown, options: object) => string;

/** How many levels may still be shown, which options to keep, and what shows them. */
export type Shown = [depth: number | null, options: InspectOptionsStylized, inspect: Inspect];

/** `Conn { fd: 21, state: 'connected', … }`; facts that are null are left out. With `compact: false` it is one in a line. */
export function show(name: string, facts: Record<string, unknown>, [depth, options, inspect]: Shown): string {
  if (depth !== null && depth < 0) return options.stylize(`[${name}]`, 'special');
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null));
  const breakLength = options.compact === false ? options.breakLength : Infinity;
  return `${name} ${inspect(known, { ...options, depth, breakLength })}`;
}

/** What a getter says, or null where it says nothing: of a socket that is not connected, or is closed. */
export function shownFact<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** The same of an address, for people. */
export function shownAddress(read: () => { toString(): string }): string | null {
  return shownFact(() => read().toString());
}
