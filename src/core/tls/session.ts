// Owns the envelope in which a session is handed out: OpenSSL's own bytes, and under which conditions they were agreed
// on. A resumed session is not verified again, so it is only good where the same would be verified with the same result.

import { invalidValue } from '../../error/invalid.js';
import { digestBytes } from './digest.js';

/** What a session is good for: name, trust, pins, kind of verification, our own certificate. */
export type Binding = readonly (string | null)[];

/** `until` is when the certificates expire that it comes from, or what says that they are not revoked, in ms since 1970. */
export function wrapSession(der: Uint8Array, authorized: boolean, until: number, binding: Binding): Buffer {
  const flags = Buffer.of(VERSION, authorized ? AUTHORIZED : 0);
  const moment = Buffer.alloc(UNTIL);
  moment.writeDoubleBE(until);
  const content = Buffer.concat([MAGIC, flags, moment, digestOf(binding), der]);
  return Buffer.concat([content, checksum(content)]);
}

/** The session's own bytes and how long they are good; null when it was made under other conditions, or certificates have expired. @throws TypeError for garbage */
export function openSession(
  argument: string,
  bytes: Uint8Array,
  wanted: { binding: Binding; mustBeAuthorized: boolean },
): { der: Buffer; until: number } | null {
  const all = Buffer.from(bytes);
  const content = all.subarray(0, -CHECKSUM);
  if (!all.subarray(0, MAGIC.length).equals(MAGIC) || !checksum(content).equals(all.subarray(-CHECKSUM)))
    throw invalidValue(argument, 'must be what conn.tls.session was', `${bytes.length} bytes`);
  if (content.length <= HEAD || content[MAGIC.length] !== VERSION) return null;
  if (wanted.mustBeAuthorized && (content[MAGIC.length + 1]! & AUTHORIZED) === 0) return null;
  if (!content.subarray(HEAD - BINDING, HEAD).equals(digestOf(wanted.binding))) return null;
  const until = content.readDoubleBE(MAGIC.length + 2);
  return until > Date.now() ? { der: content.subarray(HEAD), until } : null;
}

const MAGIC = Buffer.from('berkeley session');
const VERSION = 2;
const AUTHORIZED = 1;
const UNTIL = 8;
const BINDING = 32;
const CHECKSUM = 8;
const HEAD = MAGIC.length + 2 + UNTIL + BINDING;

/** A part that is absent is another than one that is empty. Another OpenSSL may write sessions in another form. */
function digestOf(binding: Binding): Buffer {
  const parts = binding.map((part) => (part === null ? '-' : `+${part}`));
  return digestBytes(process.versions['openssl'] ?? '', ...parts);
}

function checksum(content: Uint8Array): Buffer {
  return digestBytes(content).subarray(0, CHECKSUM);
}
