// Owns what the table knows of an option, apart from its level and number.

import type { SocketOption } from '../../contract/option.js';
import type { Form } from './form.js';

export interface Row<T = unknown> {
  readonly form: Form<T>;
  /** Absent: it can be read and set. */
  readonly direction?: 'get' | 'set';
  /** What a number counts, or which constants it is made of. */
  readonly unit?: string;
  /** The page that describes it; absent where none does. */
  readonly manual?: string;
}

/** The rows of one level: every option of the interface, in the form of its value. */
export type Rows<Options> = {
  readonly [K in keyof Options]: Options[K] extends SocketOption<infer T> ? Row<T> : never;
};
