// Owns the tests of the decoder of control messages with bytes that no kernel writes: it must agree with cmsg(3) read word
// by word, never fail, never look beside its memory, and never find a descriptor that nobody passed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants } from 'berkeley';
import fc from 'fast-check';
import type * as Control from '../../src/core/message/control.js';
import type * as Decoder from '../../src/core/message/meta.js';

const folder = '../../../compiled/core/message';
const { readControl } = (await import(new URL(`${folder}/control.js`, import.meta.url).href)) as typeof Control;
const { decodeMeta, descriptorsIn } = (await import(
  new URL(`${folder}/meta.js`, import.meta.url).href
)) as typeof Decoder;

const C = constants as Record<string, number>;
const WORD = ['arm', 'ia32', 'mips', 'mipsel'].includes(process.arch) ? 4 : 8;
const HEADER = WORD + 8;

interface One {
  level: number;
  type: number;
  data: number[];
}

/** CMSG_FIRSTHDR and CMSG_NXTHDR, in whole numbers of any size. */
function naive(memory: Uint8Array): One[] {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const found: One[] = [];
  const size = BigInt(memory.length);
  for (let at = 0n; at + BigInt(HEADER) <= size;) {
    const begin = Number(at);
    const length = WORD === 8 ? view.getBigUint64(begin, true) : BigInt(view.getUint32(begin, true));
    if (length < HEADER) break;
    const end = at + length < size ? at + length : size;
    const data = [...memory.subarray(begin + HEADER, Number(end))];
    found.push({ level: view.getInt32(begin + WORD, true), type: view.getInt32(begin + WORD + 4, true), data });
    at += ((length + BigInt(WORD) - 1n) / BigInt(WORD)) * BigInt(WORD);
  }
  return found;
}

/** Levels and types that mean something to the decoder, and any others. */
const meaning = fc.oneof(
  fc.constantFrom(
    [C['SOL_SOCKET'], C['SCM_RIGHTS']],
    [C['SOL_SOCKET'], C['SCM_CREDENTIALS']],
    [C['SOL_SOCKET'], C['SCM_PIDFD']],
    [C['IPPROTO_IP'], C['IP_TOS']],
    [C['IPPROTO_IP'], C['IP_TTL']],
    [C['IPPROTO_IP'], C['IP_PKTINFO']],
    [C['IPPROTO_IPV6'], C['IPV6_TCLASS']],
    [C['IPPROTO_IPV6'], C['IPV6_HOPLIMIT']],
    [C['IPPROTO_IPV6'], C['IPV6_PKTINFO']],
    [C['IPPROTO_UDP'], C['UDP_GRO']],
    [C['IPPROTO_UDP'], C['UDP_SEGMENT']],
  ),
  // The timestamps: their numbers have several names.
  fc.tuple(fc.constant(C['SOL_SOCKET']), fc.integer({ min: 0, max: 80 })),
  fc.tuple(fc.integer(), fc.integer()),
);

/** A control message whose length is its own, or a lie. */
const lie = fc.oneof(
  fc.bigInt({ min: 0n, max: 64n }),
  fc.constantFrom(...[31n, 32n, 33n, 63n].flatMap((bit) => [(1n << bit) - 8n, 1n << bit, (1n << bit) + 24n])),
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
);
const message = fc
  .tuple(meaning, fc.uint8Array({ maxLength: 64 }), fc.option(lie, { freq: 4 }))
  .map(([[level = 0, type = 0], data, length]) => {
    const bytes = new Uint8Array((HEADER + data.length + WORD - 1) & -WORD);
    const view = new DataView(bytes.buffer);
    const told = BigInt.asUintN(WORD * 8, length ?? BigInt(HEADER + data.length));
    if (WORD === 8) view.setBigUint64(0, told, true);
    else view.setUint32(0, Number(told), true);
    view.setInt32(WORD, level, true);
    view.setInt32(WORD + 4, type, true);
    bytes.set(data, HEADER);
    return bytes;
  });
const several = fc
  .tuple(fc.array(message, { maxLength: 4 }), fc.nat({ max: 40 }))
  .map(([all, cut]) => new Uint8Array(Buffer.concat(all)).subarray(0, -cut || undefined));
const memories = fc.oneof(several, fc.uint8Array({ maxLength: 160 }));
const runs = { numRuns: 5000 };

/** The same bytes with others around them. */
function amid(bytes: Uint8Array, other: number): Uint8Array {
  const room = new Uint8Array(bytes.length + 64).fill(other);
  room.set(bytes, 32);
  return room.subarray(32, 32 + bytes.length);
}

test('control messages are found as cmsg(3) has it, whatever the bytes', () => {
  fc.assert(
    fc.property(memories, (bytes) => {
      const found = readControl(bytes).map(({ level, type, data }) => ({ level, type, data: [...data] }));
      assert.deepEqual(found, naive(bytes));
    }),
    runs,
  );
});

test('whatever the bytes, decoding them does not fail, and does not depend on what lies around them', () => {
  fc.assert(
    fc.property(memories, (bytes) => {
      assert.deepEqual(decodeMeta(amid(bytes, 0), null), decodeMeta(amid(bytes, 0xff), null));
      assert.deepEqual(descriptorsIn(amid(bytes, 0)), descriptorsIn(amid(bytes, 0xff)));
    }),
    runs,
  );
});

test('descriptors are the whole ints of SCM_RIGHTS, and without any that were passed there are none to take', () => {
  fc.assert(
    fc.property(memories, (bytes) => {
      const expected = naive(bytes)
        .filter(({ level, type }) => level === C['SOL_SOCKET'] && type === C['SCM_RIGHTS'])
        .flatMap(({ data }) => {
          const view = Buffer.from(data);
          return Array.from({ length: data.length >> 2 }, (_, i) => view.readInt32LE(4 * i));
        })
        .filter((fd) => fd >= 0);
      assert.deepEqual(descriptorsIn(bytes).passed, expected);
      assert.equal('fds' in decodeMeta(bytes, null), false);
    }),
    runs,
  );
});

test('a field is there only where a control message of its kind is', () => {
  const kinds: Record<string, [string, string][]> = {
    tos: [
      ['IPPROTO_IP', 'IP_TOS'],
      ['IPPROTO_IPV6', 'IPV6_TCLASS'],
    ],
    ttl: [
      ['IPPROTO_IP', 'IP_TTL'],
      ['IPPROTO_IPV6', 'IPV6_HOPLIMIT'],
    ],
    local: [
      ['IPPROTO_IP', 'IP_PKTINFO'],
      ['IPPROTO_IPV6', 'IPV6_PKTINFO'],
    ],
    segment: [
      ['IPPROTO_UDP', 'UDP_GRO'],
      ['IPPROTO_UDP', 'UDP_SEGMENT'],
    ],
    credentials: [['SOL_SOCKET', 'SCM_CREDENTIALS']],
  };
  fc.assert(
    fc.property(memories, (bytes) => {
      const meta = decodeMeta(bytes, null);
      const there = naive(bytes);
      for (const [field, names] of Object.entries(kinds))
        if (field in meta)
          assert.ok(
            there.some((one) => names.some(([level, type]) => one.level === C[level] && one.type === C[type])),
            field,
          );
    }),
    runs,
  );
});
