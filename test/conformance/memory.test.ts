// Owns the tests of memory that changes hands or size while a call waits, and of bytes put back meanwhile.

import assert from 'node:assert/strict';
import { pattern, sha256 } from '../support/bytes.js';
import { failure, onEvery, type AnyConn, type Choice } from '../support/matrix.js';

const MiB = 1024 * 1024;
/** Only here does JavaScript run while a call waits. */
const async: Choice = { colours: ['async'] };

function detach(bytes: Uint8Array): void {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
  assert.equal(bytes.length, 0);
}

function own(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}

onEvery(
  'promise 15: memory that is detached while readInto waits is an error that consumes nothing',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['send', { text: 'abc' }], ['close']]);
    const memory = new Uint8Array(64);
    const reading = failure(() => conn.readInto(memory), 'ERR_BUFFER_DETACHED');
    detach(memory);
    peer.go();
    await reading;
    assert.equal(String(await conn.readAll()), 'abc');
  },
  async,
);

onEvery(
  'promise 15: memory that is resized while readInto waits is filled as far as it is there',
  async (it) => {
    const { conn, peer } = await it.open([['wait'], ['send', { text: 'abcdef' }], ['close']]);
    const Resizable = ArrayBuffer as unknown as new (
      length: number,
      o: { maxByteLength: number },
    ) => ArrayBuffer & { resize(length: number): void };
    const buffer = new Resizable(64, { maxByteLength: 128 });
    const memory = new Uint8Array(buffer);
    const reading = conn.readInto(memory);
    buffer.resize(4);
    peer.go();
    assert.equal(await reading, 4);
    assert.equal(Buffer.from(memory).toString(), 'abcd');
    const again = conn.readInto(memory);
    buffer.resize(128);
    assert.equal(await again, 2);
    assert.equal(Buffer.from(memory.subarray(0, 2)).toString(), 'ef');
  },
  { ...async, exact: true },
);

onEvery(
  'promise 15: data that is detached while a write waits is an error with the exact bytesDone, and nothing else goes out',
  async (it) => {
    const data = pattern(12 * MiB);
    const cut = 8 * MiB;
    for (const pieces of [1, 2, 3] as const) {
      for (const victim of pieces === 1 ? [0] : pieces === 2 ? [0, 1] : [0, 1, 2]) {
        const { conn, peer } = await it.open([['wait'], ['recvall']]);
        const parts = {
          1: [data],
          2: [data.subarray(0, cut), data.subarray(cut)],
          3: [data.subarray(0, cut), data.subarray(cut, cut + 10), data.subarray(cut + 10)],
        }[pieces].map(own);
        const writing = failure(() => conn.write(pieces === 1 ? parts[0]! : parts), 'ERR_BUFFER_DETACHED');
        const sent = conn.bytesWritten;
        assert.ok(sent > 0 && sent < cut);
        detach(parts[victim]!);
        peer.go();
        assert.equal((await writing).bytesDone, sent);
        await conn.closeWrite();
        const { length, sha256: hash } = await peer.done('recvall');
        assert.equal(length, sent);
        assert.equal(hash, sha256(data.subarray(0, sent)));
      }
    }
  },
  { ...async, exact: true },
);

onEvery(
  'promise 15: data that is detached before a queued write has begun fails it with bytesDone 0',
  async (it) => {
    for (const several of [false, true]) {
      const { conn, peer } = await it.open([['wait'], ['recvall']]);
      const data = pattern(8 * MiB);
      const first = conn.write(data);
      const parts = [own(pattern(10)), own(pattern(20)), own(pattern(30))];
      const second = failure(() => conn.write(several ? parts : parts[1]!), 'ERR_BUFFER_DETACHED');
      detach(parts[1]!);
      peer.go();
      assert.equal(await first, data.length);
      assert.equal((await second).bytesDone, 0);
      await conn.closeWrite();
      assert.equal((await peer.done('recvall')).sha256, sha256(data));
    }
  },
  async,
);

const reads: Record<string, (conn: AnyConn) => unknown> = {
  read: (conn) => conn.read(),
  readLine: (conn) => conn.readLine(),
  readUntil: (conn) => conn.readUntil('\n'),
  readExact: (conn) => conn.readExact(8),
  'readExact of much': (conn) => conn.readExact(100_000),
};

onEvery(
  'unread while a read waits is ERR_BUSY, because what has been looked at already would change',
  async (it) => {
    for (const [name, read] of Object.entries(reads)) {
      const { conn, peer } = await it.open([
        ['send', { text: 'abc' }],
        ['mark', 'half'],
        ['wait'],
        ['send', { text: 'def\n' }],
        ['close'],
      ]);
      await peer.mark('half');
      if (name === 'read') await conn.readExact(3);
      const reading = (async () => await read(conn))();
      await failure(() => conn.unread('x\n'), 'ERR_BUSY');
      peer.go();
      await reading.catch(() => undefined);
      conn.unread('now');
      assert.match(String(await conn.readAll()), /^now/);
    }
  },
  async,
);
