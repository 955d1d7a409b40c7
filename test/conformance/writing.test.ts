// Owns the tests of writing: what is written whole, what a write that is given up has done, and what goes on after it.

import assert from 'node:assert/strict';
import { pattern, sha256 } from '../support/bytes.js';
import { failure, onEvery, direct } from '../support/matrix.js';

const MiB = 1024 * 1024;

onEvery('write takes every kind of data, and returns the number of bytes', async (it) => {
  const { conn, peer } = await it.open([['recvall']]);
  const resizable = new Uint8Array(4).fill(0x7a);
  assert.equal(await conn.write('zwölf '), 7);
  assert.equal(await conn.write(Buffer.from('buffer ')), 7);
  assert.equal(await conn.write(Uint8Array.from([65, 66])), 2);
  assert.equal(await conn.write(Uint8Array.from([67, 68]).buffer), 2);
  assert.equal(await conn.write(new DataView(Uint8Array.from([0, 69, 70, 0]).buffer, 1, 2)), 2);
  assert.equal(await conn.write(resizable.subarray(1, 3)), 2);
  assert.equal(await conn.write(['[', Buffer.from('1'), '', new Uint8Array(0), 'ö', ']']), 5);
  conn.encoding = 'latin1';
  assert.equal(await conn.write('ö'), 1);
  assert.equal(conn.bytesWritten, 28);
  await conn.closeWrite();
  const { head, end } = await peer.done('recvall');
  assert.equal(
    Buffer.from(head, 'hex').toString('latin1'),
    Buffer.from('zwölf buffer ABCDEFzz[1ö]').toString('latin1') + 'ö',
  );
  assert.equal(end, 'eof');
});

onEvery('an empty write writes nothing and succeeds', async (it) => {
  const { conn, peer } = await it.open([['recvall']]);
  for (const nothing of ['', [], ['', ''], Buffer.alloc(0), new ArrayBuffer(0)]) {
    assert.equal(await conn.write(nothing), 0);
    assert.equal(await conn.write(nothing, { timeout: 0 }), 0);
  }
  assert.equal(conn.bytesWritten, 0);
  await conn.closeWrite();
  assert.equal((await peer.done('recvall')).length, 0);
});

onEvery('what cannot be converted is an error, and nothing is sent', async (it) => {
  const { conn, peer } = await it.open([['recvall']]);
  await failure(() => conn.write(['fine', '\ud800']), 'ERR_ENCODING');
  conn.encoding = 'latin1';
  await failure(() => conn.write(['fine', '€']), 'ERR_ENCODING');
  for (const bad of [undefined, null, 5, {}, ['ok', 5], [['deep']]]) {
    await assert.rejects(async () => await conn.write(bad as never), {
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_TYPE',
    });
  }
  await conn.closeWrite();
  assert.equal((await peer.done('recvall')).length, 0);
});

onEvery('an array of 5,000 pieces goes out whole and in order, more than one sendmsg can take', async (it) => {
  const { conn, peer } = await it.open([['recvall', { chunk: 50_000 }]]);
  const whole = pattern(5000 * 700);
  const pieces: Buffer[] = [];
  let at = 0;
  for (let i = 0; i < 5000; i++) {
    const length = (i * 37) % 1000;
    pieces.push(whole.subarray(at, at + length));
    at += length;
  }
  assert.equal(await conn.write(pieces), at);
  await conn.closeWrite();
  const { length, sha256: hash } = await peer.done('recvall');
  assert.equal(length, at);
  assert.equal(hash, sha256(whole.subarray(0, at)));
});

onEvery('an array of a few pieces of megabytes goes out whole, through a narrow buffer', async (it) => {
  const { conn, peer } = await it.open([['recvall', { chunk: 100_000 }]], { rcvbuf: 8192 });
  const whole = pattern(5 * MiB);
  const cuts = [0, 1, 2_000_000, 2_000_001, 4_500_000, whole.length];
  const pieces = cuts.slice(1).map((cut, i) => whole.subarray(cuts[i], cut));
  assert.equal(await conn.write(pieces), whole.length);
  await conn.closeWrite();
  assert.equal((await peer.done('recvall')).sha256, sha256(whole));
});

onEvery('16 MiB to a peer that starts late and reads slowly arrive whole, in bounded memory', async (it) => {
  const { conn, peer } = await it.open([
    ['pause', 100],
    ['recvall', { chunk: 262_144, delay: 1 }],
  ]);
  const data = pattern(16 * MiB);
  const before = process.memoryUsage.rss();
  assert.equal(await conn.write(data), data.length);
  const grown = process.memoryUsage.rss() - before;
  await conn.closeWrite();
  const { length, sha256: hash, end } = await peer.done('recvall');
  assert.deepEqual({ length, hash, end }, { length: data.length, hash: sha256(data), end: 'eof' });
  assert.ok(grown < 3 * data.length, `${grown} bytes more`);
  assert.equal(conn.bytesWritten, data.length);
});

onEvery('promise 1: a write to a peer that never reads says exactly how far it got', async (it) => {
  const { conn, peer } = await it.open([['wait'], ['recvall']]);
  const data = pattern(16 * MiB);
  for (const timeout of [100, 0, 10]) {
    const before = conn.bytesWritten;
    const error = await failure(() => conn.write(data.subarray(conn.bytesWritten), { timeout }), 'ETIMEDOUT');
    assert.equal(error.name, 'TimeoutError');
    assert.equal(error.phase, 'write');
    assert.equal(conn.bytesWritten - before, error.bytesDone);
  }
  assert.ok(conn.bytesWritten > 0 && conn.bytesWritten < data.length);
  assert.equal(conn.closeInfo, null);
  peer.go();
  const sent = conn.bytesWritten;
  await conn.closeWrite();
  const { length, sha256: hash, end } = await peer.done('recvall');
  assert.deepEqual({ length, end }, { length: sent, end: 'eof' });
  assert.equal(hash, sha256(data.subarray(0, sent)));
});

onEvery('promise 1: so does a write of many pieces, and the rest can be written later', async (it) => {
  const { conn, peer } = await it.open([['wait'], ['recvall']]);
  const data = pattern(12 * MiB);
  const pieces: Buffer[] = [];
  for (let at = 0; at < data.length; at += 3001) pieces.push(data.subarray(at, at + 3001));
  const { bytesDone } = await failure(() => conn.write(pieces, { timeout: 200 }), 'ETIMEDOUT');
  assert.ok(bytesDone > 0 && bytesDone < data.length);
  peer.go();
  assert.equal(await conn.write(data.subarray(bytesDone)), data.length - bytesDone);
  await conn.closeWrite();
  assert.equal((await peer.done('recvall')).sha256, sha256(data));
});

onEvery(
  'promise 1: a cancelled write says how far it got, and why it was cancelled',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['recvall']]);
    const data = pattern(16 * MiB);
    const controller = new AbortController();
    const writing = failure(() => conn.write(data, { signal: controller.signal }), 'ABORT_ERR');
    controller.abort('enough');
    const error = await writing;
    assert.equal(error.cause, 'enough');
    assert.ok(error.bytesDone > 0);
    assert.equal(error.bytesDone, conn.bytesWritten);
    peer.go();
    await conn.closeWrite();
    const { length, sha256: hash } = await peer.done('recvall');
    assert.equal(length, error.bytesDone);
    assert.equal(hash, sha256(data.subarray(0, length)));
  },
  { colours: ['async'], exact: true },
);

onEvery(
  'promise 1: writes queued behind one that timed out fail with ERR_WRITE_BROKEN and bytesDone 0, later ones go out',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['recvall']]);
    const data = pattern(16 * MiB);
    const first = failure(() => conn.write(data, { timeout: 30 }), 'ETIMEDOUT');
    const queued = [
      failure(() => conn.write('never'), 'ERR_WRITE_BROKEN'),
      failure(() => conn.write(['no', 'pe']), 'ERR_WRITE_BROKEN'),
      failure(() => conn.writeLine('nor this'), 'ERR_WRITE_BROKEN'),
      failure(() => conn.closeWrite(), 'ERR_WRITE_BROKEN'),
    ];
    const { bytesDone } = await first;
    for (const one of queued) assert.equal((await one).bytesDone, 0);
    const later = conn.write('later');
    peer.go();
    assert.equal(await later, 5);
    await conn.closeWrite();
    const { length, sha256: hash } = await peer.done('recvall');
    assert.equal(length, bytesDone + 5);
    assert.equal(hash, sha256(Buffer.concat([data.subarray(0, bytesDone), Buffer.from('later')])));
  },
  { colours: ['async'] },
);

onEvery(
  'promise 1: a write that is given up before its turn has sent nothing, breaks those behind it, and none before it',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['recvall']]);
    const data = pattern(8 * MiB);
    const first = conn.write(data);
    const second = failure(() => conn.write('second', { timeout: 20 }), 'ETIMEDOUT');
    const third = failure(() => conn.write('third'), 'ERR_WRITE_BROKEN');
    assert.equal((await second).bytesDone, 0);
    assert.equal((await third).bytesDone, 0);
    assert.equal((await failure(() => conn.write('now', { timeout: 0 }), 'ETIMEDOUT')).bytesDone, 0);
    peer.go();
    assert.equal(await first, data.length);
    await conn.closeWrite();
    assert.equal((await peer.done('recvall')).sha256, sha256(data));
  },
  { colours: ['async'] },
);

onEvery(
  'promise 1: a write that close, dispose or abort ends says how far it got',
  async (it) => {
    for (const way of ['close with a limit', 'dispose', 'abort'] as const) {
      const { conn } = await it.open([['wait']]);
      const first = failure(() => conn.write(pattern(16 * MiB)), 'ERR_SOCKET_CLOSED');
      const second = failure(() => conn.write('second'), 'ERR_SOCKET_CLOSED');
      const sent = conn.bytesWritten;
      assert.ok(sent > 0);
      if (way === 'close with a limit') await conn.close({ timeout: 20 });
      else if (way === 'dispose') conn[Symbol.dispose]();
      else conn.abort();
      assert.equal((await first).bytesDone, sent, way);
      assert.equal((await second).bytesDone, 0, way);
      assert.equal(conn.closeInfo?.clean, false, way);
    }
  },
  { colours: ['async'], exact: true },
);

onEvery('sendTimeout limits the waits of every write', async (it) => {
  const { conn } = await it.open([['wait']]);
  conn.socket.sendTimeout = 30;
  const { bytesDone } = await failure(() => conn.write(pattern(16 * MiB)), 'ETIMEDOUT');
  assert.equal(bytesDone, conn.bytesWritten);
});

onEvery(
  'waitFlushed waits until the peer has everything, and is false when the limit is spent',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['recv', 8 * MiB], ['wait']], { rcvbuf: 4096 });
    assert.equal(await conn.waitFlushed(), true, 'nothing was written');
    const { bytesDone } = await failure(() => conn.write(pattern(8 * MiB), { timeout: 100 }), 'ETIMEDOUT');
    assert.ok(bytesDone > 0);
    // A write that was given up does not matter: what the kernel has is on its way.
    assert.equal(await conn.waitFlushed({ timeout: 10 }), false);
    const whole = await it.open([['wait'], ['recv', 100_000], ['wait']], { rcvbuf: 2048 });
    await whole.conn.write(pattern(100_000));
    assert.equal(await whole.conn.waitFlushed({ timeout: 10 }), false);
    assert.equal(await whole.conn.waitFlushed({ timeout: 0 }), false);
    whole.peer.go();
    assert.equal(await whole.conn.waitFlushed(), true);
    assert.equal(whole.conn.socket.queued().out, 0);
    await whole.peer.done('recv');
    await peer.stop();
  },
  { transports: direct },
);

onEvery('a write after the end of our direction is EPIPE, and reading goes on', async (it) => {
  const { conn, peer } = await it.open([['recvall'], ['send', { text: 'answer' }], ['close']]);
  await conn.closeWrite();
  const error = await failure(() => conn.write('too late'), 'EPIPE');
  assert.equal(error.bytesDone, 0);
  assert.equal(error.syscall, 'send');
  assert.equal(String(await conn.readAll()), 'answer');
  assert.equal((await peer.done('recvall')).length, 0);
});
