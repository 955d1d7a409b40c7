// Owns what to say where the system wants a privilege that this process lacks: which capability (capabilities(7)), or which
// setting. It must not decide whether something is allowed: that is the kernel's.

import type { SocketAddress } from '../address/socket-address.js';
import * as C from '../native/constants.js';

type Hint = { hint: string } | undefined;

const GIVE = 'as root, or with `setcap` on the program';

/** For socket(2) that failed with `result`; undefined where the usual words do. */
export function socketHint(family: number, kind: number, protocol: number, result: number): Hint {
  if (result !== C.EPERM && result !== C.EACCES) return undefined;
  const icmp = protocol === C.IPPROTO_ICMP || protocol === C.IPPROTO_ICMPV6;
  if (kind === C.SOCK_DGRAM && icmp)
    return said(
      'A datagram socket for ICMP is for the groups in net.ipv4.ping_group_range; a raw one needs CAP_NET_RAW.',
    );
  if (family === C.AF_PACKET) return said(`A packet socket needs CAP_NET_RAW: ${GIVE}.`);
  if (kind === C.SOCK_RAW) return said(`A raw socket needs CAP_NET_RAW: ${GIVE}.`);
  return undefined;
}

/** For bind(2). */
export function bindHint(address: SocketAddress, result: number): Hint {
  if (result !== C.EPERM && result !== C.EACCES) return undefined;
  switch (address.family) {
    case 'ipv4':
    case 'ipv6':
    case 'vsock':
      return (address.port ?? 0) < 1024 && address.port !== 0
        ? said(`Ports below 1024 need CAP_NET_BIND_SERVICE: ${GIVE}.`)
        : undefined;
    case 'unix':
      return said('A Unix path needs write permission in its folder.');
    case 'netlink':
      return said(`The groups of this netlink protocol need CAP_NET_ADMIN: ${GIVE}.`);
    default:
      return undefined;
  }
}

function said(hint: string): Hint {
  return { hint };
}
