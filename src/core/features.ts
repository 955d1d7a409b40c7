// Owns the answer to "what can this machine do".

import { native } from '../native/load.js';
import { AF_UNIX, SOCK_SEQPACKET } from '../native/constants.js';
import { hasIpv6 } from './dial/resolution.js';
import { hasTls } from './tls/library.js';

type Feature = () => boolean | string;

const found: Record<string, Feature> = {
  /** The operating system. */
  platform: () => process.platform,
  /** The addon is there, so that calls work at all. */
  native: () => 'AF_INET' in native.constants,
  ipv6: () => hasIpv6(),
  unix: () => AF_UNIX >= 0,
  seqpacket: () => SOCK_SEQPACKET >= 0,
  reusePort: () => 'SO_REUSEPORT' in native.constants,
  /** OpenSSL can be used, so that TLS works. */
  tls: () => hasTls(),
};

/** Each is found out when it is first asked for. */
export const features: Readonly<Record<string, boolean | string>> = Object.defineProperties(
  {},
  Object.fromEntries(Object.entries(found).map(([name, find]) => [name, { enumerable: true, get: once(find) }])),
);

function once(find: Feature): Feature {
  let value: boolean | string | null = null;
  return () => (value ??= find());
}
