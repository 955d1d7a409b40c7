// Owns the tests of fromDuplex beside the conformance suite, which runs over a net.Socket: other streams, what they fail with, and how both end.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as netConnect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Duplex, PassThrough, Transform } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { SocketError, relay, share } from 'berkeley';
import { fromDuplex, toDuplex } from 'berkeley/streams';
import * as blocking from 'berkeley/sync';
import { pattern, sha256 } from '../support/bytes.js';
import { pki } from '../support/pki.js';
import { descriptors, failure as failureOf, until } from '../net/kit.js';
import { closing, ends, turn } from './kit.js';

const limit = { timeout: '10s' } as const;

test('any Duplex becomes a connection with lines, limits and an end', async () => {
  const conn = fromDuplex(new PassThrough());
  await assert.rejects(conn.readLine({ timeout: 20 }), { name: 'TimeoutError' });
  await conn.write('half a');
  await assert.rejects(conn.readLine({ timeout: 20 }), { name: 'TimeoutError' });
  await conn.writeLine(' line');
  assert.equal(await conn.readLine(limit), 'half a line');
  await conn.closeWrite();
  assert.equal(await conn.read(undefined, limit), null);
  await conn.close();
  assert.equal(conn.closeInfo?.clean, true);
});

test('megabytes go through, and a reader that is slow slows the Duplex down', async () => {
  const size = 8 * 1024 * 1024;
  const data = pattern(size);
  const through = new Transform({ transform: (chunk, _encoding, done) => done(null, chunk) });
  const conn = fromDuplex(through);
  const writing = conn.write(data).then(() => conn.closeWrite());
  // Nobody reads: what the kernel and the stream hold is little, and then writing waits.
  for (let before = -1; before !== conn.bytesWritten;) {
    before = conn.bytesWritten;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(conn.bytesWritten < size / 2, `${conn.bytesWritten} bytes went nowhere`);
  const got = await conn.readAll({ max: size, timeout: '20s' });
  await writing;
  assert.equal(sha256(got), sha256(data));
  await conn.close();
});

test('a net.Socket: half-close in both directions', async (t) => {
  const [conn, peer] = await overSocket(t);
  await conn.write('a question');
  await conn.closeWrite();
  assert.equal(String(await all(peer)), 'a question');
  peer.end('the answer');
  assert.equal(String(await conn.readAll(limit)), 'the answer');
  await conn.close();
});

test('the peer ends first, and is still written to', async (t) => {
  const [conn, peer] = await overSocket(t);
  peer.end('that is all');
  assert.equal(String(await conn.readAll(limit)), 'that is all');
  await conn.write('thank you');
  await conn.close();
  assert.equal(String(await all(peer)), 'thank you');
});

test('close lets out what was written, and with a limit waits until the Duplex has it', async () => {
  const taken: Buffer[] = [];
  let finished = false;
  const slow = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      taken.push(chunk);
      setTimeout(done, 5);
    },
    final(done) {
      finished = true;
      done();
    },
  });
  const conn = fromDuplex(slow);
  await conn.write(pattern(100_000));
  await conn.close(limit);
  assert.equal(sha256(Buffer.concat(taken)), sha256(pattern(100_000)));
  assert.equal(finished, true);
  if (!slow.closed) await once(slow, 'close');
});

test('abort destroys the Duplex at once', async () => {
  const stream = new PassThrough();
  const conn = fromDuplex(stream);
  conn.abort();
  assert.equal(await closing(stream), null);
  assert.equal(conn.closeInfo?.clean, false);
});

test('an error of the Duplex is that of the calls, after everything that came before it', async () => {
  const cause = new Error('the channel is gone');
  const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const conn = fromDuplex(stream);
  stream.push('before');
  await conn.peek(6, limit);
  const waiting = conn.readExact(100, limit);
  stream.destroy(cause);
  const failure = await failureOf(() => waiting);
  assert.ok(failure instanceof SocketError);
  assert.deepEqual([failure.code, failure.phase, failure.cause], ['ERR_STREAM', 'read', cause]);
  assert.match(failure.message, /the channel is gone/);
  assert.equal(String(await conn.read(undefined, limit)), 'before', 'what had come is still there');
  await assert.rejects(conn.read(undefined, limit), { code: 'ERR_STREAM' });
  await assert.rejects(conn.write('x', limit), { code: 'ERR_STREAM', phase: 'write' });
  await conn.close();
  assert.equal(conn.closeInfo?.error?.code, 'ERR_STREAM');
  assert.equal(conn.closeInfo.by, 'error');
});

test('a Duplex that is destroyed without a word has not ended', async () => {
  const stream = new PassThrough();
  const conn = fromDuplex(stream);
  const waiting = conn.read(undefined, limit);
  stream.destroy();
  await assert.rejects(waiting, { code: 'ERR_STREAM', message: /destroyed before its end/ });
  await conn.close();
  const gone = fromDuplex(stream);
  await assert.rejects(gone.read(undefined, limit), { code: 'ERR_STREAM' });
  await gone.close();
});

test('errors of the system keep their code', async (t) => {
  const [conn, peer] = await overSocket(t);
  await conn.write('x');
  await once(peer, 'data');
  peer.resetAndDestroy();
  const failure = await failureOf(() => conn.read(undefined, limit));
  assert.ok(failure instanceof SocketError);
  assert.deepEqual([failure.code, failure.errno, failure.syscall], ['ECONNRESET', 104, 'read']);
  await conn.close();
});

test('TLS goes over it, as client and as server', async () => {
  const { server, root } = pki();
  const [a, b] = await ends({ after: () => undefined } as unknown as TestContext);
  const client = fromDuplex(toDuplex(a, { allowHalfOpen: true }));
  const other = fromDuplex(toDuplex(b, { allowHalfOpen: true }));
  await Promise.all([
    client.startTls({ ca: root.cert, serverName: 'localhost', ...limit }),
    other.startTls({ server: true, cert: server.cert, key: server.key, ...limit }),
  ]);
  await client.writeLine('secret');
  assert.equal(await other.readLine(limit), 'secret');
  await Promise.all([client.close(limit), other.close(limit)]);
  await until(() => a.closeInfo !== null && b.closeInfo !== null, 'the connections below are closed');
});

test('it can be relayed, and its blocking face sees the same buffer', async (t) => {
  const [a, b] = await ends(t);
  const [c, d] = await ends(t);
  const one = fromDuplex(toDuplex(b, { allowHalfOpen: true }));
  const relaying = relay(one, c, limit);
  await a.write('all the way');
  await a.closeWrite();
  assert.equal(String(await d.readAll(limit)), 'all the way');
  await d.close();
  assert.equal((await relaying).aToB, 11);
  await one.close();
  const conn = fromDuplex(new PassThrough());
  await conn.write('first\nsecond\n');
  assert.equal(await conn.readLine(limit), 'first');
  assert.equal(blocking.share(conn).readLine({ timeout: 0 }), 'second');
  assert.equal(share(conn).id, conn.id);
  await conn.close();
});

test('no descriptor is left behind, however it ends', async () => {
  for (const end of ['close', 'abort', 'destroy', 'dispose'] as const) {
    const before = descriptors();
    const stream = new PassThrough();
    const conn = fromDuplex(stream);
    await conn.write('x');
    await conn.read(1, limit);
    if (end === 'close') await conn.close();
    else if (end === 'abort') conn.abort();
    else if (end === 'destroy') stream.destroy();
    else conn[Symbol.dispose]();
    await (stream.closed ? turn() : once(stream, 'close'));
    if (end === 'destroy') await conn.close();
    await until(() => descriptors() <= before, `${end} closes both ends`);
  }
});

test('what is no Duplex of bytes is refused', () => {
  for (const wrong of [null, 1, {}, new WritableStream()])
    assert.throws(() => fromDuplex(wrong as never), { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
  assert.throws(() => fromDuplex(new PassThrough({ objectMode: true })), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => fromDuplex(new PassThrough().setEncoding('utf8')), { code: 'ERR_INVALID_ARG_VALUE' });
});

test('a Duplex that has ended, and is destroyed before it took everything, has ended well for who reads', async () => {
  const stream = new Duplex({ read: () => undefined, write: () => undefined });
  const conn = fromDuplex(stream);
  stream.push('all of it');
  stream.push(null);
  assert.equal(String(await conn.readAll(limit)), 'all of it');
  await conn.write('never taken');
  stream.destroy();
  await once(stream, 'close');
  await until(() => conn.socket.fd < 0 || conn.socket.queued().out === 0, 'the other end is closed');
  await assert.rejects(conn.write('x', limit), { code: 'EPIPE' });
  assert.equal(await conn.read(undefined, limit), null);
  await conn.close();
});

/** A connection over a net.Socket, and the net.Socket at its other end. */
async function overSocket(t: TestContext): Promise<[ReturnType<typeof fromDuplex>, Socket]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = netConnect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [peer] = await accepted;
  t.after(() => {
    socket.destroy();
    peer.destroy();
    server.close();
  });
  return [fromDuplex(socket), peer];
}

async function all(stream: Duplex): Promise<Buffer> {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  await once(stream, 'end');
  return Buffer.concat(pieces);
}
