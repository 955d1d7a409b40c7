// Owns what somebody on the way may do to the records of TLS: the list of it, and how one of them is done to one direction
// of a connection. It must not know sockets, nor what the two ends make of it.

import type { Draw } from './draw.js';

/** One thing that is done: in which direction, at which of its records, and with which luck. */
export interface Plan {
  readonly toServer: boolean;
  readonly at: number;
  readonly what: What;
  readonly random: Draw;
}

/** What goes on instead of a record, a segment each, and whether the direction ends behind it. */
export interface Passed {
  readonly pieces: readonly Buffer[];
  readonly end?: 'end' | 'reset';
}

/** Records of an earlier connection, and those of the other direction of this one. */
export interface Donors {
  readonly earlier: readonly Buffer[];
  readonly other: readonly Buffer[];
}

export const record = { change: 20, alert: 21, handshake: 22, data: 23 } as const;

/**
 * harmless: everything must arrive. fatal: whoever receives it must not take the connection for whole, and waits for nothing. Of
 * the others each end may go on or fail, but never take anything wrong for right. Some hold bytes back: there an end may wait until its limit.
 */
const table = {
  'pass byte by byte': { kind: 'harmless', withholds: false },
  'pass in pieces': { kind: 'harmless', withholds: false },
  'cut into smaller records': { kind: 'harmless', withholds: false },
  'flip a bit': { kind: 'fatal', withholds: true },
  'flip bits': { kind: 'fatal', withholds: true },
  'edit a hello': { kind: 'fatal', withholds: false },
  'cut and end': { kind: 'fatal', withholds: false },
  'cut and reset': { kind: 'fatal', withholds: false },
  'cut, close_notify and end': { kind: 'fatal', withholds: false },
  'swallow from here on': { kind: 'fatal', withholds: true },
  // What was one byte in the clear may begin a long message now.
  'change the type': { kind: 'any', withholds: true },
  'change the version': { kind: 'any', withholds: false },
  'change the length': { kind: 'fatal', withholds: true },
  drop: { kind: 'any', withholds: true },
  repeat: { kind: 'any', withholds: false },
  'swap with the next': { kind: 'any', withholds: true },
  'insert an alert': { kind: 'any', withholds: false },
  'insert close_notify': { kind: 'any', withholds: false },
  'insert ChangeCipherSpec': { kind: 'any', withholds: false },
  'insert data in the clear': { kind: 'fatal', withholds: false },
  'insert a message': { kind: 'any', withholds: false },
  'insert an empty record': { kind: 'any', withholds: false },
  'insert noise': { kind: 'fatal', withholds: false },
  'insert a record of the other direction': { kind: 'any', withholds: false },
  'insert a record of an earlier connection': { kind: 'any', withholds: false },
  'replace by a record of an earlier connection': { kind: 'any', withholds: false },
} as const;
export type What = keyof typeof table;
export const mutations: Readonly<Record<What, { kind: 'harmless' | 'fatal' | 'any'; withholds: boolean }>> = table;
export const whats = Object.keys(mutations) as readonly What[];

/** One direction, record by record. */
export class Mutator {
  /** The plan was carried out, and changed something. */
  applied = false;
  readonly #plan: Plan | null;
  readonly #donors: Donors;
  #count = 0;
  #held: Buffer | null = null;
  #silent = false;
  #encrypted = false;

  constructor(plan: Plan | null, donors: Donors) {
    this.#plan = plan;
    this.#donors = donors;
  }

  pass(one: Buffer): Passed {
    const number = this.#count++;
    const clear = one[0] === record.handshake && !this.#encrypted;
    if (one[0] === record.change) this.#encrypted = true;
    if (this.#silent) return { pieces: [] };
    if (this.#held !== null) {
      const held = this.#held;
      this.#held = null;
      return { pieces: [one, held] };
    }
    return this.#plan === null || number !== this.#plan.at ? { pieces: [one] } : this.#strike(this.#plan, one, clear);
  }

  #strike({ what, random }: Plan, one: Buffer, clear: boolean): Passed {
    this.applied = true;
    const before = (inserted: Buffer): Passed => ({ pieces: [inserted, one] });
    const donors = this.#donors;
    switch (what) {
      case 'pass byte by byte':
        return { pieces: sliced(one, (at) => (at < 250 ? 1 : 1000)) };
      case 'pass in pieces':
        return { pieces: sliced(one, () => random.between(1, 700)) };
      case 'cut into smaller records':
        return { pieces: clear ? refragmented(one, random) : sliced(one, () => random.between(1, 700)) };
      case 'flip a bit':
        return { pieces: [flipped(one, random, 1)] };
      case 'flip bits':
        return { pieces: [flipped(one, random, random.between(2, 5))] };
      case 'edit a hello': {
        const edited = clear ? editedHello(one, random) : flipped(one, random, 1);
        this.applied = !edited.equals(one);
        return { pieces: [edited] };
      }
      case 'cut and end':
      case 'cut and reset':
        return {
          pieces: [one.subarray(0, random.between(0, one.length - 1))],
          end: what === 'cut and end' ? 'end' : 'reset',
        };
      case 'cut, close_notify and end':
        return { pieces: [alert(1, 0)], end: 'end' };
      case 'swallow from here on':
        this.#silent = true;
        return { pieces: [one.subarray(0, random.between(0, one.length - 1))] };
      case 'change the type':
        return { pieces: [changed(one, 0, other(random, [20, 21, 22, 23, 24, 0, 0x80, 0xff], one[0]))] };
      case 'change the version':
        return { pieces: [changed(one, random.pick([1, 2]), random.pick([0, 1, 2, 4, 0xfe, 0xff]))] };
      case 'change the length':
        return { pieces: [resized(one, random)] };
      case 'drop':
        return { pieces: [] };
      case 'repeat':
        return { pieces: [one, one] };
      case 'swap with the next':
        this.#held = one;
        return { pieces: [] };
      case 'insert an alert':
        return before(alert(random.pick([1, 2]), random.pick([0, 10, 20, 40, 42, 48, 70, 80, 90, 100, 112])));
      case 'insert close_notify':
        return before(alert(1, 0));
      case 'insert ChangeCipherSpec':
        return before(made(record.change, Buffer.from(random.pick([[1], [1], [1, 1], [0], [2]]))));
      case 'insert data in the clear':
        return before(made(record.data, Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(random.between(1, 3)))));
      case 'insert a message':
        // HelloRequest, ServerHelloDone, a Finished, KeyUpdate, a certificate request without anything.
        return before(made(record.handshake, message(random.pick([0, 14, 20, 24, 13, 1, 2, 4]), random)));
      case 'insert an empty record':
        return before(made(random.pick([20, 21, 22, 23]), Buffer.alloc(0)));
      case 'insert noise':
        return before(noise(random));
      case 'insert a record of the other direction':
        return donors.other.length === 0 ? before(alert(2, 40)) : before(random.pick(donors.other));
      case 'insert a record of an earlier connection':
        return before(donors.earlier[random.between(0, donors.earlier.length - 1)] ?? one);
      case 'replace by a record of an earlier connection':
        return { pieces: [donors.earlier[this.#count - 1] ?? alert(2, 40)] };
    }
  }
}

/** Takes whole records out of what has come, and leaves the rest. */
export function takeRecords(bytes: Buffer): { records: Buffer[]; rest: Buffer } {
  const records: Buffer[] = [];
  let at = 0;
  while (bytes.length - at >= 5 && bytes.length - at >= 5 + bytes.readUInt16BE(at + 3)) {
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    records.push(bytes.subarray(at, end));
    at = end;
  }
  return { records, rest: bytes.subarray(at) };
}

/** One of them that is not what is there. */
function other(random: Draw, values: readonly number[], present: number | undefined): number {
  return random.pick(values.filter((value) => value !== present));
}

function made(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type, 3, 3, content.length >> 8, content.length & 255]), content]);
}

function alert(level: number, description: number): Buffer {
  return made(record.alert, Buffer.from([level, description]));
}

function message(type: number, random: Draw): Buffer {
  const length = random.pick([0, 0, 1, 12, 32, 200]);
  return Buffer.concat([Buffer.from([type, 0, 0, length]), random.bytes(length)]);
}

/** No record begins like this. */
function noise(random: Draw): Buffer {
  const bytes = random.bytes(random.between(5, 300));
  bytes[0] = random.pick([0, 1, 19, 25, 0x47, 0x7f, 0xff]);
  // With the version of a record its length would count, and bytes be waited for.
  if (bytes[1] === 3) bytes[1] = 4;
  return bytes;
}

function changed(one: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(one);
  copy[at] = value;
  return copy;
}

function resized(one: Buffer, random: Draw): Buffer {
  const copy = Buffer.from(one);
  const length = one.length - 5;
  copy.writeUInt16BE(other(random, [0, length - 1, length + 1, length >> 1, 16_384, 16_641, 65_535], length), 3);
  return copy;
}

/** Not the head: that has its own mutations. */
function flipped(one: Buffer, random: Draw, bits: number): Buffer {
  const copy = Buffer.from(one);
  const places = new Set<number>();
  while (places.size < Math.min(bits, (one.length - 5) * 8)) places.add(random.between(40, one.length * 8 - 1));
  for (const bit of places) copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

function sliced(one: Buffer, size: (at: number) => number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < one.length;) {
    const end = Math.min(one.length, at + size(at));
    pieces.push(one.subarray(at, end));
    at = end;
  }
  return pieces;
}

/** RFC 8446 §5.1, RFC 5246 §6.2.1: a message may stand in any number of records. */
function refragmented(one: Buffer, random: Draw): Buffer[] {
  const most = random.pick([50, 200, 1000]);
  return sliced(one.subarray(5), () => random.between(1, most)).map((content) => {
    const piece = made(record.handshake, content);
    one.copy(piece, 1, 1, 3);
    return piece;
  });
}

/** What an attacker would want to change: versions, names, protocols, extensions. As it is where nothing of it is there. */
function editedHello(one: Buffer, random: Draw): Buffer {
  const present = edits.filter(([from]) => one.includes(from));
  if (present.length === 0) return one;
  const [from, to] = random.pick(present);
  const copy = Buffer.from(one);
  to.copy(copy, one.indexOf(from));
  return copy;
}

const hex = (text: string): Buffer => Buffer.from(text.replace(/ /g, ''), 'hex');
const extension = (number: string, length: string): [Buffer, Buffer] => [hex(number + length), hex(`fa7a${length}`)];

const edits: readonly (readonly [from: Buffer, to: Buffer])[] = [
  [Buffer.from('localhost'), Buffer.from('evil.test')],
  [Buffer.from('bk-one'), Buffer.from('bk-two')],
  // supported_versions of a client, and of a server.
  [hex('002b 0003 02 0304'), hex('002b 0003 02 0303')],
  [hex('002b 0002 0304'), hex('002b 0002 0303')],
  [hex('0304 0303'), hex('0302 0303')],
  [hex('002b 0005'), hex('fa7a 0005')],
  // extended_master_secret, encrypt_then_mac, session_ticket, key_share, signature_algorithms, psk_key_exchange_modes.
  extension('0017', '0000'),
  extension('0016', '0000'),
  extension('0023', '0000'),
  extension('0033', '0026'),
  extension('002d', '0002'),
  // Suites: another order.
  [hex('1302 1303 1301'), hex('1301 1303 1302')],
  [hex('1301 1302'), hex('1302 1301')],
  [hex('c02b c02f'), hex('c02f c02b')],
  [hex('c02c c030'), hex('c030 c02c')],
  // The answer of a server: another suite, another group.
  [hex('1301 00'), hex('1302 00')],
  [hex('1302 00'), hex('1301 00')],
  [hex('001d 0020'), hex('0017 0020')],
];
