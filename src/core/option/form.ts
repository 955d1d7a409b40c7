// Owns what a form is: the way of a value between JavaScript and the kernel. It must not know which options there are.

import type { Handle } from '../handle.js';

export interface Form<T> {
  /** Reads the option. */
  get(handle: Handle, level: number, name: number): T;
  /** The value as the kernel takes it: a C int or bytes. Throws for a value that means nothing, with `label` as the argument's name. */
  encode(label: string, value: unknown): number | Uint8Array;
  /** Hands it over in a way of its own; absent: setsockopt(2). */
  put?(handle: Handle, level: number, name: number, encoded: number | Uint8Array): void;
}
