// What is left of Blade's rows: flags, lengths of queues, SO_LINGER at work, and that nothing stays open.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { constants } from 'berkeley/sync';
import {
  AF_INET,
  AF_UNIX,
  Exception,
  IPPROTO_TCP,
  SO_LINGER,
  SO_SNDBUF,
  SOCK_DGRAM,
  Socket,
  SOMAXCONN,
} from 'berkeley/dialects/blade';
import { root } from '../../docs/pages.js';
import { descriptors } from '../../net/kit.js';
import { temporaryFolder } from '../../support/launch.js';
import { connected, listening, made, serving, throws } from './kit.js';

const { MSG_DONTWAIT, MSG_OOB, MSG_PEEK } = constants as Record<string, number>;

test('flags are passed on, both ways', async (t) => {
  const { python, socket } = await connected(t);
  assert.equal(socket.send('!', MSG_OOB), 1);
  await python.run('select.select([], [], [c], 5)');
  assert.equal(await python.value('c.recv(1, socket.MSG_OOB).decode()'), '!');
  assert.equal(socket.receive(-1, MSG_DONTWAIT), '');
  await python.run(`c.sendall(b'abc')`);
  assert.equal(socket.receive(3, MSG_PEEK), 'abc');
  assert.equal(socket.receive(null, MSG_PEEK), 'abc');
  assert.equal(socket.receive(3, -1), 'abc', 'a negative number is no flag');
  await python.run(`c.send(b'?', socket.MSG_OOB); c.sendall(b'd')`);
  assert.equal(socket.receive(10, MSG_OOB), '?');
  assert.equal(socket.receive(1), 'd');
});

test('listen: the longest queue unless told; 0 is a length', (t) => {
  for (const length of [undefined, null, -1, 0, 1, SOMAXCONN]) {
    const server = made(t);
    server.bind(0);
    assert.equal(server.listen(length), true);
    assert.equal(server.is_listening, true);
  }
});

test('what is asked of a listening socket that only a connection can do is refused, and closes it', (t) => {
  for (const call of [(s: Socket) => s.receive(), (s: Socket) => s.read(), (s: Socket) => s.receive(5)]) {
    const server = serving(t);
    throws(() => call(server), 'SocketException', 'Transport endpoint is not connected');
    assert.equal(server.is_closed, true);
  }
  const server = serving(t);
  throws(() => server.send('x'), 'SocketException', 'Broken pipe');
});

test('a listening socket that is shut down listens no more', (t) => {
  const server = serving(t);
  assert.equal(server.shutdown(), true);
  assert.equal(server.is_listening, false);
  throws(() => server.accept(), 'SocketException', 'socket not bound/listening');
});

test('close waits for what is to be sent, SO_LINGER seconds at most', async (t) => {
  const { python, socket } = await connected(t);
  socket.set_option(SO_SNDBUF, 1 << 20);
  socket.set_option(SO_LINGER, 1);
  socket.set_blocking(false);
  // More than the other end takes by itself.
  assert.ok(socket.send(Buffer.alloc(16 << 20)) > 0);
  const begun = performance.now();
  assert.equal(socket.close(), true);
  const took = performance.now() - begun;
  assert.ok(took > 950 && took < 5000, `${took} ms`);
  python.kill('SIGKILL');
});

test('nothing stays open: not of what failed, nor of what is closed', async (t) => {
  const { python, port } = await listening(t);
  const server = serving(t);
  server.set_blocking(false);
  const before = descriptors();
  for (let i = 0; i < 10; i++) {
    throws(() => new Socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP), 'SocketException', 'Protocol not supported');
    throws(() => new Socket(AF_UNIX).connect('/nothing/there'), 'SocketException', 'No such file or directory');
    throws(() => new Socket().connect('127.0.0.1', 1), 'SocketException', 'Connection refused');
    throws(() => new Socket().connect('not a host', 1), 'SocketException', 'Cannot assign requested address');
    throws(() => new Socket().bind(server.port), 'SocketException', 'Address already in use');
    assert.throws(() => server.accept(), Exception);
    const socket = new Socket();
    socket.connect('127.0.0.1', port);
    socket.send({ path: '/dev/null' });
    socket.close();
  }
  assert.equal(descriptors(), before);
  await python.run('l.close()');
});

test('without the addon the module loads, constants are -1, and a socket says what is missing', (t) => {
  const folder = temporaryFolder(t);
  // The library without its folder native/.
  cpSync(`${root}dist`, join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const program = `
import { AF_INET, Socket } from './dist/dialects/blade/index.js';
try { Socket(); } catch ({ name, code }) { console.log(AF_INET, name, code); }`;
  const words = ['--input-type=module', '-e', program];
  const said = execFileSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  assert.equal(said.trim(), '-1 SocketException ERR_NATIVE_MISSING');
});
