// Owns what both entry points export alike.

import { native } from '../core/native-constants.js';

export type * from '../contract/index.js';
export {
  CertificateError,
  ClosedError,
  EndOfStreamError,
  LimitError,
  ResolveError,
  SocketError,
  TimeoutError,
  TlsError,
} from '../error/socket-error.js';
export { eventQueue } from '../event/queue.js';
export { options } from '../core/option/table.js';
export { codecs } from '../codec/codecs.js';
export { features } from '../core/features.js';

/** AF_* SOCK_* IPPROTO_* SO_* SOL_* TCP_* IP_* IPV6_* MSG_* SHUT_* SOMAXCONN … of this system's headers. A name that the system lacks is absent. */
export const constants: Readonly<Record<string, number | undefined>> = native;
