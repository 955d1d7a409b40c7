// Owns the rows of IPPROTO_IPV6: ipv6(7). Sorted by C name.

import type { Ipv6Options } from '../../contract/ipv6-options.js';
import type { Rows } from './row.js';

export const ipv6Rows: Rows<Ipv6Options> = {
  IPV6_V6ONLY: { form: 'flag' },
};
