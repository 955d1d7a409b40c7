// Owns the address object: how it is made, compared and printed. Does not know sockaddr layouts or this system's numbers.

import type { InspectOptionsStylized } from 'node:util';
import type { Address, Family } from '../contract/address.js';
import { invalidType, invalidValue, wholeNumber } from '../error/invalid.js';
import { formatIpv6, parseIpv4, parseIpv6 } from './ip.js';
import { formatNetlink } from './netlink.js';
import { formatPacket } from './packet.js';
import { checkUnixPath } from './unix-path.js';
import { formatVsock } from './vsock.js';
import { plainZone, zoneProblem } from './zone.js';

/** What an address is made of. Nothing in it is checked again: those who take text from outside use the functions below. */
export interface AddressParts {
  readonly family: Family;
  readonly address: string;
  readonly port?: number | undefined;
  readonly scope?: string | undefined;
  readonly path?: string | undefined;
  readonly raw?: Uint8Array | undefined;
  readonly canonicalName?: string | undefined;
}

export class SocketAddress implements Address {
  // Declared only: an optional property that an address lacks is absent, not undefined.
  declare readonly family: Family;
  declare readonly address: string;
  declare readonly port?: number;
  declare readonly scope?: string;
  declare readonly path?: string;
  /** Also where the text is for people: packet, netlink and vsock, and a Unix name that no text can carry. */
  declare readonly raw?: Uint8Array;
  declare readonly canonicalName?: string;

  constructor(parts: AddressParts) {
    this.family = parts.family;
    this.address = parts.address;
    if (parts.port !== undefined) this.port = parts.port;
    if (parts.scope !== undefined) this.scope = parts.scope;
    if (parts.path !== undefined) this.path = parts.path;
    if (parts.raw !== undefined) this.raw = parts.raw;
    if (parts.canonicalName !== undefined) this.canonicalName = parts.canonicalName;
    Object.freeze(this);
  }

  equals(other: Address): boolean {
    if (this === other) return true;
    // The bytes hold the family, which the two may name differently (44 and 'vsock').
    if (this.raw !== undefined || other.raw !== undefined) return sameBytes(this.raw, other.raw);
    return (
      this.family === other.family &&
      this.port === other.port &&
      this.path === other.path &&
      this.scope === plainZone(other.scope) &&
      (this.address === other.address || (this.family === 'ipv6' && this.address === plainIpv6(other.address)))
    );
  }

  toString(): string {
    switch (this.family) {
      case 'ipv4':
        return `${this.address}:${this.port ?? 0}`;
      case 'ipv6':
        return `[${this.address}${this.scope === undefined ? '' : `%${this.scope}`}]:${this.port ?? 0}`;
      case 'unix': {
        const path = this.path ?? '';
        // 'unix://a/b' would read as a URL with a host, so a path that begins with two slashes takes the URL's own two.
        return `${path.startsWith('//') ? 'unix://' : 'unix:'}${path}`;
      }
      case 'packet':
        return formatPacket(this);
      case 'netlink':
        return formatNetlink(this);
      case 'vsock':
        return formatVsock(this);
      default:
        return `family ${this.family}: ${hex(this.raw)}`;
    }
  }

  [Symbol.for('nodejs.util.inspect.custom')](_depth: number, options: InspectOptionsStylized): string {
    const name = this.canonicalName === undefined ? '' : ` (${printable(this.canonicalName)})`;
    return `SocketAddress <${options.stylize(printable(this.toString()), 'special')}${name}>`;
  }
}

export function ipv4Address(text: string, port: number, canonicalName?: string): SocketAddress {
  if (typeof text !== 'string') throw invalidType('address', 'an IPv4 address', text);
  if (parseIpv4(text) === null) throw invalidValue('address', 'is not an IPv4 address', text);
  return new SocketAddress({ family: 'ipv4', address: text, port: wholeNumber('port', port, 0, 65535), canonicalName });
}

/** `scope` is an interface name or its number; the address is rewritten as RFC 5952 wants it. */
export function ipv6Address(text: string, port: number, scope?: string, canonicalName?: string): SocketAddress {
  if (typeof text !== 'string') throw invalidType('address', 'an IPv6 address', text);
  const bytes = parseIpv6(text);
  if (bytes === null) throw invalidValue('address', 'is not an IPv6 address', text);
  const problem = scope === undefined ? null : zoneProblem(scope);
  if (problem !== null) throw invalidValue('scope', problem, scope);
  return new SocketAddress({
    family: 'ipv6',
    address: formatIpv6(bytes),
    port: wholeNumber('port', port, 0, 65535),
    scope: plainZone(scope),
    canonicalName,
  });
}

/** A pathname, an abstract name as `'@name'`, or `''` for an unnamed socket. */
export function unixAddress(path: string): SocketAddress {
  if (path === '') return new SocketAddress({ family: 'unix', address: '' });
  checkUnixPath('path', path);
  return new SocketAddress({ family: 'unix', address: path, path });
}

/** An address of any family as its sockaddr bytes, `sa_family` included. The bytes are copied. */
export function rawAddress(family: Family, raw: Uint8Array): SocketAddress {
  if (!(raw instanceof Uint8Array)) throw invalidType('raw', 'a Uint8Array', raw);
  return new SocketAddress({ family, address: '', raw: new Uint8Array(raw) });
}

/** The same address, with the canonical name that a lookup found for it. */
export function withCanonicalName(address: SocketAddress, canonicalName: string): SocketAddress {
  const { family, address: text, port, scope, path, raw } = address;
  return new SocketAddress({ family, address: text, port, scope, path, raw, canonicalName });
}

function plainIpv6(text: string): string | null {
  const bytes = parseIpv6(text);
  return bytes === null ? null : formatIpv6(bytes);
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function hex(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A peer chooses the name of its Unix socket, and must not drive the terminal of whoever prints it. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}
