// How a Qore Socket connects: the forms of a destination, limits, failures, and what becomes of the object.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC, errno, Socket, SOCK_STREAM, strerror } from 'berkeley/dialects/qore';
import { temporaryFolder } from '../../support/server.js';
import { startPuppet } from '../../support/python.js';
import { connected, LIMIT, listening, newSocket, pythonListener, thrown } from './kit.js';

test('a new socket is not open, and asks nothing of the system', () => {
  const socket = new Socket();
  assert.equal(socket.isOpen(), false);
  assert.equal(socket.isSecure(), false);
  assert.equal(socket.getSocket(), -1);
  assert.equal(socket.getPort(), -1);
  assert.equal(socket.getCharset(), 'UTF-8');
  assert.equal(socket.close(), 0);
  assert.equal(socket.shutdown(), 0);
  assert.equal(socket.isDataAvailable(), false);
  assert.equal(socket.isWriteFinished(), false);
  assert.equal(socket.getNoDelay(), false);
  assert.equal(socket.setNoDelay(), -1);
  assert.equal(strerror(), 'Bad file descriptor');
  assert.equal(socket.shutdownSSL(), null);
});

test('what needs an open socket throws SOCKET-NOT-OPEN without one', () => {
  const socket = new Socket();
  for (const call of [
    () => socket.upgradeClientToSSL(),
    () => socket.upgradeServerToSSL(),
    () => socket.getPeerInfo(),
    () => socket.getSocketInfo(),
    () => socket.listen(),
    () => socket.accept(),
    () => socket.accept(0),
    () => socket.acceptSSL(),
  ])
    thrown(call, 'SOCKET-NOT-OPEN');
  assert.equal(socket.verifyPeerCertificate(), null);
  assert.equal(socket.getSSLCipherName(), null);
  assert.equal(socket.getSSLCipherVersion(), null);
});

for (const host of ['127.0.0.1', 'localhost'])
  test(`connect takes host:port with ${host}, and getPort is the remote port`, async (t) => {
    const { port, python } = await pythonListener(t);
    const socket = newSocket(t);
    assert.equal(socket.connect(`${host}:${port}`, '10s'), null);
    assert.equal(socket.isOpen(), true);
    assert.equal(socket.getPort(), port);
    assert.ok(socket.getSocket() >= 0);
    await python.run('c, _ = l.accept()');
    assert.equal(await python.value('c.getsockname()[1]'), port);
    assert.equal(socket.getNoDelay(), false);
    assert.equal(socket.setNoDelay(), 0);
    assert.equal(socket.getNoDelay(), true);
    assert.equal(socket.setNoDelay(false), 0);
    assert.equal(socket.getNoDelay(), false);
    assert.equal(socket.close(), 0);
    assert.equal(await python.value('len(c.recv(1))'), 0);
    assert.equal(socket.isOpen(), false);
    assert.equal(socket.getPort(), -1);
    assert.equal(socket.getConnectionId(), 1);
  });

test('a destination in brackets is IPv6, and so is one with several colons; the last colon divides', async (t) => {
  const { port } = await pythonListener(t, '::1');
  const socket = newSocket(t);
  for (const dest of [`[::1]:${port}`, `::1:${port}`]) {
    socket.connect(dest, LIMIT);
    assert.equal(socket.getPeerInfo().address, '::1');
    assert.equal(socket.getPeerInfo().address_desc, 'ipv6[::1]');
    assert.equal(socket.getPeerInfo().familystr, 'ipv6');
    assert.equal(socket.getPeerInfo().family, AF_INET6);
    assert.equal(socket.getPeerInfo().port, port);
  }
  assert.equal(socket.getConnectionId(), 1, 'what was open is closed first');
});

test('connectINET takes an IPv6 address without brackets, and a family', async (t) => {
  const { port } = await pythonListener(t, '::1');
  const socket = newSocket(t);
  assert.equal(socket.connectINET('::1', port, LIMIT, AF_INET6, SOCK_STREAM), null);
  assert.equal(socket.getPeerInfo().address, '::1');
  socket.connectINET('::1', String(port), LIMIT, AF_UNSPEC);
  thrown(() => socket.connectINET('::1', port, LIMIT, AF_INET), 'SOCKET-CONNECT-ERROR');
  assert.equal(socket.isOpen(), false);
});

test('a destination without a colon is the path of a UNIX domain socket, whose file a client does not remove', async (t) => {
  const path = join(temporaryFolder(t), 's');
  const python = startPuppet(t, `l = socket.socket(socket.AF_UNIX)\nl.bind(sys.argv[1])\nl.listen(8)\nsay('there')`, {
    args: [path],
  });
  await python.line();
  const socket = newSocket(t);
  for (const open of [
    () => socket.connect(path),
    () => socket.connectUNIX(path),
    () => socket.connectUNIX(path, 1, 0),
  ]) {
    assert.equal(open(), null);
    await python.run('c, _ = l.accept()');
    assert.equal(socket.getPort(), -1);
    assert.deepEqual(socket.getPeerInfo(), {
      address: path,
      address_desc: `unix:${path}`,
      family: AF_UNIX,
      familystr: 'unix',
    });
    assert.equal(socket.setNoDelay(), -1);
  }
  socket.close();
  assert.ok(existsSync(path));
});

test('whatever keeps connect from connecting is SOCKET-CONNECT-ERROR, with the words of the system', async (t) => {
  const { socket: listener, port } = listening(t);
  listener.close();
  const folder = temporaryFolder(t);
  const socket = newSocket(t);
  const refused = thrown(() => socket.connect(`127.0.0.1:${port}`), 'SOCKET-CONNECT-ERROR');
  assert.match(refused.desc, /Connection refused/);
  assert.equal(strerror(errno()), 'Connection refused');
  assert.match(thrown(() => socket.connect(join(folder, 'none')), 'SOCKET-CONNECT-ERROR').desc, /No such file/);
  assert.match(thrown(() => socket.connectUNIX(`${folder}/${'x'.repeat(108)}`), 'SOCKET-CONNECT-ERROR').desc, /107/);
  for (const dest of [
    'nosuch.invalid:80',
    '127.0.0.1:no-such-service',
    '127.0.0.1:65536',
    ':80',
    '',
    'a b:80',
    'host:',
  ])
    thrown(() => socket.connect(dest, LIMIT), 'SOCKET-CONNECT-ERROR');
  thrown(() => socket.connectINET('nosuch.invalid', 80, LIMIT), 'SOCKET-CONNECT-ERROR');
  thrown(() => socket.connectINET('[::1]', 80, LIMIT), 'SOCKET-CONNECT-ERROR');
  assert.equal(socket.isOpen(), false);
  await Promise.resolve();
});

test('a limit that is spent is told in milliseconds, whatever its form', async (t) => {
  // The queue admits one connection that nobody accepts; what comes after it hangs.
  const python = startPuppet(
    t,
    `l = socket.socket()
l.bind(('127.0.0.1', 0))
l.listen(0)
f = socket.create_connection(l.getsockname())
say(l.getsockname()[1])`,
  );
  const port = Number(await python.line());
  const socket = newSocket(t);
  for (const [limit, ms] of [
    [80, 80],
    ['80ms', 80],
    [80n, 80],
    [0, 0],
  ] as const) {
    const begun = performance.now();
    const { desc } = thrown(() => socket.connect(`127.0.0.1:${port}`, limit), 'SOCKET-CONNECT-ERROR');
    assert.equal(desc, `timeout in connection after ${ms}ms`);
    assert.equal(thrown(() => socket.connectSSL(`127.0.0.1:${port}`, limit), 'SOCKET-CONNECT-ERROR').desc, desc);
    const took = (performance.now() - begun) / 2;
    assert.ok(took >= ms - 5 && took < ms + 10_000, `${took} ms`);
    assert.equal(socket.isOpen(), false);
  }
  assert.match(
    thrown(() => socket.connectINET('127.0.0.1', port, new Date(Date.now() + 60)), 'SOCKET-CONNECT-ERROR').desc,
    /timeout in connection after \d+/,
  );
});

test('a copy has nothing of its original', async (t) => {
  const { socket } = await connected(t);
  socket.setCharset('ISO-8859-1');
  const copy = socket.copy();
  assert.ok(copy instanceof Socket);
  assert.equal(copy.isOpen(), false);
  assert.equal(copy.getCharset(), 'UTF-8');
  assert.notEqual(copy.id, socket.id);
});

test('arguments of the wrong type are exceptions, and nothing is opened', () => {
  const socket = new Socket() as unknown as Record<string, (...given: unknown[]) => unknown>;
  for (const call of [
    () => socket['connect']!(80),
    () => socket['connect']!(null),
    () => socket['connect']!('127.0.0.1:80', 'soon'),
    () => socket['connect']!('127.0.0.1:80', NaN),
    () => socket['connect']!('127.0.0.1:80', {}),
    () => socket['connectINET']!('127.0.0.1', {}),
    () => socket['connectINET']!('127.0.0.1', 80, -1, 'inet'),
    () => socket['connectINET']!('127.0.0.1', 80, -1, AF_INET, -1),
    () => socket['connectUNIX']!(1),
    () => socket['setCharset']!(1),
    () => socket['setEventQueue']!({}),
    () => socket['isDataAvailable']!('now'),
    () => socket['setNoDelay']!({}),
  ])
    thrown(call, 'RUNTIME-TYPE-ERROR');
  assert.equal((socket as unknown as Socket).isOpen(), false);
});
