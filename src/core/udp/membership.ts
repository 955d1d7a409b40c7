// Owns the memberships of multicast groups, in the form of RFC 3678 §5.1: one for IPv4 and IPv6, which names interfaces by number.

import type { GroupOptions } from '../../contract/udp.js';
import { parseHost, type Host } from '../../address/host.js';
import { ipv4Address, ipv6Address } from '../../address/socket-address.js';
import { invalidType, invalidValue } from '../../error/invalid.js';
import { systemError } from '../../error/system.js';
import * as C from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Handle } from '../handle.js';
import { sockaddrOf } from '../sockaddr.js';
import { takesIpv4 } from './dual.js';
import { interfaceIndex } from './interface.js';

type Literal = Exclude<Host, { kind: 'name' }>;

export function join(handle: Handle, group: unknown, o: GroupOptions | undefined): void {
  change(handle, group, o, C.MCAST_JOIN_GROUP, C.MCAST_JOIN_SOURCE_GROUP);
}

export function leave(handle: Handle, group: unknown, o: GroupOptions | undefined): void {
  change(handle, group, o, C.MCAST_LEAVE_GROUP, C.MCAST_LEAVE_SOURCE_GROUP);
}

function change(handle: Handle, group: unknown, o: GroupOptions = {}, any: number, fromSource: number): void {
  if (typeof o !== 'object' || o === null) throw invalidType('options', 'an object', o);
  const address = groupOf(group);
  const source = o.source === undefined ? null : sourceOf(o.source, address);
  const zone = address.kind === 'ipv6' ? address.scope : undefined;
  if (zone !== undefined && o.interface !== undefined)
    throw invalidValue('interface', 'must be left out where the group names a zone', o.interface);
  const index = interfaceIndex('interface', o.interface ?? numbered(zone));
  handle.check('option');
  const fits =
    address.kind === 'ipv6' ? handle.family === C.AF_INET6 : handle.family === C.AF_INET || takesIpv4(handle);
  if (!fits) throw invalidValue('group', `is ${address.kind}, and the socket is not`, group);
  const level = address.kind === 'ipv4' ? C.IPPROTO_IP : C.IPPROTO_IPV6;
  const request = requestOf(index, source === null ? [address] : [address, source]);
  const result = native.setsockopt(handle.fd, level, source === null ? any : fromSource, request, request.length);
  if (result < 0)
    throw systemError(result, 'setsockopt', 'option', { address: address.address, toString: () => String(group) });
}

function groupOf(group: unknown): Literal {
  const host = literal('group', group);
  const multicast =
    host.kind === 'ipv4' ? /^(22[4-9]|23[0-9])\./.test(host.address) : /^ff[0-9a-f]{2}:/.test(host.address);
  if (!multicast) throw invalidValue('group', 'is no multicast group: those are 224.0.0.0/4 and ff00::/8', group);
  return host;
}

function sourceOf(source: unknown, group: Literal): Literal {
  const host = literal('source', source);
  if (host.kind !== group.kind) throw invalidValue('source', `is ${host.kind}, and the group is ${group.kind}`, source);
  return host;
}

function literal(argument: string, text: unknown): Literal {
  if (typeof text !== 'string') throw invalidType(argument, 'an IP address', text);
  const host = parseHost(argument, text);
  if (host.kind === 'name') throw invalidValue(argument, 'must be an IP address: a name needs lookup()', text);
  return host;
}

function numbered(zone: string | undefined): string | number | undefined {
  return zone !== undefined && /^[0-9]+$/.test(zone) ? Number(zone) : zone;
}

/**
 * struct group_req and struct group_source_req: the interface, and one or two sockaddr_storage, which have the alignment of a
 * pointer on every 64-bit Linux.
 */
function requestOf(index: number, addresses: readonly Literal[]): Uint8Array {
  const bytes = new Uint8Array(STORAGE_AT + addresses.length * STORAGE);
  new Uint32Array(bytes.buffer, 0, 1)[0] = index;
  addresses.forEach((each, i) => {
    const address = each.kind === 'ipv4' ? ipv4Address(each.address, 0) : ipv6Address(each.address, 0, each.scope);
    bytes.set(sockaddrOf(address), STORAGE_AT + i * STORAGE);
  });
  return bytes;
}

const STORAGE_AT = 8;
const STORAGE = 128;
