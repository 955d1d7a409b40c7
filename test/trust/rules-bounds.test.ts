// Owns the test that a few bytes cost little: what a peer announces is not allocated before it comes, and the work of every reader
// grows with the bytes that came and not with their square, however they are cut.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecs, pair, type Conn } from 'berkeley';
import * as sync from 'berkeley/sync';
import { size } from './size.js';

/** The largest bound that readers take. */
const MOST = 2 ** 31 - 1;
/** What a read may take for itself: a slab and a window. */
const ROOM = 1 << 20;

/** What comes, and who waits for more. */
const claims: Record<string, [Buffer, (conn: Conn<'async'>) => Promise<unknown>]> = {
  'a line may be long': [text('ten bytes.'), (conn) => conn.readLine({ ...limit, max: 2 ** 30 })],
  'a delimiter may be far': [text('ten bytes.'), (conn) => conn.readUntil('\0', { ...limit, max: 2 ** 30 })],
  'all may be much': [text('ten bytes.'), (conn) => conn.readAll({ ...limit, max: 2 ** 30 })],
  'a frame says 2 GiB': [Buffer.from('7fffff00', 'hex'), (conn) => frames(conn, 'u32')],
  'a frame says so in eight bytes': [Buffer.from('000000007fffff00', 'hex'), (conn) => frames(conn, 'u64')],
  'a head has no end': [text('GET / HTTP/1.1\r\nX: '), (conn) => conn.readHttpHead({ ...limit, max: 2 ** 30 })],
};
const limit = { timeout: 30 };

function frames(conn: Conn<'async'>, type: 'u32' | 'u64'): Promise<unknown> {
  return conn.framed(codecs.lengthPrefixed(type, { max: MOST - 64 })).read(limit);
}

for (const [label, [bytes, read]] of Object.entries(claims)) {
  test(`nothing is allocated for what has not come: ${label}`, async () => {
    for (const [a, b] of [pair(), sync.pair() as unknown as [Conn<'async'>, Conn<'async'>]]) {
      await b.write(bytes);
      const before = memory();
      await assert.rejects(async () => read(a), /ETIMEDOUT/);
      assert.ok(memory() - before < ROOM, `${memory() - before} bytes`);
      // Nothing was consumed.
      assert.equal((await a.read())?.length, bytes.length);
      a.abort();
      b.abort();
    }
  });
}

/** Readers of something that comes in pieces of 64 bytes, and its last bytes. */
const readers: Record<string, [piece: string, end: string, read: (conn: Conn<'async'>) => Promise<unknown>]> = {
  'a line': ['x'.repeat(64), '\n', (conn) => conn.readLine({ max: MOST })],
  'a line that could end anywhere': ['\r'.repeat(64), '\n', (conn) => conn.readUntil('\r\n', { max: MOST })],
  'a delimiter that nearly comes': ['a'.repeat(64), 'b', (conn) => conn.readUntil(`${'a'.repeat(32)}b`, { max: MOST })],
  'a line of UTF-16': [
    'x\0'.repeat(32),
    '\n\0',
    (conn) => Object.assign(conn, { encoding: 'utf-16le' }).readLine({ max: MOST }),
  ],
  'a frame with a delimiter': [
    'a'.repeat(64),
    'ab',
    (conn) => conn.framed(codecs.delimited('aab', { max: MOST - 64 })).read(),
  ],
  'a frame that is a line': ['x'.repeat(64), '\n', (conn) => conn.framed(codecs.lines({ max: MOST - 64 })).read()],
  'a head of HTTP': [
    `${'X-Header: 0123456789'.padEnd(62, '.')}\r\n`,
    '\r\n',
    (conn) => conn.readHttpHead({ max: 2 ** 30, maxHeaders: 2 ** 20 }),
  ],
};

for (const [label, [piece, end, read]] of Object.entries(readers)) {
  test(`the work grows with the bytes, and not with their square: ${label}`, async (t) => {
    const pieces = size(16_384, 32_768);
    const begin = label.includes('HTTP') ? 'GET / HTTP/1.1\r\n' : '';
    await work(begin, piece, end, 512, read);
    const few = await work(begin, piece, end, pieces, read);
    const many = await work(begin, piece, end, pieces * 4, read);
    t.diagnostic(`${(pieces * 64) >> 10} KiB: ${few.toFixed(0)} ms; four times as many: ${many.toFixed(0)} ms`);
    // The square would be sixteen times.
    assert.ok(many < few * 9 + 50, `${few} ms, ${many} ms`);
  });
}

/** The processor's milliseconds for a read whose bytes come piece by piece, each of which is looked at. */
async function work(
  begin: string,
  piece: string,
  end: string,
  pieces: number,
  read: (conn: Conn<'async'>) => Promise<unknown>,
): Promise<number> {
  const [a, b] = pair();
  const before = process.cpuUsage();
  const reading = read(a);
  await b.write(text(begin));
  for (let i = 0; i < pieces; i++) {
    await b.write(text(piece));
    await new Promise(setImmediate);
  }
  await b.write(text(end));
  assert.notEqual(await reading, null);
  const { user, system } = process.cpuUsage(before);
  a.abort();
  b.abort();
  return (user + system) / 1000;
}

function text(bytes: string): Buffer {
  return Buffer.from(bytes, 'latin1');
}

function memory(): number {
  const { external, arrayBuffers } = process.memoryUsage();
  return Math.max(external, arrayBuffers);
}
