// Owns the settings of what a datagram socket sends: lifetime, traffic class, and those for multicast. A socket of IPv6 has
// those of IPv4 besides, for its IPv4 datagrams, so both are set, and its own are read.

import { invalidType, wholeNumber } from '../../error/invalid.js';
import { systemError } from '../../error/system.js';
import * as C from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Handle } from '../handle.js';
import { getInt, setInt } from '../option/access.js';
import { interfaceIndex, interfaceName } from './interface.js';

/** One setting under its two names. */
interface Twin {
  readonly ipv4: number;
  readonly ipv6: number;
}

const TTL: Twin = { ipv4: C.IP_TTL, ipv6: C.IPV6_UNICAST_HOPS };
const TOS: Twin = { ipv4: C.IP_TOS, ipv6: C.IPV6_TCLASS };
const MULTICAST_TTL: Twin = { ipv4: C.IP_MULTICAST_TTL, ipv6: C.IPV6_MULTICAST_HOPS };
const MULTICAST_LOOP: Twin = { ipv4: C.IP_MULTICAST_LOOP, ipv6: C.IPV6_MULTICAST_LOOP };

export function getBroadcast(handle: Handle): boolean {
  return getInt(handle, C.SOL_SOCKET, C.SO_BROADCAST) !== 0;
}

export function setBroadcast(handle: Handle, on: unknown): void {
  setInt(handle, C.SOL_SOCKET, C.SO_BROADCAST, flag('broadcast', on));
}

export const getTtl = (handle: Handle): number => get(handle, TTL);
export const setTtl = (handle: Handle, value: unknown): void => set(handle, TTL, wholeNumber('ttl', value, 1, 255));
export const getTos = (handle: Handle): number => get(handle, TOS);
export const setTos = (handle: Handle, value: unknown): void => set(handle, TOS, wholeNumber('tos', value, 0, 255));

export const getMulticastTtl = (handle: Handle): number => get(handle, MULTICAST_TTL);
export const setMulticastTtl = (handle: Handle, value: unknown): void =>
  set(handle, MULTICAST_TTL, wholeNumber('multicast.ttl', value, 0, 255));

export const getMulticastLoopback = (handle: Handle): boolean => get(handle, MULTICAST_LOOP) !== 0;
export const setMulticastLoopback = (handle: Handle, on: unknown): void =>
  set(handle, MULTICAST_LOOP, flag('multicast.loopback', on));

/** `known` is what was set here: for IPv4 the kernel tells only addresses. */
export function getMulticastInterface(handle: Handle, known: number): string | number | null {
  const index = handle.family === C.AF_INET6 ? getInt(handle, C.IPPROTO_IPV6, C.IPV6_MULTICAST_IF) : known;
  handle.check('option');
  return interfaceName(index);
}

/** Returns the number of the interface, 0 for none. */
export function setMulticastInterface(handle: Handle, value: unknown): number {
  const index = interfaceIndex('multicast.interface', value);
  handle.check('option');
  // struct ip_mreqn: two addresses and the number.
  const request = new Uint8Array(12);
  new Int32Array(request.buffer)[2] = index;
  const result = native.setsockopt(handle.fd, C.IPPROTO_IP, C.IP_MULTICAST_IF, request, request.length);
  if (result < 0) throw systemError(result, 'setsockopt', 'option');
  if (handle.family === C.AF_INET6) setInt(handle, C.IPPROTO_IPV6, C.IPV6_MULTICAST_IF, index);
  return index;
}

function get(handle: Handle, { ipv4, ipv6 }: Twin): number {
  return handle.family === C.AF_INET6 ? getInt(handle, C.IPPROTO_IPV6, ipv6) : getInt(handle, C.IPPROTO_IP, ipv4);
}

function set(handle: Handle, { ipv4, ipv6 }: Twin, value: number): void {
  if (handle.family === C.AF_INET6) setInt(handle, C.IPPROTO_IPV6, ipv6, value);
  setInt(handle, C.IPPROTO_IP, ipv4, value);
}

function flag(argument: string, value: unknown): 0 | 1 {
  if (typeof value !== 'boolean') throw invalidType(argument, 'a boolean', value);
  return value ? 1 : 0;
}
