// Owns addresses of packet sockets (packet(7)): sockaddr_ll ↔ parts, the form '02:00:00:00:00:01%eth0' of a target, and how
// they print. Which interfaces exist, the caller says.

import { invalidType, invalidValue, wholeNumber } from '../error/invalid.js';
import { copyOf, littleEndian, viewOf, writeFamily } from './sockaddr-bytes.js';
import type { AddressParts } from './socket-address.js';
import { plainZone, zoneNumber, zoneProblem } from './zone.js';

/** How interfaces are called here. */
export interface Interfaces {
  zoneIndex(name: string): number;
  zoneName(index: number): string | null;
}

// struct sockaddr_ll: family, protocol (network order), ifindex, hatype, pkttype, halen, addr.
const size = 20;
const protocolAt = 2;
const indexAt = 4;
const lengthAt = 11;
const addressAt = 12;
const longest = 8;

export function encodePacket(parts: AddressParts, family: number, interfaces: Interfaces): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  writeFamily(bytes, family);
  view.setUint16(protocolAt, parts.port ?? 0);
  if (parts.scope !== undefined)
    view.setInt32(indexAt, zoneNumber(parts.scope) ?? interfaces.zoneIndex(parts.scope), littleEndian);
  const hardware = parts.address === '' ? [] : parts.address.split(':').map((byte) => parseInt(byte, 16));
  bytes[lengthAt] = hardware.length;
  bytes.set(hardware, addressAt);
  return bytes;
}

/** Null when the bytes are too few. The kernel leaves out the end of a short hardware address and refuses it so: it is put back. */
export function decodePacket(bytes: Uint8Array, end: number, interfaces: Interfaces): AddressParts | null {
  if (end < addressAt) return null;
  const view = viewOf(bytes);
  const index = view.getInt32(indexAt, littleEndian);
  const hardware = bytes.subarray(addressAt, Math.min(addressAt + bytes[lengthAt]!, end));
  return {
    family: 'packet',
    address: Array.from(hardware, (byte) => byte.toString(16).padStart(2, '0')).join(':'),
    port: view.getUint16(protocolAt),
    scope: index === 0 ? undefined : (interfaces.zoneName(index) ?? String(index)),
    raw: copyOf(bytes, end, size),
  };
}

/** `host` is an interface, or a hardware address and an interface; without one it is every interface. `port` is the EtherType. */
export function parsePacket(argument: string, host: unknown, port: unknown): AddressParts {
  const protocol = port === undefined ? 0 : wholeNumber(`${argument}.port`, port, 0, 0xffff);
  if (host === undefined) return { family: 'packet', address: '', port: protocol };
  if (typeof host !== 'string') throw invalidType(`${argument}.host`, 'the name of an interface', host);
  const at = host.lastIndexOf('%');
  const address = host.slice(0, Math.max(at, 0)).toLowerCase();
  if (at >= 0 && (!/^[0-9a-f]{2}(:[0-9a-f]{2})*$/.test(address) || address.length > longest * 3 - 1))
    throw invalidValue(`${argument}.host`, `must have a hardware address of at most ${longest} bytes before "%"`, host);
  const scope = host.slice(at + 1);
  const problem = zoneProblem(scope);
  if (problem !== null) throw invalidValue(`${argument}.host`, problem.replace('a zone', 'an interface'), host);
  return { family: 'packet', address, port: protocol, scope: plainZone(scope) };
}

/** 'packet:[02:00:00:00:00:01%eth0]:0x0800', or 'packet:eth0:0x0800' without a hardware address. */
export function formatPacket({ address, scope = '*', port = 0 }: AddressParts): string {
  const where = address === '' ? scope : `[${address}%${scope}]`;
  return `packet:${where}:0x${port.toString(16).padStart(4, '0')}`;
}
