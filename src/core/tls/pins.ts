// Owns the form of pins: SHA-256 of a public key (SubjectPublicKeyInfo), in base64 or hexadecimal. RFC 7469 §2.4.

import { invalidType, invalidValue } from '../../error/invalid.js';

/** 32 bytes each. @throws TypeError */
export function parsePins(argument: string, value: unknown): Buffer[] {
  if (!Array.isArray(value)) throw invalidType(argument, 'an array of strings', value);
  // None would mean that any key will do, which is not what somebody means who pins.
  if (value.length === 0) throw invalidValue(argument, 'must not be empty', value);
  return value.map((one: unknown, i) => parsePin(`${argument}[${i}]`, one));
}

function parsePin(argument: string, value: unknown): Buffer {
  if (typeof value !== 'string') throw invalidType(argument, 'a string', value);
  const text = value.replace(/^sha256\//, '');
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (/^(?:[0-9a-f]{2}:){31}[0-9a-f]{2}$/i.test(text)) return Buffer.from(text.replaceAll(':', ''), 'hex');
  // 32 bytes are 43 characters and one of padding; the last character holds four bits of them.
  if (/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=?$/.test(text)) return Buffer.from(text, 'base64');
  throw invalidValue(argument, 'must be SHA-256 of a public key, in base64 or hexadecimal', value);
}
