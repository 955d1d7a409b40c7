// Owns the tests of what a connection says and lets itself be told: addresses, counts, options, and its two colours.

import assert from 'node:assert/strict';
import { failure, netOf, onEvery, tcp, direct } from '../support/matrix.js';

onEvery(
  'a connection knows both its addresses, its socket, and its number',
  async (it) => {
    const { conn } = await it.open([['wait']]);
    const { localAddr, remoteAddr, socket } = conn;
    assert.equal(localAddr.family, it.family);
    assert.equal(remoteAddr.family, it.family);
    assert.equal(socket.family, it.family);
    assert.equal(socket.kind, 'stream');
    assert.equal(socket.state, 'connected');
    assert.ok(socket.fd > 2);
    assert.equal(String(socket.getsockname()), String(localAddr));
    assert.equal(String(socket.getpeername()), String(remoteAddr));
    if (it.isTcp) assert.equal(localAddr.address, it.transport === 'tcp4' ? '127.0.0.1' : '::1');
    const second = await it.open([['wait']]);
    assert.notEqual(second.conn.id, conn.id);
    assert.notEqual(second.conn.socket.fd, socket.fd);
  },
  { transports: direct },
);

onEvery('bytes are counted as they cross into the kernel and out of it', async (it) => {
  const { conn, peer } = await it.open([['send', { text: '0123456789' }], ['mark', 'sent'], ['recvall']]);
  await peer.mark('sent');
  assert.deepEqual([conn.bytesRead, conn.bytesWritten], [0, 0]);
  await conn.peek(10);
  assert.equal(conn.bytesRead, 10, 'looking ahead takes them out of the kernel');
  conn.unread('not counted');
  await conn.readExact(21);
  assert.equal(conn.bytesRead, 10);
  await conn.write(['ab', 'c']);
  assert.equal(conn.bytesWritten, 3);
  await conn.close();
  assert.deepEqual([conn.bytesRead, conn.bytesWritten], [10, 3]);
});

onEvery(
  'noDelay is on unless told otherwise, quickAck can be set, keepAlive and linger say what the kernel keeps',
  async (it) => {
    const { conn } = await it.open([['wait']]);
    assert.equal(conn.noDelay, true);
    conn.noDelay = false;
    assert.equal(conn.noDelay, false);
    conn.noDelay = true;
    conn.quickAck = false;
    assert.equal(conn.quickAck, false);
    conn.quickAck = true;
    assert.equal(conn.quickAck, true);

    assert.equal(conn.keepAlive, null);
    conn.keepAlive = true;
    assert.deepEqual(Object.keys(conn.keepAlive ?? {}).sort(), ['count', 'idle', 'interval']);
    conn.keepAlive = { idle: '30s', interval: 1500, count: 4 };
    assert.deepEqual(conn.keepAlive, { idle: 30_000, interval: 2000, count: 4 });
    conn.keepAlive = { count: 5 };
    assert.deepEqual(conn.keepAlive, { idle: 30_000, interval: 2000, count: 5 });
    conn.keepAlive = false;
    assert.equal(conn.keepAlive, null);
  },
  { transports: tcp },
);

onEvery('linger is whole seconds, rounded up, and off unless told', async (it) => {
  const { conn } = await it.open([['wait']]);
  const lingers: (number | null)[] = [conn.linger];
  for (const value of ['1200ms', 5000, 0, null] as const) {
    conn.linger = value;
    lingers.push(conn.linger);
  }
  assert.deepEqual(lingers, [null, 2000, 5000, 0, null]);
  for (const wrong of [-1, NaN, 'soon', true])
    assert.throws(() => (conn.linger = wrong as never), { code: /^ERR_(INVALID_ARG|OUT_OF_RANGE)/ });
  assert.throws(() => (conn.noDelay = 1 as never), { code: 'ERR_INVALID_ARG_TYPE' });
});

onEvery(
  'on Unix sockets noDelay reads true and quickAck is EOPNOTSUPP',
  async (it) => {
    const { conn } = await it.open([['wait']]);
    conn.noDelay = false;
    assert.equal(conn.noDelay, true);
    await failure(() => conn.quickAck, 'EOPNOTSUPP');
    await failure(() => (conn.quickAck = true), 'EOPNOTSUPP');
  },
  { transports: ['unix', 'abstract', 'pair'] },
);

onEvery(
  'promise 14: close with linger waits for the queue no longer than told, and does not freeze',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['recvall']], { rcvbuf: 2048 });
    conn.linger = 1000;
    await conn.write(Buffer.alloc(150_000, 'l'));
    const begun = performance.now();
    await conn.close();
    const took = performance.now() - begun;
    assert.ok(took > 900 && took < 10_000, `${took} ms`);
    peer.go();
    const { length, end } = await peer.done('recvall');
    assert.deepEqual({ length, end }, { length: 150_000, end: 'eof' });
  },
  { exact: true },
);

onEvery(
  'both colours face one connection: one buffer, one set of counts',
  async (it) => {
    const { conn, peer } = await it.open([['send', { text: 'one\ntwo\nthree\n' }], ['recvall']]);
    const other = netOf(it.colour === 'async' ? 'sync' : 'async').share(conn);
    assert.equal(other.id, conn.id);
    assert.equal(await conn.readLine(), 'one');
    assert.equal(await other.readLine(), 'two');
    conn.unread('back ');
    assert.equal(await other.readLine(), 'back three');
    await other.write('from the one');
    await conn.write(', from the other');
    assert.equal(other.bytesWritten, conn.bytesWritten);
    other.encoding = 'latin1';
    assert.equal(conn.encoding, 'latin1');
    await other.close();
    assert.deepEqual(conn.closeInfo, other.closeInfo);
    await failure(() => conn.read(), 'ERR_SOCKET_CLOSED');
    assert.equal((await peer.done('recvall')).length, 28);
    for (const wrong of [null, {}, conn.socket, 5])
      assert.throws(() => it.net.share(wrong as never), { code: 'ERR_INVALID_ARG_TYPE' });
  },
  { transports: direct },
);

onEvery(
  'a blocking call finds ERR_BUSY while a promise waits in the same direction, and none in the other',
  async (it) => {
    const { conn, peer } = await it.open([
      ['send', { text: 'a' }],
      ['mark', 'sent'],
      ['wait'],
      ['send', { text: 'bc' }],
      ['wait'],
      ['recvall'],
    ]);
    const blocking = netOf('sync').share(conn);
    await peer.mark('sent');
    const reading = conn.readExact(3);
    const before = process.hrtime.bigint();
    for (const call of [
      () => blocking.read(),
      () => blocking.readExact(1),
      () => blocking.waitReadable({ timeout: 1 }),
    ])
      assert.equal((await failure(call, 'ERR_BUSY')).phase, 'read');
    assert.ok(process.hrtime.bigint() - before < 5_000_000_000n);
    assert.equal(await blocking.write('free'), 4);
    peer.go();
    assert.equal(String(await reading), 'abc');

    const writing = conn.write(Buffer.alloc(16 * 1024 * 1024));
    assert.equal((await failure(() => blocking.write('x'), 'ERR_BUSY')).phase, 'write');
    await failure(() => blocking.closeWrite(), 'ERR_BUSY');
    await failure(() => blocking.close(), 'ERR_BUSY');
    await failure(() => blocking.close({ timeout: 1 }), 'ERR_BUSY');
    await failure(() => blocking.read(1, { timeout: 0 }), 'ETIMEDOUT');
    peer.go();
    await writing;
    await conn.close();
    assert.equal((await peer.done('recvall')).length, 4 + 16 * 1024 * 1024);
  },
  { colours: ['async'] },
);
