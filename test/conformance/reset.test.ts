// Owns the tests of connections that the peer resets: nobody is hurt before the next call, and what had arrived is read.

import assert from 'node:assert/strict';
import { pattern, sha256 } from '../support/bytes.js';
import { sized } from '../support/faults.js';
import { failure, isOpen, onEvery, tcp } from '../support/matrix.js';

const MiB = 1024 * 1024;
const onTcp = { transports: tcp };

onEvery(
  'promise 11: an RST on an idle connection hurts nobody until the next call',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['reset']]);
    await failure(() => conn.read(1, { timeout: 5 }), 'ETIMEDOUT');
    peer.go();
    await peer.finished();
    await new Promise((turn) => setImmediate(turn));
    assert.ok(isOpen(conn));
    const error = await failure(() => conn.read(), 'ECONNRESET');
    assert.equal(error.syscall, 'recv');
    assert.equal(error.phase, 'read');
    assert.equal(error.address, conn.remoteAddr.address);
    assert.equal(error.port, conn.remoteAddr.port);
    // The kernel reports it once; after that the stream is over.
    assert.equal(await conn.read(), null);
    await failure(() => conn.write('x'), 'EPIPE');
    await conn.close();
    assert.equal(conn.closeInfo?.by, 'error');
    assert.equal(conn.closeInfo?.clean, false);
    assert.equal(conn.closeInfo?.error?.code, 'ECONNRESET');
  },
  onTcp,
);

onEvery(
  'promise 11: an RST ends a read that waits',
  async (it) => {
    for (const wait of ['read', 'readExact', 'readLine', 'readAll', 'peek'] as const) {
      const { conn } = await it.open([['pause', sized(10, 200)], ['reset']]);
      const call = {
        read: () => conn.read(),
        readExact: () => conn.readExact(5),
        readLine: () => conn.readLine(),
        readAll: () => conn.readAll(),
        peek: () => conn.peek(1),
      }[wait];
      await failure(call, 'ECONNRESET');
    }
  },
  onTcp,
);

onEvery(
  'promise 11: data that arrived before an RST is still delivered',
  async (it) => {
    const { conn, peer } = await it.open([
      ['send', { text: 'one\ntwo' }],
      ['acked'],
      ['mark', 'sent'],
      ['wait'],
      ['reset'],
    ]);
    await peer.mark('sent');
    assert.equal(await conn.readLine(), 'one');
    peer.go();
    await peer.finished();
    const pieces: string[] = [];
    await failure(async () => {
      for await (const piece of conn) pieces.push(String(piece));
    }, 'ECONNRESET');
    assert.deepEqual(pieces, ['two']);
  },
  { ...onTcp, exact: true },
);

onEvery(
  'what a read had gathered when the connection was reset is there for the next one',
  async (it) => {
    for (const n of [50_000, 200_000]) {
      const { conn, peer } = await it.open([
        ['send', { pattern: 40_000 }],
        ['acked'],
        ['mark', 'sent'],
        ['wait'],
        ['reset'],
      ]);
      await peer.mark('sent');
      await failure(() => conn.readExact(n, { timeout: 20 }), 'ETIMEDOUT');
      peer.go();
      await peer.finished();
      await failure(() => conn.readExact(n), 'ECONNRESET');
      assert.ok((await conn.readExact(40_000)).equals(pattern(40_000)), `readExact(${n})`);
      assert.equal(await conn.read(), null);
    }
  },
  onTcp,
);

onEvery(
  'promise 11: an RST ends a write that waits, which says how far it got, and reading goes on',
  async (it) => {
    const { conn, peer } = await it.open([
      ['send', { text: 'before' }],
      ['acked'],
      ['recv', 1],
      ['pause', 10],
      ['reset'],
    ]);
    const error = await failure(() => conn.write(pattern(32 * MiB)), 'ECONNRESET');
    assert.ok(error.bytesDone > 0 && error.bytesDone < 32 * MiB);
    assert.equal(error.bytesDone, conn.bytesWritten);
    await peer.finished();
    await failure(() => conn.write('x'), 'EPIPE');
    // The kernel keeps what was queued for reading when the reset came.
    assert.equal(String(await conn.read()), 'before');
    assert.equal(await conn.read(), null);
  },
  { ...onTcp, exact: true },
);

onEvery(
  'a peer that has closed makes a later write fail, and what it sent is still read',
  async (it) => {
    const { conn, peer } = await it.open([['send', { text: 'tail' }], ['close']]);
    await peer.finished();
    const error = await failure(async () => {
      // The first may still be taken by the kernel, which then hears of the reset.
      for (let i = 0; i < 1000; i++) await conn.write('x');
    }, 'EPIPE');
    assert.equal(error.syscall, 'send');
    assert.equal(String(await conn.read()), 'tail');
    assert.equal(await conn.read(), null);
    await conn.close();
    assert.equal(conn.closeInfo?.clean, false);
  },
  { exact: true },
);

onEvery(
  'abort resets the connection, ends waiting calls, and throws away what was queued',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['recvall']]);
    await conn.write('hello');
    conn.abort();
    conn.abort();
    assert.equal(conn.socket.fd, -1);
    peer.go();
    const { end } = await peer.done('recvall');
    assert.equal(end, 'reset');
    assert.equal(conn.closeInfo?.by, 'local');
    assert.equal(conn.closeInfo?.clean, false);
    await failure(() => conn.read(), 'ERR_SOCKET_CLOSED');
  },
  onTcp,
);

onEvery(
  'promise 4: 4 MiB written and closed at once reach a peer that reads later, to the last byte',
  async (it) => {
    const { conn, peer } = await it.open([
      ['send', { text: 'unread input' }],
      ['mark', 'sent'],
      ['pause', 100],
      ['recvall', { delay: 1 }],
    ]);
    await peer.mark('sent');
    const data = pattern(4 * MiB);
    const writing = conn.write(data);
    const closing = conn.close();
    assert.equal(await writing, data.length);
    await closing;
    const { length, sha256: hash, end } = await peer.done('recvall');
    assert.deepEqual({ length, end }, { length: data.length, end: 'eof' });
    assert.equal(hash, sha256(data));
    assert.deepEqual(conn.closeInfo, { by: 'local', clean: true, truncated: false });
  },
  { exact: true },
);
