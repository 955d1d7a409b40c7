// Owns the tests of Socket, the BSD layer: states, transfers, queues, and options by token and raw.

import assert from 'node:assert/strict';
import type * as promises from 'berkeley';
import { descriptors, failure, inBothColours, Python } from './kit.js';

const black = `port = black_hole('127.0.1.1'); say(port); hear()
for s, f in kept:
    f.close(); s.accept()
say('accepted'); c, _ = s.accept(); c.sendall(b'late'); hear()`;

inBothColours('a socket goes through its states', async (net) => {
  const server = net.socket();
  assert.equal(server.state, 'new');
  assert.equal(await server.bind('127.0.0.1:0', { reuseAddress: true }), server);
  assert.equal(server.state, 'bound');
  assert.equal(server.getOption(net.options.SO_REUSEADDR), true);
  assert.equal(server.listen(5), server);
  assert.equal(server.state, 'listening');
  const client = net.socket('ipv4', 'stream', net.constants['IPPROTO_TCP']);
  assert.equal(client.protocol, 6);
  await client.connect(server.getsockname());
  assert.equal(client.state, 'connected');
  const accepted = await server.accept({ timeout: 5000 });
  assert.equal(accepted.state, 'connected');
  assert.ok(accepted.getpeername().equals(client.getsockname()));
  client.shutdown('wr');
  assert.equal(client.state, 'shutdown');
  assert.equal(await accepted.recv(10, { timeout: 5000 }), null);
  for (const each of [client, accepted, server]) {
    each.close();
    assert.equal(each.state, 'closed');
    assert.equal(each.fd, -1);
    each.close();
  }
});

inBothColours('an expiry leaves "connecting", and calling again goes on', async (net, t) => {
  const python = new Python(t, black);
  const port = await python.hear<number>();
  const socket = net.socket();
  for (let i = 0; i < 3; i++) {
    const begun = performance.now();
    const error = await failure(() => socket.connect(`127.0.1.1:${port}`, { timeout: 40 }));
    assert.ok(error instanceof net.TimeoutError);
    assert.equal(error.phase, 'connect');
    assert.equal(socket.state, 'connecting');
    const ms = performance.now() - begun;
    assert.ok(ms >= 39 && ms < 400, `${ms} ms`);
  }
  python.say(1);
  assert.equal(await python.hear(), 'accepted');
  // The kernel repeats its SYN after a second.
  await socket.connect(`127.0.1.1:${port}`, { timeout: 8000 });
  assert.equal(socket.state, 'connected');
  assert.equal((await socket.recv(9, { timeout: 8000 }))!.toString(), 'late');
  socket.close();
});

inBothColours('a refused connect says so, and the socket may try again', async (net) => {
  const listener = await net.listen('127.0.0.1:0');
  const { address } = listener;
  listener.close();
  const socket = net.socket();
  const error = await failure(() => socket.connect(address));
  assert.equal(error.message, `connect ECONNREFUSED ${address.toString()}`);
  assert.deepEqual(
    [error.code, error.syscall, error.address, error.port, error.phase],
    ['ECONNREFUSED', 'connect', '127.0.0.1', address.port, 'connect'],
  );
  assert.ok(error.errno! > 0);
  assert.equal(socket.state, 'new');
  const again = await net.listen(address);
  await socket.connect(address);
  assert.equal(socket.state, 'connected');
  assert.equal((await failure(() => socket.connect(address))).code, 'EISCONN');
  socket.close();
  again.close();
});

inBothColours('kernel facts come through as they are', async (net) => {
  const stream = net.socket();
  assert.equal((await failure(() => stream.send('x'))).code, 'EPIPE', 'and no SIGPIPE');
  assert.equal((await failure(() => stream.recv(1))).code, 'ENOTCONN');
  assert.equal((await failure(() => stream.getpeername())).code, 'ENOTCONN');
  assert.equal((await failure(() => stream.accept())).code, 'EINVAL');
  await stream.bind('127.0.0.1:0');
  assert.equal((await failure(() => stream.bind('127.0.0.1:0'))).code, 'EINVAL');
  stream.close();
  const datagram = net.socket('ipv4', 'dgram');
  assert.equal((await failure(() => datagram.send('x'))).code, 'EDESTADDRREQ');
  assert.equal((await failure(() => datagram.listen())).code, 'EOPNOTSUPP');
  datagram.close();
  assert.equal((await failure(() => net.socket('ipv4', 'stream', 17))).code, 'EPROTONOSUPPORT');
});

inBothColours('socketPair makes every kind with its own borders', async (net) => {
  for (const kind of ['stream', 'dgram', 'seqpacket', net.constants['SOCK_SEQPACKET']!] as const) {
    const [one, two] = net.socketPair(kind);
    assert.equal(one.family, 'unix');
    await one.send('ab');
    await one.send('cd');
    const first = (await two.recv(10))!.toString();
    assert.equal(first, kind === 'stream' ? 'abcd' : 'ab');
    if (kind === 'dgram') {
      await two.recv();
      await one.send('');
      assert.deepEqual(await two.recv(), Buffer.alloc(0), 'an empty datagram is an empty Buffer');
    } else {
      one.close();
      if (kind !== 'stream') assert.equal((await two.recv())!.toString(), 'cd');
      assert.equal(await two.recv(), null);
    }
    one.close();
    two.close();
  }
});

inBothColours('a datagram longer than the memory is cut, as recv(2) does', async (net) => {
  const [one, two] = net.socketPair('dgram');
  await one.send('0123456789');
  assert.equal((await two.recv(3))!.toString(), '012');
  await one.send('next');
  const memory = Buffer.alloc(8, '.');
  assert.equal(await two.recvInto(memory), 4);
  assert.equal(memory.toString(), 'next....');
  one.close();
  two.close();
});

inBothColours('sendAll sends arrays of more than IOV_MAX pieces, in order and whole', async (net, t) => {
  const python = new Python(
    t,
    `s = listener(); say(s.getsockname()[1]); c, _ = s.accept(); time.sleep(.1); n = b''
while True:
    p = c.recv(1 << 16)
    if not p: break
    n += p
import hashlib; say([len(n), hashlib.sha256(n).hexdigest()])`,
  );
  const socket = net.socket();
  await socket.connect(`127.0.0.1:${await python.hear<number>()}`);
  const pieces = Array.from({ length: 5000 }, (_, i) => (i % 3 === 0 ? `piece ${i}` : Buffer.alloc(i, i)));
  const whole = Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
  assert.equal(await socket.sendAll(pieces, { timeout: 20_000 }), whole.length);
  socket.shutdown('wr');
  const { createHash } = await import('node:crypto');
  assert.deepEqual(await python.hear(), [whole.length, createHash('sha256').update(whole).digest('hex')]);
  socket.close();
});

inBothColours('promise 14: MSG_WAITALL waits for all, MSG_PEEK takes nothing', async (net, t) => {
  const python = new Python(
    t,
    `s = listener(); say(s.getsockname()[1]); c, _ = s.accept()
for i in range(10): c.send(b'0123456789'[i:i+1]); time.sleep(.005)
hear()`,
  );
  const socket = net.socket();
  await socket.connect(`127.0.0.1:${await python.hear<number>()}`);
  const { MSG_WAITALL, MSG_PEEK } = net.constants as Record<string, number>;
  assert.equal((await socket.recv(10, { flags: MSG_WAITALL! | MSG_PEEK!, timeout: 5000 }))!.toString(), '0123456789');
  assert.equal((await socket.recv(10, { flags: MSG_WAITALL!, timeout: 5000 }))!.toString(), '0123456789');
  const memory = Buffer.alloc(4);
  assert.ok(
    (await failure(() => socket.recvInto(memory, { flags: MSG_WAITALL!, timeout: 20 }))) instanceof net.TimeoutError,
  );
  socket.close();
});

inBothColours(
  'promise 14: SO_RCVTIMEO, by token, by property or raw, reaches the kernel and limits our waits',
  async (net) => {
    const { SO_RCVTIMEO } = net.options;
    const { SOL_SOCKET, SO_RCVTIMEO: number } = net.constants as Record<string, number>;
    // A number of ms that is whole in the ticks of every kernel: 4 ms or 10 ms.
    const timeval = Buffer.alloc(16);
    timeval.writeBigInt64LE(100_000n, 8);
    const ways: ((socket: promises.Socket<'async'>) => unknown)[] = [
      (socket) => socket.setOption(SO_RCVTIMEO, 100),
      (socket) => (socket.receiveTimeout = '100ms'),
      (socket) => socket.setsockopt(SOL_SOCKET!, number!, timeval),
    ];
    for (const way of ways) {
      const [one, two] = net.socketPair('stream');
      way(one);
      assert.equal(one.getOption(SO_RCVTIMEO), 100);
      assert.equal(one.receiveTimeout, 100);
      assert.deepEqual(one.getsockopt(SOL_SOCKET!, number!, 16), timeval);
      const begun = performance.now();
      assert.ok((await failure(() => one.recv())) instanceof net.TimeoutError);
      const ms = performance.now() - begun;
      assert.ok(ms >= 99 && ms < 500, `${ms} ms`);
      one.receiveTimeout = null;
      assert.equal(one.getOption(SO_RCVTIMEO), null);
      one.close();
      two.close();
    }
  },
);

inBothColours('queued counts what waits in the kernel', async (net) => {
  const listener = await net.listen('127.0.0.1:0');
  const client = net.socket();
  await client.connect(listener.address);
  const conn = await listener.accept();
  await client.send('12345');
  await conn.waitReadable({ timeout: 5000 });
  assert.deepEqual(conn.socket.queued(), { in: 5, out: 0 });
  conn.abort();
  client.close();
  listener.close();
});

/** A value to set, what it reads back, and on which socket. */
type Case = [keyof promises.OptionTable, unknown, unknown];
const cases: Case[] = [
  ['SO_KEEPALIVE', true, true],
  ['SO_LINGER', 1500, 2000],
  ['SO_LINGER', 0, 0],
  ['SO_LINGER', null, null],
  ['SO_OOBINLINE', true, true],
  ['SO_RCVBUF', 10_000, 20_000],
  ['SO_RCVLOWAT', 5, 5],
  ['SO_RCVTIMEO', 1500, 1500],
  ['SO_RCVTIMEO', null, null],
  ['SO_REUSEADDR', true, true],
  ['SO_REUSEPORT', true, true],
  ['SO_SNDBUF', 10_000, 20_000],
  ['SO_SNDTIMEO', 200, 200],
  ['TCP_CONGESTION', 'reno', 'reno'],
  ['TCP_CORK', true, true],
  ['TCP_DEFER_ACCEPT', 1, 1],
  ['TCP_KEEPCNT', 7, 7],
  ['TCP_KEEPIDLE', 77, 77],
  ['TCP_KEEPINTVL', 17, 17],
  ['TCP_NODELAY', true, true],
  ['TCP_QUICKACK', false, false],
  ['TCP_USER_TIMEOUT', 1234, 1234],
  ['IPV6_V6ONLY', true, true],
];

inBothColours('the usual options can be set, read and compared (all of them: test/option)', async (net) => {
  for (const [name, value, expected] of cases) {
    const socket = net.socket('ipv6');
    const token = net.options[name] as promises.SocketOption<unknown>;
    assert.equal(token.label, name);
    socket.setOption(token, value);
    assert.deepEqual(socket.getOption(token), expected, name);
    if (typeof expected === 'boolean' && name !== 'TCP_QUICKACK') {
      socket.setOption(token, !expected);
      assert.equal(socket.getOption(token), !expected, name);
    }
    socket.close();
  }
  await Promise.resolve();
});

inBothColours('raw options take ints, bytes and NULL, as C does', async (net) => {
  const { SOL_SOCKET, SO_LINGER, SO_KEEPALIVE, SO_TYPE, IPPROTO_TCP, TCP_NODELAY } = net.constants as Record<
    string,
    number
  >;
  const socket = net.socket();
  assert.equal(socket.setsockopt(SOL_SOCKET!, SO_KEEPALIVE!, 7), socket);
  assert.equal(socket.getsockopt(SOL_SOCKET!, SO_KEEPALIVE!), 1);
  assert.equal(socket.getsockopt(SOL_SOCKET!, SO_TYPE!), net.constants['SOCK_STREAM']);
  const linger = Buffer.from(new Int32Array([1, 5]).buffer);
  socket.setsockopt(SOL_SOCKET!, SO_LINGER!, linger);
  assert.deepEqual(socket.getsockopt(SOL_SOCKET!, SO_LINGER!, 8), linger);
  assert.equal(socket.getsockopt(SOL_SOCKET!, SO_LINGER!, 4).length, 4);
  assert.equal(socket.getOption(net.options.SO_LINGER), 5000);
  const code = async (call: () => unknown) => (await failure(call)).code;
  assert.equal(await code(() => socket.setsockopt(SOL_SOCKET!, SO_KEEPALIVE!, null, 4)), 'EFAULT');
  assert.equal(await code(() => socket.setsockopt(SOL_SOCKET!, SO_KEEPALIVE!, null)), 'EINVAL');
  assert.equal(await code(() => socket.setsockopt(SOL_SOCKET!, SO_KEEPALIVE!, Buffer.alloc(1))), 'EINVAL');
  assert.equal(await code(() => socket.setsockopt(SOL_SOCKET!, SO_TYPE!, 1)), 'ENOPROTOOPT');
  assert.equal(await code(() => socket.getsockopt(SOL_SOCKET!, 0x7fff)), 'ENOPROTOOPT');
  const unix = net.socket('unix');
  assert.equal(await code(() => unix.setsockopt(IPPROTO_TCP!, TCP_NODELAY!, 1)), 'EOPNOTSUPP');
  unix.close();
  socket.close();
  const missing = { level: -1, name: -1, label: 'SO_NOWHERE' } as promises.SocketOption<number>;
  const open = net.socket();
  assert.equal(await code(() => open.getOption(missing)), 'ERR_UNSUPPORTED_OPTION');
  open.close();
});

inBothColours('500 sockets that fail in every way leave no descriptor', async (net) => {
  const before = descriptors();
  for (let i = 0; i < 500; i++) {
    const socket = net.socket();
    await failure(() => socket.send('x'));
    socket.close();
  }
  assert.equal(descriptors(), before);
});
