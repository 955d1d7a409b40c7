// Owns the check of numbers that Chapel's types would not let be wrong: uint(16), c_int, int.

import { show } from '../../error/invalid.js';
import { IllegalArgumentError } from './errors.js';

export function port(value: unknown): number {
  return whole('port', value, 0, 0xffff);
}

export function whole(argument: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw new IllegalArgumentError(`${argument} must be a whole number from ${min} to ${max}: ${show(value)}`);
  return value;
}

export function bool(argument: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new IllegalArgumentError(`${argument} must be true or false: ${show(value)}`);
  return value;
}

export function text(argument: string, value: unknown): string {
  if (typeof value !== 'string') throw new IllegalArgumentError(`${argument} must be a string: ${show(value)}`);
  return value;
}

export { show as shown };
