// Owns the tests of order: among reads, among writes, between the two, and what close does to those that wait.

import assert from 'node:assert/strict';
import { pattern, sha256 } from '../support/bytes.js';
import { sized } from '../support/faults.js';
import { direct, failure, isOpen, onEvery, type Choice } from '../support/matrix.js';

const MiB = 1024 * 1024;
const many = sized(15_000, 1500);
/** Only promises let two calls wait at once. */
const async: Choice = { colours: ['async'] };

onEvery(
  'promise 4: reads are served in call order, whatever each one asks for',
  async (it) => {
    for (const op of ['send', 'dribble'] as const) {
      const { conn, peer } = await it.open([
        ['wait'],
        [op, { text: 'abcdline\nuntil;peekedrest' }],
        ['shutdown', 'wr'],
        ['wait'],
      ]);
      const order: number[] = [];
      const note = <T>(n: number, call: T | Promise<T>): Promise<T> =>
        Promise.resolve(call).then((value) => (order.push(n), value));
      const all = Promise.all([
        note(0, conn.readExact(3)),
        note(1, conn.read(1)),
        note(2, conn.readLine()),
        note(3, conn.readUntil(';')),
        note(4, conn.peek(6)),
        note(5, conn.waitReadable()),
        note(6, conn.readExact(6)),
        note(7, conn.readAll()),
        note(8, conn.read()),
        note(9, conn.readLine()),
      ]);
      peer.go();
      assert.deepEqual(
        (await all).map((value) => (Buffer.isBuffer(value) ? String(value) : value)),
        ['abc', 'd', 'line', 'until;', 'peeked', true, 'peeked', 'rest', null, null],
      );
      assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  },
  async,
);

onEvery(
  'promise 4: a read that is given up lets those behind it go on with everything',
  async (it) => {
    const { conn, peer } = await it.open([
      ['send', { text: 'ab' }],
      ['mark', 'sent'],
      ['wait'],
      ['send', { text: 'c\n' }],
      ['close'],
    ]);
    await peer.mark('sent');
    const first = failure(() => conn.readExact(100_000, { timeout: 20 }), 'ETIMEDOUT');
    const controller = new AbortController();
    const second = failure(() => conn.readLine({ signal: controller.signal }), 'ABORT_ERR');
    const third = conn.readExact(2);
    const fourth = conn.readLine();
    controller.abort();
    await second;
    await first;
    assert.equal(String(await third), 'ab', 'nothing more has to come for it');
    peer.go();
    assert.equal(await fourth, 'c');
  },
  async,
);

onEvery(
  'promise 4: writes go out in call order and whole, large and small, single and many',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['recvall', { chunk: 200_000 }]]);
    const whole = pattern(9 * MiB);
    const writes: unknown[] = [];
    let at = 0;
    for (const size of [5 * MiB, 1, 0, 70_000, 3 * MiB, 2, 3, 500_000]) {
      const part = whole.subarray(at, at + size);
      at += size;
      writes.push(size % 2 === 0 ? conn.write(part) : conn.write([part.subarray(0, 1), part.subarray(1)]));
    }
    const end = conn.closeWrite();
    peer.go();
    assert.deepEqual(await Promise.all(writes), [5 * MiB, 1, 0, 70_000, 3 * MiB, 2, 3, 500_000]);
    await end;
    const { length, sha256: hash } = await peer.done('recvall');
    assert.equal(length, at);
    assert.equal(hash, sha256(whole.subarray(0, at)));
  },
  async,
);

onEvery(
  'promise 4: thousands of writes and of reads may wait at once, in linear time',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['recv', 4 * MiB + many], ['send', { pattern: many }], ['close']]);
    const data = pattern(4 * MiB);
    const first = conn.write([data, Buffer.alloc(0)]);
    const begun = process.cpuUsage();
    const writes = Array.from({ length: many }, (_, i) => conn.write(String(i % 10)));
    const reads = Array.from({ length: many }, () => conn.readExact(1));
    const { user, system } = process.cpuUsage(begun);
    peer.go();
    await first;
    assert.deepEqual(new Set(await Promise.all(writes)), new Set([1]));
    assert.ok(Buffer.concat(await Promise.all(reads)).equals(pattern(many)));
    const tail = Buffer.from(Array.from({ length: many }, (_, i) => String(i % 10)).join(''));
    assert.equal((await peer.done('recv')).sha256, sha256(Buffer.concat([data, tail])));
    // A queue that is walked from its head for each call would take 200 million steps.
    assert.ok(user + system < 1_000_000, `${user + system} µs for ${2 * many} calls`);
  },
  { colours: ['async'], transports: ['tcp4', 'pair'] },
);

onEvery(
  'promise 1: thousands of writes behind one that fails are told so, in linear time',
  async (it) => {
    for (const way of ['timeout', 'abort'] as const) {
      const { conn } = await it.open([['wait']]);
      const code = way === 'timeout' ? 'ERR_WRITE_BROKEN' : 'ERR_SOCKET_CLOSED';
      const first = failure(
        () => conn.write(pattern(16 * MiB), way === 'timeout' ? { timeout: 10 } : {}),
        way === 'timeout' ? 'ETIMEDOUT' : 'ERR_SOCKET_CLOSED',
      );
      const writes = Array.from({ length: many }, () => failure(() => conn.write('x'), code));
      const begun = process.cpuUsage();
      if (way === 'abort') conn.abort();
      await first;
      for (const error of await Promise.all(writes)) assert.equal(error.bytesDone, 0);
      const { user, system } = process.cpuUsage(begun);
      assert.ok(user + system < 2_000_000, `${user + system} µs for ${many} calls`);
    }
  },
  { colours: ['async'], transports: ['tcp4', 'pair'] },
);

onEvery(
  'promise 4: a read and a write wait at the same time, neither for the other',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['send', { text: 'first' }], ['wait'], ['recvall']]);
    const data = pattern(12 * MiB);
    const writing = conn.write(data);
    let written = false;
    void Promise.resolve(writing).then(() => (written = true));
    const reading = conn.readExact(5);
    peer.go();
    assert.equal(String(await reading), 'first');
    assert.equal(written, false, 'the peer has read nothing yet');
    peer.go();
    assert.equal(await writing, data.length);
    await conn.closeWrite();
    assert.equal((await peer.done('recvall')).sha256, sha256(data));
  },
  async,
);

onEvery(
  'promise 4: close ends waiting reads with ERR_SOCKET_CLOSED, lets queued writes out, and refuses what comes later',
  async (it) => {
    const { conn, peer } = await it.open([['send', { text: 'par' }], ['mark', 'sent'], ['wait'], ['recvall']]);
    await peer.mark('sent');
    const reads = [
      failure(() => conn.readLine(), 'ERR_SOCKET_CLOSED'),
      failure(() => conn.read(), 'ERR_SOCKET_CLOSED'),
      failure(() => conn.waitReadable(), 'ERR_SOCKET_CLOSED'),
    ];
    const data = pattern(8 * MiB);
    const writes = [conn.write(data), conn.write('and '), conn.write(['th', 'is'])];
    const closing = conn.close();
    const again = conn.close();
    for (const read of reads) assert.equal((await read).name, 'ClosedError');
    assert.ok(isOpen(conn), 'writes are still going out');
    await failure(() => conn.read(), 'ERR_SOCKET_CLOSED');
    await failure(() => conn.write('late'), 'ERR_SOCKET_CLOSED');
    await failure(() => conn.closeWrite(), 'ERR_SOCKET_CLOSED');
    peer.go();
    assert.deepEqual(await Promise.all(writes), [data.length, 4, 4]);
    await closing;
    await again;
    const { length, sha256: hash, end } = await peer.done('recvall');
    assert.deepEqual({ length, end }, { length: data.length + 8, end: 'eof' });
    assert.equal(hash, sha256(Buffer.concat([data, Buffer.from('and this')])));
    assert.deepEqual(conn.closeInfo, { by: 'local', clean: true, truncated: false });
  },
  { ...async, exact: true },
);

onEvery('after close everything is ERR_SOCKET_CLOSED, close itself is not, and the facts remain', async (it) => {
  const { conn, peer } = await it.open([['send', { text: 'hello' }], ['recvall']]);
  assert.equal(String(await conn.readExact(5)), 'hello');
  await conn.write('you');
  const { localAddr, remoteAddr } = conn;
  await conn.close();
  await conn.close();
  await conn.close({ timeout: 5 });
  conn.abort();
  conn[Symbol.dispose]();
  await conn[Symbol.asyncDispose]();
  for (const call of [
    () => conn.read(),
    () => conn.readInto(Buffer.alloc(1)),
    () => conn.readExact(0),
    () => conn.readUntil('x'),
    () => conn.readLine(),
    () => conn.readAll(),
    () => conn.peek(0),
    () => conn.unread('x'),
    () => conn.write(''),
    () => conn.writeLine('x'),
    () => conn.waitReadable(),
    () => conn.waitFlushed(),
    () => conn.closeWrite(),
    () => conn.shutdown('rd'),
    () => conn.noDelay,
    () => conn.keepAlive,
    () => conn.linger,
    () => conn.socket.detach(),
    () => conn.socket.recv(),
    async () => {
      for await (const piece of conn) assert.fail(String(piece));
    },
  ]) {
    assert.equal((await failure(call, 'ERR_SOCKET_CLOSED')).name, 'ClosedError');
  }
  assert.equal(conn.socket.fd, -1);
  assert.equal(conn.socket.state, 'closed');
  assert.equal(String(conn.localAddr), String(localAddr));
  assert.equal(String(conn.remoteAddr), String(remoteAddr));
  assert.deepEqual([conn.bytesRead, conn.bytesWritten], [5, 3]);
  assert.deepEqual(conn.closeInfo, { by: 'local', clean: true, truncated: false });
  assert.equal((await peer.done('recvall')).end, 'eof');
});

onEvery(
  'the addresses remain after close although nobody had asked for them before',
  async (it) => {
    const { conn } = await it.open([['recvall']]);
    await conn.close();
    const { localAddr, remoteAddr } = conn;
    assert.equal(localAddr.family, it.family);
    if (it.isTcp) assert.ok(localAddr.port! > 0 && remoteAddr.port! > 0 && localAddr.port !== remoteAddr.port);
  },
  { transports: direct },
);

onEvery('promise 4: close with a limit waits for the end of the peer', async (it) => {
  const { conn, peer } = await it.open([
    ['recvall'],
    ['pause', 20],
    ['send', { text: 'bye' }],
    ['pause', 20],
    ['close'],
  ]);
  await conn.write('the end');
  const begun = performance.now();
  await conn.close({ timeout: '20s' });
  const took = performance.now() - begun;
  assert.ok(took > 35 && took < 15_000, `${took} ms`);
  await peer.finished();
  assert.deepEqual(conn.closeInfo, { by: 'local', clean: true, truncated: false });
});

onEvery('promise 4: close with a limit never fails when the limit is spent, and closes', async (it) => {
  for (const timeout of [20, 0]) {
    const { conn } = await it.open([['wait']]);
    await conn.close({ timeout });
    assert.equal(conn.socket.fd, -1);
    assert.equal(conn.closeInfo?.by, 'timeout');
  }
});

onEvery(
  'promise 4: disposal closes at once, and the peer sees a clean end',
  async (it) => {
    const { conn, peer } = await it.open([['send', { text: 'unread' }], ['mark', 'sent'], ['recvall']]);
    await peer.mark('sent');
    await conn.write('last words');
    conn[Symbol.dispose]();
    assert.equal(conn.socket.fd, -1);
    const { length, end } = await peer.done('recvall');
    assert.deepEqual({ length, end }, { length: 10, end: 'eof' });
  },
  { exact: true },
);

onEvery('promise 4: asynchronous disposal is a close', async (it) => {
  const { conn, peer } = await it.open([['recvall']]);
  await conn.write('last words');
  await conn[Symbol.asyncDispose]();
  assert.equal(conn.socket.fd, -1);
  assert.equal((await peer.done('recvall')).length, 10);
});

onEvery('closing our direction leaves theirs: what the peer sends afterwards is read', async (it) => {
  const { conn, peer } = await it.open([['recvall'], ['send', { pattern: 300_000 }], ['close']]);
  await conn.write('question');
  await conn.closeWrite();
  await conn.closeWrite();
  await conn.shutdown('wr');
  assert.equal(sha256(await conn.readAll()), sha256(pattern(300_000)));
  assert.equal((await peer.done('recvall')).length, 8);
  assert.equal(await conn.read(), null);
  assert.ok(isOpen(conn), 'the end of both directions closes nothing');
});

onEvery("the end of the peer's direction leaves ours: what we write afterwards arrives", async (it) => {
  const { conn, peer } = await it.open([['send', { text: 'all' }], ['shutdown', 'wr'], ['recvall']]);
  assert.equal(String(await conn.readAll()), 'all');
  await conn.write(pattern(300_000));
  assert.ok(isOpen(conn));
  await conn.closeWrite();
  assert.equal((await peer.done('recvall')).sha256, sha256(pattern(300_000)));
});

onEvery(
  'shutdown of reading ends a read that waits, or the next one',
  async (it) => {
    const { conn, peer } = await it.open([['recvall']]);
    if (it.colour === 'async') {
      const reading = conn.read();
      await conn.shutdown('rd');
      assert.equal(await reading, null);
    } else await conn.shutdown('rd');
    assert.equal(await conn.read(), null);
    await conn.write('still');
    await conn.shutdown('rdwr');
    assert.equal((await peer.done('recvall')).length, 5);
    for (const wrong of ['both', '', undefined, 1])
      await assert.rejects(async () => await conn.shutdown(wrong as never), { code: 'ERR_INVALID_ARG_VALUE' });
  },
  { exact: true },
);

onEvery(
  'closeInfo names the peer when it had ended the stream first, whether or not that was read',
  async (it) => {
    for (const read of [true, false]) {
      const { conn, peer } = await it.open([
        ['send', { text: 'x' }],
        ['shutdown', 'wr'],
        ['mark', 'ended'],
        ['recvall'],
      ]);
      await peer.mark('ended');
      if (read) assert.equal(String(await conn.readAll()), 'x');
      // Over loopback the end is here when shutdown(2) of the other side has returned.
      await conn.close();
      assert.deepEqual(conn.closeInfo, { by: 'remote', clean: true, truncated: false });
    }
  },
  { exact: true },
);
