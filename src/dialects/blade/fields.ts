// Owns how a Socket of Blade is made, and its fields. It must not know what a socket does.

import { inspect } from 'node:util';
import { adopt, socket as open } from '../../sync/index.js';
import type { Socket as Plain } from '../../contract/socket.js';
import { localHost } from './addressing.js';
import { AF_INET, AF_INET6, IPPROTO_TCP, IPPROTO_UDP, SOCK_DGRAM, SOCK_STREAM } from './constants.js';
import { exceptionFor, ValueError } from './exceptions.js';
import { Life } from './life.js';
import { integer, truthy, typeOf } from './values.js';

/** What stands behind a socket: for its methods. */
export let lifeOf: (socket: Fields) => Life;

/** The fields of a Socket. */
export class Fields {
  static {
    lifeOf = (socket) => socket.#life;
  }

  readonly #life: Life;
  readonly #protocol: number;
  readonly #id: number;

  /** `id` takes a descriptor over instead of making a socket. */
  constructor(family?: number | null, type?: number | null, protocol?: number | null, id?: number | null) {
    const [domain, kind] = [truthy(family) ? family : AF_INET, truthy(type) ? type : SOCK_STREAM];
    if (!Number.isInteger(domain)) throw new ValueError(`AF_* expected for family, ${typeOf(domain)} given`);
    if (!Number.isInteger(kind)) throw new ValueError(`SOCK_* expected for type, ${typeOf(kind)} given`);
    this.#protocol = integer('protocol', protocol, fitting(domain, kind));
    try {
      // Where the addon is missing there are no numbers, and the library says why.
      const socket = socketOf(id) ?? (AF_INET < 0 ? open() : open(domain, kind, this.#protocol));
      this.#life = new Life(socket, domain, kind, localHost(domain));
    } catch (error) {
      throw exceptionFor(error);
    }
    this.#id = this.#life.socket.fd;
  }

  get family(): number {
    return this.#life.family;
  }
  get type(): number {
    return this.#life.type;
  }
  get protocol(): number {
    return this.#protocol;
  }
  /** The descriptor. It keeps its number when the socket is closed. */
  get id(): number {
    return this.#id;
  }
  /** The host that the socket is bound or connected to, and that calls without a host take. */
  get host(): string {
    return this.#life.host;
  }
  set host(host: string) {
    this.#life.host = host;
  }
  /** The port that the socket is bound or connected to; 0 before. */
  get port(): number {
    return this.#life.port;
  }
  /** Whether it is the end that connected, or a connection that was accepted. */
  get is_client(): boolean {
    return this.#life.client;
  }
  /** Whether it is bound, and has not been connected or shut down since. */
  get is_bound(): boolean {
    return this.#life.bound;
  }
  /** Whether it has a connection, of which half may be shut down. */
  get is_connected(): boolean {
    return this.#life.connected || this.#life.arrived();
  }
  get is_listening(): boolean {
    return this.#life.listening;
  }
  get is_closed(): boolean {
    return this.#life.closed;
  }
  /** Whether `shutdown` has ended one direction or both. */
  get is_shutdown(): boolean {
    return this.#life.shutdownReason !== -1;
  }
  /** Whether calls wait. */
  get is_blocking(): boolean {
    return this.#life.blocking;
  }
  /** What `shutdown` was last called with; -1 before. */
  get shutdown_reason(): number {
    return this.#life.shutdownReason;
  }
  /** Milliseconds; -1 when it was never set, 0 when it is off. The same as the option SO_SNDTIMEO. */
  get send_timeout(): number {
    return this.#life.sendTimeout;
  }
  /** Milliseconds; -1 when it was never set, 0 when it is off. The same as the option SO_RCVTIMEO. */
  get receive_timeout(): number {
    return this.#life.receiveTimeout;
  }

  /** The printed form. */
  toString(): string {
    const { id, is_closed, is_listening, is_connected, is_bound } = this;
    return `<Socket id: ${id}, closed: ${is_closed}, listening: ${is_listening}, connected: ${is_connected}, bound: ${is_bound}>`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}

/** What `accept` hands to the constructor in place of a number. */
export class Accepted {
  readonly socket: Plain<'sync'>;

  constructor(socket: Plain<'sync'>) {
    this.socket = socket;
  }
}

function socketOf(id: unknown): Plain<'sync'> | null {
  if (id instanceof Accepted) return id.socket;
  return truthy(id) ? adopt(id as number) : null;
}

/** The protocol of a family and type, where it must be told: 0 lets the system choose. */
function fitting(family: number, type: number): number {
  if (family !== AF_INET && family !== AF_INET6) return 0;
  return type === SOCK_STREAM ? IPPROTO_TCP : type === SOCK_DGRAM ? IPPROTO_UDP : 0;
}
