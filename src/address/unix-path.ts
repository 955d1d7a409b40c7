// Owns the names of Unix sockets: text ↔ the bytes of sun_path, and what a name may be. Does not look at the file system.
//
// A pathname reads as itself, an abstract name as '@name' (unix(7)). Bytes that such a text cannot carry (not UTF-8, a
// NUL inside an abstract name, a pathname of 108 bytes or one that begins with '@') are `exact: false`: the text is then
// for people, and whoever holds it must keep the bytes as well.

import { Buffer } from 'node:buffer';
import { invalidType, invalidValue } from '../error/invalid.js';

/** sizeof(sun_path) is 108; a pathname ends in a NUL, an abstract name begins with one. */
const longest = 107;

/** Checks a name that a caller wrote, and returns it. Never truncates: too long is an error. */
export function checkUnixPath(argument: string, path: unknown): string {
  if (typeof path !== 'string') throw invalidType(argument, 'a Unix path', path);
  if (path === '') throw invalidValue(argument, 'is an empty Unix path', path);
  if (path.includes('\0')) throw invalidValue(argument, 'is a Unix path with a NUL byte in it', path);
  if (/\p{Surrogate}/u.test(path)) throw invalidValue(argument, 'is a Unix path that has no UTF-8 form', path);
  const length = Buffer.byteLength(path) - (path.startsWith('@') ? 1 : 0);
  if (length > longest) {
    throw invalidValue(argument, `is a Unix path of ${length} bytes; the system's limit is ${longest} bytes`, path);
  }
  return path;
}

/** The bytes of sun_path: with the NUL behind a pathname, or the NUL before an abstract name. */
export function encodeUnixPath(path: string): Uint8Array {
  return Buffer.from(path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`);
}

/** Reads the bytes of sun_path; null for an unnamed socket. `exact` says whether the text leads back to the same name. */
export function decodeUnixPath(bytes: Uint8Array): { path: string; exact: boolean } | null {
  if (bytes.length === 0) return null;
  if (bytes[0] === 0) {
    const name = text(bytes.subarray(1));
    return { path: `@${name.text}`, exact: name.exact && bytes.length <= longest + 1 && !name.text.includes('\0') };
  }
  const end = bytes.indexOf(0);
  const name = text(end === -1 ? bytes : bytes.subarray(0, end));
  const inside = name.exact && (end === -1 ? bytes.length : end) <= longest;
  // A file '@x' in the working directory must not read as the abstract name '@x'.
  if (name.text.startsWith('@')) return { path: `./${name.text}`, exact: false };
  return { path: name.text, exact: inside };
}

function text(bytes: Uint8Array): { text: string; exact: boolean } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('utf8');
  // Wrong bytes become U+FFFD, so only a text that has one needs the comparison.
  return { text, exact: !text.includes('\ufffd') || Buffer.from(text).equals(buffer) };
}
