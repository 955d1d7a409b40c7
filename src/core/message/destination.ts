// Owns the way from where a message is to go to sockaddr bytes: at once when it is numeric, by a lookup when there is a name
// in it. What was encoded for an address is kept, because programs answer those who asked.

import type { Target } from '../../contract/address.js';
import { SocketAddress } from '../../address/socket-address.js';
import { parseTarget } from '../../address/target.js';
import { invalidValue } from '../../error/invalid.js';
import * as C from '../../native/constants.js';
import { isNumeric, Resolution } from '../dial/resolution.js';
import type { Handle } from '../handle.js';
import { familyNumber } from '../names.js';
import { getInt } from '../option/access.js';
import { checkPermission } from '../permission.js';
import { sockaddrOf } from '../sockaddr.js';
import { isWant } from '../want.js';

let lastTarget: Target | null = null;
let lastFamily = -1;
let lastKind = -1;
let lastBytes: Uint8Array | null = null;

interface Encoded {
  /** AF_* */
  readonly family: number;
  readonly bytes: Uint8Array;
}

const encoded = new WeakMap<SocketAddress, Encoded>();

/** The bytes of a target that was sent to before, if they are kept. Whoever sends asks for them, so permission is asked here. */
export function knownDestination(to: Target, handle: Handle): Uint8Array | null {
  checkPermission();
  if (to === lastTarget && handle.family === lastFamily && handle.kind === lastKind) return lastBytes;
  const kept = to instanceof SocketAddress ? encoded.get(to) : undefined;
  return kept !== undefined && suits(kept.family, handle) ? remember(to, handle, kept.bytes) : null;
}

/** The bytes of a target, or the lookup that finds them. */
export function destinationOf(argument: string, to: Target, handle: Handle): Uint8Array | Resolution {
  const known = knownDestination(to, handle);
  if (known !== null) return known;
  if (to instanceof SocketAddress) {
    const family = familyNumber(argument, to.family);
    if (suits(family, handle)) {
      const bytes = sockaddrOf(to);
      if (to.scope !== undefined) return bytes;
      encoded.set(to, { family, bytes });
      return remember(to, handle, bytes);
    }
  }
  const endpoint = parseTarget(to, argument);
  if (endpoint.kind === 'fd') throw invalidValue(argument, 'is a descriptor, and no address to send to', to);
  const options = { family: familyFor(handle), kind: handle.kind, passive: false };
  if (!isNumeric(endpoint)) return new Resolution(endpoint, { ...options, family: familyToLookUp(handle) });
  const resolution = new Resolution(endpoint, options);
  const addresses = resolution.step();
  if (isWant(addresses)) return resolution;
  const address = addresses[0]!;
  const bytes = sockaddrOf(address);
  return typeof to === 'string' && address.scope === undefined ? remember(to, handle, bytes) : bytes;
}

/** Only what cannot change: a string, or a frozen address; and without a zone, since the number of an interface may. */
function remember(to: Target, handle: Handle, bytes: Uint8Array): Uint8Array {
  lastTarget = to;
  lastFamily = handle.family;
  lastKind = handle.kind;
  lastBytes = bytes;
  return bytes;
}

function suits(family: number, handle: Handle): boolean {
  return family === handle.family || (family === C.AF_INET && mixes(handle));
}

function familyFor(handle: Handle): number {
  return mixes(handle) ? C.AF_UNSPEC : handle.family;
}

/** Of a name's addresses only those that the socket can send to. */
function familyToLookUp(handle: Handle): number {
  if (!mixes(handle)) return handle.family;
  return getInt(handle, C.IPPROTO_IPV6, C.IPV6_V6ONLY) === 0 ? C.AF_UNSPEC : C.AF_INET6;
}

/** An IPv6 datagram socket sends to IPv4 addresses too; whether it may (IPV6_V6ONLY) the kernel says. */
function mixes(handle: Handle): boolean {
  return handle.family === C.AF_INET6 && handle.kind === C.SOCK_DGRAM;
}
