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
export const scratch: Buffer = Buffer.alloc(132);
/** sizeof(struct sockaddr_in) */
const IN_LENGTH = 16;
const scratchFamily = new Uint16Array(scratch.buffer, scratch.byteOffset, 1);
const scratchLength = new Uint32Array(scratch.buffer, scratch.byteOffset + 128, 1);

export function sockaddrOf(address: AddressParts): Uint8Array {
  return encodeSockaddr(address, env);
}

/** An address as small as it can be kept until it is asked for: of IPv4 a number, else a string of its bytes. */
export type Packed = number | string;

/** The address that accept left in the scratch memory. */
export function acceptedPeer(): Packed {
  return packed(scratchLength[0]!);
}

/** getsockname(2). */
export function packedLocal(fd: number): Packed {
  return packed(answered(native.getsockname(fd, scratch), 'getsockname'));
}

/** getpeername(2). */
export function packedPeer(fd: number): Packed {
  return packed(answered(native.getpeername(fd, scratch), 'getpeername'));
}

export function unpacked(address: Packed): SocketAddress {
  if (typeof address === 'string') return decodeBytes(Buffer.from(address, 'latin1'));
  const bytes = Buffer.alloc(IN_LENGTH);
  new Uint16Array(bytes.buffer, bytes.byteOffset, 1)[0] = C.AF_INET;
  bytes.writeUIntBE(address, 2, 6);
  return decodeBytes(bytes);
}

function packed(length: number): Packed {
  // sockaddr_in: the family in this machine's order, port and address in the network's. 48 bits are exact in a number.
  if (length === IN_LENGTH && scratchFamily[0] === C.AF_INET) return scratch.readUIntBE(2, 6);
  return scratch.toString('latin1', 0, Math.min(length, 128));
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
  return inScratch(answered(native.getsockname(fd, scratch), 'getsockname'));
}

/** getpeername(2). */
export function peerAddress(fd: number): SocketAddress {
  return inScratch(answered(native.getpeername(fd, scratch), 'getpeername'));
}

export const unnamed: SocketAddress = unixAddress('');

function answered(length: number, syscall: string): number {
  if (length < 0) throw systemError(length, syscall, 'config');
  return length;
}

function inScratch(length: number): SocketAddress {
  return decodeSockaddr(scratch, Math.min(length, 128), env);
}
