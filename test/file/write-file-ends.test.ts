// Owns the tests of a writeFile that does not come to its end: limits, signals, a peer that is gone, a close in the middle;
// and of what it must not do to others meanwhile.

import assert from 'node:assert/strict';
import { closeSync, constants, openSync } from 'node:fs';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { connected, descriptors, failure, fifoOf, fileOf, inBothColours, noise, pairOf, sha256 } from './kit.js';

const MIB = 1024 * 1024;
const large = noise(16 * MIB);

inBothColours(
  'promise 1: when a limit ends it, bytesDone says how far it got, and the rest may follow',
  async (net, t) => {
    const path = fileOf(t, large);
    const { conn, peer } = await connected(net, t, { receiveBuffer: 4096 });
    const before = descriptors();
    const error = await failure(() => conn.writeFile(path, { timeout: 30 }));
    assert.ok(error instanceof promises.TimeoutError);
    assert.ok(error.bytesDone > 0 && error.bytesDone < large.length, `${error.bytesDone}`);
    assert.equal(error.bytesDone, conn.bytesWritten);
    assert.equal(descriptors(), before);
    // The peer's kernel may have taken a little more meanwhile.
    const again = await failure(() => conn.writeFile(path, { offset: error.bytesDone, timeout: 0 }));
    assert.equal(again.code, 'ETIMEDOUT');
    const done = error.bytesDone + again.bytesDone;
    peer.begin('result = digest(c)');
    assert.equal(await conn.writeFile(path, { offset: done }), large.length - done);
    await conn.closeWrite();
    assert.deepEqual(await peer.value('result'), [large.length, sha256(large)]);
    assert.equal(descriptors(), before);
  },
);

test('promise 1: writes behind one that was given up fail and are not begun', async (t) => {
  const path = fileOf(t, large);
  const { conn, peer } = await connected(promises, t, { receiveBuffer: 4096 });
  const aborting = new AbortController();
  const [first, second, third] = [
    failure(() => conn.writeFile(path, { signal: aborting.signal })),
    failure(() => conn.writeFile(path)),
    failure(() => conn.write('behind')),
  ];
  setImmediate(() => aborting.abort(new Error('enough')));
  const error = await first;
  assert.deepEqual([error.code, (error.cause as Error).message], ['ABORT_ERR', 'enough']);
  for (const broken of [await second, await third])
    assert.deepEqual([broken.code, broken.bytesDone], ['ERR_WRITE_BROKEN', 0]);
  peer.begin('result = digest(c)');
  await conn.closeWrite();
  assert.deepEqual(await peer.value('result'), [error.bytesDone, sha256(large.subarray(0, error.bytesDone))]);
  await conn.close();
  assert.equal(conn.closeInfo!.clean, false, 'the stream is torn');
});

inBothColours('a signal that is aborted already stops it before it begins', async (net, t) => {
  const [conn, other] = pairOf(net, t);
  const before = descriptors();
  const error = await failure(() => conn.writeFile(fileOf(t, 'x'), { signal: AbortSignal.abort() }));
  assert.equal(error.code, 'ABORT_ERR');
  assert.equal(await other.waitReadable({ timeout: 0 }), false);
  assert.equal(descriptors(), before);
});

inBothColours('a peer that is gone is an error with bytesDone, and never SIGPIPE', async (net, t) => {
  const path = fileOf(t, large);
  let signals = 0;
  // With a listener Node no longer ignores the signal.
  const hear = (): number => signals++;
  process.on('SIGPIPE', hear);
  t.after(() => process.off('SIGPIPE', hear));
  const { conn, peer } = await connected(net, t, { receiveBuffer: 4096 });
  const before = descriptors();
  peer.begin('c.recv(100000); reset(c)');
  const error = await failure(() => conn.writeFile(path));
  assert.ok(['ECONNRESET', 'EPIPE'].includes(error.code), error.code);
  assert.ok(error.bytesDone > 0 && error.bytesDone < large.length);
  assert.equal(error.phase, 'write');
  const again = await failure(() => conn.writeFile(path));
  assert.deepEqual([again.code, again.bytesDone], ['EPIPE', 0]);
  assert.equal((await failure(() => conn.socket.sendFile(path))).code, 'EPIPE');
  const [one, two] = pairOf(net, t);
  two.abort();
  assert.equal((await failure(() => one.writeFile(path))).code, 'EPIPE');
  await new Promise((turn) => setImmediate(turn));
  await new Promise((turn) => setImmediate(turn));
  assert.equal(signals, 0);
  conn.abort();
  one.abort();
  assert.equal(descriptors(), before - 1);
});

inBothColours('promise 4: close lets the file out', async (net, t) => {
  const path = fileOf(t, large);
  const { conn, peer } = await connected(net, t);
  peer.begin('result = digest(c)');
  const sending = conn.writeFile(path);
  const closing = conn.close();
  assert.equal(await sending, large.length);
  await closing;
  assert.deepEqual(await peer.value('result'), [large.length, sha256(large)]);
  assert.equal(conn.closeInfo!.clean, true);
});

test('an abort in the middle ends it with ERR_SOCKET_CLOSED, and closes the file', async (t) => {
  const path = fileOf(t, large);
  const { conn } = await connected(promises, t, { receiveBuffer: 4096 });
  const before = descriptors();
  const sending = failure(() => conn.writeFile(path));
  const waiting = failure(() => conn.writeFile(path));
  assert.equal(descriptors(), before + 2);
  conn.abort();
  assert.equal(descriptors(), before - 1);
  for (const error of [await sending, await waiting]) assert.equal(error.code, 'ERR_SOCKET_CLOSED');
  assert.ok((await sending).bytesDone > 0);
});

test('promise 5: a fast reader of a large file does not keep the loop from others', async (t) => {
  const path = fileOf(t, large);
  const { conn, peer } = await connected(promises, t);
  peer.begin('result = digest(c)');
  let turns = 0;
  let going = true;
  const turn = (): void => {
    turns++;
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  for (let i = 0; i < 8; i++) await conn.writeFile(path);
  going = false;
  assert.ok(turns >= 8, `${turns} turns of the loop for 128 MiB`);
  await conn.closeWrite();
  assert.equal(((await peer.value('result')) as number[])[0], 8 * large.length);
});

inBothColours('sendFile is one call: short at most, 0 at the end of the file', async (net, t) => {
  const path = fileOf(t, large);
  const { conn, peer } = await connected(net, t);
  peer.begin('result = digest(c)');
  let at = 0;
  let calls = 0;
  for (let n; (n = await conn.socket.sendFile(path, { offset: at })) > 0; at += n) {
    assert.ok(n <= 2 * MIB, `${n}`);
    calls++;
  }
  assert.ok(calls >= 8);
  assert.equal(at, large.length);
  assert.equal(await conn.socket.sendFile(path, { offset: 5, length: 3 }), 3);
  assert.equal(await conn.socket.sendFile(path, { length: 0 }), 0);
  const maps = await conn.socket.sendFile('/proc/self/status');
  assert.ok(maps > 100);
  await conn.closeWrite();
  const [n] = (await peer.value('result')) as [number, string];
  assert.equal(n, large.length + 3 + maps);
});

inBothColours('sendFile waits for room within its limit, and takes no pipe', async (net, t) => {
  const path = fileOf(t, large);
  const { conn, peer } = await connected(net, t, { receiveBuffer: 4096 });
  const before = descriptors();
  let sent = 0;
  const error = await failure(async () => {
    for (;;) sent += await conn.socket.sendFile(path, { timeout: 20 });
  });
  assert.ok(error instanceof promises.TimeoutError);
  assert.ok(sent > 0);
  const fd = openSync(fifoOf(t), constants.O_RDWR);
  assert.equal((await failure(() => conn.socket.sendFile(fd))).code, 'EINVAL');
  closeSync(fd);
  assert.equal(await conn.write('', { timeout: 0 }), 0, 'nothing is broken by that');
  peer.begin('c.close()');
  assert.equal(descriptors(), before);
});
