// UDP and Unix sockets with the default protocol, contradiction 12 in use; Python is the other end.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { AF_INET, AF_INET6, AF_UNIX, SO_RCVTIMEO, SOCK_DGRAM, SOCK_SEQPACKET, Socket } from 'berkeley/dialects/blade';
import { startPuppet, type Puppet } from '../../support/python.js';
import { made, noIpv6, throws } from './kit.js';

/** A Python with a UDP socket, `u`. */
async function peer(t: TestContext, host = '127.0.0.1'): Promise<{ python: Puppet; port: number }> {
  const python = startPuppet(
    t,
    `
u = socket.socket(socket.AF_INET6 if ':' in '${host}' else socket.AF_INET, socket.SOCK_DGRAM)
u.bind(('${host}', 0))`,
  );
  return { python, port: (await python.value('u.getsockname()[1]')) as number };
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'berkeley-blade-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('UDP: connected, a message at a time, an empty one too', async (t) => {
  const { python, port } = await peer(t);
  const socket = made(t, AF_INET, SOCK_DGRAM);
  assert.equal(socket.connect('127.0.0.1', port), true);
  assert.equal(socket.send('one\0two'), 7);
  await python.run(`got, whence = u.recvfrom(100)`);
  assert.equal(await python.value('got.decode()'), 'one\0two');
  await python.run(`for m in (b'first', b'', b'x' * 60000, b'last'): u.sendto(m, whence)`);
  assert.equal(socket.receive(), 'first');
  assert.equal(socket.receive(), '', 'contradiction 11: an empty datagram is not the end');
  assert.equal(socket.receive()!.length, 60_000);
  assert.equal(socket.receive(2), 'la', 'the rest is lost');
  await python.run(`for m in (b'a' * 1500, b'b'): u.sendto(m, whence)`);
  assert.equal(socket.read(), 'a'.repeat(1024));
  assert.equal(socket.read(-1), 'b');
});

test('UDP: send_to and receive_from, with the host and port of the peer', async (t) => {
  const { python, port } = await peer(t);
  const socket = made(t, AF_INET, SOCK_DGRAM);
  socket.bind(0);
  assert.equal(socket.send_to('localhost', port, null, 'a\0b'), 3);
  await python.run(`got, whence = u.recvfrom(100); u.sendto(got + b'\\xff' * 3, whence)`);
  assert.deepEqual(await python.value('list(whence)'), ['127.0.0.1', socket.port]);
  assert.deepEqual(socket.receive_from(), { data: 'a\0b\xff\xff\xff', host: '127.0.0.1', port });
  await python.run(`for n in (9000, 10, 5): u.sendto(b'x' * n, whence)`);
  assert.equal(socket.receive_from(-1)?.data.length, 8192, 'the default');
  assert.equal(socket.receive_from(0)?.data.length, 10);
  assert.equal(socket.receive(), 'xxxxx', 'a bound one needs no peer');
  assert.equal(socket.send_to('127.0.0.1', port, AF_INET, Buffer.from('bytes'), 0), 5);
  assert.equal(socket.send_to('127.0.0.1', port, null, null), 0);
  assert.equal(await python.value('[u.recv(10).decode(), u.recv(10).decode()]').then(String), 'bytes,');
});

test('UDP: a limit, and what the system refuses', (t) => {
  const socket = made(t, AF_INET, SOCK_DGRAM);
  socket.bind(0);
  socket.set_option(SO_RCVTIMEO, 20);
  throws(() => socket.receive_from(), 'SocketException', 'Connection timed out');
  throws(() => socket.receive(), 'SocketException', 'Connection timed out');
  assert.equal(socket.is_closed, false);
  throws(() => socket.send_to('127.0.0.1', 9, null, 'x'.repeat(65_508)), 'SocketException', 'Message too long');
  assert.equal(socket.is_closed, true);
  const other = made(t, AF_INET, SOCK_DGRAM);
  for (const host of ['::1', 'not a host', 'no.such.host.invalid'])
    throws(() => other.send_to(host, 9, null, 'x'), 'SocketException', 'Cannot assign requested address');
  assert.equal(other.is_closed, false, 'a name says nothing of the socket');
});

test('UDP: a port where nobody is refuses the call after', async (t) => {
  const { python, port } = await peer(t);
  await python.run('u.close()');
  const socket = made(t, AF_INET, SOCK_DGRAM);
  socket.connect('127.0.0.1', port);
  socket.send('x');
  throws(() => socket.receive(), 'SocketException', 'Connection refused');
});

test('UDP over IPv6', noIpv6, async (t) => {
  const { python, port } = await peer(t, '::1');
  const socket = made(t, AF_INET6, SOCK_DGRAM);
  socket.bind(0, '*');
  assert.equal(socket.send_to('::1', port, null, 'six'), 3);
  await python.run(`got, whence = u.recvfrom(100); u.sendto(got.upper(), whence)`);
  assert.deepEqual(socket.receive_from(), { data: 'SIX', host: '::1', port });
});

test('a Unix stream socket: a path for a host, and no port', async (t) => {
  const path = join(folder(t), 's');
  const server = made(t, AF_UNIX);
  assert.equal(server.bind(0, path), true);
  assert.deepEqual([server.host, server.port, server.is_bound], [path, 0, true]);
  server.listen();
  const python = startPuppet(t, `c = socket.socket(socket.AF_UNIX); c.connect(sys.argv[1])`, { args: [path] });
  const one = server.accept();
  t.after(() => one.close());
  assert.equal(one.send('over Unix'), 9);
  assert.equal(await python.value('c.recv(100).decode()'), 'over Unix');
  for (const port of [undefined, null, 0]) {
    const client = made(t, AF_UNIX);
    assert.equal(client.connect(path, port), true);
    assert.equal(client.host, path);
    server.accept().close();
    assert.equal(client.receive(), null);
  }
  assert.deepEqual(server.info(), { address: path, ipv6: '', port: 0, family: AF_UNIX });
  server.close();
  assert.ok(!existsSync(path), 'the file that bind made is gone');
});

test('Unix sockets need a path, and one that fits', (t) => {
  const socket = made(t, AF_UNIX);
  throws(() => socket.bind(0), 'ArgumentError', 'host not specified');
  throws(() => socket.connect(), 'ArgumentError', 'host not specified');
  throws(() => socket.bind(0, '/' + 'x'.repeat(107)), 'ValueError', /107/);
  assert.equal(socket.is_closed, false);
  throws(() => socket.connect(join(folder(t), 'nobody')), 'SocketException', 'No such file or directory');
});

test('Unix datagrams and sequenced packets', async (t) => {
  const here = folder(t);
  const socket = made(t, AF_UNIX, SOCK_DGRAM);
  socket.bind(null, join(here, 'ours'));
  const python = startPuppet(
    t,
    `
u = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); u.bind(sys.argv[1] + '/theirs'); u.connect(sys.argv[1] + '/ours')
q = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); q.bind(sys.argv[1] + '/packets'); q.listen(1)`,
    { args: [here] },
  );
  await python.run(`u.send(b'x' * 100000); u.send(b'abc')`);
  assert.equal(socket.receive()!.length, 100_000, 'whole, however long');
  assert.deepEqual(socket.receive_from(), { data: 'abc', host: join(here, 'theirs'), port: 0 });
  assert.equal(socket.send_to(join(here, 'theirs'), null, null, 'back'), 4);
  assert.equal(await python.value('u.recv(10).decode()'), 'back');

  const packets = new Socket(AF_UNIX, SOCK_SEQPACKET);
  t.after(() => packets.close());
  packets.connect(join(here, 'packets'));
  await python.run(`c, _ = q.accept(); c.send(b'one'); c.send(b'two'); c.close()`);
  assert.deepEqual([packets.receive(), packets.receive(), packets.receive()], ['one', 'two', null]);
});
