// Owns the tests of writeFile: what arrives, which part of which file, and its place among the writes.

import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, readSync, truncateSync, appendFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { connected, descriptors, failure, fileOf, folder, inBothColours, noise, pairOf, sha256 } from './kit.js';

const three = noise(3 * 1024 * 1024 + 5);

inBothColours('a file with NULs in it arrives byte for byte, between the writes around it', async (net, t) => {
  const path = fileOf(t, three);
  const before = descriptors();
  const { conn, peer } = await connected(net, t);
  peer.begin('result = digest(c)');
  // In the promise colour all three are called before the first is over: promise 4.
  const calls = [conn.write('before'), conn.writeFile(path), conn.write('after')];
  assert.deepEqual(await Promise.all(calls), [6, three.length, 5]);
  assert.equal(conn.bytesWritten, three.length + 11);
  await conn.closeWrite();
  assert.deepEqual(await peer.value('result'), [three.length + 11, sha256('before', three, 'after')]);
  conn.abort();
  assert.equal(descriptors(), before + 3, 'those of the peer alone');
});

inBothColours('a large file arrives whole, and so does a part from the middle', async (net, t) => {
  const bytes = noise((process.env['BERKELEY_HEAVY'] ? 64 : 36) * 1024 * 1024);
  const path = fileOf(t, bytes);
  const { conn, peer } = await connected(net, t);
  peer.begin('result = digest(c)');
  assert.equal(await conn.writeFile(path), bytes.length);
  assert.equal(await conn.writeFile(path, { offset: 12_345_678, length: 23_456_789 }), 23_456_789);
  await conn.closeWrite();
  const [n, digest] = (await peer.value('result')) as [number, string];
  assert.equal(n, bytes.length + 23_456_789);
  assert.equal(digest, sha256(bytes, bytes.subarray(12_345_678, 12_345_678 + 23_456_789)));
});

inBothColours('offset and length choose a part, and what the file does not hold is not sent', async (net, t) => {
  const path = fileOf(t, 'abcdefghij');
  const empty = fileOf(t, '');
  const [conn, other] = pairOf(net, t);
  assert.equal(await conn.writeFile(path, { offset: 3 }), 7);
  assert.equal(await conn.writeFile(path, { length: 2 }), 2);
  assert.equal(await conn.writeFile(path, { offset: 8, length: 100 }), 2);
  assert.equal(await conn.writeFile(path, { offset: 10 }), 0);
  assert.equal(await conn.writeFile(path, { offset: 6_000_000_000 }), 0);
  assert.equal(await conn.writeFile(path, { length: 0 }), 0);
  assert.equal(await conn.writeFile(empty), 0);
  assert.equal(String(await other.readExact(11)), 'defghijabij');
  assert.equal(await other.waitReadable({ timeout: 0 }), false);
});

inBothColours('a file of more than 4 GiB is read where the offset says', async (net, t) => {
  const path = fileOf(t, '');
  const size = 5 * 1024 ** 3;
  truncateSync(path, size);
  appendFileSync(path, 'the end');
  const [conn, other] = pairOf(net, t);
  assert.equal(await conn.writeFile(path, { offset: size - 3 }), 10);
  assert.deepEqual(await other.readExact(10), Buffer.from('\0\0\0the end'));
  assert.equal(await conn.writeFile(path, { offset: 2 ** 31 - 1, length: 4 }), 4);
  assert.deepEqual(await other.readExact(4), Buffer.alloc(4));
});

inBothColours('a descriptor is read from its position, which moves on by what was sent', async (net, t) => {
  const path = fileOf(t, '0123456789');
  const [conn, other] = pairOf(net, t);
  const before = descriptors();
  const fd = openSync(path, 'r');
  readSync(fd, Buffer.alloc(2), 0, 2, null);
  assert.equal(await conn.writeFile(fd, { length: 3 }), 3);
  assert.equal(await conn.writeFile({ fd }), 5);
  assert.equal(await conn.writeFile(fd), 0);
  assert.equal(await conn.writeFile(fd, { offset: 0, length: 1 }), 1, 'an offset moves nothing');
  assert.equal(await conn.writeFile(fd), 0);
  closeSync(fd);
  const file = await open(path);
  assert.equal(await conn.writeFile(file), 10);
  assert.equal((await file.stat()).size, 10, 'it stays open');
  await file.close();
  assert.equal(String(await other.readExact(19)), '2345678900123456789');
  assert.equal(descriptors(), before);
});

test('two writes of one descriptor, called at once, send one part after the other', async (t) => {
  const [conn, other] = pairOf(promises, t);
  const fd = openSync(fileOf(t, 'abcdef'), 'r');
  t.after(() => closeSync(fd));
  const calls = [conn.writeFile(fd, { length: 2 }), conn.writeFile(fd, { length: 2 }), conn.writeFile(fd)];
  assert.deepEqual(await Promise.all(calls), [2, 2, 2]);
  assert.equal(String(await other.readExact(6)), 'abcdef');
});

test('the descriptor may be closed, and its number be used again, while the call waits', async (t) => {
  const { conn, peer } = await connected(promises, t, { receiveBuffer: 4096 });
  const bytes = noise(8 * 1024 * 1024);
  const fd = openSync(fileOf(t, bytes), 'r');
  const sending = conn.writeFile(fd);
  closeSync(fd);
  const other = openSync(fileOf(t, Buffer.alloc(bytes.length, 'x')), 'r');
  assert.equal(other, fd, 'the number is used again');
  peer.begin('result = digest(c)');
  assert.equal(await sending, bytes.length);
  await conn.closeWrite();
  closeSync(other);
  assert.deepEqual(await peer.value('result'), [bytes.length, sha256(bytes)]);
});

test('a file that grows meanwhile is sent with what was added, one that shrinks as far as it goes', async (t) => {
  for (const way of ['grows', 'shrinks', 'part'] as const) {
    const { conn, peer } = await connected(promises, t, { receiveBuffer: 4096 });
    const bytes = noise(16 * 1024 * 1024);
    const path = fileOf(t, bytes);
    const fd = openSync(path, 'r+');
    const sending = conn.writeFile(path, way === 'part' ? { length: bytes.length } : undefined);
    // It waits for the peer by now: nothing reads there.
    if (way === 'shrinks') ftruncateSync(fd, 12 * 1024 * 1024);
    else appendFileSync(path, 'more');
    closeSync(fd);
    peer.begin('result = digest(c)');
    const length = { grows: bytes.length + 4, shrinks: 12 * 1024 * 1024, part: bytes.length }[way];
    assert.equal(await sending, length);
    await conn.closeWrite();
    const whole = Buffer.concat([bytes, Buffer.from('more')]);
    assert.deepEqual(await peer.value('result'), [length, sha256(whole.subarray(0, length))]);
  }
});

inBothColours('a file that cannot be sent is named in the error, and breaks nothing', async (net, t) => {
  const [conn, other] = pairOf(net, t);
  const before = descriptors();
  const place = folder(t);
  const missing = join(place, 'missing');
  const cases: [string | number, string, string][] = [
    [missing, 'ENOENT', `open ENOENT ${missing}`],
    [place, 'EISDIR', `read EISDIR ${place}`],
    [join(place, 'a'.repeat(300)), 'ENAMETOOLONG', 'open ENAMETOOLONG '],
    [`/${'a/'.repeat(4096)}`, 'ENAMETOOLONG', 'open ENAMETOOLONG '],
    [999_999, 'EBADF', 'dup EBADF'],
  ];
  for (const [file, code, message] of cases) {
    const error = await failure(() => conn.writeFile(file));
    assert.equal(error.code, code);
    assert.ok(error.message.startsWith(message), error.message);
    assert.equal(error.phase, 'read');
    assert.equal(error.bytesDone, 0);
  }
  const writable = openSync(fileOf(t, 'x'), 'a');
  assert.equal((await failure(() => conn.writeFile(writable))).code, 'EBADF');
  closeSync(writable);
  assert.equal((await failure(() => conn.writeFile(conn.socket.fd))).code, 'ERR_DESCRIPTOR_IN_USE');
  assert.equal(await conn.write('fine'), 4);
  assert.equal(String(await other.read()), 'fine');
  assert.equal(conn.closeInfo, null);
  assert.equal(descriptors(), before);
});

inBothColours('wrong arguments are refused by their name, before a file is opened', async (net, t) => {
  const [conn] = pairOf(net, t);
  const before = descriptors();
  const path = fileOf(t, 'x');
  const wrong: [unknown, unknown, string, string][] = [
    ['', undefined, 'ERR_INVALID_ARG_VALUE', '"file"'],
    ['a\0b', undefined, 'ERR_INVALID_ARG_VALUE', '"file"'],
    [null, undefined, 'ERR_INVALID_ARG_TYPE', '"file"'],
    [{}, undefined, 'ERR_INVALID_ARG_TYPE', '"file"'],
    [{ fd: '1' }, undefined, 'ERR_INVALID_ARG_TYPE', '"file"'],
    [-1, undefined, 'ERR_INVALID_ARG_VALUE', '"file"'],
    [1.5, undefined, 'ERR_INVALID_ARG_VALUE', '"file"'],
    [path, { offset: -1 }, 'ERR_INVALID_ARG_VALUE', '"offset"'],
    [path, { offset: '1' }, 'ERR_INVALID_ARG_TYPE', '"offset"'],
    [path, { length: 0.5 }, 'ERR_INVALID_ARG_VALUE', '"length"'],
    [path, { length: NaN }, 'ERR_INVALID_ARG_VALUE', '"length"'],
    [path, { timeout: -1 }, 'ERR_INVALID_ARG_VALUE', '"timeout"'],
    [path, { signal: 5 }, 'ERR_INVALID_ARG_TYPE', '"signal"'],
    [path, null, 'ERR_INVALID_ARG_TYPE', '"options"'],
  ];
  for (const [file, o, code, name] of wrong)
    for (const call of [
      () => conn.writeFile(file as string, o as object),
      () => conn.socket.sendFile(file as string, o as object),
    ]) {
      const error = await failure(call);
      assert.ok(error instanceof TypeError || error instanceof RangeError);
      assert.equal((error as unknown as { code: string }).code, code, `${String(file)} ${JSON.stringify(o)}`);
      assert.ok((error as Error).message.includes(name), (error as Error).message);
    }
  conn.abort();
  assert.equal((await failure(() => conn.writeFile(path))).code, 'ERR_SOCKET_CLOSED');
  assert.equal(descriptors(), before - 1);
});
