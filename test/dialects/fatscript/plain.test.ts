// FatScript's sockets without TLS, row by row of what is known of the original. Python is the other end.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { bind, ClientSocket, connect, ServerSocket } from 'berkeley/dialects/fatscript';
import * as promises from 'berkeley';
import { startPuppet, type Puppet } from '../../support/python.js';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const noIpv6 = { skip: hasIpv6 ? false : 'this machine has no IPv6' };

/** A Python that listens; `c` is what it has accepted. */
async function listening(t: TestContext, host = '127.0.0.1'): Promise<{ python: Puppet; port: number }> {
  const python = startPuppet(
    t,
    `
l = socket.socket(socket.AF_INET6 if ':' in '${host}' else socket.AF_INET)
l.bind(('${host}', 0)); l.listen(16)`,
  );
  return { python, port: (await python.value('l.getsockname()[1]')) as number };
}

/** Ours on one end, Python's `c` on the other. */
async function connected(t: TestContext): Promise<{ python: Puppet; con: ClientSocket }> {
  const { python, port } = await listening(t);
  const con = connect('127.0.0.1', port);
  t.after(() => con.close());
  await python.run('c, _ = l.accept()');
  return { python, con };
}

function serving(t: TestContext): ServerSocket {
  const server = bind(0);
  t.after(() => server.close());
  return server;
}

test('connect returns a ClientSocket with its descriptor, its peer as ip:port, and no TLS', async (t) => {
  const { python, port } = await listening(t);
  const con = connect('localhost', port);
  assert.ok(con instanceof ClientSocket);
  assert.equal(con.peer, `127.0.0.1:${port}`);
  assert.deepEqual(con.ssl, Buffer.alloc(0));
  assert.equal(inspect(con), `ClientSocket { id: ${con.id}, peer: '${con.peer}', ssl: <Buffer > }`);
  assert.ok(readFileSync(`/proc/self/fdinfo/${con.id}`, 'utf8').includes('flags:'));
  await python.run('c, _ = l.accept(); c.sendall(b"x")');
  assert.deepEqual(con.receive(1), Buffer.from('x'));
  con.close();
  assert.equal(con.id, -1, 'a closed one has no descriptor');
  assert.equal(con.peer, `127.0.0.1:${port}`);
});

test('an IPv6 peer stands in brackets', noIpv6, async (t) => {
  const { port } = await listening(t, '::1');
  const con = connect('::1', port);
  assert.equal(con.peer, `[::1]:${port}`);
  con.close();
});

test('receive gives what is there, up to nBytes, and never waits for nBytes', async (t) => {
  const { python, con } = await connected(t);
  await python.run('c.sendall(b"hello")');
  assert.deepEqual(con.receive(1024), Buffer.from('hello'));
  await python.run('c.sendall(bytes(range(256)))');
  const first = con.receive(3);
  assert.deepEqual(first, Buffer.from([0, 1, 2]));
  assert.deepEqual(con.receive(1e9), Buffer.from(Array.from({ length: 253 }, (_, i) => i + 3)));
});

test('receive blocks until there is something', async (t) => {
  const { python, con } = await connected(t);
  python.begin('time.sleep(0.1); c.sendall(b"late")');
  const begun = performance.now();
  assert.deepEqual(con.receive(16), Buffer.from('late'));
  assert.ok(performance.now() - begun > 50);
});

test('the end of the connection is an empty Buffer, again and again, and sending goes on', async (t) => {
  const { python, con } = await connected(t);
  await python.run('c.sendall(b"last"); c.shutdown(socket.SHUT_WR)');
  assert.deepEqual(con.receive(99), Buffer.from('last'));
  assert.deepEqual(con.receive(99), Buffer.alloc(0));
  assert.deepEqual(con.receive(99), Buffer.alloc(0));
  con.send(Buffer.from('still here'));
  con.close();
  assert.equal(await python.value('everything(c).decode()'), 'still here');
});

test('what had arrived before a reset is received, and the reset is an AsyncError', async (t) => {
  const { python, con } = await connected(t);
  await python.run(
    'c.sendall(b"first"); c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close()',
  );
  assert.deepEqual(con.receive(5), Buffer.from('first'));
  assert.throws(() => con.receive(5), { name: 'AsyncError', code: 'ECONNRESET' });
});

test('send hands over everything, however much, and returns nothing', async (t) => {
  const { python, con } = await connected(t);
  const data = Buffer.alloc(8 << 20, 'all of it, ');
  python.begin('import hashlib; got = everything(c); digest = hashlib.sha256(got).hexdigest(); n = len(got)');
  assert.equal((con as unknown as { send(data: Uint8Array): unknown }).send(data), undefined);
  con.close();
  assert.equal(await python.value('n'), data.length);
  assert.equal(await python.value('digest'), createHash('sha256').update(data).digest('hex'));
});

test('a Text is a string of bytes: one character each', async (t) => {
  const { python, con } = await connected(t);
  const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('');
  con.send(all);
  assert.equal(await python.value('exactly(c, 256) == bytes(range(256))'), true);
  assert.throws(() => con.send('\u20ac 5'), {
    name: 'ValueError',
    code: 'ERR_INVALID_ARG_VALUE',
    message: /pass a Buffer/,
  });
  con.send('');
  con.close();
  assert.equal(await python.value('len(everything(c))'), 0, 'nothing of it was sent');
});

test('sending to a peer that is gone is an AsyncError', async (t) => {
  const { python, con } = await connected(t);
  await python.run('c.close()');
  con.send('into the void');
  await python.value('1');
  assert.throws(
    () => {
      for (let i = 0; i < 1000; i++) con.send('more');
    },
    (error: promises.SocketError) => error.name === 'AsyncError' && /^(EPIPE|ECONNRESET)$/.test(error.code),
  );
});

test('bind listens on all addresses at once, IPv4 and IPv6, and a client is shown by its own address', async (t) => {
  const server = serving(t);
  assert.ok(server instanceof ServerSocket && server.port > 0 && server.id >= 0);
  assert.equal(inspect(server), `ServerSocket { id: ${server.id}, port: ${server.port} }`);
  const python = startPuppet(t, `a = socket.create_connection(('127.0.0.1', ${server.port}))`);
  const con = server.accept(10_000);
  assert.ok(con instanceof ClientSocket);
  assert.equal(con.peer, `127.0.0.1:${String(await python.value('a.getsockname()[1]'))}`);
  con.close();
  if (noIpv6.skip !== false) return;
  await python.run(`b = socket.create_connection(('::1', ${server.port}))`);
  const second = server.accept(0)!;
  assert.equal(second.peer, `[::1]:${String(await python.value('b.getsockname()[1]'))}`);
  second.close();
});

test('accept waits up to so many milliseconds: null when nobody came, -1 for ever, 0 looks once', async (t) => {
  const server = serving(t);
  assert.equal(server.accept(0), null);
  const begun = performance.now();
  assert.equal(server.accept(60), null);
  const waited = performance.now() - begun;
  assert.ok(waited >= 59 && waited < 5000, `waited ${waited} ms`);
  const python = startPuppet(t);
  await python.value('1');
  python.begin(`time.sleep(0.1); a = socket.create_connection(('127.0.0.1', ${server.port}))`);
  const con = server.accept(-1)!;
  assert.match(con.peer, /^127\.0\.0\.1:\d+$/);
  con.close();
  await python.run(`b = socket.create_connection(('127.0.0.1', ${server.port}))`);
  const polled = server.accept(0);
  assert.notEqual(polled, null);
  polled!.close();
});

test('closing the server frees the port at once; accepted sockets live on', async (t) => {
  const server = serving(t);
  const { port } = server;
  const python = startPuppet(t, `a = socket.create_connection(('127.0.0.1', ${port}))`);
  const con = server.accept(10_000)!;
  server.close();
  server.close();
  assert.equal(server.id, -1);
  assert.equal(await python.value(`socket.socket().connect_ex(('127.0.0.1', ${port})) == errno.ECONNREFUSED`), true);
  await python.run('a.sendall(b"ping")');
  assert.deepEqual(con.receive(10), Buffer.from('ping'));
  con.send('pong');
  con.close();
  assert.equal(await python.value('everything(a).decode()'), 'pong');
  const again = bind(port);
  assert.equal(again.port, port);
  again.close();
});

test('a connection of the library, of either colour, can be had as a ClientSocket', async () => {
  const [one, two] = promises.pair();
  const con = new ClientSocket(one);
  await two.write('same connection');
  assert.deepEqual(con.receive(4), Buffer.from('same'));
  assert.equal(String(await one.read()), ' connection');
  con.close();
  assert.equal(one.closeInfo!.by, 'local');
  two.abort();
});
