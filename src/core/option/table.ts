// Owns the list of typed options: which level and number, and which form the value has.

import type { OptionTable, SocketOption } from '../../contract/option.js';
import { native } from '../../native/load.js';

/** How a value is kept in the kernel. */
export type Form = 'flag' | 'int' | 'linger' | 'timeval' | 'text';

interface Row {
  readonly level: string;
  readonly form: Form;
}

// Sorted by level and C name.
const rows: { readonly [K in keyof OptionTable]: Row } = {
  SO_KEEPALIVE: { level: 'SOL_SOCKET', form: 'flag' },
  SO_LINGER: { level: 'SOL_SOCKET', form: 'linger' },
  SO_OOBINLINE: { level: 'SOL_SOCKET', form: 'flag' },
  SO_RCVBUF: { level: 'SOL_SOCKET', form: 'int' },
  SO_RCVLOWAT: { level: 'SOL_SOCKET', form: 'int' },
  SO_RCVTIMEO: { level: 'SOL_SOCKET', form: 'timeval' },
  SO_REUSEADDR: { level: 'SOL_SOCKET', form: 'flag' },
  SO_REUSEPORT: { level: 'SOL_SOCKET', form: 'flag' },
  SO_SNDBUF: { level: 'SOL_SOCKET', form: 'int' },
  SO_SNDTIMEO: { level: 'SOL_SOCKET', form: 'timeval' },
  TCP_CONGESTION: { level: 'IPPROTO_TCP', form: 'text' },
  TCP_CORK: { level: 'IPPROTO_TCP', form: 'flag' },
  TCP_DEFER_ACCEPT: { level: 'IPPROTO_TCP', form: 'int' },
  TCP_KEEPCNT: { level: 'IPPROTO_TCP', form: 'int' },
  TCP_KEEPIDLE: { level: 'IPPROTO_TCP', form: 'int' },
  TCP_KEEPINTVL: { level: 'IPPROTO_TCP', form: 'int' },
  TCP_NODELAY: { level: 'IPPROTO_TCP', form: 'flag' },
  TCP_QUICKACK: { level: 'IPPROTO_TCP', form: 'flag' },
  TCP_USER_TIMEOUT: { level: 'IPPROTO_TCP', form: 'int' },
  IPV6_V6ONLY: { level: 'IPPROTO_IPV6', form: 'flag' },
};

/** The tokens. A name that this system lacks has the number -1, and is an error when it is used. */
export const options: OptionTable = Object.freeze(
  Object.fromEntries(
    Object.entries(rows).map(([label, { level }]) => [
      label,
      Object.freeze({ level: native.constants[level] ?? -1, name: native.constants[label] ?? -1, label }),
    ]),
  ),
) as unknown as OptionTable;

/** The form of an option's value; a token of the caller's own is a C int. */
export function formOf(option: SocketOption<unknown>): Form {
  return Object.hasOwn(rows, option.label) ? rows[option.label as keyof OptionTable].form : 'int';
}
