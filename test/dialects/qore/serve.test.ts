// How a Qore Socket serves: bind, listen, accept, and the information about both ends.

import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { AF_INET, AF_INET6, AF_UNIX, errno, Socket, SOCK_STREAM, strerror } from 'berkeley/dialects/qore';
import { temporaryFolder } from '../../support/server.js';
import { startPuppet } from '../../support/python.js';
import { LIMIT, listening, newSocket, thrown } from './kit.js';

test('bind takes a port, host:port in every form, and a path, and says 0', async (t) => {
  const path = join(temporaryFolder(t), 's');
  const python = startPuppet(t);
  const socket = newSocket(t);
  for (const [at, address, family] of [
    [0, '0.0.0.0', AF_INET],
    ['127.0.0.1:0', '127.0.0.1', AF_INET],
    ['localhost:0', '127.0.0.1', AF_INET],
    ['[::1]:0', '::1', AF_INET6],
    ['::1:0', '::1', AF_INET6],
  ] as const) {
    assert.equal(socket.bind(at, true), 0, String(at));
    assert.equal(socket.listen(), 0);
    const info = socket.getSocketInfo();
    assert.equal(info.address, address);
    assert.equal(info.family, family);
    assert.equal(info.port, socket.getPort());
    assert.ok(socket.getPort() > 0);
    await python.run(`c = socket.create_connection((${JSON.stringify(address)}, ${socket.getPort()}))`);
    const accepted = socket.accept(LIMIT);
    assert.ok(accepted instanceof Socket);
    accepted.close();
  }
  assert.equal(socket.bind(path), 0);
  assert.equal(socket.getPort(), -1);
  assert.equal(socket.listen(), 0);
  await python.run(`c = socket.socket(socket.AF_UNIX); c.connect(${JSON.stringify(path)})`);
  const accepted = socket.accept(LIMIT);
  assert.equal(accepted?.source, `UNIX socket: ${path}`);
  assert.equal(accepted.source_host, 'localhost');
  accepted.close();
  assert.deepEqual(socket.getSocketInfo(), {
    address: path,
    address_desc: `unix:${path}`,
    family: AF_UNIX,
    familystr: 'unix',
  });
});

test('bind throws nothing and says -1 with errno', (t) => {
  const folder = temporaryFolder(t);
  const { port } = listening(t);
  const socket = newSocket(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  for (const [at, words] of [
    [`127.0.0.1:${port}`, /Address already in use/],
    ['198.51.100.7:0', /Cannot assign requested address/],
    [':8080', /Invalid argument/],
    ['127.0.0.1:70000', /Invalid argument/],
    [70000, /Invalid argument/],
    [-1, /Invalid argument/],
    ['', /Invalid argument/],
    [file, /Address already in use/],
    [`${folder}/${'x'.repeat(110)}`, /Invalid argument/],
    ['nosuch.invalid:80', /./],
  ] as const) {
    assert.equal(socket.bind(at), -1, String(at));
    assert.match(strerror(errno()), words, String(at));
    assert.equal(socket.isOpen(), false);
  }
  assert.ok(existsSync(file), 'a bind that fails removes nothing');
});

test('bindINET binds by name, family and service, and throws what it could not do', (t) => {
  const socket = newSocket(t);
  assert.equal(socket.bindINET('localhost', 0), null);
  assert.equal(socket.getPort(), socket.getSocketInfo().port);
  assert.ok(socket.getPort() > 0);
  assert.equal(socket.listen(), 0);
  socket.bindINET(null, '0', true);
  assert.equal(socket.getSocketInfo().address, '0.0.0.0');
  socket.bindINET(null, 0, true, AF_INET6);
  assert.equal(socket.getSocketInfo().address, '::');
  socket.bindINET('::1', 0, true, AF_INET6, SOCK_STREAM, 6);
  assert.equal(socket.getSocketInfo().address_desc, 'ipv6[::1]');
  thrown(() => socket.bindINET(), 'SOCKET-BIND-ERROR');
  thrown(() => socket.bindINET(null, null), 'SOCKET-BIND-ERROR');
  thrown(() => socket.bindINET('', ''), 'SOCKET-BIND-ERROR');
  thrown(() => socket.bindINET('nosuch.invalid', 80), 'QOREADDRINFO-GETINFO-ERROR');
  thrown(() => socket.bindINET('127.0.0.1', 'no-such-service'), 'QOREADDRINFO-GETINFO-ERROR');
  thrown(() => socket.bindINET('127.0.0.1', 0, false, AF_INET6), 'QOREADDRINFO-GETINFO-ERROR');
  const { port } = listening(t);
  assert.match(
    thrown(() => socket.bindINET('127.0.0.1', port, true), 'SOCKET-BIND-ERROR').desc,
    /Address already in use/,
  );
  thrown(() => socket.bindINET('198.51.100.7', 0), 'SOCKET-BIND-ERROR');
  assert.equal(socket.isOpen(), false);
});

test('the file of a bound UNIX domain socket goes with close and with the object, and a stale one stays', (t) => {
  const path = join(temporaryFolder(t), 's');
  for (const [open, end] of [
    [(s: Socket) => s.bind(path), (s: Socket) => s.close()],
    [(s: Socket) => s.bindUNIX(path), (s: Socket) => s.destructor()],
    [(s: Socket) => s.bindUNIX(path, SOCK_STREAM, 0), (s: Socket) => s[Symbol.dispose]()],
  ] as const) {
    const socket = newSocket(t);
    open(socket);
    assert.ok(existsSync(path));
    const second = newSocket(t);
    assert.match(thrown(() => second.bindUNIX(path), 'SOCKET-BIND-ERROR').desc, /Address already in use/);
    assert.ok(existsSync(path));
    end(socket);
    assert.ok(!existsSync(path));
  }
  const socket = newSocket(t);
  assert.match(thrown(() => socket.bindUNIX(`${path}${'x'.repeat(108)}`), 'SOCKET-BIND-ERROR').desc, /107/);
});

test('reuseaddr takes whatever counts as a truth', (t) => {
  const socket = newSocket(t);
  for (const reuse of [true, 1, '1', 1n]) assert.equal(socket.bind('127.0.0.1:0', reuse), 0);
  for (const reuse of [false, 0, '0', null, '']) assert.equal(socket.bind('127.0.0.1:0', reuse), 0);
});

test('accept gives NOTHING when the limit is spent, and a Socket with the encoding of the listening one', async (t) => {
  const { socket, port, python } = listening(t);
  socket.setCharset('ISO-8859-1');
  for (const limit of [0, 30, '30ms'] as const) assert.equal(socket.accept(limit), null);
  assert.equal(socket.isDataAvailable(), false);
  await python.run(`c = socket.create_connection(('127.0.0.1', ${port}))`);
  assert.equal(socket.isDataAvailable(LIMIT), true, 'a connection to accept counts');
  const accepted = socket.accept(-1);
  assert.ok(accepted !== null && accepted.isOpen());
  t.after(() => accepted.close());
  assert.equal(accepted.getCharset(), 'ISO-8859-1');
  assert.equal(accepted.getPort(), port, 'the local port');
  assert.equal(accepted.source, '127.0.0.1');
  assert.equal(typeof accepted.source_host, 'string');
  const peer = (await python.value('list(c.getsockname())')) as [string, number];
  const info = accepted.getPeerInfo();
  assert.deepEqual([info.address, info.port, info.address_desc], [...peer, 'ipv4(127.0.0.1)']);
  assert.equal(info.hostname_desc, `ipv4(${info.hostname})`);
  assert.equal(info.family, AF_INET);
  assert.equal(info.familystr, 'ipv4');
  assert.equal(accepted.getSocketInfo().port, port);
  assert.equal(socket.source, null);
  assert.notEqual(accepted.id, socket.id);
});

test('twenty connections are accepted one after the other without a limit', async (t) => {
  const { socket, port, python } = listening(t);
  await python.run(`cs = [socket.create_connection(('127.0.0.1', ${port})) for _ in range(20)]`);
  for (let i = 0; i < 20; i++) assert.equal(socket.accept().close(), 0);
});

test('accepting from what does not listen is SOCKET-ACCEPT-ERROR, and what a listener has no peer for', (t) => {
  const bound = newSocket(t);
  bound.bind('127.0.0.1:0');
  assert.match(thrown(() => bound.accept(10), 'SOCKET-ACCEPT-ERROR').desc, /Invalid argument/);
  assert.match(thrown(() => bound.accept(), 'SOCKET-ACCEPT-ERROR').desc, /Invalid argument/);
  bound.listen();
  assert.match(thrown(() => bound.getPeerInfo(), 'SOCKET-GETPEERINFO-ERROR').desc, /not connected/);
});

test('listen on a connected socket says -1', async (t) => {
  const { socket, port, python } = listening(t);
  await python.run(`c = socket.create_connection(('127.0.0.1', ${port}))`);
  const accepted = socket.accept(LIMIT);
  assert.equal(accepted?.listen(), -1);
  assert.equal(strerror(errno()), 'Invalid argument');
  accepted.close();
});

test('shutdown ends the connection for whoever else has it, says 0, and leaves the socket open', async (t) => {
  const { socket, port, python } = listening(t);
  await python.run(`c = socket.create_connection(('127.0.0.1', ${port}))`);
  const accepted = socket.accept(LIMIT)!;
  assert.equal(accepted.shutdown(), 0);
  assert.equal(await python.value('len(c.recv(1))'), 0);
  assert.equal(accepted.isOpen(), true);
  accepted.close();
  await python.run(`c = socket.create_connection(('127.0.0.1', ${port}))`);
  const next = socket.accept(LIMIT)!;
  await python.run('c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close()');
  assert.equal(next.isDataAvailable(LIMIT), true);
  assert.equal(next.shutdown(), -1);
  assert.equal(strerror(errno()), 'Transport endpoint is not connected');
  assert.equal(next.close(), 0);
});

test('bind of the wrong type is an exception', (t) => {
  const socket = newSocket(t) as unknown as Record<string, (...given: unknown[]) => unknown>;
  for (const at of [null, undefined, 1.5, NaN, {}, true]) thrown(() => socket['bind']!(at), 'RUNTIME-OVERLOAD-ERROR');
  thrown(() => socket['bind']!(0, {}), 'RUNTIME-TYPE-ERROR');
  thrown(() => socket['bindINET']!(1, 80), 'RUNTIME-TYPE-ERROR');
  thrown(() => socket['bindINET']!('localhost', {}), 'RUNTIME-TYPE-ERROR');
  thrown(() => socket['bindUNIX']!(null), 'RUNTIME-TYPE-ERROR');
  thrown(() => socket['listen']!('many'), 'RUNTIME-TYPE-ERROR');
});
