// Owns IPv4 and IPv6 addresses as text and as bytes. Knows nothing of ports, zones, names or sockaddr layouts.

const dot = 0x2e;
const colon = 0x3a;
const zero = 0x30;

/** The decimal texts of a byte, so that formatting joins ready strings. */
const octets: readonly string[] = Array.from({ length: 256 }, (_, byte) => String(byte));
const dotted: readonly string[] = octets.map((text) => `${text}.`);

/** The four bytes of `'192.0.2.1'`, or null. Strict: four decimal parts, no leading zeros. */
export function parseIpv4(text: string): Uint8Array | null {
  const bytes = new Uint8Array(4);
  return writeIpv4(text, bytes, 0) ? bytes : null;
}

/** The sixteen bytes of an RFC 4291 §2.2 text without a zone, or null. */
export function parseIpv6(text: string): Uint8Array | null {
  const bytes = new Uint8Array(16);
  return writeIpv6(text, bytes, 0) ? bytes : null;
}

/** Writes four bytes at `at` and says whether the text was an address; otherwise what was written means nothing. */
export function writeIpv4(text: string, out: Uint8Array, at: number): boolean {
  let part = 0;
  let digits = 0;
  let value = 0;
  if (text.length > 15) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === dot) {
      if (digits === 0 || part === 3) return false;
      out[at + part++] = value;
      digits = value = 0;
      continue;
    }
    const digit = code - zero;
    // A leading zero means octal to some readers and decimal to others, so it means nothing here.
    if (digit < 0 || digit > 9 || (digits > 0 && value === 0)) return false;
    value = value * 10 + digit;
    if (value > 255) return false;
    digits++;
  }
  if (part !== 3 || digits === 0) return false;
  out[at + 3] = value;
  return true;
}

/** Writes sixteen bytes at `at` and says whether the text was an address; otherwise what was written means nothing. */
export function writeIpv6(text: string, out: Uint8Array, at: number): boolean {
  const { length } = text;
  if (length < 2 || length > 45) return false;
  let count = 0; // groups written
  let gap = -1; // groups before the "::"
  let i = 0;
  if (text.charCodeAt(0) === colon) {
    if (text.charCodeAt(1) !== colon) return false;
    gap = 0;
    i = 2;
  }
  while (i < length) {
    if (count === 8) return false;
    const start = i;
    let value = 0;
    for (; i < length && i - start <= 4; i++) {
      const digit = hexDigit(text.charCodeAt(i));
      if (digit < 0) break;
      value = value * 16 + digit;
    }
    if (i < length && text.charCodeAt(i) === dot) {
      // RFC 4291 §2.2: the last two groups may be an IPv4 address.
      if (count > 6 || !writeIpv4(text.slice(start), out, at + count * 2)) return false;
      count += 2;
      break;
    }
    if (i === start || i - start > 4) return false;
    out[at + count * 2] = value >> 8;
    out[at + count * 2 + 1] = value & 0xff;
    count++;
    if (i === length) break;
    // A colon has something behind it: a group, or the second colon of the only "::".
    if (text.charCodeAt(i++) !== colon || i === length) return false;
    if (text.charCodeAt(i) === colon) {
      if (gap !== -1) return false;
      gap = count;
      i++;
    }
  }
  if (gap === -1) return count === 8;
  if (count === 8) return false;
  const tail = at + 16 - (count - gap) * 2;
  out.copyWithin(tail, at + gap * 2, at + count * 2);
  out.fill(0, at + gap * 2, tail);
  return true;
}

/** The value of a hexadecimal digit, or -1. */
function hexDigit(code: number): number {
  const digit = code - zero;
  if (digit >= 0 && digit <= 9) return digit;
  const letter = (code | 0x20) - 0x61;
  return letter >= 0 && letter <= 5 ? letter + 10 : -1;
}

/** `'192.0.2.1'` from the four bytes at `at`. */
export function formatIpv4(bytes: Uint8Array, at = 0): string {
  return dotted[bytes[at]!]! + dotted[bytes[at + 1]!]! + dotted[bytes[at + 2]!]! + octets[bytes[at + 3]!]!;
}

/** The RFC 5952 text of the sixteen bytes at `at`; a mapped address ends in its IPv4 form. */
export function formatIpv6(bytes: Uint8Array, at = 0): string {
  if (isMapped(bytes, at)) return `::ffff:${formatIpv4(bytes, at + 12)}`;
  let runAt = 0;
  let run = 0;
  for (let i = 0, length = 0; i < 8; i++) {
    length = group(bytes, at, i) === 0 ? length + 1 : 0;
    // RFC 5952 §4.2.3: the longest run, and the first of two equally long ones.
    if (length > run) {
      run = length;
      runAt = i + 1 - length;
    }
  }
  // RFC 5952 §4.2.2: "::" does not stand for a single group.
  if (run < 2) return groups(bytes, at, 0, 8);
  return `${groups(bytes, at, 0, runAt)}::${groups(bytes, at, runAt + run, 8)}`;
}

function groups(bytes: Uint8Array, at: number, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += (i === from ? '' : ':') + group(bytes, at, i).toString(16);
  return text;
}

function group(bytes: Uint8Array, at: number, index: number): number {
  return (bytes[at + index * 2]! << 8) | bytes[at + index * 2 + 1]!;
}

/** RFC 4291 §2.5.5.2: ::ffff:0:0/96. */
function isMapped(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== 0) return false;
  return bytes[at + 10] === 0xff && bytes[at + 11] === 0xff;
}
