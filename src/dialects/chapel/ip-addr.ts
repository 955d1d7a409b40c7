// Owns ipAddr: a numeric address with its family and port. It must not know what is done at that address.

import { isIPv4, isIPv6 } from 'node:net';
import { inspect } from 'node:util';
import { address, type Address } from '../../sync/index.js';
import { port as checkPort, shown, text, whole } from './arguments.js';
import { IPFamily, type ipv4Addr, type ipv6Addr } from './constants.js';
import { IllegalArgumentError, inChapel } from './errors.js';

/** @internal An address of berkeley as Chapel has it. */
export let fromAddress: (from: Address) => ipAddr;

/** An IPv4 or IPv6 address with its port. Without arguments it is that of `create`: 127.0.0.1, port 8000. */
export class ipAddr {
  #host: string;
  #port: number;
  #family: IPFamily;

  /** A copy of another one, or 127.0.0.1 with port 8000. */
  constructor(other?: ipAddr) {
    if (other !== undefined) checkAddress('other', other);
    this.#host = other?.host ?? HOST;
    this.#port = other?.port ?? PORT;
    this.#family = other?.family ?? IPFamily.IPv4;
  }

  /**
   * An address out of its numeric text, which must be of that family. Nothing is looked up.
   *
   * @throws IllegalArgumentError `Incompatible Address and Family`, or for a port that is none
   */
  static create(host = HOST, port = PORT, family: IPFamily = IPFamily.IPv4): ipAddr {
    text('host', host);
    checkPort(port);
    const fits = family === IPFamily.IPv4 ? isIPv4(host) : family === IPFamily.IPv6 && isIPv6(host);
    // inet_pton(3) knows no zones.
    if (!fits || host.includes('%')) throw new IllegalArgumentError('Incompatible Address and Family');
    return ipAddr.#of(inChapel({ failed: 'ipAddr.create' }, () => address({ host, port })));
  }

  /** An address out of a standard IPv4 address, such as `IPv4Localhost`. */
  static ipv4(host: ipv4Addr, port = PORT): ipAddr {
    whole('host', host, 0, 0xffffffff);
    const bytes = [host >>> 24, (host >>> 16) & 255, (host >>> 8) & 255, host & 255];
    return ipAddr.create(bytes.join('.'), port, IPFamily.IPv4);
  }

  /** An address out of a standard IPv6 address, such as `IPv6Localhost`. */
  static ipv6(host: ipv6Addr, port = PORT): ipAddr {
    if (!(host instanceof Uint8Array) || host.length !== 16)
      throw new IllegalArgumentError(`host must be the 16 bytes of an IPv6 address: ${shown(host)}`);
    const groups = Array.from({ length: 8 }, (_, i) => ((host[2 * i]! << 8) | host[2 * i + 1]!).toString(16));
    return ipAddr.create(groups.join(':'), port, IPFamily.IPv6);
  }

  /** An address of berkeley as Chapel has it. The zone of a link-local address stays with it. */
  static #of({ address, scope, port, family }: Address): ipAddr {
    const made = new ipAddr();
    made.#host = scope === undefined ? address : `${address}%${scope}`;
    made.#port = port ?? 0;
    made.#family = family === 'ipv6' ? IPFamily.IPv6 : IPFamily.IPv4;
    return made;
  }

  static {
    fromAddress = (from) => ipAddr.#of(from);
  }

  /** The numeric host. */
  get host(): string {
    return this.#host;
  }
  /** The port, 0 to 65535. */
  get port(): number {
    return this.#port;
  }
  get family(): IPFamily {
    return this.#family;
  }

  /** `==`: family, host and port are equal. `!=` is its opposite. */
  equals(other: ipAddr): boolean {
    return (
      other instanceof ipAddr &&
      this.#family === other.#family &&
      this.#host === other.#host &&
      this.#port === other.#port
    );
  }

  /** `=`: becomes a copy of the other. */
  assign(other: ipAddr): this {
    checkAddress('other', other);
    this.#host = other.#host;
    this.#port = other.#port;
    this.#family = other.#family;
    return this;
  }

  /** `(family:IPv4,host:127.0.0.1,port:8000)` */
  toString(): string {
    return `(family:${this.#family === IPFamily.IPv6 ? 'IPv6' : 'IPv4'},host:${this.#host},port:${this.#port})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** @internal */
export function checkAddress(argument: string, value: unknown): ipAddr {
  if (!(value instanceof ipAddr)) throw new IllegalArgumentError(`${argument} must be an ipAddr: ${shown(value)}`);
  return value;
}

const HOST = '127.0.0.1';
const PORT = 8000;
