// Owns what every sockaddr has in common: its first two bytes, and the order of bytes of this machine. Does not know a family.

/** Ports and IP addresses are in network order; everything else is in this machine's. */
export const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

export function writeFamily(bytes: Uint8Array, family: number): void {
  bytes[littleEndian ? 0 : 1] = family & 0xff;
  bytes[littleEndian ? 1 : 0] = family >> 8;
}

/** `sa_family` of at least two sockaddr bytes. */
export function familyOf(bytes: Uint8Array): number {
  return littleEndian ? bytes[0]! | (bytes[1]! << 8) : (bytes[0]! << 8) | bytes[1]!;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A copy that is never a Buffer: the bytes of a Buffer lie in the memory of others. It has zeros behind where it is to be longer. */
export function copyOf(bytes: Uint8Array, end: number, least = 0): Uint8Array {
  const copy = new Uint8Array(Math.max(end, least, 0));
  copy.set(bytes.subarray(0, Math.max(end, 0)));
  return copy;
}
