// Owns the bytes of ICMP echoes (RFC 792, RFC 4443). It must not know sockets.

export interface Echo {
  readonly id: number;
  readonly sequence: number;
  readonly data: Buffer;
}

export type Version = 4 | 6;

const requests = { 4: 8, 6: 128 } as const;
const replies = { 4: 0, 6: 129 } as const;
const header = 8;

/** The checksum of ICMPv6 is the kernel's to make: it covers the addresses. */
export function echoRequest(version: Version, { id, sequence, data }: Echo): Buffer {
  const bytes = Buffer.alloc(header + data.length);
  bytes[0] = requests[version];
  bytes.writeUInt16BE(id, 4);
  bytes.writeUInt16BE(sequence, 6);
  data.copy(bytes, header);
  if (version === 4) bytes.writeUInt16BE(checksum(bytes), 2);
  return bytes;
}

/** The reply in a packet, or null for anything else. */
export function echoReply(version: Version, bytes: Buffer): Echo | null {
  if (bytes.length < header || bytes[0] !== replies[version] || bytes[1] !== 0) return null;
  return { id: bytes.readUInt16BE(4), sequence: bytes.readUInt16BE(6), data: bytes.subarray(header) };
}

/** What a raw IPv4 socket gives has the IP header before it: raw(7). */
export function withoutIpHeader(packet: Buffer): Buffer {
  return packet.subarray((packet[0]! & 15) * 4);
}

/** RFC 1071. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
