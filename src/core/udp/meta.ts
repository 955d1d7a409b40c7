// Owns what the kernel must be told so that received datagrams tell it: which option stands behind which item of `Meta`. It must
// not know how the answers look.

import type { Meta } from '../../contract/message.js';
import { invalidType, invalidValue } from '../../error/invalid.js';
import * as C from '../../native/constants.js';
import type { Handle } from '../handle.js';
import { setInt } from '../option/access.js';

export type MetaName = keyof Meta;

interface Switch {
  readonly level: number;
  readonly name: number;
}

/** `ipv4` counts for IPv4 datagrams on an IPv6 socket, too; `ipv6` for sockets of IPv6. */
interface Switches {
  readonly any?: Switch;
  readonly ipv4?: Switch;
  readonly ipv6?: Switch;
}

const ip = (name: number): Switch => ({ level: C.IPPROTO_IP, name });
const ipv6 = (name: number): Switch => ({ level: C.IPPROTO_IPV6, name });

const tos: Switches = { ipv4: ip(C.IP_RECVTOS), ipv6: ipv6(C.IPV6_RECVTCLASS) };
// On an IPv6 socket IPV6_RECVPKTINFO tells of IPv4 datagrams, too, and one answer is enough.
const packetInfo: Switches = { ipv6: ipv6(C.IPV6_RECVPKTINFO) };

/** Null: it does not come with UDP. */
const switches: { readonly [K in MetaName]-?: Switches | null } = {
  ecn: tos,
  tos,
  ttl: { ipv4: ip(C.IP_RECVTTL), ipv6: ipv6(C.IPV6_RECVHOPLIMIT) },
  local: packetInfo,
  ifindex: packetInfo,
  segment: { any: { level: C.IPPROTO_UDP, name: C.UDP_GRO } },
  timestamp: { any: { level: C.SOL_SOCKET, name: C.SO_TIMESTAMPNS } },
  fds: null,
  credentials: null,
  control: {},
};

/** The caller's list. */
export function checkMetaNames(names: unknown): readonly MetaName[] {
  if (names === undefined) return [];
  if (!Array.isArray(names)) throw invalidType('meta', "an array such as ['ttl', 'local']", names);
  return names.map((name: unknown, i) => {
    if (typeof name !== 'string' || !Object.hasOwn(switches, name))
      throw invalidValue(`meta[${i}]`, `must be one of ${Object.keys(switches).join(', ')}`, name);
    if (switches[name as MetaName] === null)
      throw invalidValue(`meta[${i}]`, 'comes with Unix sockets only, not with UDP', name);
    return name as MetaName;
  });
}

export function tellMeta(handle: Handle, names: readonly MetaName[]): void {
  for (const name of names) {
    const { any, ipv4, ipv6 } = switches[name]!;
    if (any !== undefined) turnOn(handle, any);
    if (handle.family === C.AF_INET6 && ipv6 !== undefined) turnOn(handle, ipv6);
    if (ipv4 !== undefined) turnOn(handle, ipv4);
    else if (handle.family === C.AF_INET && ipv6 !== undefined) turnOn(handle, ip(C.IP_PKTINFO));
  }
}

function turnOn(handle: Handle, { level, name }: Switch): void {
  setInt(handle, level, name, 1);
}
