// Owns text: strings to bytes and back, strictly. What cannot be converted is an error; nothing is replaced.

import { invalidType, invalidValue } from '../error/invalid.js';
import { refusal } from '../error/make.js';
import { isWellFormed, type Converter } from './converter.js';
import { iconvConverter, iconvName } from './iconv.js';
import { utf16, utf32 } from './unicode.js';
import { utf7, utf7Imap } from './utf7.js';

/** A name that `encodingOf` gave: 'utf-8', 'latin1', or one in lower case that has a converter. */
export type Encoding = string;

/** The names that iconv-lite is not asked for, without what it passes over in a name: 'UTF-8' is 'utf8'. */
const own: Readonly<Record<string, Encoding>> = {
  utf8: 'utf-8',
  unicode11utf8: 'utf-8',
  latin1: 'latin1',
  iso88591: 'latin1',
  binary: 'latin1',
  ascii: 'ascii',
  usascii: 'ascii',
  utf16le: 'utf-16le',
  ucs2: 'utf-16le',
  utf16be: 'utf-16be',
  utf16: 'utf-16',
  utf32le: 'utf-32le',
  utf32be: 'utf-32be',
  utf32: 'utf-32',
  utf7: 'utf-7',
  utf7imap: 'utf-7-imap',
};

/** These two are in iconv-lite's list, but what they write is no text. */
const noText = ['base64', 'hex'];

const ascii: Converter = {
  unit: 1,
  encode: (text) => (/^[\0-\x7f]*$/.test(text) ? Buffer.from(text, 'latin1') : null),
  decode: (bytes) => (bytes.every((byte) => byte < 0x80) ? bytes.toString('latin1') : null),
  whole: (bytes) => bytes.length,
};

/** Those that are no more than an entry here, and those of iconv-lite that were asked for. */
const converters = new Map<Encoding, Converter>([
  ['ascii', ascii],
  ['utf-16', utf16(true, true)],
  ['utf-16le', utf16(true)],
  ['utf-16be', utf16(false)],
  ['utf-32', utf32(true)],
  ['utf-32le', utf32(true)],
  ['utf-32be', utf32(false)],
  ['utf-7', utf7],
  ['utf-7-imap', utf7Imap],
]);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The encoding that a name means. */
export function encodingOf(argument: string, name: unknown): Encoding {
  if (name === 'utf-8' || name === 'latin1') return name;
  if (typeof name !== 'string') throw invalidType(argument, 'the name of an encoding', name);
  const lower = name.toLowerCase();
  if (converters.has(lower)) return lower;
  const sound = /^[\w.:+() -]+$/.test(lower);
  const ours = sound ? ownName(lower) : null;
  if (ours !== null) return ours;
  const known = sound ? iconvName(lower) : null;
  if (known === null || noText.includes(known))
    throw invalidValue(argument, "must be the name of an encoding of text, such as 'utf-8' or 'windows-1252'", name);
  const alias = ownName(known);
  if (alias !== null) return alias;
  converters.set(lower, iconvConverter(known));
  return lower;
}

export function encodeText(argument: string, text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-8') {
    if (!isWellFormed(text)) throw unconvertible(argument, 'has half of a surrogate pair');
    return Buffer.from(text, 'utf8');
  }
  if (encoding === 'latin1') {
    // eslint-disable-next-line no-control-regex
    if (/[^\u0000-\u00ff]/.test(text)) throw unconvertible(argument, 'has a character above U+00FF');
    return Buffer.from(text, 'latin1');
  }
  const converter = converters.get(encoding)!;
  const bytes = converter.encode(text);
  if (bytes === null) throw unconvertible(argument, why(text, encoding, converter));
  return bytes;
}

export function decodeText(bytes: Buffer, encoding: Encoding): string {
  const text = textOf(bytes, encoding);
  if (text !== null) return text;
  throw refusal('ERR_ENCODING', 'read', `the bytes that arrived are not ${shown(encoding)}`, {
    hint: "Nothing was consumed. Read bytes, or set another `encoding`: to 'latin1' all bytes are text.",
  });
}

/** The text of bytes, or null if they are none. */
function textOf(bytes: Buffer, encoding: Encoding): string | null {
  if (encoding === 'latin1') return bytes.toString('latin1');
  if (encoding !== 'utf-8') return converters.get(encoding)!.decode(bytes);
  // One byte per character is the common case; the strict decoder is for the rest.
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** How many of the bytes are whole characters. What could not be a character in any case counts as one. Of the first `known` it was 0. */
export function wholeCharacters(bytes: Buffer, encoding: Encoding, known = 0): number {
  if (encoding === 'latin1') return bytes.length;
  return encoding === 'utf-8' ? wholeUtf8(bytes) : converters.get(encoding)!.whole(bytes, known);
}

/** How many bytes the smallest character has, in which line ends are looked for. */
export function unitOf(encoding: Encoding): 1 | 2 | 4 {
  return converters.get(encoding)?.unit ?? 1;
}

/** How to walk from character to character, for encodings where text must not be searched byte by byte; else undefined. */
export function characterLength(encoding: Encoding): Converter['lengthAt'] {
  return converters.get(encoding)?.lengthAt;
}

/** RFC 3629, section 3: only the last character can be incomplete, and its first byte says how long it is. */
function wholeUtf8(bytes: Buffer): number {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back]!;
    if (byte < 0x80) return length;
    if (byte < 0xc0) continue;
    const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return size > back ? length - back : length;
  }
  return length;
}

function ownName(key: string): Encoding | null {
  const plain = key.replace(/[^0-9a-z]/g, '');
  return Object.hasOwn(own, plain) ? own[plain]! : null;
}

function why(text: string, encoding: Encoding, converter: Converter): string {
  for (const character of text)
    if (converter.encode(character) === null)
      return isWellFormed(character)
        ? `has U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}, which ${shown(encoding)} has not`
        : 'has half of a surrogate pair';
  return `cannot be written in ${shown(encoding)}`;
}

function shown(encoding: Encoding): string {
  return encoding === 'utf-8' ? 'UTF-8' : encoding;
}

function unconvertible(argument: string, why: string): Error {
  return refusal('ERR_ENCODING', 'write', `the "${argument}" argument ${why}; nothing was sent`);
}
