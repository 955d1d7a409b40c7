// Owns the answer to "what can this machine do", by trying it. What each feature means stands on the interface.

import type { Features } from '../contract/features.js';
import { customInspect, show, type Shown } from '../error/shown.js';
import * as C from '../native/constants.js';
import { native } from '../native/load.js';
import { hasIpv6 } from './dial/resolution.js';
import { isPermitted } from './permission.js';
import { hasTls } from './tls/library.js';

const { constants } = native;

const trials: { readonly [Name in keyof Known]: () => Known[Name] } = {
  platform: () => process.platform,
  native: () => 'AF_INET' in constants,
  permission: () => isPermitted(),
  tls: () => hasTls(),
  ipv6: () => 'AF_INET6' in constants && hasIpv6(),
  unix: () => opens(C.AF_UNIX, C.SOCK_STREAM),
  // bind(2) to nothing but the family gives a Unix socket an abstract name.
  abstract: () => opens(C.AF_UNIX, C.SOCK_DGRAM, 0, (fd) => native.bind(fd, familyAlone(C.AF_UNIX))),
  seqpacket: () => opens(C.AF_UNIX, C.SOCK_SEQPACKET),
  raw: () => opens(C.AF_INET, C.SOCK_RAW, C.IPPROTO_ICMP),
  icmp: () => opens(C.AF_INET, C.SOCK_DGRAM, C.IPPROTO_ICMP),
  packet: () => opens(C.AF_PACKET, C.SOCK_RAW),
  netlink: () => opens(C.AF_NETLINK, C.SOCK_RAW),
  vsock: () => opens(C.AF_VSOCK, C.SOCK_STREAM),
  reusePort: () => sets(C.SOCK_STREAM, C.SOL_SOCKET, 'SO_REUSEPORT'),
  gso: () => sets(C.SOCK_DGRAM, C.IPPROTO_UDP, 'UDP_SEGMENT'),
  gro: () => sets(C.SOCK_DGRAM, C.IPPROTO_UDP, 'UDP_GRO'),
  packetInfo: () => sets(C.SOCK_DGRAM, C.IPPROTO_IP, 'IP_PKTINFO'),
  timestamps: () => sets(C.SOCK_DGRAM, C.SOL_SOCKET, 'SO_TIMESTAMPNS'),
  mptcp: () => 'IPPROTO_MPTCP' in constants && opens(C.AF_INET, C.SOCK_STREAM, constants['IPPROTO_MPTCP']),
  fastOpen: () => sets(C.SOCK_STREAM, C.IPPROTO_TCP, 'TCP_FASTOPEN_CONNECT'),
};

/** The members with a name of their own. */
type Known = { [Name in keyof Features as string extends Name ? never : Name]: Features[Name] };

/** Each is found out when it is first asked for, and again when the program has given its permission up. */
export const features = Object.defineProperties(
  {},
  Object.fromEntries(Object.entries(trials).map(([name, find]) => [name, { enumerable: true, get: once(find) }])),
) as Features;

/** With their values, and not as getters. */
Object.defineProperty(features, customInspect, {
  value: (...shown: Shown) => show('Features', { ...features }, shown),
});

function once(find: () => boolean | string): () => boolean | string {
  let value: boolean | string | null = null;
  let permitted = true;
  return () => {
    if (value === null || permitted !== isPermitted()) {
      permitted = isPermitted();
      value = find();
    }
    return value;
  };
}

/** Whether such a socket can be had, and `use` of it succeeds. Closed again at once. */
function opens(family: number, kind: number, protocol = 0, use?: (fd: number) => number): boolean {
  if (family < 0 || kind < 0 || !isPermitted()) return false;
  const fd = native.socket(family, kind, protocol);
  if (fd < 0) return false;
  const result = use?.(fd) ?? 0;
  native.close(fd);
  return result >= 0;
}

/** Whether an option of an IPv4 socket can be set. */
function sets(kind: number, level: number, label: string): boolean {
  const name = constants[label];
  return name !== undefined && opens(C.AF_INET, kind, 0, (fd) => native.setsockoptInt(fd, level, name, 1));
}

function familyAlone(family: number): Uint8Array {
  return new Uint8Array(new Uint16Array([family]).buffer);
}
