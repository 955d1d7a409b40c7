// Owns the two lookups of the entry points: names to addresses, and back.

import type { Phase } from '../../contract/error.js';
import type { SocketAddress } from '../../address/socket-address.js';
import type { Endpoint } from '../../address/target.js';
import { NI_NAMEREQD } from '../../native/constants.js';
import type { Attempt, Interest } from '../attempt.js';
import { sockaddrOf } from '../sockaddr.js';
import { isWant, Want } from '../want.js';
import { Lookup } from './lookup.js';
import { Resolution, type ResolutionOptions } from './resolution.js';

abstract class LookingUp {
  readonly phase: Phase = 'lookup';
  readonly lane = null;
  readonly registration = null;
  readonly limit = Infinity;

  abstract readonly interest: Interest | null;
  abstract abandon(): void;

  interests(): readonly Interest[] {
    return this.interest === null ? [] : [this.interest];
  }
}

export class Resolve extends LookingUp implements Attempt<SocketAddress[]> {
  readonly #resolution: Resolution;

  constructor(endpoint: Endpoint, options: ResolutionOptions) {
    super();
    this.#resolution = new Resolution(endpoint, options);
  }

  get interest(): Interest | null {
    return this.#resolution.interest;
  }

  step(): SocketAddress[] | Want {
    const addresses = this.#resolution.step();
    return isWant(addresses) ? addresses : [...addresses];
  }

  abandon(): void {
    this.#resolution.release();
  }
}

export class Reverse extends LookingUp implements Attempt<string> {
  readonly #lookup: Lookup;

  constructor(address: SocketAddress) {
    super();
    this.#lookup = Lookup.reverse(sockaddrOf(address), NI_NAMEREQD, address.address);
  }

  get interest(): Interest {
    return this.#lookup.interest;
  }

  step(): string | Want {
    const answer = this.#lookup.answer();
    if (answer === null) return Want.Many;
    const failure = this.#lookup.failure(answer);
    this.#lookup.release();
    if (failure !== null) throw failure;
    return answer.host ?? '';
  }

  abandon(): void {
    this.#lookup.release();
  }
}
