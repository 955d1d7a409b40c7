// Closing under a call that waits, in both directions; and peers that are slow, or dead.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { options } from 'berkeley';
import { startPuppet } from '../support/python.js';
import { colours, failureOf } from '../real/colours.js';
import { blackHole } from './black-hole.js';
import { startChild } from './child.js';
import { limit, pythonPeer } from './peers.js';

const [{ net }] = colours as [(typeof colours)[0]];

for (const way of ['close', 'abort', 'dispose', 'socket'] as const) {
  test(`4. ${way} ends a waiting read, and the peer sees it`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    const reads = [conn.read(), conn.readExact(5), conn.readLine(), conn.waitReadable()].map((read) =>
      failureOf(() => read),
    );
    if (way === 'close') await conn.close();
    else if (way === 'abort') conn.abort();
    else if (way === 'dispose') conn[Symbol.dispose]();
    else conn.socket.close();
    for (const failure of await Promise.all(reads)) assert.equal(failure.code, 'ERR_SOCKET_CLOSED');
    await peer.run(`
try: end = len(c.recv(10))
except OSError as e: end = errno.errorcode[e.errno]`);
    assert.equal(await peer.value('end'), way === 'abort' ? 'ECONNRESET' : 0);
  });
}

test('4. close lets a waiting write out first, abort ends it', async (t) => {
  const data = randomBytes(16 << 20);
  const first = await pythonPeer(t, net);
  const writing = first.conn.write(data);
  const reading = failureOf(() => first.conn.read());
  const closing = first.conn.close();
  assert.equal((await reading).code, 'ERR_SOCKET_CLOSED');
  first.peer.begin(`import hashlib\ndigest = hashlib.sha256(everything(c)).hexdigest()`);
  assert.equal(await writing, data.length);
  await closing;
  assert.equal(await first.peer.value('digest'), createHash('sha256').update(data).digest('hex'));

  const second = await pythonPeer(t, net);
  const doomed = failureOf(() => second.conn.write(data));
  const behind = failureOf(() => second.conn.write('never'));
  second.conn.abort();
  const failure = await doomed;
  assert.equal(failure.code, 'ERR_SOCKET_CLOSED');
  assert.equal((await behind).code, 'ERR_SOCKET_CLOSED');
  assert.equal((await behind).bytesDone, 0);
});

test('4. closing a listener ends waiting accepts and frees the port at once', async () => {
  const listener = await net.listen('127.0.0.1:0');
  const accepts = [listener.accept(), listener.accept(), listener.tryAccept(5000)].map((accept) =>
    failureOf(() => accept),
  );
  listener.close();
  for (const failure of await Promise.all(accepts)) assert.equal(failure.code, 'ERR_SOCKET_CLOSED');
  const again = await net.listen(listener.address);
  again.close();
});

test('4. closing a socket ends its waiting connect', async (t) => {
  const hole = await blackHole(t);
  const socket = net.socket();
  const connecting = failureOf(() => socket.connect(hole.address));
  assert.equal(socket.state, 'connecting');
  socket.close();
  assert.equal((await connecting).code, 'ERR_SOCKET_CLOSED');
  assert.equal(socket.state, 'closed');
});

for (const { name, net } of colours) {
  test(`16 MiB arrive whole at a slow reader, in memory under three times as much (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    const data = randomBytes(16 << 20);
    const before = process.memoryUsage().rss;
    peer.begin(`
import hashlib
digest, n = hashlib.sha256(), 0
time.sleep(0.1)
while True:
    piece = c.recv(65536)
    if not piece: break
    digest.update(piece)
    n += 1
    if n % 8 == 0: time.sleep(0.005)
`);
    let most = 0;
    const watching = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5);
    try {
      assert.equal(await conn.write(data, { timeout: '30s' }), data.length);
    } finally {
      clearInterval(watching);
    }
    most = Math.max(most, process.memoryUsage().rss);
    await conn.close();
    assert.equal(await peer.value('digest.hexdigest()'), createHash('sha256').update(data).digest('hex'));
    assert.ok(most - before < 3 * data.length, `${most - before} bytes more`);
  });

  test(`3. a peer that stops reading makes a write end at its limit; bytesDone is what the peer then reads (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    await peer.run('pass');
    peer.kill('SIGSTOP');
    const failure = await failureOf(() => conn.write(Buffer.alloc(32 << 20), { timeout: 100 }));
    assert.equal(failure.code, 'ETIMEDOUT');
    peer.kill('SIGCONT');
    peer.begin('n = len(everything(c))');
    await conn.close();
    assert.equal(await peer.value('n'), failure.bytesDone);
    assert.equal(conn.closeInfo?.clean, false);
  });

  test(`3. a peer that died is the kernel's ETIMEDOUT, and the connection was ended by it (${name})`, async (t) => {
    // A network of its own, whose loopback can be taken away.
    const own = spawnSync('unshare', ['-rn', 'sh', '-c', 'ip link set lo up && ip link set lo down']);
    if (own.status !== 0) {
      t.skip('no network namespaces here');
      return;
    }
    const child = startChild(t, 'dead-peer', { args: [name], shell: 'set -- unshare -rn "$@"' });
    const found = await child.next<Record<string, unknown>>();
    assert.deepEqual(found, {
      code: 'ETIMEDOUT',
      errno: 110,
      limit: false,
      by: 'timeout',
      clean: false,
      error: 'ETIMEDOUT',
    });
    await child.end();
  });
}

test('a peer that is only stopped is not dead: TCP_USER_TIMEOUT leaves the connection alone while its kernel answers', async (t) => {
  const peer = startPuppet(t, `listener = socket.create_server(('127.0.0.1', 0))`);
  const port = (await peer.value('listener.getsockname()[1]')) as number;
  peer.begin('c, _ = listener.accept()');
  const conn = await net.connect('127.0.0.1', port, { ...limit, options: [[options.TCP_USER_TIMEOUT, 100]] });
  await peer.caughtUp();
  peer.kill('SIGSTOP');
  await conn.write('acknowledged by its kernel');
  assert.equal(await conn.waitFlushed(limit), true);
  assert.equal((await failureOf(() => conn.read(10, { timeout: 400 }))).code, 'ETIMEDOUT');
  peer.kill('SIGCONT');
  await peer.run(`c.sendall(exactly(c, 26))`);
  assert.equal((await conn.readExact(26, limit)).toString(), 'acknowledged by its kernel');
  await conn.close();
});
