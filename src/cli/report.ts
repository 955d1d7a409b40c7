// Owns how an error reads on one line. It must not know which command met it.

import { SocketError } from '../error/socket-error.js';

/** The message, which names every address that was tried, and the hint. */
export function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  let text = error.message;
  if (error instanceof SocketError && error.hint !== undefined) text += ` (${error.hint})`;
  return inWordsOfTheCommand(text);
}

/** The library speaks of arguments and options of its functions; whoever reads this has typed others. */
export function inWordsOfTheCommand(text: string): string {
  return (
    text
      // On the command line there is one TARGET, whatever the library calls the argument.
      .replace(/^The "(to|at|connect)\b[^"]*" argument/, 'TARGET')
      .replace(/`(alpn|ca|cert|key)`/g, '--$1')
      .replace(/`?\bserverName\b`?/g, '--sni')
      .replace(/\s+/g, ' ')
  );
}

/** What stood on the command line was wrong: the library refused an argument before any system call, or a file of keys or certificates. */
export function isMisuse(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const code = String(error.code);
  if (code.startsWith('ERR_INVALID_ARG_')) return true;
  return (
    error instanceof SocketError &&
    error.phase === 'config' &&
    (/^ERR_TLS_(?!MISSING)/.test(code) || (error.errno !== undefined && error.syscall !== 'socket'))
  );
}
