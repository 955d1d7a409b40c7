// Owns the tests of toDuplex: what users of node:stream expect of a Duplex, over TCP, Unix sockets and TLS.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { test } from 'node:test';
import { SocketError, connect, listen, pair } from 'berkeley';
import * as blocking from 'berkeley/sync';
import { toDuplex } from 'berkeley/streams';
import { pattern, sha256 } from '../support/bytes.js';
import { closing, ends, overEach, rest, turn } from './kit.js';

const limit = { timeout: '10s' } as const;

overEach('what is written arrives, and end() ends our direction alone', async (_, a, b) => {
  const stream = toDuplex(a);
  stream.write('héllo ');
  stream.write(Buffer.from('wörld'));
  stream.end('\n');
  assert.equal(String(await b.readAll(limit)), 'héllo wörld\n');
  await b.write('and back');
  await b.closeWrite();
  assert.equal(String(await rest(stream)), 'and back');
  assert.equal(await closing(stream), null);
  assert.equal(a.socket.fd, -1, 'the connection is closed when both directions have ended');
  assert.equal(a.closeInfo?.clean, true);
  assert.deepEqual([stream.bytesRead, stream.bytesWritten], [8, 14]);
});

overEach('after the end of the peer, our direction ends by itself', async (_, a, b) => {
  const stream = toDuplex(a);
  stream.resume();
  await b.closeWrite();
  assert.equal(await b.read(undefined, limit), null);
  assert.equal(await closing(stream), null);
  assert.deepEqual([stream.readableEnded, stream.writableFinished], [true, true]);
});

overEach('who awaits the end still has a last word', async (_, a, b) => {
  const stream = toDuplex(a);
  stream.resume();
  await b.closeWrite();
  await once(stream, 'end');
  stream.end('last words');
  assert.equal(String(await b.readAll(limit)), 'last words');
  assert.equal(await closing(stream), null);
});

overEach('with allowHalfOpen, our direction stays open until it is ended', async (_, a, b) => {
  const stream = toDuplex(a, { allowHalfOpen: true });
  await b.closeWrite();
  await rest(stream);
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(stream.writable, true);
  stream.write('still ');
  stream.end('here');
  assert.equal(String(await b.readAll(limit)), 'still here');
  assert.equal(await closing(stream), null);
});

overEach('a reader that is slow slows the writer down', async (_, a, b) => {
  const stream = toDuplex(a, { highWaterMark: 1024 });
  const piece = Buffer.alloc(64 * 1024);
  let written = 0;
  const write = (): void => {
    do written++;
    while (stream.write(piece) && written < 10_000);
  };
  write();
  assert.equal(written, 1, 'beyond the high water mark, write says so');
  stream.on('drain', write);
  // It goes on until the kernel takes no more, and then it stands still.
  for (let before = -1; before !== a.bytesWritten;) {
    before = a.bytesWritten;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(written < 10_000, `${written} pieces were taken without a reader`);
  assert.ok(stream.writableNeedDrain);
  stream.off('drain', write);
  const sum = written * piece.length;
  stream.end();
  let got = 0;
  for await (const part of b) got += part.length;
  assert.equal(got, sum);
});

overEach(
  'nothing is read before somebody reads, and a stream that is paused reads no more than its high water mark',
  async (_, a, b) => {
    const stream = toDuplex(a, { highWaterMark: 4096 });
    const writing = b.write(pattern(600_000));
    await turn();
    assert.equal(a.bytesRead, 0);
    const pieces: Buffer[] = [];
    stream.on('data', (piece: Buffer) => {
      pieces.push(piece);
      stream.pause();
    });
    while (pieces.length === 0) await turn();
    for (let i = 0; i < 5; i++) await turn();
    assert.equal(pieces.length, 1);
    // One piece on top of what the mark allows: a receive takes 64 KiB at most.
    assert.ok(a.bytesRead <= 2 * 64 * 1024, `${a.bytesRead} bytes`);
    assert.ok(stream.bytesRead < 600_000);
    const closed = writing.then(() => b.closeWrite());
    while (!stream.readableEnded) {
      stream.resume();
      await turn();
    }
    await closed;
    assert.equal(sha256(Buffer.concat(pieces)), sha256(pattern(600_000)));
  },
);

overEach('pipeline carries megabytes both ways, and every byte is right', async (_, a, b) => {
  const size = 8 * 1024 * 1024;
  const data = randomBytes(size);
  const there = toDuplex(a);
  const back = toDuplex(b);
  const hash = createHash('sha256');
  let got = 0;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      got += chunk.length;
      hash.update(chunk);
      done();
    },
  });
  // The other end echoes by way of its own stream.
  const echo = pipeline(back, back);
  await Promise.all([pipeline(Readable.from(slices(data)), there), pipeline(there, sink), echo]);
  assert.equal(got, size);
  assert.equal(hash.digest('hex'), createHash('sha256').update(data).digest('hex'));
  await Promise.all([closing(there), closing(back)]);
});

overEach('pieces that were corked go out in one write', async (_, a, b) => {
  const sent: number[] = [];
  a.on('sent', ({ wanted }) => sent.push(wanted));
  const stream = toDuplex(a);
  stream.cork();
  for (const word of ['one ', 'two ', 'three']) stream.write(word);
  stream.uncork();
  assert.equal(String(await b.readExact(13, limit)), 'one two three');
  assert.deepEqual(sent, [13]);
});

overEach('what the connection had read ahead, and what was put back, comes first', async (_, a, b) => {
  await b.write('line\nrest');
  await a.peek(9, limit);
  assert.equal(await a.readLine(limit), 'line');
  a.unread('put back, ');
  const stream = toDuplex(a);
  await b.write(', and more');
  await b.closeWrite();
  assert.equal(String(await rest(stream)), 'put back, rest, and more');
});

overEach('an iteration gives the pieces, and leaving it closes the connection', async (_, a, b, transport) => {
  await b.write('héllo');
  const stream = toDuplex(a);
  stream.setEncoding('utf8');
  const closed = closing(stream);
  for await (const text of stream) {
    assert.equal(text, 'héllo');
    break;
  }
  // What Node says of every Duplex that is left in the middle.
  assert.equal((await closed)?.name, 'AbortError');
  if (transport === 'tls') await assert.rejects(b.read(undefined, limit), { code: 'ECONNRESET' });
  else assert.equal(await b.read(undefined, limit), null);
});

overEach('destroy closes the connection at once, and who writes later hears of it', async (_, a, b) => {
  const stream = toDuplex(a);
  stream.resume();
  await turn();
  stream.destroy();
  assert.equal(await closing(stream), null);
  assert.equal(a.socket.fd, -1);
  stream.destroy(new Error('twice'));
  const failure = await new Promise<NodeJS.ErrnoException>((resolve) => stream.write('x', (error) => resolve(error!)));
  assert.equal(failure.code, 'ERR_STREAM_DESTROYED');
  assert.equal(await b.read(undefined, limit), null);
});

overEach(
  'an error that is given to destroy is emitted once, and over TLS cuts the connection',
  async (_, a, b, transport) => {
    const stream = toDuplex(a);
    stream.write('half of it');
    await b.readExact(10, limit);
    const cause = new Error('the source has failed');
    stream.destroy(cause);
    assert.equal(await closing(stream), cause);
    if (transport === 'tls') await assert.rejects(b.read(undefined, limit), { code: 'ECONNRESET' });
    else assert.equal(await b.read(undefined, limit), null);
  },
);

overEach('a pipeline whose source fails destroys the stream', async (_, a, b) => {
  const stream = toDuplex(a);
  const source = Readable.from(
    (async function* () {
      yield Buffer.from('some');
      await turn();
      throw new Error('no more');
    })(),
  );
  await assert.rejects(pipeline(source, stream), { message: 'no more' });
  await closing(stream);
  assert.equal(a.socket.fd, -1);
  await b.close();
});

overEach('closing the connection itself destroys the stream without an error', async (_, a) => {
  const idle = toDuplex(a);
  await a.close();
  assert.equal(await closing(idle), null);
  assert.throws(() => toDuplex(a), { code: 'ERR_SOCKET_CLOSED' });
});

overEach('a read that waits ends when the connection is closed', async (_, a) => {
  const stream = toDuplex(a);
  stream.resume();
  await turn();
  await a.close();
  assert.equal(await closing(stream), null);
});

test('a reset of the peer is the error of the stream, after everything that came before it', async (t) => {
  const [a, b] = await ends(t);
  const stream = toDuplex(a);
  let got = '';
  stream.on('data', (piece: Buffer) => (got += String(piece)));
  const failed = closing(stream);
  await b.write('before');
  while (got === '') await turn();
  b.abort();
  const failure = await failed;
  assert.ok(failure instanceof SocketError);
  assert.equal(failure.code, 'ECONNRESET');
  assert.equal(got, 'before');
});

test('writing to a peer that is gone fails the write and the stream', async (t) => {
  const [a, b] = await ends(t);
  const stream = toDuplex(a);
  b.abort();
  const failed = closing(stream);
  const writes: unknown[] = [];
  for (let i = 0; i < 3; i++) stream.write('x', (error) => writes.push(error?.name ?? null));
  const failure = await failed;
  assert.ok(failure instanceof SocketError, String(failure));
  assert.match(failure.code, /^(EPIPE|ECONNRESET)$/);
  assert.equal(writes.length, 3);
});

test('finished tells an end that came too early', async (t) => {
  const [a] = await ends(t);
  const stream = toDuplex(a);
  const over = finished(stream);
  stream.destroy();
  await assert.rejects(over, { code: 'ERR_STREAM_PREMATURE_CLOSE' });
});

test('what a listener throws is an uncaught exception, and no rejection', async (t) => {
  const [a, b] = await ends(t);
  const stream = toDuplex(a);
  const mistake = new Error('a mistake of the program');
  stream.once('data', () => {
    throw mistake;
  });
  // The runner of tests takes uncaught exceptions for failures, unless it is told.
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const seen = once(process, 'uncaughtException');
  await b.write('x');
  const [error, origin] = (await seen) as unknown[];
  for (const listener of listeners) process.on('uncaughtException', listener);
  assert.deepEqual([error, origin], [mistake, 'uncaughtException']);
  stream.destroy();
});

test('the promise of a connection is a stream at once, and what is written meanwhile waits', async (t) => {
  const listener = await listen('127.0.0.1:0');
  t.after(() => listener.close());
  const stream = toDuplex(connect(listener.address, limit));
  assert.deepEqual([stream.connecting, stream.readyState, stream.remotePort], [true, 'opening', undefined]);
  stream.setNoDelay(false).setKeepAlive(true, 5000).unref().ref();
  stream.end('early');
  const connected = once(stream, 'connect');
  const peer = await listener.accept(limit);
  await connected;
  assert.deepEqual([stream.connecting, stream.readyState], [false, 'readOnly']);
  assert.equal(stream.conn?.noDelay, false);
  assert.equal(stream.conn.keepAlive?.idle, 5000);
  assert.equal(String(await peer.readAll(limit)), 'early');
  await peer.close();
  stream.resume();
  assert.equal(await closing(stream), null);
});

test('a connection that cannot be made is the error of the stream', async (t) => {
  const listener = await listen('127.0.0.1:0');
  const { address } = listener;
  listener.close();
  const stream = toDuplex(connect(address, limit));
  t.after(() => stream.destroy());
  const failure = await closing(stream);
  assert.ok(failure instanceof SocketError);
  assert.equal(failure.code, 'ECONNREFUSED');
  assert.equal(stream.readyState, 'closed');
});

test('a stream that is destroyed before it is connected leaves no connection', async (t) => {
  const listener = await listen('127.0.0.1:0');
  t.after(() => listener.close());
  const dialling = connect(listener.address, limit);
  const stream = toDuplex(dialling);
  stream.destroy();
  assert.equal(await closing(stream), null);
  assert.equal((await dialling).socket.fd, -1);
  const peer = await listener.accept(limit);
  assert.equal(await peer.read(undefined, limit), null);
  await peer.close();
});

test('it has the names of a net.Socket that clients use', async (t) => {
  const [a, b] = await ends(t, 'tls');
  const stream = toDuplex(a);
  assert.deepEqual(
    [stream.remoteAddress, stream.remotePort, stream.remoteFamily],
    ['127.0.0.1', b.localAddr.port, 'IPv4'],
  );
  assert.deepEqual(stream.address(), { address: '127.0.0.1', port: b.remoteAddr.port, family: 'IPv4' });
  assert.deepEqual([stream.encrypted, stream.authorized, stream.alpnProtocol], [true, true, false]);
  assert.deepEqual([stream.pending, stream.readyState], [false, 'open']);
  const connected = once(stream, 'connect');
  assert.equal(stream.connect(1, 'elsewhere'), stream);
  await connected;
  const silent = once(stream, 'timeout');
  stream.setTimeout(20);
  // The timer alone keeps no process alive.
  const alive = setInterval(() => undefined, 5);
  await silent;
  clearInterval(alive);
  stream.setTimeout(0);
  stream.end('bye');
  stream.destroySoon();
  assert.equal(String(await b.readExact(3, limit)), 'bye');
  await closing(stream);
});

test('resetAndDestroy ends the connection with an RST', async (t) => {
  const [a, b] = await ends(t);
  toDuplex(a).resetAndDestroy();
  await assert.rejects(b.read(undefined, limit), { code: 'ECONNRESET' });
});

test('what is no connection of the promise colour is refused', () => {
  for (const wrong of [null, 1, {}, 'x'])
    assert.throws(() => toDuplex(wrong as never), { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
  const [a, b] = blocking.pair();
  assert.throws(() => toDuplex(a as never), /share\(conn\)/);
  a.close();
  b.close();
  const [c, d] = pair();
  assert.throws(() => toDuplex(c, { allowHalfOpen: 1 as never }), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.throws(() => toDuplex(c, { highWaterMark: -1 }), RangeError);
  c.abort();
  d.abort();
});

function* slices(data: Buffer): Generator<Buffer> {
  for (let at = 0; at < data.length; at += 100_000) yield data.subarray(at, at + 100_000);
}
