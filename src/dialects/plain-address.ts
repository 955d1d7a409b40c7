// Owns `ip:port`, the form in which the originals show an address to their programs. It must not know any of them.

import type { Address } from '../contract/address.js';

/** `127.0.0.1:80`, `[::1]:80`. An IPv4 peer of an IPv6 listener is shown as what it is, as C's and Go's libraries do. */
export function plainAddress(address: Address): string {
  const [, ipv4] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address.address) ?? [];
  return ipv4 === undefined ? address.toString() : `${ipv4}:${address.port}`;
}
