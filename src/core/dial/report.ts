// Owns what is told of the way to a connection: the lookup, the addresses, the attempts. It must not know how either is done.

import type { SocketErrorShape } from '../../contract/error.js';
import type { SocketAddress } from '../../address/socket-address.js';
import type { Endpoint } from '../../address/target.js';
import { callersContext, isHeard, tell, type Origin, type Tap } from '../../event/tap.js';
import { hostText } from './resolution.js';

export class Report implements Origin {
  readonly id: number;
  readonly tap: Tap | null;
  readonly caller = callersContext();
  /** Null where nothing is to be turned into addresses. */
  readonly #host: string | null;
  readonly #service: { service: string } | undefined;
  readonly #target: string | null;
  #attempts = 0;
  #asked = false;

  /** `nowhere` is what an endpoint without a host means: `localhost`, or null for every address there is. */
  constructor({ id, tap }: Origin, endpoint: Endpoint, nowhere: string | null) {
    this.id = id;
    this.tap = tap;
    const { host = null, service = null } = endpoint.kind === 'inet' ? endpoint : {};
    this.#host = endpoint.kind !== 'inet' ? null : host === null ? nowhere : hostText(host);
    this.#service = service === null ? undefined : { service: String(service) };
    this.#target = endpoint.kind === 'unix' ? endpoint.path : this.#host;
  }

  lookup(): void {
    if (this.#host === null || this.#asked) return;
    this.#asked = true;
    if (isHeard(this, 'lookup')) tell(this, 'lookup', { host: this.#host, ...this.#service });
  }

  resolved(addresses: readonly SocketAddress[]): void {
    if (this.#host === null || !isHeard(this, 'resolved')) return;
    for (const address of addresses) tell(this, 'resolved', { host: this.#host, address });
  }

  unresolved(error: unknown): void {
    if (this.#host === null || !isHeard(this, 'resolved')) return;
    tell(this, 'resolved', { host: this.#host, error: error as SocketErrorShape });
  }

  connecting(address: SocketAddress): void {
    this.#attempts++;
    if (!isHeard(this, 'connecting')) return;
    const target = this.#target ?? address.toString();
    tell(this, 'connecting', { address, attempt: this.#attempts, target, ...this.#service });
  }

  failed(address: SocketAddress, error: SocketErrorShape): void {
    if (isHeard(this, 'attemptFailed')) tell(this, 'attemptFailed', { address, error });
  }
}
