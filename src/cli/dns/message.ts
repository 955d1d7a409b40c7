// Owns the bytes of DNS messages (RFC 1035 §4): a question out, an answer in. Pure. What comes in may be anything: every length is
// checked, and a pointer leads only backwards.

import { nameBytes, NoAnswer, readName } from './name.js';
import { recordWords } from './record.js';

export interface Question {
  readonly id: number;
  readonly name: string;
  readonly type: number;
}

export interface DnsRecord {
  readonly name: string;
  readonly type: number;
  /** In seconds. */
  readonly ttl: number;
  /** As master files write it: RFC 1035 §5.1. */
  readonly data: string;
}

export interface Answer {
  readonly id: number;
  /** RFC 1035 §4.1.1; 0 is no error, 3 that there is no such name. */
  readonly status: number;
  /** The answer did not fit. */
  readonly truncated: boolean;
  readonly authoritative: boolean;
  readonly records: readonly DnsRecord[];
}

/** A query for one type, with recursion desired, and room for 1,232 bytes (RFC 6891). */
export function query({ id, name, type }: Question): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(0x0100, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(1, 10);
  const asked = Buffer.alloc(4);
  asked.writeUInt16BE(type, 0);
  asked.writeUInt16BE(1, 2);
  return Buffer.concat([header, nameBytes(name), asked, Buffer.from([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0])]);
}

/** @throws NoAnswer when it is none, or another question's */
export function answer(bytes: Buffer, { id, name, type }: Question): Answer {
  if (bytes.length < 12) throw new NoAnswer('the answer is cut off');
  const flags = bytes.readUInt16BE(2);
  if (bytes.readUInt16BE(0) !== id || (flags & 0x8000) === 0) throw new NoAnswer('it answers another question');
  const at = { offset: 12 };
  for (let n = bytes.readUInt16BE(4); n > 0; n--) {
    const asked = readName(bytes, at);
    const kind = number(bytes, at, 2);
    number(bytes, at, 2);
    // RFC 5452 §9.1: whoever guesses the number has to guess the question as well.
    if (asked.toLowerCase() !== readName(nameBytes(name), { offset: 0 }) || kind !== type)
      throw new NoAnswer('it answers another question');
  }
  const records: DnsRecord[] = [];
  for (let n = bytes.readUInt16BE(6); n > 0; n--) records.push(readRecord(bytes, at));
  return {
    id,
    status: flags & 15,
    truncated: (flags & 0x0200) !== 0,
    authoritative: (flags & 0x0400) !== 0,
    records,
  };
}

function readRecord(bytes: Buffer, at: { offset: number }): DnsRecord {
  const name = readName(bytes, at);
  const type = number(bytes, at, 2);
  number(bytes, at, 2);
  const ttl = number(bytes, at, 4);
  const length = number(bytes, at, 2);
  const from = at.offset;
  if (from + length > bytes.length) throw new NoAnswer('the answer is cut off');
  at.offset = from + length;
  return { name, type, ttl, data: recordWords(type, bytes, from, length) };
}

function number(bytes: Buffer, at: { offset: number }, size: number): number {
  if (at.offset + size > bytes.length) throw new NoAnswer('the answer is cut off');
  at.offset += size;
  return bytes.readUIntBE(at.offset - size, size);
}
