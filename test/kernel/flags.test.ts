// Flags of recv(2) that change what a receive leaves behind: a wrong idea of what is left would hang the next one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants } from 'berkeley';
import { colours, failureOf } from '../real/colours.js';
import { limit, pythonPeer, unixPeer } from './peers.js';

const { MSG_PEEK, MSG_WAITALL, MSG_OOB, MSG_DONTWAIT } = constants as Record<string, number>;
const peek = { ...limit, flags: MSG_PEEK! };

for (const { name, net } of colours) {
  for (const [transport, meet] of [
    ['tcp', pythonPeer],
    ['unix', unixPeer],
  ] as const) {
    test(`what MSG_PEEK has seen is still there for the next receive, over ${transport} (${name})`, async (t) => {
      const { conn, peer } = await meet(t, net);
      const { socket } = conn;
      // Twice: before the descriptor was ever waited for, and after.
      for (const text of ['hello', 'again']) {
        peer.begin(`time.sleep(0.05); c.sendall(b'${text}')`);
        assert.equal((await socket.recv(100, peek))?.toString(), text);
        assert.equal((await socket.recv(2, peek))?.toString(), text.slice(0, 2));
        const memory = Buffer.alloc(100);
        assert.equal(await socket.recvInto(memory, peek), text.length);
        assert.equal(memory.toString('latin1', 0, text.length), text);
        assert.equal((await socket.recv(100, limit))?.toString(), text);
        await peer.caughtUp();
      }
      assert.equal((await failureOf(() => socket.recv(100, { ...peek, timeout: 30 }))).code, 'ETIMEDOUT');
      peer.begin(`time.sleep(0.05); c.close()`);
      assert.equal(await socket.recv(100, peek), null);
      assert.equal(await socket.recv(100, limit), null);
    });

    test(`14. MSG_WAITALL waits for all, over ${transport} (${name})`, async (t) => {
      const { conn, peer } = await meet(t, net);
      const { socket } = conn;
      const all = { ...limit, flags: MSG_WAITALL! };
      peer.begin(`
for piece in (b'0123', b'45', b'6789ab'):
    c.sendall(piece)
    time.sleep(0.03)
`);
      assert.equal((await socket.recv(10, all))?.toString(), '0123456789');
      assert.equal((await socket.recv(2, all))?.toString(), 'ab');
      await peer.caughtUp();

      peer.begin(`
for piece in (b'x' * 100000, b'y' * 100000):
    c.sendall(piece)
    time.sleep(0.03)
`);
      const memory = Buffer.alloc(200_000);
      assert.equal(await socket.recvInto(memory, all), 200_000);
      assert.equal(memory.toString('latin1'), 'x'.repeat(100_000) + 'y'.repeat(100_000));

      // A limit ends the wait as it does in the kernel: with what is there, and with an error when there is nothing.
      await peer.run(`c.sendall(b'abc')`);
      assert.equal((await socket.recv(10, { ...all, timeout: 50 }))?.toString(), 'abc');
      assert.equal((await failureOf(() => socket.recv(10, { ...all, timeout: 50 }))).code, 'ETIMEDOUT');

      // So does the end.
      peer.begin(`c.sendall(b'end'); time.sleep(0.03); c.close()`);
      assert.equal((await socket.recv(10, all))?.toString(), 'end');
      assert.equal(await socket.recv(10, all), null);
    });

    test(`MSG_WAITALL with MSG_PEEK waits for all and leaves it, over ${transport} (${name})`, async (t) => {
      const { conn, peer } = await meet(t, net);
      const { socket } = conn;
      peer.begin(`c.sendall(b'0123'); time.sleep(0.05); c.sendall(b'4567')`);
      assert.equal((await socket.recv(8, { ...limit, flags: MSG_WAITALL! | MSG_PEEK! }))?.toString(), '01234567');
      assert.equal((await socket.recv(8, { ...limit, flags: MSG_WAITALL! }))?.toString(), '01234567');
    });
  }

  for (const [how, next] of [
    ['recv', 'recv'],
    ['recv', 'recvFrom'],
    ['recvFrom', 'recv'],
    ['recvFrom', 'recvFrom'],
  ] as const) {
    test(`promise 11: what a MSG_WAITALL got before a reset is returned, and the reset is the next call's: ${how}, ${next} (${name})`, async (t) => {
      const { conn, peer } = await pythonPeer(t, net);
      const { socket } = conn;
      const reset = `c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); c.close()`;
      peer.begin(`c.sendall(b'abc'); time.sleep(0.05); ${reset}`);
      const got = await socket[how](10, { ...limit, flags: MSG_WAITALL! });
      assert.equal((got !== null && 'data' in got ? got.data : got)?.toString(), 'abc');
      const all = next === 'recvFrom' ? { ...limit, flags: MSG_WAITALL! } : limit;
      assert.equal((await failureOf(() => socket[next](10, all))).code, 'ECONNRESET');
      assert.equal(await conn.read(10, limit), null);
    });
  }

  test(`urgent data around a short read does not hang the reader (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    for (let round = 0; round < 20; round++) {
      // A receive stops short at the mark, although more is there.
      peer.begin(`
c.sendall(b'abc')
c.send(b'!', socket.MSG_OOB)
c.sendall(b'def')
${round % 2 === 0 ? '' : 'time.sleep(0.01)'}
c.sendall(b'ghi')
`);
      if (round % 3 === 0) await peer.caughtUp();
      assert.equal((await conn.readExact(9, limit)).toString(), 'abcdefghi', `round ${round}`);
      await peer.caughtUp();
    }
    peer.begin(`c.send(b'!', socket.MSG_OOB); c.sendall(b'last'); c.close()`);
    assert.equal((await conn.readAll(limit)).toString(), 'last');
  });

  test(`the urgent byte is received by MSG_OOB and announced as priority, and the stream goes on (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    const { socket } = conn;
    await peer.run(`c.sendall(b'before')`);
    assert.equal((await socket.recv(100, limit))?.toString(), 'before');
    peer.begin(`time.sleep(0.05); c.send(b'!', socket.MSG_OOB)`);
    assert.equal((await socket.poll({ priority: true }, limit))?.priority, true);
    await peer.run(`c.sendall(b'after')`);
    assert.equal((await socket.recv(100, { ...limit, flags: MSG_OOB! }))?.toString(), '!');
    assert.equal((await socket.recv(100, limit))?.toString(), 'after');
    // There is none any more: the kernel says so, and does not make us wait.
    assert.equal((await failureOf(() => socket.recv(1, { ...limit, flags: MSG_OOB! }))).code, 'EINVAL');
    assert.equal((await failureOf(() => socket.recv(1, { timeout: 20, flags: MSG_DONTWAIT! }))).code, 'ETIMEDOUT');
  });

  test(`data and FIN in one event are data and then the end (${name})`, async (t) => {
    for (const early of [true, false]) {
      const { conn, peer } = await pythonPeer(t, net);
      if (early) await peer.run(`c.sendall(b'data'); c.close()`);
      else peer.begin(`time.sleep(0.05); c.sendall(b'data'); c.close()`);
      assert.equal((await conn.read(undefined, limit))?.toString(), 'data');
      assert.equal(await conn.read(undefined, limit), null);
      assert.equal(await conn.read(undefined, limit), null);
    }
  });

  test(`data and FIN that arrive between two reads are data and then the end (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    peer.begin(`time.sleep(0.02); c.sendall(b'1')`);
    // Waited for, so the descriptor is known to the epoll; read short, so the reader believes the queue to be empty.
    assert.equal((await conn.read(undefined, limit))?.toString(), '1');
    await peer.caughtUp();
    await peer.run(`c.sendall(b'2'); c.shutdown(socket.SHUT_WR)`);
    assert.equal((await conn.read(undefined, limit))?.toString(), '2');
    assert.equal(await conn.read(undefined, limit), null);
  });
}
