// Owns the forms of structs that tell of the socket itself: times, credentials, memory, addresses to send from.

import type { PeerCred } from '../../contract/message.js';
import type { MemoryInfo, PacketInfo, PortRange, TransmitTime } from '../../contract/option-values.js';
import type { TcpInfo } from '../../contract/tcp-info.js';
import { writeIpv6 } from '../../address/ip.js';
import { invalidType, invalidValue, outOfRange, wholeNumber } from '../../error/invalid.js';
import { getBytes, getInt } from './access.js';
import type { Form } from './form.js';
import { field, fieldsOf, interfaceIndex } from './interface-index.js';
import { encodeLinger, getLinger } from './linger.js';
import { exactly, getGrowing } from './simple-forms.js';
import { decodeTcpInfo } from './tcp-info.js';
import { encodeLimit, getLimit } from './timeouts.js';

/** struct linger. */
export const linger: Form<number | null> = {
  get: getLinger,
  encode: (label, value) => encodeLinger(milliseconds(label, value)),
};

/** struct timeval. */
export const timeval: Form<number | null> = {
  get: (handle, _level, name) => getLimit(handle, name),
  encode: (label, value) => encodeLimit(milliseconds(label, value)),
};

/** struct ucred. A pid of 0 is one of a namespace that we do not see. */
export const ucred: Form<PeerCred> = {
  get(handle, level, name) {
    const [pid, uid, gid] = words(exactly(handle, level, name, 12));
    return pid === 0 ? { uid: uid!, gid: gid! } : { pid: pid!, uid: uid!, gid: gid! };
  },
  encode: readOnly,
};

/** An array of gid_t. */
export const groups: Form<readonly number[]> = {
  get: (handle, level, name) => Array.from(words(getGrowing(handle, level, name, 256))),
  encode: readOnly,
};

/** The SK_MEMINFO_* of <linux/sock_diag.h>, in their order. */
export const memory: Form<MemoryInfo> = {
  get(handle, level, name) {
    const all = words(getBytes(handle, level, name, 64));
    const [received, receiveBuffer, sending, sendBuffer, ahead, queued, options, backlog, drops] = Array.from(
      { length: 9 },
      (_, i) => all[i] ?? 0,
    ) as [number, number, number, number, number, number, number, number, number];
    return { received, receiveBuffer, sending, sendBuffer, ahead, queued, options, backlog, drops };
  },
  encode: readOnly,
};

/** struct sock_txtime. */
export const txtime: Form<TransmitTime> = {
  get(handle, level, name) {
    const [clock, flags] = words(exactly(handle, level, name, 8));
    return { clock: clock! | 0, flags: flags! };
  },
  encode(label, value) {
    const { clock, flags } = fieldsOf<TransmitTime>(label, value);
    wholeNumber(field(label, 'clock'), clock, -0x80000000, 0x7fffffff);
    wholeNumber(field(label, 'flags'), flags, 0, 0xffffffff);
    return new Uint8Array(new Uint32Array([clock, flags]).buffer);
  },
};

/** Two ports in one unsigned C int. */
export const ports: Form<PortRange> = {
  get(handle, level, name) {
    const both = getInt(handle, level, name);
    return { lower: both & 0xffff, upper: both >>> 16 };
  },
  encode(label, value) {
    const { lower, upper } = fieldsOf<PortRange>(label, value);
    wholeNumber(field(label, 'lower'), lower, 0, 65535);
    wholeNumber(field(label, 'upper'), upper, 0, 65535);
    return (upper << 16) | lower;
  },
};

/** The last word of struct ip6_mtuinfo, behind a sockaddr_in6. */
export const pathMtu: Form<number> = {
  get: (handle, level, name) => words(exactly(handle, level, name, 32))[7]!,
  encode: readOnly,
};

/** struct in6_pktinfo. */
export const packetInfo: Form<PacketInfo> = {
  get: () => ({ address: '::' }),
  encode(label, value) {
    const { address, interface: which } = fieldsOf<PacketInfo>(label, value);
    const bytes = new Uint8Array(20);
    if (typeof address !== 'string') throw invalidType(field(label, 'address'), 'a string', address);
    if (!writeIpv6(address, bytes, 0)) throw invalidValue(field(label, 'address'), 'must be an IPv6 address', address);
    new Uint32Array(bytes.buffer)[4] = interfaceIndex(label, which);
    return bytes;
  },
};

/** struct tcp_info. */
export const info: Form<TcpInfo> = {
  get: (handle, level, name) => decodeTcpInfo(getBytes(handle, level, name, 1024)),
  encode: readOnly,
};

function milliseconds(label: string, value: unknown): number | null {
  if (value === null) return null;
  if (typeof value !== 'number') throw invalidType(label, 'a number of milliseconds or null', value);
  if (!(value >= 0) || value > 1e15) throw outOfRange(label, 'a number of milliseconds from 0', value);
  return value;
}

/** Never reached by a token, whose direction is looked at first. */
function readOnly(label: string, value: unknown): never {
  throw invalidType(label, 'nothing: it can only be read', value);
}

/** Memory that getBytes has made begins at 0 of its own ArrayBuffer. */
function words(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
}
