// Owns the tests of numbers: every type against Python's struct, both ways.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { NumType } from 'berkeley';
import { failure, onEvery, type AnyConn } from '../support/matrix.js';

/** How struct calls them, and the least and the greatest of each. */
const types: readonly [NumType, string, number | bigint, number | bigint][] = [
  ['i8', '>b', -0x80, 0x7f],
  ['u8', '>B', 0, 0xff],
  ['i16', '>h', -0x8000, 0x7fff],
  ['u16', '>H', 0, 0xffff],
  ['i16le', '<h', -0x8000, 0x7fff],
  ['u16le', '<H', 0, 0xffff],
  ['i32', '>i', -0x80000000, 0x7fffffff],
  ['u32', '>I', 0, 0xffffffff],
  ['i32le', '<i', -0x80000000, 0x7fffffff],
  ['u32le', '<I', 0, 0xffffffff],
  ['i64', '>q', -(2n ** 63n), 2n ** 63n - 1n],
  ['u64', '>Q', 0n, 2n ** 64n - 1n],
  ['i64le', '<q', -(2n ** 63n), 2n ** 63n - 1n],
  ['u64le', '<Q', 0n, 2n ** 64n - 1n],
  ['f32', '>f', -3.4028234663852886e38, 3.4028234663852886e38],
  ['f32le', '<f', -3.4028234663852886e38, 3.4028234663852886e38],
  ['f64', '>d', -Number.MAX_VALUE, Number.MAX_VALUE],
  ['f64le', '<d', -Number.MAX_VALUE, Number.MAX_VALUE],
];

function valuesOf([type, , min, max]: (typeof types)[number]): (number | bigint)[] {
  if (typeof min === 'bigint') return [min, min + 1n, 0n, 1n, 0x0102030405060708n, (max as bigint) - 1n, max];
  if (type.startsWith('f')) return [min, -0.5, -0, 0, 1.5, Infinity, -Infinity, max];
  // -2,000,001 to -2,000,004 are what the library says to itself for "not yet".
  const inside = type.startsWith('i32') ? [-2_000_001, -2_000_002, -2_000_003, -2_000_004] : [];
  return [min, min + 1, 0, 1, ...inside, (max as number) - 1, max];
}

const table = types.flatMap((row) => valuesOf(row).map((value) => ({ type: row[0], format: row[1], value })));

/** All of them in a row, packed by Python. */
const packed = execFileSync(
  'python3',
  [
    '-I',
    '-c',
    `import struct, sys, json
for f, v in json.load(sys.stdin):
    sys.stdout.buffer.write(struct.pack(f, float(v) if f[1] in 'fd' else int(v)))`,
  ],
  {
    input: JSON.stringify(
      table.map(({ format, value }) => [
        format,
        Object.is(value, -0) ? '-0.0' : String(value).replace('Infinity', 'inf'),
      ]),
    ),
  },
).toString('hex');

// Every type in one call: the values are of the type of their row.
const readAny = (conn: AnyConn, type: NumType): unknown => conn.readNum(type);
const writeAny = (conn: AnyConn, type: NumType, value: unknown): unknown =>
  conn.writeNum(type as 'i8', value as number);

onEvery(
  'numbers of every type that Python has packed come back, at the extremes and in any segmentation',
  async (it) => {
    for (const op of ['send', 'dribble'] as const) {
      const { conn } = await it.open([[op, { hex: packed }], ['close']]);
      for (const { type, value } of table) assert.ok(Object.is(await readAny(conn, type), value), `${type} ${value}`);
      assert.equal(await conn.read(), null);
    }
  },
);

onEvery('numbers that are written are what Python packs', async (it) => {
  const { conn, peer } = await it.open([['recvall']]);
  for (const { type, value } of table) assert.equal(await writeAny(conn, type, value), undefined);
  await conn.closeWrite();
  assert.equal((await peer.done('recvall')).head, packed);
});

onEvery('not a number: the bits come through', async (it) => {
  const { conn } = await it.open([['echo']]);
  for (const type of ['f32', 'f32le', 'f64', 'f64le'] as const) {
    await conn.writeNum(type, NaN);
    assert.ok(Number.isNaN(await conn.readNum(type)));
  }
});

onEvery(
  'a value of the wrong kind is a TypeError, one that does not fit a RangeError, and nothing is sent',
  async (it) => {
    const { conn, peer } = await it.open([['recvall']]);
    for (const [type, , min, max] of types) {
      const wrong: unknown[] = ['1', null, undefined, {}, true, Symbol('one'), ['1'], new Date(0)];
      const outside: unknown[] = [];
      if (typeof min === 'bigint') {
        wrong.push(0, 1, 1.5, NaN);
        outside.push(min - 1n, (max as bigint) + 1n, 2n ** 64n, -(2n ** 64n));
      } else {
        wrong.push(0n, 1n);
        if (!type.startsWith('f')) {
          wrong.push(0.5, NaN, 1e-9);
          outside.push(min - 1, (max as number) + 1, 2 ** 53, -(2 ** 53), Infinity, -Infinity);
        } else if (type.startsWith('f32')) outside.push(3.5e38, -3.5e38, Number.MAX_VALUE);
      }
      for (const value of wrong)
        await assert.rejects(async () => await writeAny(conn, type, value), { name: 'TypeError', message: /"value"/ });
      for (const value of outside)
        await assert.rejects(async () => await writeAny(conn, type, value), { name: 'RangeError', message: /"value"/ });
    }
    for (const type of ['', 'i24', 'u8le', 'i8le', 'U32', 'constructor', '__proto__', 4, null, undefined]) {
      await assert.rejects(async () => await writeAny(conn, type as NumType, 1), {
        name: 'TypeError',
        message: /"type"/,
      });
      await assert.rejects(async () => await readAny(conn, type as NumType), { name: 'TypeError', message: /"type"/ });
    }
    assert.equal(conn.bytesWritten, 0);
    await conn.closeWrite();
    assert.equal((await peer.done('recvall')).length, 0);
  },
);

onEvery('a stream that ends inside of a number is ERR_UNEXPECTED_EOF with what came', async (it) => {
  const { conn } = await it.open([['send', { hex: '01020304050607' }], ['close']]);
  assert.equal(await conn.readNum('u16'), 0x0102);
  const error = await failure(() => conn.readNum('u64'), 'ERR_UNEXPECTED_EOF');
  assert.equal(error.partial!.toString('hex'), '0304050607');
  assert.equal(error.name, 'EndOfStreamError');
});

onEvery('a limit that ends inside of a number consumes nothing (promise 1)', async (it) => {
  const { conn, peer } = await it.open([
    ['send', { hex: '010203' }],
    ['mark', 'three'],
    ['wait'],
    ['send', { hex: '04' }],
    ['close'],
  ]);
  await peer.mark('three');
  assert.equal((await conn.peek(3)).length, 3);
  await failure(() => conn.readNum('u32', { timeout: 0 }), 'ETIMEDOUT');
  await failure(() => conn.readNum('u32', { timeout: 5 }), 'ETIMEDOUT');
  assert.equal(await conn.readNum('u8'), 1);
  peer.go();
  assert.equal(await conn.readNum('u16le'), 0x0302);
  assert.equal(await conn.readNum('i8'), 4);
});

onEvery(
  'a number that is there already is taken in turn, refused by a closed connection, and not by a wrong type',
  async (it) => {
    const { conn } = await it.open([['send', { hex: '0102030405060708' }], ['wait']]);
    await conn.peek(8);
    for (const type of ['constructor', '__proto__', 'toString', 'i24'])
      await assert.rejects(async () => await readAny(conn, type as NumType), { name: 'TypeError' });
    assert.equal(await conn.readNum('u8'), 1);
    assert.equal(await conn.readNum('u16'), 0x0203);
    if (it.colour === 'async') {
      const first = conn.readExact(20);
      const second = conn.readNum('u8');
      conn.abort();
      for (const each of [first, second]) await assert.rejects(async () => await each, { code: 'ERR_SOCKET_CLOSED' });
    } else conn.abort();
    await failure(() => conn.readNum('u8'), 'ERR_SOCKET_CLOSED');
  },
  { transports: ['tcp4', 'tls'] },
);
