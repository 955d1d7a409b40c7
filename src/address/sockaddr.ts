// Owns the layouts of sockaddr_in, sockaddr_in6 and sockaddr_un (Linux): bytes ↔ address, and the door to those of packet,
// netlink and vsock sockets. Which number a family has, and which zones exist, the caller says.

import { invalidValue } from '../error/invalid.js';
import { formatIpv4, formatIpv6, writeIpv4, writeIpv6 } from './ip.js';
import { decodeNetlink, encodeNetlink } from './netlink.js';
import { decodePacket, encodePacket, type Interfaces } from './packet.js';
import { copyOf, familyOf, littleEndian, viewOf, writeFamily } from './sockaddr-bytes.js';
import { type AddressParts, SocketAddress } from './socket-address.js';
import { decodeUnixPath, encodeUnixPath } from './unix-path.js';
import { decodeVsock, encodeVsock } from './vsock.js';
import { zoneNumber } from './zone.js';

/** What the layouts need to know of this system. */
export interface SockaddrEnv extends Interfaces {
  readonly AF_INET: number;
  readonly AF_INET6: number;
  readonly AF_UNIX: number;
  readonly AF_NETLINK: number;
  readonly AF_PACKET: number;
  readonly AF_VSOCK: number;
  /** The number of an interface; throws for an unknown one. Not asked for zones that are numbers. */
  zoneIndex(name: string): number;
  /** The name of an interface, or null. */
  zoneName(index: number): string | null;
}

const sizeIn = 16; // ip(7)
const sizeIn6 = 28; // ipv6(7)
const pathAt = 2; // unix(7): offsetof(struct sockaddr_un, sun_path)
const scopeAt = 24;

/** The bytes to hand to the kernel, as long as they mean something: a Unix name ends where the array ends. */
export function encodeSockaddr(address: AddressParts, env: SockaddrEnv): Uint8Array {
  if (address.raw !== undefined) return new Uint8Array(address.raw);
  const { family } = address;
  if (family === 'ipv4' || family === env.AF_INET) return encodeIpv4(address, env);
  if (family === 'ipv6' || family === env.AF_INET6) return encodeIpv6(address, env);
  if (family === 'unix' || family === env.AF_UNIX) return encodeUnix(address, env);
  if (family === 'packet' || family === env.AF_PACKET) return encodePacket(address, env.AF_PACKET, env);
  if (family === 'netlink' || family === env.AF_NETLINK) return encodeNetlink(address, env.AF_NETLINK);
  if (family === 'vsock' || family === env.AF_VSOCK) return encodeVsock(address, env.AF_VSOCK);
  throw invalidValue('address', 'is of a family that needs its bytes in "raw"', address);
}

function encodeIpv4(address: AddressParts, env: SockaddrEnv): Uint8Array {
  const bytes = new Uint8Array(sizeIn);
  writeHead(bytes, env.AF_INET, address.port ?? 0);
  if (!writeIpv4(address.address, bytes, 4)) throw invalidValue('address', 'is not an IPv4 address', address);
  return bytes;
}

function encodeIpv6(address: AddressParts, env: SockaddrEnv): Uint8Array {
  const bytes = new Uint8Array(sizeIn6);
  writeHead(bytes, env.AF_INET6, address.port ?? 0);
  if (!writeIpv6(address.address, bytes, 8)) throw invalidValue('address', 'is not an IPv6 address', address);
  if (address.scope !== undefined) {
    const index = zoneNumber(address.scope) ?? env.zoneIndex(address.scope);
    viewOf(bytes).setUint32(scopeAt, index, littleEndian);
  }
  return bytes;
}

function encodeUnix(address: AddressParts, env: SockaddrEnv): Uint8Array {
  const path = address.path === undefined || address.path === '' ? new Uint8Array(0) : encodeUnixPath(address.path);
  const bytes = new Uint8Array(pathAt + path.length);
  writeFamily(bytes, env.AF_UNIX);
  bytes.set(path, pathAt);
  return bytes;
}

/**
 * The address that the first `length` bytes hold. Never throws: what is too short for its family, and every family
 * unknown here, keeps its bytes as `raw`; fewer than two bytes (a peer without a name, to recvfrom(2)) are family 0.
 * A name that no text can carry (see unix-path.ts) keeps its bytes too, so that every address encodes to what it was;
 * only the flow label of IPv6 and the padding of IPv4 are lost.
 */
export function decodeSockaddr(bytes: Uint8Array, length: number, env: SockaddrEnv): SocketAddress {
  // The kernel's length is that of the whole address, even where the memory held less.
  const end = length < bytes.length ? length : bytes.length;
  const family = end >= 2 ? familyOf(bytes) : 0;
  if (family === env.AF_INET && end >= sizeIn) {
    return new SocketAddress({ family: 'ipv4', address: formatIpv4(bytes, 4), port: readPort(bytes) });
  }
  if (family === env.AF_INET6 && end >= sizeIn6) return decodeIpv6(bytes, env);
  if (family === env.AF_UNIX && end >= pathAt) return decodeUnix(bytes, end);
  const parts = decodeOther(bytes, end, family, env);
  return new SocketAddress(parts ?? { family, address: '', raw: copyOf(bytes, end) });
}

/** The families whose text is for people, and whose bytes are kept beside it. */
function decodeOther(bytes: Uint8Array, end: number, family: number, env: SockaddrEnv): AddressParts | null {
  if (family === env.AF_PACKET) return decodePacket(bytes, end, env);
  if (family === env.AF_NETLINK) return decodeNetlink(bytes, end);
  if (family === env.AF_VSOCK) return decodeVsock(bytes, end);
  return null;
}

function decodeIpv6(bytes: Uint8Array, env: SockaddrEnv): SocketAddress {
  const address = formatIpv6(bytes, 8);
  const port = readPort(bytes);
  const index = viewOf(bytes).getUint32(scopeAt, littleEndian);
  if (index === 0) return new SocketAddress({ family: 'ipv6', address, port });
  return new SocketAddress({ family: 'ipv6', address, port, scope: env.zoneName(index) ?? String(index) });
}

function decodeUnix(bytes: Uint8Array, end: number): SocketAddress {
  const name = decodeUnixPath(bytes.subarray(pathAt, end));
  if (name === null) return new SocketAddress({ family: 'unix', address: '' });
  const { path } = name;
  if (name.exact) return new SocketAddress({ family: 'unix', address: path, path });
  return new SocketAddress({ family: 'unix', address: path, path, raw: copyOf(bytes, end) });
}

function writeHead(bytes: Uint8Array, family: number, port: number): void {
  writeFamily(bytes, family);
  bytes[2] = port >> 8;
  bytes[3] = port & 0xff;
}

function readPort(bytes: Uint8Array): number {
  return (bytes[2]! << 8) | bytes[3]!;
}
