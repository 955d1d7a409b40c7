// Owns the way between the names of network interfaces and their numbers.

import { invalidType, invalidValue, wholeNumber } from '../../error/invalid.js';
import { native } from '../../native/load.js';

/** The number of an interface; 0 where none is named. */
export function interfaceIndex(argument: string, value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number') return wholeNumber(argument, value, 1, 0x7fffffff);
  if (typeof value !== 'string') throw invalidType(argument, 'the name or the number of an interface', value);
  const index = native.ifNameToIndex(value);
  if (index <= 0) throw invalidValue(argument, 'is no interface of this machine', value);
  return index;
}

/** The name, or the number where there is none any more. */
export function interfaceName(index: number): string | number | null {
  return index === 0 ? null : (native.ifIndexToName(index) ?? index);
}
