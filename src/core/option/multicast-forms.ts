// Owns the forms of multicast: groups, sources and filters, in the layouts of IPv4, of IPv6, and of RFC 3678 for both.

import type { Membership, SourceFilter, SourceMembership } from '../../contract/option-values.js';
import { formatIpv4, parseIpv4, writeIpv4, writeIpv6 } from '../../address/ip.js';
import { invalidType, invalidValue } from '../../error/invalid.js';
import { AF_INET, AF_INET6, IPPROTO_IP, IPPROTO_IPV6 } from '../../native/constants.js';
import type { Handle } from '../handle.js';
import { setBytes } from './access.js';
import type { Form } from './form.js';
import { field, fieldsOf, interfaceIndex } from './interface-index.js';
import { exactly } from './simple-forms.js';

/** struct ip_mreqn: group, address of the interface, its index. */
export const membership4: Form<Membership> = writeOnly((label, value) => {
  const { group, interface: which } = fieldsOf<Membership>(label, value);
  const bytes = new Uint8Array(12);
  put4(bytes, 0, field(label, 'group'), group);
  putInterface(bytes, 4, label, which);
  return bytes;
});

/** struct ipv6_mreq: group, index of the interface. */
export const membership6: Form<Membership> = writeOnly((label, value) => {
  const { group, interface: which } = fieldsOf<Membership>(label, value);
  const bytes = new Uint8Array(20);
  if (typeof group !== 'string') throw invalidType(field(label, 'group'), 'a string', group);
  if (!writeIpv6(group, bytes, 0)) throw invalidValue(field(label, 'group'), 'must be an IPv6 address', group);
  putWord(bytes, 16, interfaceIndex(label, which));
  return bytes;
});

/** struct ip_mreq_source: group, address of the interface, source. */
export const source4: Form<SourceMembership> = writeOnly((label, value) => {
  const { group, source, interface: which } = fieldsOf<SourceMembership>(label, value);
  const bytes = new Uint8Array(12);
  put4(bytes, 0, field(label, 'group'), group);
  if (which !== undefined) put4(bytes, 4, field(label, 'interface'), which);
  put4(bytes, 8, field(label, 'source'), source);
  return bytes;
});

/** struct ip_msfilter: group, address of the interface, mode, count, sources. */
export const filter4: Form<SourceFilter> = writeOnly((label, value) => {
  const { group, mode, sources, interface: which } = fieldsOf<SourceFilter>(label, value);
  const list = listOf(label, sources);
  const bytes = new Uint8Array(16 + 4 * list.length);
  put4(bytes, 0, field(label, 'group'), group);
  if (which !== undefined) put4(bytes, 4, field(label, 'interface'), which);
  putWord(bytes, 8, modeNumber(label, mode));
  putWord(bytes, 12, list.length);
  list.forEach((source, i) => put4(bytes, 16 + 4 * i, field(label, 'sources'), source));
  return bytes;
});

/** struct group_req: index of the interface, group. */
export const group: Form<Membership> = ofEitherFamily((label, value) => {
  const { group, interface: which } = fieldsOf<Membership>(label, value);
  const bytes = new Uint8Array(STORAGE_AT + STORAGE);
  putWord(bytes, 0, interfaceIndex(label, which));
  putSockaddr(bytes, STORAGE_AT, field(label, 'group'), group);
  return bytes;
});

/** struct group_source_req: index of the interface, group, source. */
export const groupSource: Form<SourceMembership> = ofEitherFamily((label, value) => {
  const { group, source, interface: which } = fieldsOf<SourceMembership>(label, value);
  const bytes = new Uint8Array(STORAGE_AT + 2 * STORAGE);
  putWord(bytes, 0, interfaceIndex(label, which));
  putSockaddr(bytes, STORAGE_AT, field(label, 'group'), group);
  putSockaddr(bytes, STORAGE_AT + STORAGE, field(label, 'source'), source);
  return bytes;
});

/** struct group_filter: index of the interface, group, mode, count, sources. */
export const groupFilter: Form<SourceFilter> = ofEitherFamily((label, value) => {
  const { group, mode, sources, interface: which } = fieldsOf<SourceFilter>(label, value);
  const list = listOf(label, sources);
  const end = STORAGE_AT + STORAGE;
  const bytes = new Uint8Array(end + 8 + STORAGE * list.length);
  putWord(bytes, 0, interfaceIndex(label, which));
  putSockaddr(bytes, STORAGE_AT, field(label, 'group'), group);
  putWord(bytes, end, modeNumber(label, mode));
  putWord(bytes, end + 4, list.length);
  list.forEach((source, i) => putSockaddr(bytes, end + 8 + STORAGE * i, field(label, 'sources'), source));
  return bytes;
});

/** What the kernel gives is an address; what it takes is an address, or a struct ip_mreqn with an index. */
export const interface4: Form<string> = {
  get: (handle, level, name) => formatIpv4(exactly(handle, level, name, 4), 0),
  encode(label, value) {
    if (typeof value !== 'string') throw invalidType(label, 'a string', value);
    const bytes = new Uint8Array(12);
    putInterface(bytes, 4, label, value);
    return bytes;
  },
};

function writeOnly<T>(encode: (label: string, value: unknown) => Uint8Array): Form<T> {
  return { get: neverRead, encode };
}

/** RFC 3678: the level is that of the group's family, not of the socket's. */
function ofEitherFamily<T>(encode: (label: string, value: unknown) => Uint8Array): Form<T> {
  return { get: neverRead, encode, put: putByFamily };
}

function putByFamily(handle: Handle, _level: number, name: number, encoded: number | Uint8Array): void {
  const bytes = encoded as Uint8Array;
  const family = new Uint16Array(bytes.buffer, STORAGE_AT, 1)[0]!;
  setBytes(handle, family === AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP, name, bytes, bytes.length);
}

/** An interface by name or index, or by an IPv4 address of it: the last two fields of struct ip_mreqn. */
function putInterface(bytes: Uint8Array, at: number, label: string, which: unknown): void {
  const address = typeof which === 'string' ? parseIpv4(which) : null;
  if (address !== null) bytes.set(address, at);
  else putWord(bytes, at + 4, interfaceIndex(label, which));
}

function put4(bytes: Uint8Array, at: number, argument: string, value: unknown): void {
  if (typeof value !== 'string') throw invalidType(argument, 'a string', value);
  if (!writeIpv4(value, bytes, at)) throw invalidValue(argument, 'must be an IPv4 address', value);
}

function putSockaddr(bytes: Uint8Array, at: number, argument: string, value: unknown): void {
  if (typeof value !== 'string') throw invalidType(argument, 'a string', value);
  const family = new Uint16Array(bytes.buffer, at, 1);
  if (writeIpv4(value, bytes, at + 4)) family[0] = AF_INET;
  else {
    bytes.fill(0, at, at + 8);
    if (!writeIpv6(value, bytes, at + 8)) throw invalidValue(argument, 'must be an IP address', value);
    family[0] = AF_INET6;
  }
}

function putWord(bytes: Uint8Array, at: number, value: number): void {
  new Uint32Array(bytes.buffer, at, 1)[0] = value;
}

function listOf(label: string, sources: unknown): readonly unknown[] {
  if (!Array.isArray(sources)) throw invalidType(field(label, 'sources'), 'an array of addresses', sources);
  return sources;
}

function modeNumber(label: string, mode: unknown): number {
  if (mode === 'exclude') return 0;
  if (mode === 'include') return 1;
  throw invalidValue(field(label, 'mode'), "must be 'include' or 'exclude'", mode);
}

/** The direction of these options is looked at before. */
function neverRead(): never {
  throw new Error('this option can only be set');
}

// A sockaddr_storage, aligned to 8 behind an interface index.
const STORAGE_AT = 8;
const STORAGE = 128;
