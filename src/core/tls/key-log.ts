// Owns where the secrets of a connection go when that is asked for: a file that only its owner can read, or a function.
// Nothing here looks at the environment: SSLKEYLOGFILE alone never turns a log on.

import { appendFileSync, closeSync, openSync } from 'node:fs';
import { fileError } from '../../error/system.js';

export type KeyLog = (lines: readonly string[]) => void;

/** A file is opened once beforehand, so that one which cannot be written is an error before anything connects. */
export function keyLogOf(where: string | ((line: string) => void) | undefined): KeyLog | null {
  if (where === undefined) return null;
  if (typeof where === 'function') {
    return (lines) => {
      for (const line of lines) where(line);
    };
  }
  try {
    closeSync(openSync(where, 'a', OWNER_ONLY));
  } catch (error) {
    throw fileError(error, where);
  }
  return (lines) => append(where, lines);
}

const OWNER_ONLY = 0o600;

/** One write for all, so that other processes cannot come between. */
function append(file: string, lines: readonly string[]): void {
  try {
    appendFileSync(file, lines.map((line) => `${line}\n`).join(''), { mode: OWNER_ONLY });
  } catch (error) {
    throw fileError(error, file);
  }
}
