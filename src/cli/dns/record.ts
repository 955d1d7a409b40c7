// Owns the kinds of records of DNS: their names and numbers, and how the data of each is written. Pure.

import { address } from '../../promises/index.js';
import { NoAnswer, readName } from './name.js';

const types: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  ANY: 255,
  CAA: 257,
};

/** The number of a kind that is given by its name, as `TYPE65` or as a number; null when there is none. */
export function typeNumber(text: string): number | null {
  const known = types[text.toUpperCase()];
  if (known !== undefined) return known;
  const [, digits] = /^(?:TYPE)?(\d{1,5})$/i.exec(text) ?? [];
  return digits === undefined || Number(digits) > 65_535 ? null : Number(digits);
}

/** RFC 3597 §5 for those without a name here. */
export function typeName(type: number): string {
  return Object.keys(types).find((name) => types[name] === type) ?? `TYPE${type}`;
}

/** The data of a record as master files have it. */
export function recordWords(type: number, bytes: Buffer, from: number, length: number): string {
  const at = { offset: from };
  const data = bytes.subarray(from, from + length);
  const words = known(type, bytes, at, data);
  // RFC 3597 §5.
  return words ?? `\\# ${length}${length === 0 ? '' : ` ${data.toString('hex')}`}`;
}

function known(type: number, bytes: Buffer, at: { offset: number }, data: Buffer): string | null {
  const short = (offset: number): number => {
    if (offset + 2 > data.length) throw new NoAnswer('a record is too short');
    return data.readUInt16BE(offset);
  };
  const nameAt = (offset: number): string => {
    at.offset += offset;
    return readName(bytes, at);
  };
  switch (typeName(type)) {
    case 'A':
      return data.length === 4 ? data.join('.') : null;
    case 'AAAA':
      return data.length === 16 ? ipv6(data) : null;
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return nameAt(0);
    case 'MX':
      return `${short(0)} ${nameAt(2)}`;
    case 'SRV':
      return `${short(0)} ${short(2)} ${short(4)} ${nameAt(6)}`;
    case 'TXT':
      return strings(data);
    case 'CAA':
      return caa(data);
    case 'SOA':
      return soa(nameAt(0), readName(bytes, at), bytes.subarray(at.offset));
    default:
      return null;
  }
}

function ipv6(data: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => data.readUInt16BE(2 * i).toString(16));
  return address(`[${groups.join(':')}]:0`).address;
}

function soa(server: string, mailbox: string, rest: Buffer): string {
  if (rest.length < 20) throw new NoAnswer('a record is too short');
  const times = Array.from({ length: 5 }, (_, i) => rest.readUInt32BE(4 * i));
  return `${server} ${mailbox} ${times.join(' ')}`;
}

/** Strings with their length before them, in quotation marks. */
function strings(data: Buffer): string {
  const found: string[] = [];
  for (let at = 0; at < data.length; at += 1 + data[at]!) {
    if (at + 1 + data[at]! > data.length) throw new NoAnswer('a record is too short');
    found.push(quoted(data.subarray(at + 1, at + 1 + data[at]!)));
  }
  return found.join(' ');
}

/** RFC 8659 §4.1. */
function caa(data: Buffer): string | null {
  const [flags, length] = data;
  if (flags === undefined || length === undefined || 2 + length > data.length) return null;
  return `${flags} ${data.toString('latin1', 2, 2 + length)} ${quoted(data.subarray(2 + length))}`;
}

function quoted(bytes: Buffer): string {
  const text = [...bytes].map((byte) => {
    const sign = String.fromCharCode(byte);
    if (sign === '"' || sign === '\\') return `\\${sign}`;
    return byte < 32 || byte > 126 ? `\\${String(byte).padStart(3, '0')}` : sign;
  });
  return `"${text.join('')}"`;
}
