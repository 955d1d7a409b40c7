// Owns the form of ALPN: a list of names as it goes over the wire. RFC 7301 §3.1.

import { invalidType, invalidValue } from '../../error/invalid.js';

/** Each name behind its length; null for no names. @throws TypeError */
export function parseAlpn(argument: string, value: unknown): Buffer | null {
  if (!Array.isArray(value)) throw invalidType(argument, 'an array of strings', value);
  const parts: Buffer[] = [];
  let total = 0;
  for (const [i, name] of (value as unknown[]).entries()) {
    if (typeof name !== 'string') throw invalidType(`${argument}[${i}]`, 'a string', name);
    const bytes = Buffer.from(name);
    if (bytes.length < 1 || bytes.length > 255)
      throw invalidValue(`${argument}[${i}]`, 'must have 1 to 255 bytes', name);
    parts.push(Buffer.of(bytes.length), bytes);
    total += 1 + bytes.length;
  }
  if (total > 65_535) throw invalidValue(argument, 'must have at most 65535 bytes together', `${total} bytes`);
  return parts.length === 0 ? null : Buffer.concat(parts);
}
