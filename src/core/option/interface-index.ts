// Owns what the values of options have in common: their fields, and interfaces by name or index.

import { invalidType, invalidValue, wholeNumber } from '../../error/invalid.js';
import { systemError } from '../../error/system.js';
import { native } from '../../native/load.js';

/** The index of an interface that is given by name or index; 0, the kernel's choice, unless told. */
export function interfaceIndex(label: string, which: unknown): number {
  if (which === undefined) return 0;
  const argument = field(label, 'interface');
  if (typeof which === 'number') return wholeNumber(argument, which, 0, 0x7fffffff);
  if (typeof which !== 'string') throw invalidType(argument, 'a string or a number', which);
  if (which === '' || which.includes('\0')) throw invalidValue(argument, 'must be the name of an interface', which);
  const index = native.ifNameToIndex(which);
  if (index <= 0) throw systemError(index, 'if_nametoindex', 'option');
  return index;
}

/** The value as an object whose fields are still to be looked at. */
export function fieldsOf<T>(label: string, value: unknown): T {
  if (typeof value !== 'object' || value === null) throw invalidType(label, 'an object', value);
  return value as T;
}

/** What errors call a field. */
export function field(label: string, name: string): string {
  return `${label}.${name}`;
}
