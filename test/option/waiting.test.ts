// Promise 14 for options that make the kernel wait, which it does not on our descriptors: marks and limits. Python is the other end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, options, TimeoutError } from 'berkeley';
import { limit, pythonPeer, took, unixPeer } from '../kernel/peers.js';
import { colours, failureOf, type Conn } from '../real/colours.js';
import { until } from '../net/kit.js';

const { SOL_SOCKET, SO_RCVLOWAT, SO_RCVTIMEO } = constants as Record<string, number>;
const short = { timeout: 40 } as const;

/** Waits until so many bytes are there, which a poll(2) below the mark does not tell. */
const arrived = (conn: Conn, bytes: number): Promise<void> =>
  until(() => conn.socket.queued().in === bytes, `${bytes} bytes arrive`);

for (const { name, net } of colours) {
  for (const [transport, makePeer] of [
    ['tcp', pythonPeer],
    ['unix', unixPeer],
  ] as const) {
    for (const way of ['token', 'raw'] as const) {
      test(`14. SO_RCVLOWAT, set by ${way}: receives and reads wait for so many bytes, over ${transport} (${name})`, async (t) => {
        const { conn, peer } = await makePeer(t, net);
        const { socket } = conn;
        if (way === 'token') socket.setOption(options.SO_RCVLOWAT, 10);
        else socket.setsockopt(SOL_SOCKET!, SO_RCVLOWAT!, 10);
        await peer.run(`c.sendall(b'12345')`);
        await arrived(conn, 5);
        for (const call of [
          () => socket.recv(100, short),
          () => socket.recvInto(Buffer.alloc(10), short),
          () => conn.read(100, short),
          () => socket.recvFrom(100, short),
          () => socket.recvMsg(short),
        ])
          assert.ok((await failureOf(call)) instanceof TimeoutError, call.toString());
        assert.equal(socket.queued().in, 5);
        peer.begin(`time.sleep(0.05); c.sendall(b'6'); time.sleep(0.05); c.sendall(b'7890')`);
        assert.equal((await socket.recv(100, limit))?.toString(), '1234567890');
        await peer.caughtUp();

        // Who asks for less waits for less, whatever was there before.
        await peer.run(`c.sendall(b'abcde')`);
        await arrived(conn, 5);
        assert.equal((await socket.recv(3, limit))?.toString(), 'abc');
        peer.begin(`time.sleep(0.05); c.sendall(b'fg')`);
        assert.equal((await socket.recv(4, limit))?.toString(), 'defg');
        await peer.caughtUp();

        // More than the mark is there: nothing of it is held back but the rest.
        await peer.run(`c.sendall(b'x' * 25)`);
        await arrived(conn, 25);
        for (const part of [12, 10]) assert.equal((await conn.read(part, limit))?.length, part);
        assert.ok((await failureOf(() => conn.read(10, short))) instanceof TimeoutError);
        // A lower mark lets through what waits.
        socket.setOption(options.SO_RCVLOWAT, 2);
        assert.equal((await conn.read(10, limit))?.length, 3);

        // The end is worth any number of bytes.
        socket.setOption(options.SO_RCVLOWAT, 1000);
        peer.begin(`time.sleep(0.05); c.sendall(b'end'); time.sleep(0.05); c.shutdown(socket.SHUT_WR)`);
        assert.equal((await conn.read(1000, limit))?.toString(), 'end');
        assert.equal(await conn.read(1000, limit), null);
        await peer.caughtUp();
      });
    }
  }

  test(`14. SO_RCVLOWAT of a listener is that of the connections that come (${name})`, async (t) => {
    const listener = await net.listen('127.0.0.1:0', { options: [[options.SO_RCVLOWAT, 6]] });
    const client = net.socket();
    t.after(() => {
      client.close();
      listener.close();
    });
    await client.connect(listener.address);
    const conn = await listener.accept();
    t.after(() => conn.abort());
    assert.equal(conn.socket.getOption(options.SO_RCVLOWAT), 6);
    await client.send('12345');
    await arrived(conn, 5);
    assert.ok((await failureOf(() => conn.read(100, short))) instanceof TimeoutError);
    const copy = conn.socket.dup();
    assert.ok((await failureOf(() => copy.recv(100, short))) instanceof TimeoutError);
    const adopted = net.adopt(copy.detach());
    t.after(() => adopted.close());
    assert.ok((await failureOf(() => adopted.recv(100, short))) instanceof TimeoutError);
    await client.send('6');
    assert.equal((await conn.read(100, limit))?.toString(), '123456');
  });

  test(`14. MSG_WAITALL beside SO_RCVLOWAT waits for all bytes, also when the last are fewer than the mark (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    conn.socket.setOption(options.SO_RCVLOWAT, 10);
    peer.begin(`
for piece in (b'a' * 4, b'b' * 7, b'c' * 3):
    c.sendall(piece); time.sleep(0.03)`);
    const all = await conn.socket.recv(14, { ...limit, flags: constants.MSG_WAITALL! });
    assert.equal(all?.toString(), 'aaaabbbbbbbccc');
    await peer.caughtUp();
  });

  test(`14. SO_OOBINLINE: urgent data stays in the stream, and the rest behind it comes (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    conn.socket.setOption(options.SO_OOBINLINE, true);
    peer.begin(`
c.sendall(b'before'); time.sleep(0.03); c.send(b'!', socket.MSG_OOB); time.sleep(0.03); c.sendall(b'after')
c.shutdown(socket.SHUT_WR)`);
    assert.equal((await conn.readAll(limit)).toString(), 'before!after');
    await peer.caughtUp();
  });

  test(`14. SO_RCVTIMEO and SO_SNDTIMEO, in every variant, limit datagram sockets (${name})`, async (t) => {
    const time = new Uint8Array(new BigInt64Array([0n, 60_000n]).buffer);
    for (const variant of [SO_RCVTIMEO!, constants['SO_RCVTIMEO_NEW']!]) {
      const udp = net.socket('ipv4', 'dgram');
      const [one, other] = net.socketPair('dgram');
      t.after(() => [udp, one, other].forEach((each) => each.close()));
      await udp.bind('127.0.0.1:0');
      for (const socket of [udp, one]) {
        socket.setsockopt(SOL_SOCKET!, variant, time);
        assert.equal(socket.receiveTimeout, 60);
        for (const call of [
          () => socket.recv(),
          () => socket.recvFrom(),
          () => socket.recvMsg(),
          () => socket.recvMany(4),
        ]) {
          const ms = await took(async () =>
            assert.ok((await failureOf(call)) instanceof TimeoutError, call.toString()),
          );
          assert.ok(ms >= 55 && ms < 3000, `${call.toString()} took ${ms} ms`);
        }
      }
      for (const token of [options.SO_SNDTIMEO_OLD, options.SO_SNDTIMEO_NEW, options.SO_SNDTIMEO]) {
        one.setOption(token, 60);
        assert.equal(one.sendTimeout, 60);
        // Nobody receives: at some time the queue is full.
        let failed: unknown = null;
        const ms = await took(async () => {
          while (failed === null) failed = await failureOr(() => one.sendMsg({ data: 'x'.repeat(1000) }));
        });
        assert.ok(failed instanceof TimeoutError, String(failed));
        assert.ok(ms >= 55, `${ms} ms`);
        one.setOption(token, null);
      }
    }
  });
}

async function failureOr(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return null;
  } catch (error) {
    return error;
  }
}
