// Owns what the soak does with streams: exchanges in every way, what fails, what ends early, and what is forgotten.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as net from 'berkeley';
import { failure } from '../../net/kit.js';
import { exchange, finish, limit, open, type Part } from './stage.js';

export const streamParts: Record<string, Part> = {
  async stream(stage) {
    const conn = await open(stage, 'echo', false);
    await exchange(stage, conn, stage.draw.size(262_144));
    await finish(stage.draw, conn);
  },

  async tls(stage) {
    const conn = await open(stage, 'echo', true);
    await exchange(stage, conn, stage.draw.size(262_144));
    await finish(stage.draw, conn);
  },

  async server(stage) {
    const secure = stage.draw.percent(50);
    const { cert, key } = stage.pki.server;
    const listener = await net.listen('127.0.0.1:0', secure ? { tls: { cert, key } } : {});
    const count = stage.draw.between(1, 8);
    const dialled = stage.peer.dial(listener.address.port!, secure, count);
    const serving: Promise<void>[] = [];
    for (let i = 0; i < count; i++) serving.push(echo(await listener.accept(limit)));
    await Promise.all(serving);
    assert.equal(await dialled, count);
    // One waits while it is closed.
    const waiting = failure(() => listener.accept(limit));
    listener.close();
    assert.equal((await waiting).code, 'ERR_SOCKET_CLOSED');
  },

  async refused({ draw, deadPort, signal }) {
    const to = draw.percent(50) ? `127.0.0.1:${deadPort}` : `localhost:${deadPort}`;
    assert.equal((await failure(() => net.connect(to, { ...limit, signal }))).code, 'ECONNREFUSED');
  },

  async race({ draw, peer, deadPort }) {
    const found = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((host) => net.address({ host, port: deadPort }));
    found.splice(draw.below(4), 0, net.address({ host: '127.0.0.1', port: peer.port }));
    const lookup = { lookup: () => Promise.resolve(found) };
    const conn = await net.connect('anything:1', { ...limit, lookup, attemptDelay: draw.below(3) });
    await finish(draw, conn);
  },

  async untrusted({ draw, peer, pki }) {
    const conn = await net.connect(draw.pick(peer.streams), limit);
    await conn.write('tls\n');
    await conn.readExact(1, limit);
    const o = draw.percent(50) ? { ca: pki.root.cert, serverName: 'elsewhere.test' } : { serverName: 'localhost' };
    assert.ok((await failure(() => conn.startTls({ ...o, ...limit }))) instanceof net.CertificateError);
    assert.ok(conn.closeInfo !== null);
  },

  async limits(stage) {
    const { draw, signal } = stage;
    const conn = await open(stage, 'stall', draw.percent(20));
    const code = async (call: () => unknown): Promise<string> => (await failure(call)).code;
    assert.equal(await code(() => conn.read(1, { timeout: draw.below(20), signal })), 'ETIMEDOUT');
    const control = new AbortController();
    const cancelled = code(() => conn.readLine({ ...limit, signal: control.signal }));
    control.abort();
    assert.equal(await cancelled, 'ABORT_ERR');
    assert.equal(await code(() => conn.readExact(5, { signal: AbortSignal.timeout(5) })), 'ABORT_ERR');
    assert.equal(await conn.waitReadable({ timeout: 1 }), false);
    // The reads of one connection wait in a row, and all end with it.
    const waiting = Array.from({ length: 5 }, () => code(() => conn.read(1, { ...limit, signal })));
    if (draw.percent(50)) conn.abort();
    else await conn.close();
    assert.deepEqual(new Set(await Promise.all(waiting)), new Set(['ERR_SOCKET_CLOSED']));
  },

  async stoppedDial({ draw, peer }) {
    const control = new AbortController();
    const dialling = net.connect(draw.pick(peer.streams), { signal: control.signal });
    control.abort();
    // It may have been there before.
    await dialling.then(
      (conn) => conn.abort(),
      (error: unknown) => assert.equal((error as net.SocketError).code, 'ABORT_ERR'),
    );
  },

  async reset(stage) {
    const n = stage.draw.between(1, 50_000);
    const conn = await open(stage, `reset ${n}`, false);
    await conn.write(Buffer.alloc(n));
    // A Unix socket has no reset, only an end.
    const end = await conn.readAll(limit).catch((error: unknown) => (error as net.SocketError).code);
    assert.ok(end === 'ECONNRESET' || (end as Buffer).length === 0, String(end));
    conn.abort();
  },

  async fullQueue(stage) {
    const conn = await open(stage, 'pour 0', false);
    // The peer ends at once, or takes nothing: the write fails, or stops within its limit.
    const error = await failure(() => conn.write(Buffer.alloc(16 << 20), { timeout: 20 }));
    assert.ok(['ETIMEDOUT', 'EPIPE', 'ECONNRESET'].includes(error.code), error.code);
    conn.abort();
  },

  async unread(stage) {
    const conn = await open(stage, 'pour 100000', stage.draw.percent(30));
    await conn.read(10, limit);
    await conn.close();
  },

  async forgotten(stage) {
    const conn = await open(stage, 'stall', stage.draw.percent(30));
    await conn.waitReadable({ timeout: 0 });
  },

  async iteration(stage) {
    const conn = await open(stage, 'pour 70000', stage.draw.percent(30));
    const hash = createHash('sha256');
    let n = 0;
    for await (const piece of conn) {
      hash.update(piece);
      n += piece.length;
    }
    assert.equal(n, 70_000);
    assert.equal(hash.digest('hex'), createHash('sha256').update('x'.repeat(n)).digest('hex'));
    await conn.close();
  },
};

async function echo(conn: net.AsyncConn): Promise<void> {
  for (let piece; (piece = await conn.read(undefined, limit)) !== null;) await conn.write(piece, limit);
  await conn.close();
}
