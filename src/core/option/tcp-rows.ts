// Owns the rows of IPPROTO_TCP: tcp(7). Sorted by C name.

import type { TcpOptions } from '../../contract/tcp-options.js';
import type { Rows } from './row.js';

export const tcpRows: Rows<TcpOptions> = {
  TCP_CONGESTION: { form: 'text' },
  TCP_CORK: { form: 'flag' },
  TCP_DEFER_ACCEPT: { form: 'int' },
  TCP_KEEPCNT: { form: 'int' },
  TCP_KEEPIDLE: { form: 'int' },
  TCP_KEEPINTVL: { form: 'int' },
  TCP_NODELAY: { form: 'flag' },
  TCP_QUICKACK: { form: 'flag' },
  TCP_USER_TIMEOUT: { form: 'int' },
};
