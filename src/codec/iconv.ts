// Owns the use of iconv-lite, which knows the encodings that are not ours, and loads it when the first of them is named.
// iconv-lite puts '?' and U+FFFD where something cannot be converted. Here that is found out, so that nothing is replaced:
// text is only written if what was written reads back as the same text.

import { createRequire } from 'node:module';
import { isWellFormed, type Converter } from './converter.js';

/** What is used of iconv-lite. */
interface Iconv {
  /** Definitions by name; a string is the name that an alias stands for. */
  readonly encodings: Readonly<Record<string, unknown>> | null;
  encodingExists(name: string): boolean;
  getEncoder(name: string): { write(text: string): Buffer; end(): Buffer | undefined };
  getDecoder(name: string, o: { stripBOM: boolean }): { write(bytes: Buffer): string; end(): unknown };
}

type LengthAt = (bytes: Buffer, at: number) => number;

let loaded: Iconv | null = null;

/** The name that iconv-lite's tables have for an encoding, or null if it does not know it. */
export function iconvName(name: string): string | null {
  const iconv = load();
  if (!iconv.encodingExists(name)) return null;
  // As iconv-lite itself reads a name.
  let key = name.toLowerCase().replace(/:\d{4}$|[^0-9a-z]/g, '');
  for (let next: unknown; typeof (next = iconv.encodings![key]) === 'string';) key = next;
  return key;
}

/** A converter for an encoding by the name that `iconvName` gave. */
export function iconvConverter(name: string): Converter {
  const iconv = load();
  // These two have U+FFFD as a character; in all others it can only stand for bytes that are none.
  const unicode = name === 'gb18030' || name === 'cesu8';
  const lengthAt = lengths[name];

  function write(text: string): Buffer {
    const encoder = iconv.getEncoder(name);
    const bytes = encoder.write(text);
    const last = encoder.end();
    return last === undefined || last.length === 0 ? bytes : Buffer.concat([bytes, last]);
  }

  function read(bytes: Buffer): string {
    const decoder = iconv.getDecoder(name, { stripBOM: false });
    const text = decoder.write(bytes);
    const last = decoder.end();
    // The decoder of CESU-8 ends with the number 0 when all is well.
    return typeof last === 'string' ? text + last : text;
  }

  function encode(text: string): Buffer | null {
    if (!isWellFormed(text) || (!unicode && text.includes(REPLACED))) return null;
    const bytes = write(text);
    return read(bytes) === text ? bytes : null;
  }

  function decode(bytes: Buffer): string | null {
    const text = read(bytes);
    if (!isWellFormed(text)) return null;
    if (!unicode) return text.includes(REPLACED) ? null : text;
    if (write(text).equals(bytes)) return text;
    // Some characters have two forms in GB18030, of which only one is written.
    return name === 'gb18030' && isGb18030(bytes) ? text : null;
  }

  /** Four bytes have one form only; of fewer, U+FFFD is none. */
  function isGb18030(bytes: Buffer): boolean {
    for (let at = 0; at < bytes.length;) {
      const end = at + lengthAt!(bytes, at);
      const one = bytes.subarray(at, end);
      const text = read(one);
      if (end - at === 4 ? !write(text).equals(one) : text.includes(REPLACED)) return false;
      at = end;
    }
    return true;
  }

  /** Of no encoding here has a character more than six bytes. */
  function whole(bytes: Buffer): number {
    if (lengthAt === undefined) return bytes.length;
    let at = 0;
    while (at < bytes.length) {
      const next = at + lengthAt(bytes, at);
      if (next > bytes.length) return at;
      at = next;
    }
    return at;
  }

  return { unit: 1, encode, decode, whole, ...(lengthAt === undefined ? {} : { lengthAt }) };
}

const REPLACED = '\ufffd';

/**
 * How long a character is, by its first bytes. A second byte that cannot be one makes the first a character of its own,
 * so that a line end is never taken for part of a character.
 */
const lengths: Readonly<Partial<Record<string, LengthAt>>> = {
  shiftjis: (bytes, at) => two(bytes, at, (lead) => (lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc)),
  cp936: asian,
  gbk: asian,
  cp949: asian,
  cp950: asian,
  big5hkscs: asian,
  eucjp: (bytes, at) => {
    if (bytes[at] === 0x8f) return isHigh(bytes[at + 1]) && isHigh(bytes[at + 2]) ? 3 : 1;
    return two(bytes, at, (lead) => lead === 0x8e || (lead >= 0xa1 && lead <= 0xfe));
  },
  gb18030: (bytes, at) => (isDigit(bytes[at + 1]) && isLead(bytes[at]!) ? 4 : asian(bytes, at)),
  cesu8: (bytes, at) => {
    const lead = bytes[at]!;
    if (lead < 0xc0) return 1;
    // A character outside of the basic plane is two of three bytes, the first of which begins with ED A0 to ED AF.
    if (lead === 0xed && (bytes[at + 1] ?? 0) >= 0xa0 && (bytes[at + 1] ?? 0) <= 0xaf) return 6;
    return lead < 0xe0 ? 2 : 3;
  },
};

function asian(bytes: Buffer, at: number): number {
  return two(bytes, at, isLead);
}

function two(bytes: Buffer, at: number, leads: (byte: number) => boolean): number {
  return leads(bytes[at]!) && isTrail(bytes[at + 1]) ? 2 : 1;
}

function isLead(byte: number): boolean {
  return byte >= 0x81 && byte <= 0xfe;
}

// What has not come yet is taken for what is expected.
function isTrail(byte = 0xff): boolean {
  return byte >= 0x40;
}
function isHigh(byte = 0xff): boolean {
  return byte >= 0xa1;
}
function isDigit(byte = 0): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function load(): Iconv {
  return (loaded ??= createRequire(import.meta.url)('iconv-lite') as Iconv);
}
