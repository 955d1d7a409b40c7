// Owns the tests of limits on reading: what a spent limit leaves behind, and what the forms of a limit mean.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { pattern } from '../support/bytes.js';
import { sized } from '../support/faults.js';
import { failure, onEvery, type AnyConn } from '../support/matrix.js';
import type { Step } from '../support/peer.js';

const ways: Record<string, (conn: AnyConn, o: { timeout?: number; signal?: AbortSignal }) => unknown> = {
  'readExact(7)': (conn, o) => conn.readExact(7, o),
  'readExact(300000)': (conn, o) => conn.readExact(300_000, o),
  readUntil: (conn, o) => conn.readUntil(';', o),
  'readUntil of several': (conn, o) => conn.readUntil([';', 'never'], o),
  readLine: (conn, o) => conn.readLine(o),
  readAll: (conn, o) => conn.readAll(o),
  peek: (conn, o) => conn.peek(7, o),
  'peek of much': (conn, o) => conn.peek(300_000, o),
};
const half: Step[] = [['send', { text: 'abc' }], ['mark', 'half'], ['wait'], ['send', { text: 'def;\n' }], ['close']];
onEvery('promise 1: a timed-out read consumes nothing, whichever method it is', async (it) => {
  for (const [name, read] of Object.entries(ways)) {
    const { conn, peer } = await it.open(half);
    await peer.mark('half');
    for (const timeout of [10, 0, 1]) {
      const error = await failure(() => read(conn, { timeout }), 'ETIMEDOUT');
      assert.equal(error.name, 'TimeoutError');
      assert.equal(error.errno, undefined, 'the kernel said nothing');
      assert.equal(conn.closeInfo, null);
    }
    peer.go();
    assert.equal(String(await conn.readAll()), 'abcdef;\n', name);
  }
});

onEvery('promise 1: a timed-out readExact of much gives everything to the reads that follow', async (it) => {
  const { conn, peer } = await it.open([
    ['send', { pattern: 100_000 }],
    ['mark', 'half'],
    ['wait'],
    ['send', { pattern: 100_000 }],
    ['close'],
  ]);
  await peer.mark('half');
  for (let i = 0; i < 3; i++) await failure(() => conn.readExact(150_000, { timeout: 10 }), 'ETIMEDOUT');
  assert.ok((await conn.peek(10)).equals(pattern(10)));
  assert.ok((await conn.readExact(70_000)).equals(pattern(100_000).subarray(0, 70_000)));
  await failure(() => conn.readExact(130_000, { timeout: 10 }), 'ETIMEDOUT');
  peer.go();
  const rest = Buffer.concat([pattern(100_000).subarray(70_000), pattern(100_000)]);
  assert.ok((await conn.readExact(130_000)).equals(rest));
  assert.equal(await conn.read(), null);
});

onEvery(
  'promise 1: a cancelled read consumes nothing, whichever method it is, and tells why',
  async (it) => {
    for (const [name, read] of Object.entries(ways)) {
      const { conn, peer } = await it.open(half);
      await peer.mark('half');
      const controller = new AbortController();
      const why = new Error('changed my mind');
      const pending = failure(() => read(conn, { signal: controller.signal }), 'ABORT_ERR');
      controller.abort(why);
      const error = await pending;
      assert.equal(error.name, 'AbortError');
      assert.equal(error.cause, why);
      await turn();
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
      peer.go();
      assert.equal(String(await conn.readAll()), 'abcdef;\n', name);
    }
  },
  { colours: ['async'] },
);

onEvery('a signal that is aborted already ends the call before it takes anything', async (it) => {
  const { conn, peer } = await it.open([['send', { text: 'ready\n' }], ['mark', 'sent'], ['wait']]);
  await peer.mark('sent');
  await conn.peek(1);
  const signal = AbortSignal.abort('no');
  for (const call of [
    () => conn.read(3, { signal }),
    () => conn.readInto(Buffer.alloc(3), { signal }),
    () => conn.readExact(3, { signal }),
    () => conn.readLine({ signal }),
    () => conn.readNum('u8', { signal }),
    () => conn.readUntil('\n', { signal }),
    () => conn.readAll({ signal }),
    () => conn.peek(3, { signal }),
    () => conn.waitReadable({ signal }),
    () => conn.write('x', { signal }),
    () => conn.write(Buffer.from('x'), { signal }),
  ]) {
    assert.equal((await failure(call, 'ABORT_ERR')).cause, 'no');
  }
  assert.equal(conn.bytesWritten, 0);
  assert.equal(await conn.readLine(), 'ready');
});

onEvery('one long-lived signal may be used 10,000 times and keeps no listeners', async (it) => {
  const { conn, peer } = await it.open([['send', { pattern: 9700 }], ['mark', 'sent'], ['echo']]);
  await peer.mark('sent');
  const { signal } = new AbortController();
  const memory = Buffer.alloc(64);
  // Those that find something, those that have to wait, those whose limit is spent.
  for (let i = 0; i < 9700; i++) assert.equal(await conn.readInto(memory.subarray(0, 1), { signal }), 1);
  for (let i = 0; i < 140; i++) {
    await conn.write('x', { signal });
    assert.equal(await conn.readInto(memory, { signal }), 1);
  }
  for (let i = 0; i < 20; i++) await failure(() => conn.read(1, { signal, timeout: 1 }), 'ETIMEDOUT');
  await turn();
  assert.equal(getEventListeners(signal, 'abort').length, 0);
  if (it.colour === 'async') {
    const pending = conn.read(1, { signal });
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    await conn.write('y');
    assert.equal(String(await pending), 'y');
    await turn();
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  }
  await conn.closeWrite();
  await peer.finished();
});

onEvery(
  'a call that waits right after another with the same signal adds no second listener, and is ended by it',
  async (it) => {
    const { conn, peer } = await it.open([['echo']]);
    const controller = new AbortController();
    const { signal } = controller;
    let added = 0;
    const add = signal.addEventListener.bind(signal);
    signal.addEventListener = (...all: Parameters<typeof add>) => {
      added++;
      add(...all);
    };
    let first = conn.readExact(1, { signal });
    for (let i = 0; i < 20; i++) {
      await conn.write('x');
      assert.equal(String(await first), 'x');
      first = conn.readExact(1, { signal });
    }
    const [second, other] = [conn.readExact(1, { signal }), conn.readExact(1)];
    assert.equal(added, 1);
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    const why = new Error('enough');
    const ends = [first, second].map((call) => failure(() => call, 'ABORT_ERR'));
    controller.abort(why);
    for (const end of ends) assert.equal((await end).cause, why);
    await conn.write('y');
    assert.equal(String(await other), 'y');
    await conn.closeWrite();
    await peer.finished();
  },
  { colours: ['async'] },
);

onEvery(
  'what a call had as its limit or its signal never ends a later one',
  async (it) => {
    const { conn, peer } = await it.open([['echo']]);
    const before = new AbortController();
    let waiting = conn.readExact(1, { timeout: sized(40, 600), signal: before.signal });
    await conn.write('x');
    assert.equal(String(await waiting), 'x');
    // In the same turn of the loop, while what served the first may serve this one.
    const begun = performance.now();
    const limit = sized(90, 700);
    waiting = conn.readExact(1, { timeout: limit, signal: new AbortController().signal });
    before.abort();
    await failure(() => waiting, 'ETIMEDOUT');
    assert.ok(performance.now() - begun > limit - 1, 'the limit of the first');
    waiting = conn.readExact(1, { timeout: '1h' });
    await conn.write('y');
    assert.equal(String(await waiting), 'y');
    await failure(() => conn.readExact(1, { timeout: 10 }), 'ETIMEDOUT');
    await conn.closeWrite();
    await peer.finished();
  },
  { colours: ['async'] },
);

onEvery(
  'waitReadable waits for data or the end, consumes nothing, and is false when the limit is spent',
  async (it) => {
    const { conn, peer } = await it.open([
      ['wait'],
      ['pause', 20],
      ['send', { text: 'x' }],
      ['wait'],
      ['pause', 20],
      ['close'],
    ]);
    assert.equal(await conn.waitReadable({ timeout: 10 }), false);
    peer.go();
    assert.equal(await conn.waitReadable(), true);
    assert.equal(await conn.waitReadable({ timeout: 0 }), true);
    assert.equal(String(await conn.read()), 'x');
    assert.equal(await conn.waitReadable({ timeout: 10 }), false);
    peer.go();
    assert.equal(await conn.waitReadable(), true);
    assert.equal(await conn.read(), null);
  },
);
