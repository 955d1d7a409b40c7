// Owns the way from control messages that were received to what a program is told of them. encode.ts is the other way.

import type { Cmsg, Meta } from '../../contract/message.js';
import { formatIpv4, formatIpv6 } from '../../address/ip.js';
import { SocketAddress } from '../../address/socket-address.js';
import * as C from '../../native/constants.js';
import { type ControlMessage, readControl, readInt, readInts, readPair, WORD } from './control.js';
import type { Rights } from './rights.js';

/** `rights` are the descriptors among the control messages; looking at them takes them. */
export function decodeMeta(control: Uint8Array, rights: Rights | null): Meta {
  const meta: Meta = {};
  const rest: Cmsg[] = [];
  let carries = false;
  for (const one of readControl(control)) {
    if (decodeOne(meta, one)) continue;
    const { level, type, data } = one;
    if (level === C.SOL_SOCKET && type === C.SCM_RIGHTS) continue;
    carries ||= level === C.SOL_SOCKET && type === C.SCM_PIDFD;
    rest.push({ level, type, data: new Uint8Array(data) });
  }
  if (rights?.passed) lazily(meta, 'fds', () => rights.take());
  if (rest.length > 0) {
    if (carries)
      lazily(meta, 'control', () => {
        rights?.take();
        return rest;
      });
    else meta.control = rest;
  }
  return meta;
}

/** The descriptors in control messages; those of `fds` first. */
export function descriptorsIn(control: Uint8Array): { passed: number[]; others: number[] } {
  const passed: number[] = [];
  const others: number[] = [];
  for (const { level, type, data } of readControl(control)) {
    if (level !== C.SOL_SOCKET || (type !== C.SCM_RIGHTS && type !== C.SCM_PIDFD)) continue;
    for (const fd of readInts(data)) if (fd >= 0) (type === C.SCM_RIGHTS ? passed : others).push(fd);
  }
  return { passed, others };
}

/** True when a field stands for the control message. */
function decodeOne(meta: Meta, { level, type, data }: ControlMessage): boolean {
  switch (level) {
    case C.SOL_SOCKET:
      return decodeSocketLevel(meta, type, data);
    case C.IPPROTO_IP:
      if (type === C.IP_TOS) return tos(meta, data);
      if (type === C.IP_TTL) return ttl(meta, data);
      return type === C.IP_PKTINFO && packetInfo4(meta, data);
    case C.IPPROTO_IPV6:
      if (type === C.IPV6_TCLASS) return tos(meta, data);
      if (type === C.IPV6_HOPLIMIT) return ttl(meta, data);
      return type === C.IPV6_PKTINFO && packetInfo6(meta, data);
    case C.IPPROTO_UDP:
      if (type !== C.UDP_GRO && type !== C.UDP_SEGMENT) return false;
      meta.segment =
        data.length === 2 ? data[littleEndian ? 0 : 1]! | (data[littleEndian ? 1 : 0]! << 8) : readInt(data);
      return true;
    default:
      return false;
  }
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function decodeSocketLevel(meta: Meta, type: number, data: Uint8Array): boolean {
  switch (type) {
    case C.SCM_CREDENTIALS: {
      const [pid = 0, uid = 0, gid = 0] = readInts(data);
      // struct ucred: uid_t and gid_t have no sign. A process of another namespace has no pid here.
      meta.credentials = { ...(pid > 0 ? { pid } : {}), uid: uid >>> 0, gid: gid >>> 0 };
      return true;
    }
    case C.SO_TIMESTAMPNS_OLD:
      return time(meta, data, WORD, 1n);
    case C.SO_TIMESTAMPNS_NEW:
      return time(meta, data, 8, 1n);
    case C.SO_TIMESTAMP_OLD:
      return time(meta, data, WORD, 1000n);
    case C.SO_TIMESTAMP_NEW:
      return time(meta, data, 8, 1000n);
    case C.SO_TIMESTAMPING_OLD:
      return timestamping(meta, data, WORD);
    case C.SO_TIMESTAMPING_NEW:
      return timestamping(meta, data, 8);
    default:
      return false;
  }
}

function tos(meta: Meta, data: Uint8Array): true {
  const byte = readInt(data) & 0xff;
  meta.tos = byte;
  meta.ecn = (byte & 3) as 0 | 1 | 2 | 3;
  return true;
}

function ttl(meta: Meta, data: Uint8Array): true {
  meta.ttl = readInt(data) & 0xff;
  return true;
}

/** ip(7): struct in_pktinfo { ipi_ifindex, ipi_spec_dst, ipi_addr }. The header's address differs for a group or a broadcast. */
function packetInfo4(meta: Meta, data: Uint8Array): boolean {
  if (data.length < 12) return false;
  meta.ifindex = readInt(data);
  // An IPv6 socket may have asked for both, and its addresses are IPv6 ones.
  meta.local ??= new SocketAddress({ family: 'ipv4', address: formatIpv4(data, 4) });
  for (let i = 4; i < 8; i++) if (data[i] !== data[i + 4]) return false;
  return true;
}

/** ipv6(7): struct in6_pktinfo { ipi6_addr, ipi6_ifindex }. */
function packetInfo6(meta: Meta, data: Uint8Array): boolean {
  if (data.length < 20) return false;
  meta.ifindex = readInt(data.subarray(16));
  meta.local = new SocketAddress({ family: 'ipv6', address: formatIpv6(data) });
  return true;
}

function time(meta: Meta, data: Uint8Array, size: 4 | 8, unit: bigint): boolean {
  if (data.length < 2 * size) return false;
  meta.timestamp = moment(data, 0, size, unit);
  return true;
}

/** SCM_TIMESTAMPING: three struct timespec, of which the first is the kernel's and the third the device's. */
function timestamping(meta: Meta, data: Uint8Array, size: 4 | 8): boolean {
  if (data.length < 6 * size) return false;
  const software = moment(data, 0, size, 1n);
  const hardware = moment(data, 4 * size, size, 1n);
  meta.timestamp = software === 0n ? hardware : software;
  return software === 0n || hardware === 0n;
}

function moment(data: Uint8Array, at: number, size: 4 | 8, unit: bigint): bigint {
  const [seconds, fraction] = readPair(data, at, size);
  return seconds * 1_000_000_000n + fraction * unit;
}

/** A property that does something when it is looked at, the first time. */
function lazily<K extends 'fds' | 'control'>(meta: Meta, key: K, take: () => Meta[K]): void {
  Object.defineProperty(meta, key, {
    enumerable: true,
    configurable: true,
    get() {
      const value = take();
      Object.defineProperty(meta, key, { enumerable: true, configurable: true, writable: true, value });
      return value;
    },
    set(value: Meta[K]) {
      Object.defineProperty(meta, key, { enumerable: true, configurable: true, writable: true, value });
    },
  });
}
