// Owns the way from where a message is to go to sockaddr bytes: at once when it is numeric, by a lookup when there is a name
// in it. What was encoded for an address is kept, because programs answer those who asked.

import type { Target } from '../../contract/address.js';
import { SocketAddress } from '../../address/socket-address.js';
import { parseTarget } from '../../address/target.js';
import { invalidValue } from '../../error/invalid.js';
import * as C from '../../native/constants.js';
import { isNumeric, Resolution } from '../dial/resolution.js';
import type { Handle } from '../handle.js';
import { familyName } from '../names.js';
import { sockaddrOf } from '../sockaddr.js';
import { isWant } from '../want.js';

let lastTarget: Target | null = null;
let lastFamily = -1;
let lastBytes: Uint8Array | null = null;

const encoded = new WeakMap<SocketAddress, Uint8Array>();

/** The bytes of a target that was sent to last. */
export function knownDestination(to: Target, handle: Handle): Uint8Array | null {
  return to === lastTarget && handle.family === lastFamily ? lastBytes : null;
}

/** The bytes of a target, or the lookup that finds them. */
export function destinationOf(argument: string, to: Target, handle: Handle): Uint8Array | Resolution {
  const known = knownDestination(to, handle);
  if (known !== null) return known;
  if (to instanceof SocketAddress && fits(to, handle)) {
    let bytes = encoded.get(to);
    if (bytes === undefined) {
      bytes = sockaddrOf(to);
      // The number of an interface may change.
      if (to.scope === undefined) encoded.set(to, bytes);
    }
    return remember(to, to, handle, bytes);
  }
  const endpoint = parseTarget(to, argument);
  if (endpoint.kind === 'fd') throw invalidValue(argument, 'is a descriptor, and no address to send to', to);
  const resolution = new Resolution(endpoint, { family: familyFor(handle), kind: handle.kind, passive: false });
  if (!isNumeric(endpoint)) return resolution;
  const addresses = resolution.step();
  if (isWant(addresses)) return resolution;
  const address = addresses[0]!;
  return remember(typeof to === 'string' ? to : null, address, handle, sockaddrOf(address));
}

/** Only what cannot change: a string, or a frozen address. */
function remember(to: Target | null, address: SocketAddress, handle: Handle, bytes: Uint8Array): Uint8Array {
  if (to === null || address.scope !== undefined) return bytes;
  lastTarget = to;
  lastFamily = handle.family;
  lastBytes = bytes;
  return bytes;
}

function fits(address: SocketAddress, handle: Handle): boolean {
  return (
    address.family === familyName(handle.family) ||
    (handle.family === C.AF_INET6 && address.family === 'ipv4' && mixes(handle))
  );
}

function familyFor(handle: Handle): number {
  return mixes(handle) ? C.AF_UNSPEC : handle.family;
}

/** An IPv6 datagram socket sends to IPv4 addresses too; whether it may (IPV6_V6ONLY) the kernel says. */
function mixes(handle: Handle): boolean {
  return handle.family === C.AF_INET6 && handle.kind === C.SOCK_DGRAM;
}
