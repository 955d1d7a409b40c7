// Owns the way from what a program wants to send with a message to control messages. meta.ts is the other way.

import type { Cmsg, Meta } from '../../contract/message.js';
import { parseIpv4, parseIpv6 } from '../../address/ip.js';
import { invalidType, invalidValue, outOfRange, wholeNumber } from '../../error/invalid.js';
import * as C from '../../native/constants.js';
import { controlSpace, intsOf, writeControl } from './control.js';

/** unix(7): SCM_MAX_FD. */
const MOST_DESCRIPTORS = 253;
const UINT = 0xffffffff;

const fields = [
  'ecn',
  'tos',
  'ttl',
  'local',
  'ifindex',
  'segment',
  'timestamp',
  'fds',
  'credentials',
  'control',
] as const;
const ofInternet = new Set<string>(['ecn', 'tos', 'ttl', 'local', 'ifindex', 'segment']);

/** Checks what is to be sent with a message, as far as that goes without a socket. */
export function checkMeta(argument: string, meta: unknown): Meta {
  if (typeof meta !== 'object' || meta === null) throw invalidType(argument, 'an object', meta);
  const given = meta as Record<string, unknown>;
  for (const name of Object.keys(given))
    if (!(fields as readonly string[]).includes(name))
      throw invalidValue(argument, `has an unknown field "${name}"`, meta);
  const { ecn, tos, ttl, local, ifindex, segment, fds, credentials, control } = meta as Meta;
  if (ecn !== undefined) wholeNumber(`${argument}.ecn`, ecn, 0, 3);
  if (tos !== undefined) wholeNumber(`${argument}.tos`, tos, 0, 255);
  if (ttl !== undefined) wholeNumber(`${argument}.ttl`, ttl, 1, 255);
  if (ifindex !== undefined) wholeNumber(`${argument}.ifindex`, ifindex, 0, 0x7fffffff);
  if (segment !== undefined) wholeNumber(`${argument}.segment`, segment, 1, 65535);
  if (local !== undefined) ipOf(`${argument}.local`, local);
  if (fds !== undefined) checkFds(`${argument}.fds`, fds);
  if (credentials !== undefined) checkCredentials(`${argument}.credentials`, credentials);
  if (control !== undefined) {
    if (!Array.isArray(control)) throw invalidType(`${argument}.control`, 'an array', control);
    control.forEach((one, i) => checkCmsg(`${argument}.control[${i}]`, one));
  }
  return meta;
}

/** The control messages, or null when there are none. Checked again, since a program may have changed it meanwhile. */
export function encodeMeta(argument: string, given: Meta, family: number): Uint8Array | null {
  const meta = checkMeta(argument, given);
  checkFamily(argument, meta, family);
  const list: Cmsg[] = [];
  if (family === C.AF_INET || family === C.AF_INET6) encodeInternet(list, argument, meta, family === C.AF_INET6);
  const { fds, credentials } = meta;
  if (fds !== undefined && fds.length > 0) list.push({ level: C.SOL_SOCKET, type: C.SCM_RIGHTS, data: intsOf(fds) });
  if (credentials !== undefined) {
    const { pid = process.pid, uid, gid } = credentials;
    list.push({ level: C.SOL_SOCKET, type: C.SCM_CREDENTIALS, data: intsOf([pid, uid | 0, gid | 0]) });
  }
  if (meta.control !== undefined) list.push(...meta.control);
  if (list.length === 0) return null;
  const bytes = new Uint8Array(list.reduce((sum, one) => sum + controlSpace(one.data.length), 0));
  let at = 0;
  for (const { level, type, data } of list) at = writeControl(bytes, at, level, type, data);
  return bytes;
}

/** The kernel ignores what it has no use for, and nobody would know. */
function checkFamily(argument: string, meta: Meta, family: number): void {
  const internet = family === C.AF_INET || family === C.AF_INET6;
  for (const name of fields) {
    if (meta[name] === undefined) continue;
    if (ofInternet.has(name) && !internet)
      throw invalidValue(`${argument}.${name}`, 'means something on IPv4 and IPv6 sockets only', meta[name]);
    if (name === 'fds' && family !== C.AF_UNIX)
      throw invalidValue(`${argument}.fds`, 'can be sent over Unix sockets only', meta.fds);
    if (name === 'credentials' && internet)
      throw invalidValue(`${argument}.credentials`, 'cannot be sent over IPv4 and IPv6', meta.credentials);
  }
}

/**
 * An IPv6 socket may send to IPv4 addresses, too. Each of the two protocols reads its own control messages and skips the
 * other's, so such a socket gets both, but for the packet information, where IPv4 addresses travel as IPv6 ones.
 */
function encodeInternet(list: Cmsg[], argument: string, meta: Meta, six: boolean): void {
  const { ecn, ttl, local, ifindex, segment } = meta;
  const tos = ecn === undefined ? meta.tos : ((meta.tos ?? 0) & ~3) | ecn;
  if (tos !== undefined) {
    list.push({ level: C.IPPROTO_IP, type: C.IP_TOS, data: intsOf([tos]) });
    if (six) list.push({ level: C.IPPROTO_IPV6, type: C.IPV6_TCLASS, data: intsOf([tos]) });
  }
  if (ttl !== undefined) {
    list.push({ level: C.IPPROTO_IP, type: C.IP_TTL, data: intsOf([ttl]) });
    if (six) list.push({ level: C.IPPROTO_IPV6, type: C.IPV6_HOPLIMIT, data: intsOf([ttl]) });
  }
  if (local !== undefined || ifindex !== undefined)
    list.push(packetInfo(`${argument}.local`, local, ifindex ?? 0, six));
  if (segment !== undefined)
    list.push({ level: C.IPPROTO_UDP, type: C.UDP_SEGMENT, data: new Uint8Array(Uint16Array.of(segment).buffer) });
}

function packetInfo(argument: string, local: Meta['local'], ifindex: number, six: boolean): Cmsg {
  const ip = local === undefined ? null : ipOf(argument, local);
  if (!six) {
    // ip(7): struct in_pktinfo { ipi_ifindex, ipi_spec_dst, ipi_addr }.
    const data = new Uint8Array(12);
    data.set(intsOf([ifindex]));
    if (ip !== null) {
      if (ip.length !== 4) throw invalidValue(argument, 'must be an IPv4 address on an IPv4 socket', local);
      data.set(ip, 4);
    }
    return { level: C.IPPROTO_IP, type: C.IP_PKTINFO, data };
  }
  const data = new Uint8Array(20);
  if (ip?.length === 4) {
    data.set([0xff, 0xff], 10);
    data.set(ip, 12);
  } else if (ip !== null) data.set(ip);
  data.set(intsOf([ifindex]), 16);
  return { level: C.IPPROTO_IPV6, type: C.IPV6_PKTINFO, data };
}

function ipOf(argument: string, value: unknown): Uint8Array {
  const text = (value as { address?: unknown } | null)?.address;
  if (typeof value !== 'object' || typeof text !== 'string')
    throw invalidType(argument, 'an address such as address("192.0.2.1")', value);
  const ip = parseIpv4(text) ?? parseIpv6(text);
  if (ip === null) throw invalidValue(argument, 'is neither an IPv4 nor an IPv6 address', value);
  return ip;
}

function checkFds(argument: string, fds: unknown): void {
  if (!Array.isArray(fds)) throw invalidType(argument, 'an array of descriptors', fds);
  fds.forEach((fd, i) => wholeNumber(`${argument}[${i}]`, fd, 0, 0x7fffffff));
  if (fds.length > MOST_DESCRIPTORS)
    throw outOfRange(argument, `of at most ${MOST_DESCRIPTORS} descriptors (SCM_MAX_FD)`, fds);
}

function checkCredentials(argument: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw invalidType(argument, 'an object { pid, uid, gid }', value);
  const { pid, uid, gid } = value as { pid?: unknown; uid?: unknown; gid?: unknown };
  if (pid !== undefined) wholeNumber(`${argument}.pid`, pid, 0, 0x7fffffff);
  wholeNumber(`${argument}.uid`, uid, 0, UINT);
  wholeNumber(`${argument}.gid`, gid, 0, UINT);
}

function checkCmsg(argument: string, value: unknown): void {
  if (typeof value !== 'object' || value === null)
    throw invalidType(argument, 'an object { level, type, data }', value);
  const { level, type, data } = value as { level?: unknown; type?: unknown; data?: unknown };
  wholeNumber(`${argument}.level`, level, 0, 0x7fffffff);
  wholeNumber(`${argument}.type`, type, 0, 0x7fffffff);
  if (!(data instanceof Uint8Array)) throw invalidType(`${argument}.data`, 'a Uint8Array', data);
}
