// Descriptors that other processes get, or must not get, and numbers that are used again.

import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { startPuppet } from '../support/python.js';
import { colours, failureOf, type Conn } from '../real/colours.js';
import { startChild } from './child.js';
import { limit, pythonPeer, took } from './peers.js';

/** What the descriptors of a Python beyond the standard three are, as the kernel names them. */
const DESCRIPTORS = `
def descriptors():
    names = []
    for n in os.listdir('/proc/self/fd'):
        try:
            if int(n) > 2: names.append(os.readlink('/proc/self/fd/' + n))
        except FileNotFoundError: pass
    return names
`;

test('without a descriptor for the reactor what would wait fails at the call, and later calls wait again', async (t) => {
  const child = startChild(t, 'no-reactor', { shell: 'ulimit -n 128' });
  const failure = { code: 'EMFILE', syscall: 'epoll_create1' };
  assert.deepEqual(await child.next(), { ...failure, phase: 'read', some: false });
  assert.deepEqual(await child.next(), { ...failure, phase: 'write', some: true });
  assert.deepEqual(await child.next(), { ...failure, phase: 'read', some: false });
  assert.equal(await child.next(), 'still here');
  assert.equal(await child.next(), true);
  assert.equal(await child.end(), '');
});

for (const { name, net } of colours) {
  test(`10. no descriptor goes to a child process through exec (${name})`, async (t) => {
    const listener = await net.listen(['127.0.0.1:0', `unix:@berkeley-${process.pid}-${name}-exec`]);
    const client = await net.connect(listener.address, limit);
    const accepted = await listener.accept(limit);
    const pair = net.pair();
    const copy = client.socket.dup();
    const plain = net.socket('ipv6', 'dgram');
    const back = net.socket();
    back.setInheritable(true).setInheritable(false);
    t.after(() => {
      for (const each of [client, accepted, ...pair]) each.abort();
      for (const each of [copy, plain, back, listener]) each.close();
    });
    // A waiting operation too: the reactor's own descriptors must stay here.
    const waiting = name === 'promises' ? failureOf(() => accepted.read()) : null;
    const sockets = [...listener.sockets, client.socket, accepted.socket, ...pair.map((conn) => conn.socket)];
    const ours = [...sockets, copy, plain, back].map(({ fd }) => readlinkSync(`/proc/self/fd/${fd}`));
    assert.ok(ours.every((link) => /^socket:\[\d+\]$/.test(link)));
    const python = startPuppet(t, DESCRIPTORS);
    const theirs = (await python.value('descriptors()')) as string[];
    const found = theirs.filter((link) => ours.includes(link) || /eventpoll|timerfd|eventfd/.test(link));
    assert.deepEqual(found, []);
    accepted.abort();
    assert.equal((await waiting)?.code ?? 'ERR_SOCKET_CLOSED', 'ERR_SOCKET_CLOSED');
  });

  test(`10. an inheritable connection reaches a Python child in blocking mode, and our end keeps working (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    conn.socket.setInheritable(true);
    const child = startPuppet(t, 's = socket.socket(fileno=int(sys.argv[1]))', { args: [String(conn.socket.fd)] });
    assert.equal(await child.value('os.get_blocking(s.fileno())'), true);
    // The child waits in a blocking receive; so do we, with a limit, and are not frozen by the mode that we share.
    const ms = await took(async () =>
      assert.equal((await failureOf(() => conn.read(10, { timeout: 50 }))).code, 'ETIMEDOUT'),
    );
    assert.ok(ms < 2000, `${ms} ms`);
    assert.equal(await conn.waitReadable({ timeout: 0 }), false);
    await peer.run(`c.sendall(b'for both')`);
    assert.equal((await conn.readExact(4, limit)).toString(), 'for ');
    // A short read left nothing: the rest is in our buffer. New bytes go to the child.
    assert.equal((await conn.read(10, limit))?.toString(), 'both');
    await peer.run(`c.sendall(b'child')`);
    assert.equal(await child.value('s.recv(10).decode()'), 'child');
    await child.run(`s.sendall(b'from child')`);
    assert.equal(await peer.value('exactly(c, 10).decode()'), 'from child');
    // More than fits: a blocking descriptor must not freeze us in send(2).
    const failure = await failureOf(() => conn.write(Buffer.alloc(64 << 20), { timeout: 50 }));
    assert.equal(failure.code, 'ETIMEDOUT');
    await peer.run(`c.close()`);
    await child.end();
  });

  test(`closing an inheritable connection leaves the child's alone, and what it has not read yet (${name})`, async (t) => {
    for (const way of ['close', 'dispose', 'socket'] as const) {
      const { conn, peer } = await pythonPeer(t, net);
      conn.socket.setInheritable(true);
      const child = startPuppet(t, 's = socket.socket(fileno=int(sys.argv[1]))', { args: [String(conn.socket.fd)] });
      await peer.run(`c.sendall(b'for the child')`);
      await conn.waitReadable(limit);
      if (way === 'close') await conn.close();
      else if (way === 'socket') conn.socket.close();
      else conn[Symbol.dispose]();
      assert.equal(await child.value('exactly(s, 13).decode()'), 'for the child', way);
      await child.run(`s.sendall(b'answer')`);
      assert.equal(await peer.value('exactly(c, 6).decode()'), 'answer');
      await child.end();
      assert.equal(await peer.value('len(c.recv(10))'), 0);
    }
  });

  test(`10. what is detached has its blocking mode restored, and what was adopted the mode that it came in (${name})`, async (t) => {
    const { conn } = await pythonPeer(t, net);
    assert.equal(nonBlocking(conn.socket.fd), true);
    const fd = conn.socket.detach();
    assert.equal(nonBlocking(fd), false);
    const again = net.adopt(fd);
    assert.equal(nonBlocking(fd), true);
    assert.equal(again.detach(), fd);
    assert.equal(nonBlocking(fd), false);
    const third = net.adopt(fd);
    third.setInheritable(true);
    assert.equal(nonBlocking(fd), false);
    third.setInheritable(false);
    assert.equal(nonBlocking(fd), true);
    third.close();
  });

  test(`10. an inheritable listener is accepted from by a Python child and by us in turn (${name})`, async (t) => {
    const listener = await net.listen('127.0.0.1:0');
    t.after(() => listener.close());
    const [socket] = listener.sockets;
    socket!.setInheritable(true);
    const child = startPuppet(t, 's = socket.socket(fileno=int(sys.argv[1]))', { args: [String(socket!.fd)] });
    const client = startPuppet(t, `place = ('127.0.0.1', ${listener.address.port})`);
    assert.equal(await child.value('os.get_blocking(s.fileno())'), true);
    for (let round = 0; round < 3; round++) {
      assert.equal(await listener.tryAccept(), null);
      assert.equal((await failureOf(() => listener.accept({ timeout: 30 }))).code, 'ETIMEDOUT');
      child.begin(`c, _ = s.accept(); c.sendall(b'child'); c.close()`);
      assert.equal(await client.value(`everything(socket.create_connection(place)).decode()`), 'child');
      await child.caughtUp();
      client.begin(`got = everything(socket.create_connection(place))`);
      const conn = await listener.accept(limit);
      await conn.write('parent');
      await conn.close();
      assert.equal(await client.value('got.decode()'), 'parent');
    }
    // The port stays open for the child when we are gone.
    listener.close();
    child.begin(`c, _ = s.accept(); c.sendall(b'orphan'); c.close()`);
    assert.equal(await client.value(`everything(socket.create_connection(place)).decode()`), 'orphan');
  });

  test(`closing twice does not touch the file or the socket that has the number by now (${name})`, async (t) => {
    const { conn } = await pythonPeer(t, net);
    const { socket } = conn;
    const number = socket.fd;
    await conn.close();
    assert.equal(socket.fd, -1);
    const file = openSync('/dev/null', 'r');
    assert.equal(file, number, 'the lowest free number is used again');
    await conn.close();
    socket.close();
    conn[Symbol.dispose]();
    conn.abort();
    closeSync(file);

    const next = net.socket();
    assert.equal(next.fd, number);
    await conn.close();
    socket.close();
    assert.equal(next.getsockopt(1, 3), 1, 'SO_TYPE of a living socket');
    next.close();
    next.close();
  });
}

/** O_NONBLOCK, as the kernel shows it. */
function nonBlocking(fd: number): boolean {
  const [, flags] = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')) ?? [];
  return (parseInt(flags!, 8) & 0o4000) !== 0;
}

const [{ net }] = colours as [(typeof colours)[0]];

test('a socket that takes the number of a closed one, while events are pending, gets none of them', async (t) => {
  const peer = startPuppet(t, `listener = socket.create_server(('127.0.0.1', 0))\nheld = []`);
  const port = (await peer.value('listener.getsockname()[1]')) as number;
  for (let round = 0; round < 20; round++) {
    const conns: Conn[] = [];
    for (let i = 0; i < 4; i++) {
      peer.begin('held.append(listener.accept()[0])');
      conns.push(await net.connect('127.0.0.1', port, limit));
      await peer.caughtUp();
    }
    const fds = new Set(conns.map((conn) => conn.socket.fd));
    const fresh: Conn[] = [];
    const got: string[] = [];
    // All four become readable in one batch; the first that is told closes the rest, whose numbers go to new pairs.
    let first = true;
    const reads = conns.map(async (conn, i) => {
      try {
        got.push(`${i}:${(await conn.readExact(4, limit)).toString()}`);
      } catch (error) {
        got.push(`${i}:${(error as { code: string }).code}`);
        return;
      }
      if (!first) return;
      first = false;
      for (const other of conns) if (other !== conn) other.abort();
      fresh.push(...net.pair(), ...net.pair());
    });
    peer.begin('for c in held: c.sendall(b"data")');
    await Promise.all(reads);
    assert.ok(
      fresh.some((conn) => fds.has(conn.socket.fd)),
      'a number was used again',
    );
    // Nothing was sent to the new ones, so they must neither read nor be ready.
    const waits = fresh.map((conn) => failureOf(() => conn.read(10, { timeout: 20 })));
    for (const failure of await Promise.all(waits)) assert.equal(failure.code, 'ETIMEDOUT');
    // And what is sent to them arrives.
    for (const [i, conn] of fresh.entries()) {
      const read = conn.read(10, limit);
      await fresh[i ^ 1]!.write(`${i}`);
      assert.equal((await read)?.toString(), `${i}`);
    }
    for (const conn of [...conns, ...fresh]) conn.abort();
    await peer.run('for c in held: c.close()\nheld.clear()').catch(() => peer.run('held.clear()'));
  }
});
