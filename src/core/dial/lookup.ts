// Owns lookups that run on the native threads: one call serves everybody who asks the same at the same time.

import { resolveError, systemError } from '../../error/system.js';
import type { LookupAnswer } from '../../native/binding.js';
import { native } from '../../native/load.js';
import type { Interest } from '../attempt.js';
import { checkPermission } from '../permission.js';
import { Registration, retire } from '../registration.js';

export interface Query {
  readonly host: string | null;
  readonly service: string | null;
  readonly family: number;
  readonly kind: number;
  readonly protocol: number;
  readonly flags: number;
}

interface Shared {
  readonly key: string;
  readonly registration: Registration;
  users: number;
  answer: LookupAnswer | null;
}

const running = new Map<string, Shared>();

/** One user's hold on a lookup. It must be released, whether it was answered or not. */
export class Lookup {
  readonly #query: Query | null;
  /** What was asked for, in errors. */
  readonly #shown: string;
  #shared: Shared | null;

  private constructor(shared: Shared, query: Query | null, shown: string) {
    this.#shared = shared;
    this.#query = query;
    this.#shown = shown;
  }

  /** getaddrinfo(3). */
  static forward(query: Query): Lookup {
    checkPermission();
    const key = JSON.stringify(query);
    let shared = running.get(key);
    if (shared === undefined) {
      const { host, service, family, kind, protocol, flags } = query;
      shared = start(key, native.lookup(host, service, family, kind, protocol, flags), 'getaddrinfo');
      running.set(key, shared);
    }
    shared.users++;
    return new Lookup(shared, query, query.host ?? '');
  }

  /** getnameinfo(3). */
  static reverse(address: Uint8Array, flags: number, shown: string): Lookup {
    checkPermission();
    const shared = start('', native.reverse(address, flags), 'getnameinfo');
    shared.users++;
    return new Lookup(shared, null, shown);
  }

  /** What came out, or null while it still runs. */
  answer(): LookupAnswer | null {
    const shared = this.#shared;
    if (shared === null) return null;
    if (shared.answer === null) {
      shared.answer = native.lookupTake(shared.registration.fd);
      // Whoever asks from now on gets a fresh answer.
      if (shared.answer !== null && running.get(shared.key) === shared) running.delete(shared.key);
    }
    return shared.answer;
  }

  /** The error that an answer means, if it is one. */
  failure(answer: LookupAnswer): Error | null {
    if (answer.error === 0) return null;
    const name = eaiName(answer.error);
    const syscall = this.#query === null ? 'getnameinfo' : 'getaddrinfo';
    if (name === 'EAI_SYSTEM') return systemError(-answer.errno, syscall, 'lookup');
    const service = this.#query?.service ?? null;
    return resolveError(syscall, this.#shown, service, name, native.gaiError(answer.error), answer.errno);
  }

  get interest(): Interest {
    return { registration: this.#shared!.registration, read: true, write: false };
  }

  release(): void {
    const shared = this.#shared;
    if (shared === null) return;
    this.#shared = null;
    if (--shared.users > 0) return;
    if (running.get(shared.key) === shared) running.delete(shared.key);
    // The resolver's thread may keep the eventfd open for longer than we do.
    retire(shared.registration, true);
    native.lookupClose(shared.registration.fd);
  }
}

/** The name of an error of getaddrinfo(3). */
function eaiName(error: number): string {
  const isIt = ([name, value]: [string, number]): boolean => value === error && name.startsWith('EAI_');
  return Object.entries(native.constants).find(isIt)?.[0] ?? `EAI_${error}`;
}

function start(key: string, eventfd: number, syscall: string): Shared {
  if (eventfd < 0) throw systemError(eventfd, syscall, 'lookup');
  return { key, registration: new Registration(eventfd, false), users: 0, answer: null };
}
