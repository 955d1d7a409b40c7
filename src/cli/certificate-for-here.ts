// Owns which names a certificate has that this machine makes for itself. It must not know what it is used for.

import { hostname, networkInterfaces } from 'node:os';
import { selfSigned, type SelfSigned } from './self-signed.js';

/** Valid for every name and address by which this machine knows itself. */
export async function certificateForHere(): Promise<SelfSigned & { readonly names: readonly string[] }> {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const names = new Set(['localhost', '127.0.0.1', '::1']);
  // RFC 5890: a certificate has names in ASCII.
  if (/^[a-z\d.-]+$/i.test(hostname())) names.add(hostname().toLowerCase());
  // Nobody names a link-local address without its zone, which no certificate has.
  for (const { address } of addresses) if (!address.startsWith('fe80:')) names.add(address);
  return { names: [...names], ...(await selfSigned([...names])) };
}
