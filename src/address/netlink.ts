// Owns addresses of netlink sockets (netlink(7)): sockaddr_nl ↔ parts, and the form 'port:groups' of a target.

import { invalidType, invalidValue } from '../error/invalid.js';
import { copyOf, littleEndian, viewOf, writeFamily } from './sockaddr-bytes.js';
import type { AddressParts } from './socket-address.js';

// struct sockaddr_nl: family, two bytes of nothing, pid, groups.
const size = 12;
const idAt = 4;
const groupsAt = 8;
const largest = 0xffff_ffff;

export function encodeNetlink({ address }: AddressParts, family: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  writeFamily(bytes, family);
  const [id, groups = 0] = address.split(':').map(Number);
  view.setUint32(idAt, id!, littleEndian);
  view.setUint32(groupsAt, groups, littleEndian);
  return bytes;
}

/** Null when the bytes are too few. */
export function decodeNetlink(bytes: Uint8Array, end: number): AddressParts | null {
  if (end < size) return null;
  const view = viewOf(bytes);
  const address = `${view.getUint32(idAt, littleEndian)}:${view.getUint32(groupsAt, littleEndian)}`;
  return { family: 'netlink', address, raw: copyOf(bytes, end) };
}

/** `host` is the port id ('0', the kernel, unless told) and, behind a colon, the mask of groups. */
export function parseNetlink(argument: string, host: unknown, port: unknown): AddressParts {
  if (port !== undefined) throw invalidValue(`${argument}.port`, 'is not for netlink: the port id is the host', port);
  if (host === undefined) return { family: 'netlink', address: '0:0' };
  if (typeof host !== 'string') throw invalidType(`${argument}.host`, "a string, 'port' or 'port:groups'", host);
  const numbers = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(host)?.slice(1).map(Number) ?? [NaN];
  const [id = 0, groups] = numbers;
  if (!(id <= largest) || (groups ?? 0) > largest)
    throw invalidValue(`${argument}.host`, "must be 'port' or 'port:groups', two numbers of 32 bits", host);
  return { family: 'netlink', address: `${id}:${groups || 0}` };
}

export function formatNetlink({ address }: AddressParts): string {
  return `netlink:${address}`;
}
