// Owns the checks of arguments that several faces share.

import type { PollEvents } from '../contract/socket.js';
import { invalidType, invalidValue, wholeNumber } from '../error/invalid.js';

/** Memory to receive into: not empty, because a result of 0 would not tell the end from nothing. */
export function checkBytes(argument: string, value: unknown): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw invalidType(argument, 'a Uint8Array', value);
  if (value.length === 0) throw invalidValue(argument, 'must not be empty', value);
}

export function checkEvents(argument: string, value: unknown): PollEvents {
  if (typeof value !== 'object' || value === null)
    throw invalidType(argument, 'an object such as { read: true }', value);
  for (const [name, on] of Object.entries(value)) {
    if (!['read', 'write', 'priority', 'error', 'hangup'].includes(name))
      throw invalidValue(argument, `has an unknown event "${name}"`, value);
    if (on !== undefined && typeof on !== 'boolean') throw invalidType(`${argument}.${name}`, 'a boolean', on);
  }
  return { ...value };
}

/** Permission bits, or null when absent. */
export function checkMode(mode: unknown): number | null {
  return mode === undefined ? null : wholeNumber('mode', mode, 0, 0o7777);
}
