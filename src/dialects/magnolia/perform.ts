// Owns how a call is made in the colour that it asks for, and which errors are answers. It must not know what the calls do.

import type { ConnBase } from '../../contract/conn.js';
import type { Mode, R } from '../../contract/mode.js';
import type { Net } from '../../contract/net.js';
import * as promises from '../../promises/index.js';
import * as sync from '../../sync/index.js';
import type { Callback, Failure } from './answers.js';
import type { Entry } from './table.js';

/** What a call is made with: blocking, or with promises. */
export interface Colour {
  readonly connect: Net<Mode>['connect'];
  of(entry: Entry): ConnBase<Mode>;
}

/** A call whose arguments were found right. */
export interface Call<T, A> {
  begin(colour: Colour): R<Mode, T>;
  answer(value: T): A;
  /** Looks at what went wrong before it becomes an answer. */
  failed?(error: unknown): void;
}

/**
 * Makes a call and returns its answer. With a callback behind the arguments it returns null at once, and the callback gets the answer
 * later. `what` stands before what goes wrong. Misuse, which `prepare` finds, is thrown at once.
 */
export function perform<T, A>(what: string, given: unknown[], prepare: (given: unknown[]) => Call<T, A>): never {
  const callback = typeof given.at(-1) === 'function' ? (given.pop() as Callback<unknown>) : null;
  const absent = unavailable(what);
  if (absent !== null) return later(callback, absent) as never;
  const call = prepare(given);
  if (callback !== null) void inBackground(what, call, callback);
  return (callback === null ? atOnce(what, call) : null) as never;
}

/** The answer to everything where there is no native addon; null where there is one. */
export function unavailable(what: string): Failure | null {
  if (sync.constants['AF_INET'] !== undefined) return null;
  try {
    sync.pair();
    return null;
  } catch (error) {
    return { type: 'error', error: `${what}: sockets are unavailable in this runtime: ${(error as Error).message}` };
  }
}

/** An error as an answer. Throws those that are the program's own fault. */
export function failure(what: string, error: unknown): Failure {
  if (!isAnswer(error)) throw error;
  return { type: 'error', error: `${what}: ${wordsOf(error)}` };
}

/** What a callback throws is nobody's answer: it ends where uncaught exceptions end. */
export function later<A>(callback: Callback<A> | null, answer: A): A | null {
  if (callback === null) return answer;
  queueMicrotask(() => callback(answer));
  return null;
}

const blocking: Colour = { connect: sync.connect as Net<Mode>['connect'], of: (entry) => entry.sync as ConnBase<Mode> };
const promised: Colour = {
  connect: promises.connect as Net<Mode>['connect'],
  of: (entry) => entry.async as ConnBase<Mode>,
};

function atOnce<T, A>(what: string, call: Call<T, A>): A | Failure {
  try {
    return call.answer(call.begin(blocking) as T);
  } catch (error) {
    call.failed?.(error);
    return failure(what, error);
  }
}

async function inBackground<T, A>(what: string, call: Call<T, A>, callback: Callback<unknown>): Promise<void> {
  try {
    later(callback, call.answer(await call.begin(promised)));
  } catch (error) {
    // Outside of the promise: an error that is no answer is uncaught, as what the callback throws.
    queueMicrotask(() => {
      call.failed?.(error);
      callback(failure(what, error));
    });
  }
}

/** Everything that does not come from the program: what the system refuses, and what an address or a name turns out to be. */
function isAnswer(error: unknown): error is Error {
  if (error instanceof sync.SocketError) return !isOfFiles(error);
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_INVALID_ARG_VALUE';
}

/** Certificate options that cannot be used are misuse, as a missing one is. */
function isOfFiles({ code, phase, syscall }: sync.SocketError): boolean {
  return phase === 'config' && (ofFiles.has(code) || syscall === 'open' || syscall === 'fstat' || syscall === 'read');
}

const ofFiles: ReadonlySet<string> = new Set([
  'ERR_TLS_CERTIFICATE',
  'ERR_TLS_KEY',
  'ERR_TLS_KEY_MISMATCH',
  'ERR_TLS_NO_CERTIFICATE',
  'ERR_TLS_PASSPHRASE',
]);

/** An end where it must not be has one name in the original, whatever it cuts. */
function wordsOf(error: Error): string {
  const { code, partial } = error as Partial<sync.SocketError>;
  if (code === 'ERR_UNEXPECTED_EOF') return partial!.length === 0 ? 'EOF' : 'unexpected EOF';
  return code === 'ERR_TLS_TRUNCATED' ? `unexpected EOF: ${error.message}` : error.message;
}
