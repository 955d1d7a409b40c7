// Owns the way between the names of families and kinds and this system's numbers.

import type { Family, Kind } from '../contract/address.js';
import { invalidValue, wholeNumber } from '../error/invalid.js';
import * as C from '../native/constants.js';

const families = {
  ipv4: C.AF_INET,
  ipv6: C.AF_INET6,
  unix: C.AF_UNIX,
  vsock: C.AF_VSOCK,
  packet: C.AF_PACKET,
  netlink: C.AF_NETLINK,
} as const;

const kinds = {
  stream: C.SOCK_STREAM,
  dgram: C.SOCK_DGRAM,
  seqpacket: C.SOCK_SEQPACKET,
  raw: C.SOCK_RAW,
  rdm: C.SOCK_RDM,
} as const;

export function familyNumber(argument: string, family: unknown): number {
  return numberOf(argument, families, family);
}

export function kindNumber(argument: string, kind: unknown): number {
  return numberOf(argument, kinds, kind);
}

export function familyName(family: number): Family {
  return nameOf(families, family) as Family;
}

export function kindName(kind: number): Kind {
  return nameOf(kinds, kind) as Kind;
}

function numberOf(argument: string, names: Record<string, number>, value: unknown): number {
  if (typeof value === 'number') return wholeNumber(argument, value, 0, 0xffff);
  const number = typeof value === 'string' && Object.hasOwn(names, value) ? names[value] : undefined;
  if (number === undefined)
    throw invalidValue(argument, `must be one of ${Object.keys(names).join(', ')}, or a number`, value);
  return number;
}

function nameOf(names: Record<string, number>, number: number): string | number {
  for (const [name, value] of Object.entries(names)) if (value === number) return name;
  return number;
}
