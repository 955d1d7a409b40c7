// Owns text: strings to bytes and back, strictly. What cannot be converted is an error; nothing is replaced.

import { invalidType, invalidValue } from '../error/invalid.js';
import { refusal } from '../error/make.js';

export type Encoding = 'utf-8' | 'latin1';

const names: Record<string, Encoding> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  latin1: 'latin1',
  'iso-8859-1': 'latin1',
  binary: 'latin1',
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// TypeScript's ES2023 library does not have it yet; Node 20 does.
interface WellFormed {
  isWellFormed(): boolean;
}

/** The encoding that a name means. */
export function encodingOf(argument: string, name: unknown): Encoding {
  if (typeof name !== 'string') throw invalidType(argument, 'the name of an encoding', name);
  const key = name.toLowerCase();
  const encoding = Object.hasOwn(names, key) ? names[key] : undefined;
  if (encoding === undefined) throw invalidValue(argument, "must be 'utf-8' or 'latin1'", name);
  return encoding;
}

export function encodeText(argument: string, text: string, encoding: Encoding): Buffer {
  if (encoding === 'latin1') {
    const bytes = Buffer.from(text, 'latin1');
    // eslint-disable-next-line no-control-regex
    if (/[^\u0000-\u00ff]/.test(text)) throw unconvertible(argument, 'has a character above U+00FF');
    return bytes;
  }
  if (!(text as unknown as WellFormed).isWellFormed()) throw unconvertible(argument, 'has half of a surrogate pair');
  return Buffer.from(text, 'utf8');
}

export function decodeText(bytes: Buffer, encoding: Encoding): string {
  if (encoding === 'latin1') return bytes.toString('latin1');
  // One byte per character is the common case; the strict decoder is for the rest.
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw refusal('ERR_ENCODING', 'read', 'the bytes that arrived are not UTF-8', {
      cause,
      hint: "Nothing was consumed. Read bytes, or set `encoding` to 'latin1'.",
    });
  }
}

function unconvertible(argument: string, why: string): Error {
  return refusal('ERR_ENCODING', 'write', `the "${argument}" argument ${why}; nothing was sent`);
}
