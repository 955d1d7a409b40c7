// Owns the question whether an IPv6 socket takes IPv4, too.

import * as C from '../../native/constants.js';
import { getInt } from '../option/access.js';
import type { Handle } from '../handle.js';

/** True where the kernel takes IPv4 addresses for what it calls `::ffff:a.b.c.d` (ipv6(7), IPV6_V6ONLY). */
export function takesIpv4(handle: Handle): boolean {
  return handle.family === C.AF_INET6 && getInt(handle, C.IPPROTO_IPV6, C.IPV6_V6ONLY) === 0;
}
