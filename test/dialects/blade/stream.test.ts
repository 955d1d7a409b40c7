// Connecting, sending and receiving in Blade, row by row of what is known of the original. Python is the other end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SHUT_RD, SHUT_WR, SO_RCVBUF, SO_RCVTIMEO, SO_SNDBUF, SO_SNDTIMEO, Socket } from 'berkeley/dialects/blade';
import { connected, listening, made, noIpv6, serving, throws } from './kit.js';

const bytes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('');

test('a string has a character for each byte, both ways', async (t) => {
  const { python, socket } = await connected(t);
  assert.equal(socket.send(bytes), 256);
  assert.equal(await python.value('exactly(c, 256) == bytes(range(256))'), true);
  await python.run('c.sendall(bytes(range(256)))');
  assert.equal(socket.receive(256), bytes);
});

test('send takes bytes of every kind, and nil is nothing', async (t) => {
  const { python, socket } = await connected(t);
  const memory = Uint8Array.from([1, 2, 3]);
  assert.equal(socket.send(memory), 3);
  assert.equal(socket.send(memory.buffer), 3);
  assert.equal(socket.send(new DataView(memory.buffer, 1)), 2);
  assert.equal(socket.send(Buffer.from('x')), 1);
  for (const nothing of [null, undefined, '']) assert.equal(socket.send(nothing), 0);
  assert.equal(await python.value('exactly(c, 9).hex()'), '010203010203020378');
});

test('receive without a length takes everything that is there, however much', async (t) => {
  const { python, port } = await listening(t);
  const socket = made(t);
  socket.set_option(SO_RCVBUF, 200_000);
  socket.connect('127.0.0.1', port);
  await python.run('import fcntl; c, _ = l.accept()');
  // SIOCOUTQ is 0 when everything stands at the other end.
  const arrived = `while struct.unpack('i', fcntl.ioctl(c, 0x5411, b'0000'))[0]: time.sleep(0.001)`;
  for (const [size, length] of [
    [150_000, undefined],
    [3, -1],
    [40_000, null],
  ] as const) {
    await python.run(`c.sendall(b'x' * ${size})\n${arrived}`);
    assert.equal(socket.receive(length)!.length, size);
  }
});

test('receive waits while nothing is there', async (t) => {
  const { python, socket } = await connected(t);
  python.begin(`time.sleep(0.03); c.sendall(b'late')`);
  assert.equal(socket.receive(), 'late');
  await python.caughtUp();
});

test('receive of a length waits for all of it, leaves the rest, and 0 is nothing at once', async (t) => {
  const { python, socket } = await connected(t);
  python.begin(`c.sendall(b'hel'); time.sleep(0.05); c.sendall(b'lo, world')`);
  assert.equal(socket.receive(0), '');
  assert.equal(socket.receive(5), 'hello');
  assert.equal(socket.receive(7), ', world');
  await python.caughtUp();
});

test('receive of a length ends at the end of the stream with what came, and then is nil', async (t) => {
  const { python, socket } = await connected(t);
  await python.run(`c.sendall(b'abc'); c.close()`);
  assert.equal(socket.receive(10), 'abc');
  assert.equal(socket.receive(10), null);
  assert.equal(socket.receive(), null);
  assert.equal(socket.is_closed, false);
});

test('contradiction 11: receive has no limit unless one is set, and a limit does not close the socket', async (t) => {
  const { python, socket } = await connected(t);
  // Longer than the half second of the original.
  python.begin(`time.sleep(0.7); c.sendall(b'late')`);
  assert.equal(socket.receive(), 'late');
  await python.caughtUp();
  assert.equal(socket.set_option(SO_RCVTIMEO, 30), true);
  assert.equal(socket.receive_timeout, 30);
  for (const call of [
    () => socket.receive(),
    () => socket.receive(5),
    () => socket.read(),
    () => socket.receive_from(),
  ])
    throws(call, 'SocketException', 'Connection timed out');
  assert.equal(socket.is_closed, false);
  assert.equal(socket.is_connected, true);
  await python.run(`c.sendall(b'abc')`);
  assert.equal(socket.receive(5), 'abc', 'what came when the limit was spent');
  assert.equal(socket.send('still here'), 10);
});

test('contradiction 11: a reset is an exception, and what came before it is delivered first', async (t) => {
  const { python, socket } = await connected(t);
  await python.run(`c.sendall(b'abc'); reset(c)`);
  assert.equal(socket.receive(10), 'abc');
  throws(() => socket.receive(), 'SocketException', 'Connection reset by peer');
  assert.equal(socket.is_closed, true);
  throws(() => socket.receive(), 'SocketException', 'socket is in an illegal state');
});

test('read takes 1024 bytes unless told, or what there is up to the end', async (t) => {
  const { python, socket } = await connected(t);
  await python.run(`c.sendall(b'x' * 1000); time.sleep(0.01); c.sendall(b'y' * 1000)`);
  assert.equal(socket.read(), 'x'.repeat(1000) + 'y'.repeat(24));
  assert.equal(socket.read(900), 'y'.repeat(900));
  assert.equal(socket.read(0), '');
  await python.run(`c.close()`);
  assert.equal(socket.read(), 'y'.repeat(76));
  assert.equal(socket.read(), '');
  assert.equal(socket.read(-1), '');
});

test('read of -1 takes everything up to the end of the stream', async (t) => {
  const { python, socket } = await connected(t);
  python.begin(`c.sendall(b'a' * 200000); time.sleep(0.03); c.sendall(b'b'); c.close()`);
  assert.equal(socket.read(-1), 'a'.repeat(200_000) + 'b');
  await python.caughtUp();
});

test('contradictions 9 and 10: shutdown returns true, and half of a connection goes on', async (t) => {
  const { python, socket } = await connected(t);
  assert.equal(socket.shutdown(SHUT_WR), true);
  assert.equal(socket.shutdown(SHUT_WR), true);
  throws(() => socket.send('x'), 'SocketException', 'socket is in an illegal state');
  throws(() => socket.send_to('127.0.0.1', 9, null, 'x'), 'SocketException', 'socket is in an illegal state');
  assert.equal(await python.value('everything(c).decode()'), '', 'the peer has seen the end');
  await python.run(`c.sendall(b'the answer'); c.close()`);
  assert.equal(socket.receive(10), 'the answer');
  assert.equal(socket.read(), '');
  assert.equal(socket.is_closed, false);
});

test('the other half: shutdown without an argument ends receiving, and sending goes on', async (t) => {
  for (const how of [undefined, null, -1, SHUT_RD]) {
    const { python, socket } = await connected(t);
    assert.equal(socket.shutdown(how), true);
    assert.equal(socket.shutdown_reason, SHUT_RD);
    for (const call of [() => socket.receive(), () => socket.read(), () => socket.receive_from()])
      throws(call, 'SocketException', 'socket is in an illegal state');
    assert.equal(socket.send('abc'), 3);
    assert.equal(await python.value('exactly(c, 3).decode()'), 'abc');
    socket.shutdown(SHUT_WR);
    throws(() => socket.receive(), 'SocketException', 'socket is in an illegal state');
  }
});

test('the send limit: what was sent is counted, and -1 is nothing at all', async (t) => {
  const { python, socket } = await connected(t);
  socket.set_option(SO_SNDBUF, 8192);
  assert.equal(socket.set_option(SO_SNDTIMEO, 50), true);
  const data = Buffer.alloc(32 << 20, 'x');
  const sent = socket.send(data);
  assert.ok(sent > 0 && sent < data.length, String(sent));
  // No room for a single byte more, once the kernels have settled.
  const more = [socket.send(data), socket.send(data), socket.send('x')];
  assert.equal(more.at(-1), -1);
  assert.equal(socket.is_closed, false);
  const total = sent + more.filter((n) => n > 0).reduce((sum, n) => sum + n, 0);
  await python.run(`got = exactly(c, ${total}); c.setblocking(False)`);
  assert.equal(await python.value(`got == b'x' * ${total}`), true);
  await python.run(`
try: c.recv(1); raise AssertionError('there was more')
except BlockingIOError: pass`);
});

test('a peer that is gone is Broken pipe or a reset, and closes the socket', async (t) => {
  const { python, socket } = await connected(t);
  await python.run('c.close()');
  socket.send('answered by a reset');
  throws(
    () => {
      for (let i = 0; i < 1000; i++) socket.send(Buffer.alloc(65_536));
    },
    'SocketException',
    /^(Broken pipe|Connection reset by peer)$/,
  );
  assert.equal(socket.is_closed, true);
});

test('a refused connection closes the socket, and its words are those of strerror', async (t) => {
  const { python, port } = await listening(t);
  await python.run('l.close()');
  const socket = made(t);
  throws(() => socket.connect('127.0.0.1', port), 'SocketException', 'Connection refused');
  assert.equal(socket.is_closed, true);
  throws(() => socket.connect('127.0.0.1', port), 'SocketException', 'socket is in an illegal state');
});

test('a host that cannot be found is `Cannot assign requested address`', (t) => {
  for (const host of ['no.such.host.invalid', 'not a host', '256.1.1.1', 'a\0b', '::1']) {
    const socket = made(t);
    throws(() => socket.connect(host, 80), 'SocketException', 'Cannot assign requested address');
    assert.equal(socket.is_closed, true, host);
  }
});

test('the limit of connect: Connection timed out, and the socket is closed', async (t) => {
  const { port } = await hole(t);
  const socket = made(t);
  const begun = performance.now();
  throws(() => socket.connect('127.0.0.1', port, 120), 'SocketException', 'Connection timed out');
  const took = performance.now() - begun;
  assert.ok(took >= 119 && took < 10_000, `${took} ms`);
  assert.equal(socket.is_closed, true);
});

/** A full queue: it admits one connection that nobody accepts, and the next one gets no answer. */
async function hole(t: Parameters<typeof listening>[0]): Promise<{ port: number }> {
  const { python } = await listening(t);
  await python.run(
    `h = socket.create_server(('127.0.0.1', 0), backlog=0); f = socket.create_connection(h.getsockname())`,
  );
  return { port: (await python.value('h.getsockname()[1]')) as number };
}

test('a limit of 0 is none', async (t) => {
  const { port } = await listening(t);
  assert.equal(made(t).connect('127.0.0.1', port, 0), true);
  assert.equal(made(t).connect('127.0.0.1', port, -5), true, 'the default');
  assert.equal(made(t).connect('127.0.0.1', port, null), true);
});

test('IPv6: both directions', noIpv6, async (t) => {
  const { python, port } = await listening(t, '::1');
  const socket = made(t, 10);
  assert.equal(socket.connect('::1', port), true);
  await python.run(`c, _ = l.accept(); c.sendall(b'six')`);
  assert.equal(socket.receive(3), 'six');
  const server = made(t, 10);
  server.bind(0, '*');
  server.listen();
  await python.run(`d = socket.create_connection(('::1', ${server.port}))`);
  const one = server.accept();
  t.after(() => one.close());
  assert.equal(one.host, '::1');
});

test('accept takes connections in their order, and a server outlives them', async (t) => {
  const server = serving(t);
  const { python } = await listening(t);
  for (let i = 0; i < 3; i++) {
    await python.run(`c = socket.create_connection(('127.0.0.1', ${server.port})); c.sendall(b'${i}')`);
    using one = server.accept();
    assert.ok(one instanceof Socket);
    assert.equal(one.receive(1), String(i));
    one.send('You sent: ' + String(i));
    one.close();
    assert.equal(await python.value('everything(c).decode()'), `You sent: ${i}`);
  }
  assert.equal(server.is_listening, true);
});
