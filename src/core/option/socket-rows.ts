// Owns the rows of SOL_SOCKET: socket(7). Sorted by C name.

import type { SocketOptions } from '../../contract/socket-options.js';
import type { Rows } from './row.js';

export const socketRows: Rows<SocketOptions> = {
  SO_KEEPALIVE: { form: 'flag' },
  SO_LINGER: { form: 'linger' },
  SO_OOBINLINE: { form: 'flag' },
  SO_RCVBUF: { form: 'int' },
  SO_RCVLOWAT: { form: 'int' },
  SO_RCVTIMEO: { form: 'timeval' },
  SO_REUSEADDR: { form: 'flag' },
  SO_REUSEPORT: { form: 'flag' },
  SO_SNDBUF: { form: 'int' },
  SO_SNDTIMEO: { form: 'timeval' },
};
