// udpSocket, with Python at the other end.

import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { constants } from 'berkeley/sync';
import {
  bind,
  BlockingIoError,
  getSockName,
  IllegalArgumentError,
  IPFamily,
  ipAddr,
  IPv4Any,
  IPv4Broadcast,
  PermissionError,
  setSockOpt,
  SO_BROADCAST,
  SOL_SOCKET,
  struct_timeval,
  SystemError,
  TimeoutError,
  udpSocket,
} from 'berkeley/dialects/chapel';
import { pattern, sha256 } from '../../support/bytes.js';
import { startPuppet } from '../../support/python.js';
import { fails, hasIpv6, here, here6, took } from './kit.js';

const { MSG_PEEK, MSG_DONTWAIT } = constants as Record<string, number>;
const TIMED_OUT = 'Connection timed out (recv timed out)';

function opened(t: TestContext, family?: IPFamily): udpSocket {
  const socket = new udpSocket(family);
  t.after(() => socket.deinit());
  return socket;
}

function bound(t: TestContext, at = here(0)): udpSocket {
  const socket = opened(t, at.family);
  bind(socket, at);
  return socket;
}

const PYTHON = `
import hashlib
s = socket.socket(FAMILY, socket.SOCK_DGRAM)
s.bind((HOST, 0))`;
const python4 = PYTHON.replace('FAMILY', 'socket.AF_INET').replace('HOST', "'127.0.0.1'");
const python6 = PYTHON.replace('FAMILY', 'socket.AF_INET6').replace('HOST', "'::1'");
const families = [[here, python4] as const, ...(hasIpv6 ? [[here6, python6] as const] : [])];

test('what is sent arrives at Python, and the number of its bytes comes back', async (t) => {
  for (const [at, setting] of families) {
    const python = startPuppet(t, setting);
    const to = at((await python.value('s.getsockname()[1]')) as number);
    const socket = opened(t, to.family);
    for (const [data, limit] of [
      [Buffer.from('hello'), undefined],
      ['grün', 4],
      [Buffer.alloc(0), new struct_timeval(4, 0)],
    ] as const) {
      assert.equal(socket.send(data, to, limit), Buffer.byteLength(data));
      await python.run('data, peer = s.recvfrom(100)');
      assert.equal(await python.value('data.decode()'), data.toString());
      assert.equal(await python.value('peer[1]'), socket.addr.port);
    }
  }
});

test('what Python sends comes with its address', async (t) => {
  for (const [at, setting] of families) {
    const python = startPuppet(t, setting);
    const from = at((await python.value('s.getsockname()[1]')) as number);
    const socket = bound(t, at(0));
    const to = `('${socket.addr.host}', ${socket.addr.port})`;
    await python.run(`for word in (b'hello', b'', b'x' * 10, b'again', b'and'): s.sendto(word, ${to})`);
    const [data, sender] = socket.recvfrom(5);
    assert.deepEqual(data, Buffer.from('hello'));
    assert.ok(sender.equals(from));
    // An empty datagram is empty bytes; what is too long is cut off, and the rest is gone.
    assert.deepEqual(socket.recvFrom(5, new struct_timeval(2, 0))[0], Buffer.alloc(0));
    assert.deepEqual(socket.recv(3, 2), Buffer.from('xxx'));
    assert.deepEqual(socket.recv(0), Buffer.alloc(0));
    assert.deepEqual(socket.recv(1_000_000_000), Buffer.from('and'));
  }
});

test('a conversation: the answer goes to where the question came from', async (t) => {
  const python = startPuppet(t, `${python4}\nport = s.getsockname()[1]`);
  const to = here((await python.value('port')) as number);
  const socket = opened(t);
  python.begin(`
for i in range(3):
    data, peer = s.recvfrom(100)
    s.sendto(data.upper(), peer)`);
  for (const word of ['one', 'two', 'three']) {
    socket.send(Buffer.from(word), to);
    const [answer, sender] = socket.recvFrom(100, 10);
    assert.deepEqual([answer.toString(), sender.equals(to)], [word.toUpperCase(), true]);
  }
});

test('the largest datagram goes through unchanged, and one byte more is EMSGSIZE', async (t) => {
  const python = startPuppet(t, python4);
  const to = here((await python.value('s.getsockname()[1]')) as number);
  const socket = bound(t);
  const sent = pattern(65_507);
  assert.equal(socket.send(sent, to), 65_507);
  await python.run(`data, peer = s.recvfrom(70000); s.sendto(data, peer)`);
  assert.equal(sha256(socket.recv(70_000, 10)), sha256(sent));
  const failure = fails(() => socket.send(pattern(65_508), to), SystemError, 'Message too long (send failed)');
  assert.equal(failure.code, 'EMSGSIZE');
});

test('a sender gets its port when it sends, and bind gives it one before', (t) => {
  const sender = opened(t);
  assert.deepEqual([sender.addr.host, sender.addr.port], ['0.0.0.0', 0]);
  const receiver = opened(t);
  const address = here(0);
  bind(receiver, address);
  assert.equal(receiver.addr.host, '127.0.0.1');
  assert.ok(receiver.addr.port > 0);
  assert.ok(getSockName(receiver).equals(receiver.addr));
  sender.send('x', receiver.addr);
  const [, from] = receiver.recvfrom(1, 10);
  assert.ok(sender.addr.port > 0);
  assert.deepEqual([from.host, from.port], ['127.0.0.1', sender.addr.port]);
  fails(() => bind(sender, here(0)), SystemError, 'Invalid argument (Failed to bind Socket)');
  fails(() => bind(receiver, here(0)), SystemError, 'Invalid argument (Failed to bind Socket)');
});

test('a receiver without an address gets a port to wait on', (t) => {
  const socket = opened(t);
  fails(() => socket.recvFrom(40, 0.02), TimeoutError, TIMED_OUT);
  const { port } = socket.addr;
  assert.ok(port > 0);
  opened(t).send('found', here(port));
  assert.equal(socket.recv(40, 10).toString(), 'found');
});

test('sending to where nobody listens succeeds', (t) => {
  const gone = new udpSocket();
  bind(gone, here(0));
  const address = gone.addr;
  gone.close();
  const sender = opened(t);
  for (let i = 0; i < 3; i++) assert.equal(sender.send(Buffer.from('hello'), address), 5);
});

test('a limit of recv and recvfrom is a TimeoutError with the exact message, and not before its time', (t) => {
  const socket = bound(t);
  for (const call of [
    () => socket.recv(5, new struct_timeval(0, 60_000)),
    () => socket.recvfrom(5, new struct_timeval(0, 60_000)),
    () => socket.recvFrom(5, 0.06),
    () => socket.recv(5, 0.06),
  ]) {
    const ms = took(() => assert.equal(fails(call, TimeoutError, TIMED_OUT).code, 'ETIMEDOUT'));
    assert.ok(ms >= 59 && ms < 3000, `${ms} ms`);
  }
  fails(() => socket.recv(5, 0), TimeoutError, TIMED_OUT);
  opened(t).send('x', socket.addr);
  assert.equal(socket.recv(5, 0).toString(), 'x');
});

// The original passes 0, whatever it was told.
test('flags are heeded: MSG_PEEK leaves the datagram, MSG_DONTWAIT does not wait', (t) => {
  const socket = bound(t);
  opened(t).send('hello', socket.addr);
  for (const [limit, flags] of [
    [10, MSG_PEEK],
    [undefined, MSG_PEEK],
    [10, 0],
  ] as const)
    assert.equal(socket.recvfrom(9, limit, flags)[0].toString(), 'hello');
  const again = fails(
    () => socket.recvfrom(9, undefined, MSG_DONTWAIT),
    BlockingIoError,
    'Resource temporarily unavailable (recv failed)',
  );
  assert.equal(again.code, 'EAGAIN');
  for (const flags of [0.5, 2 ** 31, '1'] as number[])
    fails(() => socket.recvfrom(9, 1, flags), IllegalArgumentError, /^flags /);
});

test('a broadcast address needs SO_BROADCAST', (t) => {
  const socket = opened(t);
  const to = ipAddr.ipv4(IPv4Broadcast, 9);
  fails(() => socket.send('x', to), PermissionError, 'Permission denied (send failed)');
  setSockOpt(socket, SOL_SOCKET, SO_BROADCAST, 1);
  try {
    assert.equal(socket.send('x', to), 1);
  } catch (error) {
    // A machine without a network has no way there.
    assert.equal((error as SystemError).code, 'ENETUNREACH');
  }
});

test('an address of the other family is EAFNOSUPPORT', { skip: !hasIpv6 && 'no IPv6 here' }, (t) => {
  const four = opened(t);
  const words = 'Address family not supported by protocol';
  fails(() => four.send('x', here6(9)), SystemError, `${words} (send failed)`);
  fails(() => bind(four, here6(0)), SystemError, `${words} (Failed to bind Socket)`);
  fails(() => bind(opened(t, IPFamily.IPv6), here(0)), SystemError, `${words} (Failed to bind Socket)`);
  fails(() => new udpSocket(IPFamily.IPUnspec), SystemError, `${words} (Failed to create socket)`);
});

test('bind: an address in use, one that is not here, and arguments that are none', (t) => {
  const taken = opened(t);
  bind(taken, here(0), false);
  fails(() => bind(opened(t), taken.addr), SystemError, 'Address already in use (Failed to bind Socket)');
  const elsewhere = ipAddr.create('198.51.100.7', 0);
  fails(() => bind(opened(t), elsewhere), SystemError, 'Cannot assign requested address (Failed to bind Socket)');
  fails(() => bind(taken, '127.0.0.1' as unknown as ipAddr), IllegalArgumentError, /^address must be an ipAddr/);
  fails(() => bind(taken, here(0), 1 as unknown as boolean), IllegalArgumentError, /^reuseAddr must be true or false/);
  // udp: both must have it.
  const one = bound(t, ipAddr.ipv4(IPv4Any, 0));
  bind(opened(t), one.addr);
  fails(() => bind(opened(t), one.addr, false), SystemError, 'Address already in use (Failed to bind Socket)');
});

test('arguments of a wrong type are an IllegalArgumentError', (t) => {
  const socket = bound(t);
  const send = (...words: unknown[]): unknown => (socket.send as (...args: unknown[]) => unknown)(...words);
  for (const data of [null, undefined, 7, [1], {}])
    fails(() => send.call(socket, data, here(9)), IllegalArgumentError, /^data /);
  // The page's example leaves the address out.
  fails(() => socket.send('hello', new struct_timeval(4, 0) as unknown as ipAddr), IllegalArgumentError, /^address /);
  fails(() => socket.send('hello', here(9), '4' as unknown as number), IllegalArgumentError, /^timeout /);
  for (const length of [-1, 1.5, NaN, '4', null] as number[])
    fails(() => socket.recv(length), IllegalArgumentError, /^bufferLen /);
  fails(() => socket.recv(1, -5), IllegalArgumentError, /^timeout /);
  for (const family of [1, '2', null] as unknown as IPFamily[])
    fails(() => new udpSocket(family), IllegalArgumentError, /^family /);
});

test('a UDP socket closes once', (t) => {
  const socket = bound(t);
  const same = new udpSocket();
  const fd = socket.socketFd;
  assert.equal(socket.toString(), `(addr:(family:IPv4,host:127.0.0.1,port:${socket.addr.port}),fd:${fd})`);
  assert.ok(socket.equals(socket) && !socket.equals(same));
  socket.close();
  assert.equal(socket.socketFd, -1);
  // The number belongs to somebody else now.
  const next = opened(t);
  assert.equal(next.socketFd, fd);
  fails(() => socket.close(), SystemError, 'Bad file descriptor (Failed to close udpSocket)');
  socket.deinit();
  socket[Symbol.dispose]();
  assert.equal(next.send('x', here(9)), 1);
  same.deinit();
  assert.ok(socket.equals(same));
  assert.equal(socket.toString(), '(addr:none,fd:-1)');
});
