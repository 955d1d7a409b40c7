// Owns what the soak does besides streams: datagrams, messages, lookups, relays, files, HTTP, events, dialects, both colours, workers.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import * as net from 'berkeley';
import * as blade from 'berkeley/dialects/blade';
import * as chapel from 'berkeley/dialects/chapel';
import * as fatscript from 'berkeley/dialects/fatscript';
import * as magnolia from 'berkeley/dialects/magnolia';
import * as qore from 'berkeley/dialects/qore';
import * as sync from 'berkeley/sync';
import { exchange, finish, limit, open, type Part } from './stage.js';

const worker = new URL('worker.js', import.meta.url);

export const otherParts: Record<string, Part> = {
  async datagrams({ draw, peer, signal }) {
    const socket = await net.udp({ host: '127.0.0.1', port: 0 }, draw.percent(50) ? { connect: peer.datagrams } : {});
    for (let i = draw.between(1, 10); i > 0; i--) {
      const data = draw.bytes(draw.size(2000));
      await socket.send(data, peer.datagrams, limit);
      assert.deepEqual((await socket.recv({ ...limit, signal })).data, data);
    }
    await socket.sendMany(Array.from({ length: 8 }, (_, i) => ({ data: `${i}`, to: peer.datagrams })));
    let n = 0;
    while (n < 8) n += (await socket.recvMany(8, limit)).length;
    const waiting = socket.recv({ timeout: draw.below(5) });
    if (draw.percent(50)) socket.close();
    await assert.rejects(waiting, net.SocketError);
    socket.close();
  },

  async rights({ draw }) {
    const [one, two] = net.socketPair(draw.pick(['stream', 'seqpacket', 'dgram'] as const));
    const fd = openSync('/dev/null', 'r');
    const count = draw.between(1, 20);
    await one.sendMsg({ data: 'take these', meta: { fds: Array.from({ length: count }, () => fd) } }, limit);
    closeSync(fd);
    const message = await two.recvMsg(limit);
    assert.equal(message?.data.toString(), 'take these');
    // What nobody takes is closed when the message is collected.
    if (draw.percent(50)) for (const each of message.meta.fds ?? []) closeSync(each);
    one.close();
    two.close();
  },

  async unreadRights({ draw }) {
    const [one, two] = net.socketPair('seqpacket');
    await one.sendMsg({ data: '.', meta: { fds: [0, 1] } }, limit);
    if (draw.percent(50)) await two.recv(10, limit);
    one.close();
    two.close();
  },

  async lookups({ signal }) {
    const both = [net.lookup('localhost', 80, { ...limit, signal }), net.lookup('localhost', 80, limit)];
    for (const found of await Promise.all(both)) assert.ok(found.length > 0);
    await net.reverse('127.0.0.1', limit);
    const control = new AbortController();
    const cancelled = net.lookup('localhost', 'http', { signal: control.signal });
    control.abort();
    // It may have been answered before.
    await cancelled.catch((error: unknown) => assert.equal((error as net.SocketError).code, 'ABORT_ERR'));
  },

  async relays(stage) {
    const far = await open(stage, 'echo', stage.draw.percent(30));
    const [near, middle] = net.pair();
    const relayed = net.relay(middle, far, limit);
    const size = stage.draw.size(1_000_000);
    await exchange(stage, near, size);
    await near.closeWrite();
    assert.equal(await near.read(1, limit), null);
    const { aToB, bToA } = await relayed;
    assert.deepEqual([aToB, bToA], [size, size]);
    for (const conn of [near, middle, far]) await finish(stage.draw, conn);
  },

  async files(stage) {
    const { path, size, sha256 } = stage.file;
    const conn = await open(stage, 'echo', stage.draw.percent(50));
    const hash = createHash('sha256');
    const reading = (async () => {
      for (let left = size; left > 0;) {
        const piece = await conn.read(left, limit);
        assert.ok(piece !== null);
        hash.update(piece);
        left -= piece.length;
      }
    })();
    assert.equal(await conn.writeFile(path, limit), size);
    await reading;
    assert.equal(hash.digest('hex'), sha256);
    await finish(stage.draw, conn);
  },

  async http(stage) {
    const conn = await open(stage, 'http', stage.draw.percent(30));
    const body = stage.draw.bytes(stage.draw.size(10_000));
    await conn.writeHttpRequest({ method: 'PUT', path: '/', headers: { Host: 'localhost' }, body }, limit);
    const head = await conn.readHttpHead(limit);
    assert.equal(head?.headers['content-length'], String(body.length));
    assert.deepEqual(await conn.readExact(body.length, limit), body);
    await finish(stage.draw, conn);
  },

  async events(stage) {
    const queue = net.eventQueue({ limit: 50 });
    const heard: string[] = [];
    const conn = await net.connect(stage.draw.pick(stage.peer.streams), {
      ...limit,
      queue,
      on: { closed: () => void heard.push('closed'), deleted: () => void heard.push('deleted') },
    });
    const off = conn.on('read', () => assert.fail('it is not listened to any more'));
    off();
    await conn.write('echo\n');
    await exchange(stage, conn, stage.draw.size(20_000));
    await conn.close();
    const seen: string[] = [];
    queue.close();
    for await (const { event } of queue) seen.push(event);
    assert.equal(seen.at(-1), 'deleted');
    assert.deepEqual(heard, ['closed', 'deleted']);
  },

  async dialects({ draw, peer: { port } }) {
    const text = 'x'.repeat(draw.between(1, 2000));
    const b = blade.Socket();
    b.connect('127.0.0.1', port);
    b.send(`echo\n${text}`);
    assert.equal(b.read(text.length), text);
    b.close();
    const c = chapel.connect(chapel.ipAddr.create('127.0.0.1', port));
    c.writer().writeLine('echo');
    c.writer().writeLine(text);
    assert.equal(c.reader().readLine('string', -1, true), text);
    c.close();
    const f = fatscript.connect('127.0.0.1', port);
    f.send(`echo\n${text}`);
    for (let n = 0; n < text.length;) n += f.receive(text.length - n).length;
    f.close();
    const m = magnolia.connect(`127.0.0.1:${port}`);
    assert.ok(m.type !== 'error');
    magnolia.send(m.socket, `echo\n${text}`);
    assert.equal(magnolia.recvExact(m.socket, text.length).type, 'data');
    magnolia.close(m.socket);
    const q = new qore.Socket();
    q.setEventQueue(new qore.Queue());
    q.connect(`127.0.0.1:${port}`, '30s');
    q.send(`echo\n${text}`);
    assert.equal(q.recv(text.length, '30s'), text);
    q.destructor();
    await Promise.resolve();
  },

  async colours(stage) {
    const conn = await open(stage, 'echo', stage.draw.percent(30));
    const blocking = sync.share(conn);
    const data = stage.draw.bytes(stage.draw.between(1, 20_000));
    blocking.write(data, limit);
    assert.deepEqual(blocking.readExact(data.length, limit), data);
    await exchange(stage, conn, stage.draw.size(50_000));
    await finish(stage.draw, conn);
    const [one, other] = sync.pair();
    const again = net.conn(net.adopt(one.socket.dup().detach()));
    one.close();
    await again.write('from a copy\n');
    assert.equal(other.readLine(limit), 'from a copy');
    other.close();
    again.abort();
  },

  async select({ draw, peer }) {
    const conns = await Promise.all(Array.from({ length: 4 }, () => net.connect(draw.pick(peer.streams), limit)));
    const chosen = draw.below(4);
    await conns[chosen]!.write('echo\n!');
    const wanted = conns.map((conn): [net.AsyncConn, { read: true }] => [conn, { read: true }]);
    assert.deepEqual(
      (await net.select(wanted, limit)).map(({ index }) => index),
      [chosen],
    );
    assert.deepEqual(await net.select(wanted.toSpliced(chosen, 1), { timeout: 1 }), []);
    assert.equal((await conns[chosen]!.readExact(1, limit)).toString(), '!');
    for (const conn of conns) await finish(draw, conn);
  },

  async workers({ draw, peer }) {
    const how = draw.pick(['blocking', 'promises', 'stalled', 'left']);
    const thread = new Worker(worker, { workerData: { how, target: draw.pick(peer.streams), seed: draw.below(1e9) } });
    const ended = once(thread, 'exit');
    assert.deepEqual(await once(thread, 'message'), ['done']);
    // One that is blocked, or waits, or has left everything open.
    if (how === 'stalled' || how === 'left') await thread.terminate();
    await ended;
  },
};
