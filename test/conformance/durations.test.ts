// Owns the tests of how limits are counted: the forms of a limit, what 0 means, and that none comes early or late.

import assert from 'node:assert/strict';
import { pattern } from '../support/bytes.js';
import { sized } from '../support/faults.js';
import { failure, onEvery } from '../support/matrix.js';

onEvery(
  'a limit of 0 does not wait: what is there is read, and what is not is ETIMEDOUT',
  async (it) => {
    const { conn, peer } = await it.open([
      ['wait'],
      ['send', { text: 'one' }],
      ['mark', 'one'],
      ['wait'],
      ['send', { text: 'two' }],
      ['mark', 'two'],
      ['wait'],
      ['send', { text: 'three\n' }],
      ['mark', 'three'],
      ['wait'],
    ]);
    await failure(() => conn.read(9, { timeout: 0 }), 'ETIMEDOUT');
    assert.equal(await conn.waitReadable({ timeout: 0 }), false);
    peer.go();
    await peer.mark('one');
    // The data is in the kernel, although no event has told of it.
    assert.equal(String(await conn.read(9, { timeout: 0 })), 'one');
    await failure(() => conn.read(9, { timeout: '0ms' }), 'ETIMEDOUT');
    peer.go();
    await peer.mark('two');
    assert.equal(await conn.waitReadable({ timeout: 0 }), true);
    assert.equal(String(await conn.readExact(3, { timeout: 0 })), 'two');
    peer.go();
    await peer.mark('three');
    assert.equal(await conn.readLine({ timeout: 0 }), 'three');
    await failure(() => conn.readLine({ timeout: 0 }), 'ETIMEDOUT');
  },
  { exact: true },
);

onEvery(
  'a deadline in the past is a limit of 0, one in the future is waited for',
  async (it) => {
    const { conn, peer } = await it.open([['send', { text: 'abcd' }], ['mark', 'sent'], ['wait']]);
    await peer.mark('sent');
    assert.equal(String(await conn.read(1, { deadline: 0 })), 'a');
    assert.equal(String(await conn.read(1, { deadline: new Date(Date.now() - 5000) })), 'b');
    assert.equal(String(await conn.read(1, { deadline: Date.now() + 60_000 })), 'c');
    assert.equal(String(await conn.read(1, { deadline: Infinity })), 'd');
    await failure(() => conn.read(1, { deadline: Date.now() - 1 }), 'ETIMEDOUT');
    for (const form of [(at: number) => at, (at: number) => new Date(at)]) {
      const begun = performance.now();
      await failure(() => conn.read(1, { deadline: form(Date.now() + 40) }), 'ETIMEDOUT');
      const took = performance.now() - begun;
      assert.ok(took > 36 && took < 2000, `${took} ms for 40`);
    }
  },
  { exact: true },
);

onEvery('of several limits the earliest counts', async (it) => {
  const { conn } = await it.open([['wait']]);
  const begun = performance.now();
  await failure(() => conn.read(1, { timeout: 30, deadline: Date.now() + 60_000 }), 'ETIMEDOUT');
  await failure(() => conn.read(1, { timeout: '1h', deadline: Date.now() + 30 }), 'ETIMEDOUT');
  conn.socket.receiveTimeout = 30;
  await failure(() => conn.read(1, { timeout: '1m' }), 'ETIMEDOUT');
  await failure(() => conn.readLine(), 'ETIMEDOUT');
  assert.ok(performance.now() - begun < 5000);
});

onEvery('durations are milliseconds with fractions, or numbers with a unit', async (it) => {
  const { conn } = await it.open([['wait']]);
  for (const [timeout, ms] of [
    [20, 20],
    [0.5, 0.5],
    ['20ms', 20],
    ['0.03s', 30],
    ['0.0005m', 30],
    ['0.00001h', 36],
  ] as const) {
    const begun = performance.now();
    await failure(() => conn.read(1, { timeout }), 'ETIMEDOUT');
    const took = performance.now() - begun;
    assert.ok(took >= ms - 1, `${took} ms for ${timeout}`);
    assert.ok(took < ms + 2000, `${took} ms for ${timeout}`);
  }
});

onEvery('a wrong limit is misuse, and nothing happens', async (it) => {
  const { conn, peer } = await it.open([['send', { text: 'abc' }], ['mark', 'sent'], ['recvall']]);
  await peer.mark('sent');
  for (const o of [
    { timeout: -1 },
    { timeout: NaN },
    { timeout: '5' },
    { timeout: '-5s' },
    { timeout: '5 s' },
    { timeout: '1d' },
    { timeout: '' },
    { timeout: null },
    { timeout: 5n },
    { deadline: NaN },
    { deadline: new Date(NaN) },
    { deadline: '2030' },
    { signal: {} },
    { signal: null },
  ]) {
    for (const call of [
      () => conn.read(1, o as never),
      () => conn.readExact(2, o as never),
      () => conn.write('x', o as never),
      () => conn.waitReadable(o as never),
    ]) {
      await assert.rejects(
        async () => await call(),
        (error: Error & { code?: string }) =>
          (error instanceof TypeError || error instanceof RangeError) && error.code!.startsWith('ERR_'),
        JSON.stringify(o, (_, value: unknown) => (typeof value === 'bigint' ? 'bigint' : value)),
      );
    }
  }
  assert.equal(String(await conn.readExact(3)), 'abc');
  await conn.closeWrite();
  assert.equal((await peer.done('recvall')).length, 0);
});

onEvery('promise 3: a limit of 3,000,000,000 ms does not expire at once', async (it) => {
  const { conn } = await it.open([
    ['pause', 40],
    ['send', { text: 'late' }],
    ['pause', 40],
    ['send', { text: 'r' }],
  ]);
  assert.equal(String(await conn.readExact(4, { timeout: 3_000_000_000 })), 'late');
  assert.equal(String(await conn.read(1, { deadline: Date.now() + 3_000_000_000, timeout: '100000h' })), 'r');
});

onEvery('promise 3: a limit bounds the whole of a readExact, however steadily bytes arrive', async (it) => {
  const { conn } = await it.open([['dribble', { pattern: 20_000 }]]);
  // From here on bytes arrive: before, the other end may still have to finish its handshake, which takes as long as it takes.
  assert.ok((await conn.readExact(1)).equals(pattern(1)));
  const begun = performance.now();
  await failure(() => conn.readExact(20_000, { timeout: 80 }), 'ETIMEDOUT');
  const took = performance.now() - begun;
  assert.ok(took >= 79 && took < 3000, `${took} ms for 80`);
  assert.ok((await conn.readExact(100)).equals(pattern(101).subarray(1)));
});

onEvery(
  'promise 3: 20 expiries in a row come in time, never early, and do not drift',
  async (it) => {
    const { conn } = await it.open([['wait']]);
    const late: number[] = [];
    for (let i = 0; i < 20; i++) {
      const begun = performance.now();
      await failure(
        () => (i % 2 === 0 ? conn.read(1, { timeout: 10 }) : conn.readExact(70_000, { timeout: 10 })),
        'ETIMEDOUT',
      );
      const took = performance.now() - begun;
      assert.ok(took >= 10, `after ${took} ms instead of 10`);
      late.push(took - 10);
    }
    // The median: on a busy machine a single one may be late through no fault of ours.
    // Where faults are looked for, the machine is busy for hours with nothing else.
    late.sort((a, b) => a - b);
    assert.ok(late[10]! < sized(10, 1000), `half of them ${late[10]!} ms late`);
  },
  { exact: true },
);
