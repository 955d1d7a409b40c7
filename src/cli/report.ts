// Owns how an error reads on one line. It must not know which command met it.

import { SocketError } from '../error/socket-error.js';

/** The message, which names every address that was tried, and the hint. */
export function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  let text = error.message;
  if (error instanceof SocketError && error.hint !== undefined) text += ` (${error.hint})`;
  // On the command line there is one TARGET, whatever the library calls the argument.
  return text.replace(/^The "(to|at)\b[^"]*" argument/, 'TARGET').replace(/\s+/g, ' ');
}

/** The library refused an argument before any system call: what stood on the command line was wrong. */
export function isMisuse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_INVALID_ARG_');
}
