// Owns the scratch memory for sockaddr bytes and the conversion with this system's numbers and interface names.

import { decodeSockaddr, encodeSockaddr, type SockaddrEnv } from '../address/sockaddr.js';
import { type AddressParts, SocketAddress, unixAddress } from '../address/socket-address.js';
import { invalidValue } from '../error/invalid.js';
import { systemError } from '../error/system.js';
import * as C from '../native/constants.js';
import { native } from '../native/load.js';

const env: SockaddrEnv = {
  AF_INET: C.AF_INET,
  AF_INET6: C.AF_INET6,
  AF_UNIX: C.AF_UNIX,
  AF_NETLINK: C.AF_NETLINK,
  AF_PACKET: C.AF_PACKET,
  AF_VSOCK: C.AF_VSOCK,
  zoneIndex(name) {
    const index = native.ifNameToIndex(name);
    if (index <= 0)
      throw invalidValue('target', `names the interface "${name}", which this machine does not have`, name);
    return index;
  },
  zoneName: (index) => native.ifIndexToName(index),
};

/** Room for any sockaddr, and for its length behind it (see Binding.accept). */
export const scratch = Buffer.alloc(132);
const scratchLength = new Uint32Array(scratch.buffer, scratch.byteOffset + 128, 1);

export function sockaddrOf(address: AddressParts): Uint8Array {
  return encodeSockaddr(address, env);
}

/** The address that accept left in the scratch memory, as a string of bytes: small, and decoded only when asked for. */
export function acceptedPeer(): string {
  return scratch.toString('latin1', 0, Math.min(scratchLength[0]!, 128));
}

export function decodePeer(bytes: string): SocketAddress {
  return decodeSockaddr(Buffer.from(bytes, 'latin1'), bytes.length, env);
}

/** An address whose bytes go to the kernel as they are; the rest of it is for people. */
export function exactly(bytes: Uint8Array): SocketAddress {
  const { family, address, port, scope, path } = decodeBytes(bytes);
  return new SocketAddress({ family, address, port, scope, path, raw: bytes });
}

export function decodeBytes(bytes: Uint8Array): SocketAddress {
  return decodeSockaddr(bytes, bytes.length, env);
}

/** getsockname(2). */
export function localAddress(fd: number): SocketAddress {
  return asked(native.getsockname(fd, scratch), 'getsockname');
}

/** getpeername(2). */
export function peerAddress(fd: number): SocketAddress {
  return asked(native.getpeername(fd, scratch), 'getpeername');
}

export const unnamed: SocketAddress = unixAddress('');

function asked(length: number, syscall: string): SocketAddress {
  if (length < 0) throw systemError(length, syscall, 'config');
  return decodeSockaddr(scratch, Math.min(length, 128), env);
}
