// Owns the rows of IPPROTO_UDP: udp(7). Sorted by C name.

import type { UdpOptions } from '../../contract/udp-options.js';
import { flag, int } from './simple-forms.js';
import type { Rows } from './row.js';

export const udpRows: Rows<UdpOptions> = {
  UDP_CORK: { form: flag, manual: 'udp(7)' },
  UDP_ENCAP: { form: int, unit: 'UDP_ENCAP_*' },
  UDP_GRO: { form: flag },
  UDP_NO_CHECK6_RX: { form: flag },
  UDP_NO_CHECK6_TX: { form: flag },
  UDP_SEGMENT: { form: int, unit: 'bytes' },
};
