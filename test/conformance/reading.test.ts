// Owns the tests of the reading methods: what each one takes, whatever the segmentation, and what it says at the end.

import assert from 'node:assert/strict';
import { pattern, sha256 } from '../support/bytes.js';
import { failure, onEvery } from '../support/matrix.js';

onEvery(
  'read returns what is there, at most max bytes, and null at the end',
  async (it) => {
    const { conn, peer } = await it.open([['send', { text: 'hello world' }], ['mark', 'sent'], ['close']]);
    await peer.mark('sent');
    assert.equal(String(await conn.read(5)), 'hello');
    assert.equal(String(await conn.read()), ' world');
    assert.equal(await conn.read(), null);
    assert.equal(await conn.read(1), null, 'the end stays the end');
    assert.equal(conn.bytesRead, 11);
  },
  { exact: true },
);

onEvery('every way of reading gives the same whatever the segmentation', async (it) => {
  const text = 'ab|first line\r\nsecond\nEXACTbytes--until;;rest of it all';
  for (const op of ['send', 'dribble'] as const) {
    const { conn } = await it.open([[op, { text }], ['shutdown', 'wr'], ['wait']]);
    const memory = Buffer.alloc(1);
    assert.equal(await conn.readInto(memory), 1);
    assert.equal(String(memory), 'a');
    assert.equal(String(await conn.peek(2)), 'b|');
    assert.equal(String(await conn.readUntil('|')), 'b|');
    assert.equal(await conn.readLine(), 'first line');
    assert.equal(await conn.readLine(), 'second');
    assert.equal(String(await conn.readExact(10)), 'EXACTbytes');
    assert.equal(String(await conn.peek(9)), '--until;;');
    assert.equal(String(await conn.readUntil(['zz', ';;'], { keep: false })), '--until');
    assert.equal(String(await conn.readAll()), 'rest of it all');
    assert.equal(await conn.read(), null);
    assert.equal(conn.bytesRead, text.length);
  }
});

onEvery(
  'readInto fills the memory it is given, no more, and returns 0 at the end',
  async (it) => {
    const { conn, peer } = await it.open([['send', { text: 'abcdefgh' }], ['close'], ['mark', 'sent']]);
    await peer.mark('sent');
    const memory = Buffer.alloc(8, '.');
    assert.equal(await conn.readInto(memory.subarray(2, 5)), 3);
    assert.equal(String(memory), '..abc...');
    conn.unread('c');
    assert.equal(await conn.readInto(memory), 1, 'buffered bytes come alone, without a wait');
    assert.equal(await conn.readInto(memory), 5);
    assert.equal(String(memory), 'defgh...');
    assert.equal(await conn.readInto(memory), 0);
    assert.equal(await conn.readInto(memory), 0);
  },
  { exact: true },
);

onEvery('readExact gathers large and small amounts from any pieces', async (it) => {
  const whole = pattern(700_000);
  const { conn } = await it.open([['send', { pattern: whole.length }], ['shutdown', 'wr'], ['wait']]);
  let at = 0;
  for (const n of [1, 4095, 0, 65_535, 65_536, 65_537, 300_000]) {
    const piece = await conn.readExact(n);
    assert.equal(piece.length, n);
    assert.ok(piece.equals(whole.subarray(at, at + n)), `${n} bytes at ${at}`);
    at += n;
  }
  const rest = await conn.readAll();
  assert.ok(rest.equals(whole.subarray(at)));
});

onEvery('promise 6: a short readExact throws ERR_UNEXPECTED_EOF with what had arrived', async (it) => {
  for (const n of [20, 200_000]) {
    const { conn } = await it.open([['send', { text: 'half of it' }], ['close']]);
    assert.equal(String(await conn.peek(4)), 'half');
    const error = await failure(() => conn.readExact(n), 'ERR_UNEXPECTED_EOF');
    assert.equal(error.name, 'EndOfStreamError');
    assert.equal(String(error.partial), 'half of it');
    assert.equal(await conn.read(), null);
  }
});

onEvery('promise 6: a short readUntil throws ERR_UNEXPECTED_EOF with what had arrived', async (it) => {
  const { conn } = await it.open([['send', { text: 'a;b' }], ['close']]);
  assert.equal(String(await conn.readUntil(';')), 'a;');
  const error = await failure(() => conn.readUntil(';'), 'ERR_UNEXPECTED_EOF');
  assert.equal(String(error.partial), 'b');
  assert.equal(String((await failure(() => conn.readUntil(';'), 'ERR_UNEXPECTED_EOF')).partial), '');
  assert.equal(String((await failure(() => conn.readExact(1), 'ERR_UNEXPECTED_EOF')).partial), '');
});

onEvery('promise 6: at the end each method says so in its own way, and may be asked again', async (it) => {
  const { conn } = await it.open([['close']]);
  for (let again = 0; again < 2; again++) {
    assert.equal(await conn.read(), null);
    assert.equal(await conn.readInto(Buffer.alloc(4)), 0);
    assert.equal(await conn.readLine(), null);
    assert.equal((await conn.readAll()).length, 0);
    assert.equal((await conn.peek(5)).length, 0);
    assert.equal((await conn.readExact(0)).length, 0);
    assert.equal(await conn.waitReadable(), true, 'a read would not wait');
    await failure(() => conn.readExact(1), 'ERR_UNEXPECTED_EOF');
    await failure(() => conn.readUntil('x'), 'ERR_UNEXPECTED_EOF');
  }
});

onEvery('readUntil takes the delimiter that is complete first, also across segments', async (it) => {
  const text = 'one\r\n\r\ntwo\r\r\n\r\nthree\0END';
  for (const op of ['send', 'dribble'] as const) {
    const { conn } = await it.open([[op, { text }], ['shutdown', 'wr'], ['wait']]);
    assert.equal(String(await conn.readUntil('\r\n\r\n')), 'one\r\n\r\n');
    assert.equal(String(await conn.readUntil('\r\n\r\n', { keep: false })), 'two\r');
    assert.equal(String(await conn.readUntil(['END', Buffer.from([0])])), 'three\0');
    assert.equal(
      String(await conn.readUntil(['D', 'END'], { keep: false })),
      '',
      'the longest of those that end together',
    );
  }
});

onEvery('readUntil beyond max throws LimitError and consumes nothing', async (it) => {
  const { conn } = await it.open([['send', { text: '0123456789;' }], ['shutdown', 'wr'], ['wait']]);
  assert.equal((await failure(() => conn.readUntil(';', { max: 10 }), 'ERR_LIMIT')).name, 'LimitError');
  await failure(() => conn.readUntil(';', { max: 1 }), 'ERR_LIMIT');
  assert.equal(String(await conn.readUntil(';', { max: 11 })), '0123456789;');
});

onEvery('readUntil stops at max when no delimiter comes at all', async (it) => {
  const { conn } = await it.open([['flood']]);
  await failure(() => conn.readUntil('no such bytes'), 'ERR_LIMIT');
  assert.ok(conn.bytesRead < 256 * 1024, `${conn.bytesRead} bytes were read`);
  assert.ok((await conn.readExact(100_000)).equals(pattern(100_000)));
});

onEvery('readAll beyond max throws LimitError and consumes nothing', async (it) => {
  const { conn } = await it.open([['send', { pattern: 100_000 }], ['shutdown', 'wr'], ['wait']]);
  await failure(() => conn.readAll({ max: 99_999 }), 'ERR_LIMIT');
  const all = await conn.readAll({ max: 100_000 });
  assert.ok(all.equals(pattern(100_000)));
  assert.equal((await conn.readAll({ max: 1 })).length, 0);
});

onEvery('readAll returns several megabytes whole', async (it) => {
  const { conn } = await it.open([['send', { pattern: 5_000_000 }], ['close']]);
  const all = await conn.readAll();
  assert.equal(all.length, 5_000_000);
  assert.equal(sha256(all), sha256(pattern(5_000_000)));
});

onEvery('peek leaves everything, waits for all it was asked for, and gives fewer only at the end', async (it) => {
  const { conn } = await it.open([['dribble', { text: 'abcdef' }], ['shutdown', 'wr'], ['wait']]);
  assert.equal(String(await conn.peek(4)), 'abcd');
  const seen = await conn.peek(6);
  seen.fill(0);
  assert.equal(String(await conn.peek(100)), 'abcdef', 'what was looked at is a copy');
  assert.equal((await conn.peek(0)).length, 0);
  assert.equal(String(await conn.readExact(6)), 'abcdef');
  assert.equal((await conn.peek(1)).length, 0);
});

onEvery('peek looks at more than the kernel can hold', async (it) => {
  const n = 8_000_000;
  const { conn } = await it.open([['send', { pattern: n }], ['shutdown', 'wr'], ['wait']]);
  const seen = await conn.peek(n);
  assert.equal(sha256(seen), sha256(pattern(n)));
  assert.ok((await conn.readExact(n)).equals(seen));
});

onEvery('unread puts bytes in front, in every form, and they are read before what comes', async (it) => {
  const { conn, peer } = await it.open([['send', { text: 'later' }], ['shutdown', 'wr'], ['mark', 'sent'], ['wait']]);
  const mine = Buffer.from('3');
  conn.unread(mine);
  mine[0] = 0;
  conn.unread(new DataView(Uint8Array.from([0x32]).buffer));
  conn.unread(Uint8Array.from([0x31]).buffer);
  conn.unread('0');
  conn.unread('');
  assert.equal(await conn.waitReadable(), true);
  assert.equal(String(await conn.read()), '0123');
  await peer.mark('sent');
  assert.equal(String(await conn.readExact(3)), 'lat');
  conn.unread('re');
  assert.equal(String(await conn.readAll()), 'reer');
  conn.unread('after the end\n');
  assert.equal(await conn.readLine(), 'after the end');
  assert.equal(await conn.readLine(), null);
});

onEvery('pieces that were handed out stay as they are', async (it) => {
  const n = 3_000_000;
  const { conn } = await it.open([['send', { pattern: n }], ['close']]);
  const pieces: Buffer[] = [];
  for (let turn = 0; ; turn++) {
    const piece = turn % 3 === 0 ? await conn.read(1 + ((turn * 977) % 70_000)) : await conn.read();
    if (piece === null) break;
    pieces.push(piece);
    const ahead = await conn.peek(3000);
    if (ahead.length === 3000) pieces.push(await conn.readExact(2500));
  }
  const all = Buffer.concat(pieces);
  assert.equal(all.length, n);
  assert.equal(sha256(all), sha256(pattern(n)));
});

onEvery('iterating gives every byte and ends at the end of the stream', async (it) => {
  const { conn } = await it.open([['send', { pattern: 1_000_000 }], ['shutdown', 'wr'], ['wait']]);
  const pieces: Buffer[] = [];
  for await (const piece of conn) pieces.push(piece);
  assert.equal(sha256(Buffer.concat(pieces)), sha256(pattern(1_000_000)));
  for await (const piece of conn) assert.fail(`there is nothing any more, and ${piece.length} bytes came`);
  assert.equal(conn.closeInfo, null);
});

onEvery('leaving an iteration closes nothing', async (it) => {
  const { conn, peer } = await it.open([
    ['send', { text: 'first' }],
    ['recv', 2],
    ['send', { text: 'second' }],
    ['close'],
  ]);
  let first = '';
  for await (const piece of conn) {
    first = String(piece);
    break;
  }
  assert.notEqual(first, '');
  assert.equal(conn.closeInfo, null);
  if (first.length < 5) first += String(await conn.readExact(5 - first.length));
  assert.equal(first, 'first');
  await conn.write('go');
  assert.equal(String(await conn.readAll()), 'second');
  await peer.finished();
});
