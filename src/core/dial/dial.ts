// Owns dialling: two lookups, the order of addresses, and the race between them (RFC 8305). It is an attempt like any
// other: every step looks at everything once, and says what to watch and when to look again.

import type { Attempted, Phase } from '../../contract/error.js';
import type { SocketAddress } from '../../address/socket-address.js';
import type { Endpoint } from '../../address/target.js';
import { SocketError, TimeoutError, type ErrorFacts } from '../../error/socket-error.js';
import { refusal, timeoutError } from '../../error/make.js';
import * as C from '../../native/constants.js';
import type { Attempt, Interest } from '../attempt.js';
import type { Handle } from '../handle.js';
import { checkPermission } from '../permission.js';
import { isWant, Want } from '../want.js';
import { Racer, type RaceOptions } from './racer.js';
import type { Report } from './report.js';
import { isNumeric, Resolution } from './resolution.js';

export interface DialOptions extends RaceOptions {
  /** AF_UNSPEC for any. */
  readonly family: number;
  /** How long the first address is alone, in ms. */
  readonly attemptDelay: number;
}

/** What won. */
export interface Dialled {
  readonly handle: Handle;
  readonly address: SocketAddress;
}

/** RFC 8305 §3: how long an IPv4 answer waits for the IPv6 one. */
const RESOLUTION_DELAY = 50;

export class Dial<T> implements Attempt<T> {
  readonly lane = null;
  readonly registration = null;
  readonly limit = Infinity;
  readonly #options: DialOptions;
  readonly #report: Report;
  readonly #make: (dialled: Dialled) => T;
  /** In the order in which they take turns: IPv6 first. */
  readonly #sources: Source[];
  readonly #racing: Racer[] = [];
  readonly #log: Attempted[] = [];
  readonly #errors: SocketError[] = [];
  /** Which source is to give the next address. */
  #turn = 0;
  #nextStart = 0;
  #delayedUntil: number | null = null;
  /** What ended it before its time: the code of a limit or a signal. */
  #ending = 'ABORT_ERR';

  /** From an endpoint, or from addresses that a resolver of the caller's has found. */
  constructor(
    from: Endpoint | readonly SocketAddress[],
    options: DialOptions,
    report: Report,
    make: (dialled: Dialled) => T,
  ) {
    this.#make = make;
    this.#options = options;
    this.#report = report;
    report.lookup();
    try {
      checkPermission();
      this.#sources = 'kind' in from ? sourcesOf(from, options) : [new Source(from)];
      for (const { addresses } of this.#sources) report.resolved(addresses);
    } catch (error) {
      report.unresolved(error);
      throw error;
    }
  }

  get phase(): Phase {
    return this.#log.length + this.#racing.length > 0 ? 'connect' : 'lookup';
  }

  get until(): number {
    let until = Math.min(...this.#racing.map((racer) => racer.wakeAt), this.#delayedUntil ?? Infinity);
    if (this.#racing.length > 0 && this.#hasNext()) until = Math.min(until, this.#nextStart);
    return until;
  }

  interests(): readonly Interest[] {
    return [...this.#racing, ...this.#sources].map(({ interest }) => interest).filter((interest) => interest !== null);
  }

  step(): T | Want {
    const now = performance.now();
    try {
      for (const source of this.#sources) if (source.step()) this.#report.resolved(source.addresses);
      const won = this.#advance(now) ?? this.#start(now);
      if (won !== null) {
        this.#release();
        return this.#make(won);
      }
      if (this.#racing.length === 0 && !this.#sources.some((source) => source.busy) && !this.#hasNext())
        throw this.#failure();
    } catch (error) {
      // Misuse shows at the first attempt, while a lookup may still run.
      this.#release();
      throw error;
    }
    return Want.Many;
  }

  facts(code: string): Partial<ErrorFacts> {
    this.#ending = code;
    return { attempts: [...this.#log, ...this.#racing.map((racer) => record(racer, code))] };
  }

  abandon(): void {
    const late = this.#ending === 'ETIMEDOUT';
    for (const { address } of this.#racing) this.#report.failed(address, late ? spent(address) : givenUp(address));
    if (this.#sources.every(({ addresses }) => addresses.length === 0))
      this.#report.unresolved(late ? timeoutError('lookup') : givenUp(null));
    this.#release();
  }

  /** Steps those that run; the first that is connected wins. */
  #advance(now: number): Dialled | null {
    for (const racer of [...this.#racing]) {
      const handle = this.#try(racer, now);
      if (handle !== null) return { handle, address: racer.address };
    }
    return null;
  }

  /** Starts what may start: when nothing runs, when the delay is over, or at once after a failure. */
  #start(now: number): Dialled | null {
    while ((this.#racing.length === 0 || now >= this.#nextStart) && this.#mayStart(now)) {
      const address = this.#next();
      if (address === null) break;
      this.#nextStart = now + this.#options.attemptDelay;
      const started = performance.now();
      this.#report.connecting(address);
      try {
        const racer = Racer.start(address, this.#options);
        this.#racing.push(racer);
        const handle = this.#try(racer, now);
        if (handle !== null) return { handle, address };
      } catch (error) {
        this.#failed(address, started, error);
      }
    }
    return null;
  }

  #try(racer: Racer, now: number): Handle | null {
    try {
      const handle = racer.step(now);
      if (handle !== null) {
        this.#racing.splice(this.#racing.indexOf(racer), 1);
        return handle;
      }
      if (now < racer.deadline) return null;
      racer.close();
      throw spent(racer.address);
    } catch (error) {
      this.#racing.splice(this.#racing.indexOf(racer), 1);
      this.#failed(racer.address, racer.started, error);
      return null;
    }
  }

  #failed(address: SocketAddress, started: number, error: unknown): void {
    if (!(error instanceof SocketError)) throw error;
    this.#errors.push(error);
    this.#report.failed(address, error);
    this.#log.push({ address: address.toString(), ms: performance.now() - started, code: error.code });
    this.#nextStart = 0;
  }

  /** An IPv4 answer that came first gives the IPv6 one a moment. */
  #mayStart(now: number): boolean {
    const [first] = this.#sources;
    if (this.#sources.length < 2 || !first!.busy || this.#log.length + this.#racing.length > 0) return true;
    if (!this.#hasNext()) return false;
    this.#delayedUntil ??= now + RESOLUTION_DELAY;
    return now >= this.#delayedUntil;
  }

  #hasNext(): boolean {
    return this.#sources.some((source) => source.left > 0);
  }

  /** The families take turns. */
  #next(): SocketAddress | null {
    for (let i = 0; i < this.#sources.length; i++) {
      const source = this.#sources[this.#turn++ % this.#sources.length]!;
      const address = source.next();
      if (address !== null) return address;
    }
    return null;
  }

  #failure(): Error {
    const [first] = this.#errors;
    if (first === undefined) {
      const error = lookupFailure(this.#sources);
      this.#report.unresolved(error);
      return error;
    }
    const others = this.#log.slice(1).map(({ address, code }) => `${address} ${code}`);
    const message = others.length === 0 ? first.message : `${first.message} (then ${others.join(', ')})`;
    const { code, phase, errno, syscall, address, port, permission, resource, hint } = first;
    const told = { code, phase, errno, syscall, address, port, permission, resource, hint };
    const facts: ErrorFacts = { ...told, attempts: this.#log };
    // Only limits were spent: for the caller that is one spent limit.
    return this.#errors.every((error) => error instanceof TimeoutError)
      ? new TimeoutError(message, facts)
      : new SocketError(message, facts);
  }

  #release(): void {
    for (const racer of this.#racing.splice(0)) racer.close();
    for (const source of this.#sources) source.release();
  }
}

/** Addresses of one family, as they become known. */
class Source {
  readonly #resolution: Resolution | null;
  #addresses: readonly SocketAddress[] | null = null;
  #at = 0;
  error: Error | null = null;

  constructor(from: Resolution | readonly SocketAddress[]) {
    this.#resolution = from instanceof Resolution ? from : null;
    if (!(from instanceof Resolution)) this.#addresses = from;
  }

  get busy(): boolean {
    return this.#addresses === null && this.error === null;
  }

  get addresses(): readonly SocketAddress[] {
    return this.#addresses ?? [];
  }

  get left(): number {
    return (this.#addresses?.length ?? 0) - this.#at;
  }

  get interest(): Interest | null {
    return this.#resolution?.interest ?? null;
  }

  /** True when its addresses have become known now. */
  step(): boolean {
    if (!this.busy) return false;
    try {
      const addresses = this.#resolution!.step();
      if (isWant(addresses)) return false;
      this.#addresses = addresses;
      return true;
    } catch (error) {
      this.error = error as Error;
      return false;
    }
  }

  next(): SocketAddress | null {
    return this.#addresses?.[this.#at++] ?? null;
  }

  release(): void {
    this.#resolution?.release();
  }
}

/** A name of no particular family takes two lookups, because getaddrinfo for both waits for the slower one. */
function sourcesOf(endpoint: Endpoint, options: DialOptions): Source[] {
  const { kind, family } = options;
  const open =
    endpoint.kind === 'inet' && endpoint.family === null && endpoint.host?.kind === 'name' && family === C.AF_UNSPEC;
  const families = open && !isNumeric(endpoint) ? [C.AF_INET6, C.AF_INET] : [family];
  const made: Resolution[] = [];
  try {
    for (const each of families) made.push(new Resolution(endpoint, { family: each, kind, passive: false }));
  } catch (error) {
    for (const resolution of made) resolution.release();
    throw error;
  }
  return made.map((resolution) => new Source(resolution));
}

/** Of several failed lookups, one that failed for a passing reason says more than "not found". */
function lookupFailure(sources: readonly Source[]): Error {
  const errors = sources.map((source) => source.error).filter((error) => error !== null);
  const telling = errors.find((error) => !(error instanceof SocketError) || error.code !== 'ENOTFOUND');
  return telling ?? errors[0] ?? refusal('ERR_NO_ADDRESS', 'lookup', 'the name has no address of the wanted family');
}

function record(racer: Racer, code: string): Attempted {
  return { address: racer.address.toString(), ms: performance.now() - racer.started, code };
}

function spent(address: SocketAddress): TimeoutError {
  return new TimeoutError(`connect ETIMEDOUT ${address.toString()}: the limit for one address is spent`, {
    code: 'ETIMEDOUT',
    phase: 'connect',
    address: address.address,
    port: address.port,
  });
}

function givenUp(address: SocketAddress | null): SocketError {
  const facts = address === null ? null : { address: address.address, port: address.port };
  const phase = address === null ? 'lookup' : 'connect';
  return new SocketError(`${phase} ABORT_ERR: the call was given up`, { code: 'ABORT_ERR', phase, ...facts });
}
