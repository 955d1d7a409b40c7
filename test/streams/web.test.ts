// Owns the tests of toWeb: a connection as a pair of web streams, over TCP, Unix sockets and TLS.

import assert from 'node:assert/strict';
import { ReadableStream, TransformStream } from 'node:stream/web';
import { test } from 'node:test';
import { pair } from 'berkeley';
import { toWeb } from 'berkeley/streams';
import { pattern, sha256 } from '../support/bytes.js';
import { ends, overEach, turn } from './kit.js';

const limit = { timeout: '10s' } as const;

overEach('bytes go both ways, and when both directions have ended the connection is closed', async (_, a, b) => {
  const { readable, writable, closed } = toWeb(a);
  const writer = writable.getWriter();
  await writer.write(Buffer.from('a question'));
  await writer.close();
  assert.equal(String(await b.readAll(limit)), 'a question');
  await b.write('the answer');
  await b.closeWrite();
  const pieces: Uint8Array[] = [];
  for await (const piece of readable) pieces.push(piece);
  assert.equal(String(Buffer.concat(pieces)), 'the answer');
  await closed;
  assert.equal(a.closeInfo?.clean, true);
});

overEach('megabytes are piped through, and every byte is right', async (_, a, b) => {
  const size = 8 * 1024 * 1024;
  const data = pattern(size);
  const there = toWeb(a);
  const back = toWeb(b);
  const echo = back.readable.pipeThrough(new TransformStream()).pipeTo(back.writable);
  const sending = ReadableStream.from(slices(data)).pipeTo(there.writable);
  const pieces: Uint8Array[] = [];
  for await (const piece of there.readable) pieces.push(piece);
  await Promise.all([echo, sending, there.closed, back.closed]);
  assert.equal(sha256(Buffer.concat(pieces)), sha256(data));
});

overEach('a reader may bring its own buffer', async (_, a, b) => {
  const { readable } = toWeb(a);
  const reader = readable.getReader({ mode: 'byob' });
  await b.write('hello world');
  const first = await reader.read(new Uint8Array(5));
  assert.equal(String(Buffer.from(first.value!)), 'hello');
  await b.closeWrite();
  const second = await reader.read(new Uint8Array(100));
  assert.equal(String(Buffer.from(second.value!)), ' world');
  const third = await reader.read(new Uint8Array(100));
  assert.deepEqual([third.done, third.value?.length], [true, 0]);
});

overEach('nothing is read ahead of the reader, and cancelling consumes nothing', async (_, a, b) => {
  const { readable } = toWeb(a);
  await b.write('first');
  await turn();
  assert.equal(a.bytesRead, 0);
  const reader = readable.getReader();
  assert.equal(String(Buffer.from((await reader.read()).value!)), 'first');
  const waiting = reader.read();
  await turn();
  await reader.cancel();
  assert.equal((await waiting).done, true);
  await b.write('second');
  assert.equal(String(await a.readExact(6, limit)), 'second', 'the connection is still there');
});

overEach('a writer waits for a peer that does not read, and abort cuts the connection', async (_, a, b, transport) => {
  const { writable, readable, closed } = toWeb(a);
  const writer = writable.getWriter();
  let stuck = true;
  const writing = (async () => {
    for (let i = 0; i < 1000; i++) await writer.write(new Uint8Array(64 * 1024));
    stuck = false;
  })();
  const failed = assert.rejects(writing);
  for (let before = -1; before !== a.bytesWritten;) {
    before = a.bytesWritten;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  assert.equal(stuck, true);
  await writer.abort(new Error('enough'));
  await failed;
  await closed;
  assert.equal(a.socket.fd, -1);
  assert.equal((await readable.getReader().read()).done, true);
  // There is no reset of Unix sockets.
  if (transport !== 'unix') await assert.rejects(b.readAll({ max: 1 << 30, ...limit }), { code: 'ECONNRESET' });
});

overEach('close ends a waiting read, and what was written goes out', async (_, a, b) => {
  const streams = toWeb(a);
  const { readable, writable, closed } = streams;
  const waiting = readable.getReader().read();
  await writable.getWriter().write(Buffer.from('bye'));
  await streams.close();
  await closed;
  assert.equal((await waiting).done, true);
  assert.equal(String(await b.readAll(limit)), 'bye');
});

test('a reset is the error of both streams, and of closed', async (t) => {
  const [a, b] = await ends(t);
  const { readable, closed } = toWeb(a);
  const waiting = assert.rejects(readable.getReader().read(), { code: 'ECONNRESET' });
  b.abort();
  await waiting;
  const ended = assert.rejects(closed, { code: 'ECONNRESET' });
  await a.close();
  await ended;
});

test('what was read ahead comes first, and pieces of our memory are not taken away', async () => {
  const [a, b] = pair();
  await b.write('line\nbehind it');
  assert.equal(await a.readLine(limit), 'line');
  const kept = await (async () => {
    await b.write(pattern(5000));
    return a.peek(9 + 5000, limit);
  })();
  const { readable } = toWeb(a);
  const reader = readable.getReader();
  const got: Uint8Array[] = [];
  for (let n = 0; n < 5009;) {
    const { value } = await reader.read();
    got.push(value!);
    n += value!.length;
  }
  assert.deepEqual(Buffer.concat(got), kept);
  await b.write(pattern(2000));
  const large = await reader.read();
  // The stream has taken the memory of what it was given: nobody else's may have been with it.
  const [c, d] = pair();
  await d.write(pattern(2000));
  assert.equal((await c.read(undefined, limit))!.length, 2000);
  structuredClone(large.value, { transfer: [large.value!.buffer as ArrayBuffer] });
  await d.write(pattern(2000));
  assert.deepEqual(await c.read(undefined, limit), pattern(2000));
  for (const conn of [a, b, c, d]) conn.abort();
});

test('what is no piece of bytes is refused', async (t) => {
  const [a] = await ends(t);
  await assert.rejects(
    toWeb(a)
      .writable.getWriter()
      .write(5 as never),
    { code: 'ERR_INVALID_ARG_TYPE' },
  );
  assert.throws(() => toWeb({} as never), { code: 'ERR_INVALID_ARG_TYPE' });
});

function* slices(data: Buffer): Generator<Uint8Array> {
  for (let at = 0; at < data.length; at += 100_000) yield data.subarray(at, at + 100_000);
}
