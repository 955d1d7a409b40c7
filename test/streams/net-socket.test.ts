// Owns the tests of toNetSocket: the descriptor and everything that was read ahead go to node:net, and nothing stays here.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { pair } from 'berkeley';
import { toNetSocket } from 'berkeley/streams';
import { pattern, sha256 } from '../support/bytes.js';
import { descriptors, until } from '../net/kit.js';
import { closing, ends, rest } from './kit.js';

const limit = { timeout: '10s' } as const;

for (const transport of ['tcp', 'unix'] as const)
  test(`a net.Socket goes on where the connection was (${transport})`, { timeout: 30_000 }, async (t) => {
    const [a, b] = await ends(t, transport);
    await b.write('line\nread ahead, ');
    await a.peek(17, limit);
    assert.equal(await a.readLine(limit), 'line');
    const { fd } = a.socket;
    const before = descriptors();
    const socket = toNetSocket(a);
    assert.ok(socket instanceof Socket);
    assert.equal(descriptors(), before, 'it is the same descriptor');
    assert.equal((socket as unknown as { _handle: { fd: number } })._handle.fd, fd);
    assert.equal(a.socket.fd, -1);
    await assert.rejects(a.read(), { code: 'ERR_SOCKET_CLOSED' });
    if (transport === 'tcp') assert.equal(socket.remotePort, b.localAddr.port);
    const writing = b.write(pattern(3_000_000)).then(() => b.closeWrite());
    const got = await rest(socket);
    await writing;
    assert.equal(got.toString('latin1', 0, 12), 'read ahead, ');
    assert.equal(sha256(got.subarray(12)), sha256(pattern(3_000_000)));
    socket.end('and back');
    await closing(socket);
    assert.equal(descriptors(), before - 1);
  });

test('megabytes are written by it', async (t) => {
  const [a, b] = await ends(t);
  const socket = toNetSocket(a);
  socket.end(pattern(3_000_000));
  assert.equal(sha256(await b.readAll(limit)), sha256(pattern(3_000_000)));
  await b.close();
  socket.resume();
  await closing(socket);
});

test('an end that was read already is the end of the net.Socket, too', async (t) => {
  const [a, b] = await ends(t);
  await b.close();
  assert.equal(await a.read(undefined, limit), null);
  const socket = toNetSocket(a);
  socket.resume();
  await once(socket, 'end');
  await closing(socket);
});

test('TLS is refused, and so is a connection on which a call waits, and both stay as they were', async (t) => {
  const [secure, other] = await ends(t, 'tls');
  assert.throws(() => toNetSocket(secure), { code: 'ERR_SOCKET_STATE', hint: /toDuplex/ });
  await other.write('still here');
  assert.equal(String(await secure.readExact(10, limit)), 'still here');
  const [a, b] = await ends(t);
  await b.write('ab');
  await a.peek(2, limit);
  const reading = a.readExact(4, limit);
  assert.throws(() => toNetSocket(a), { code: 'ERR_BUSY' });
  await b.write('cd');
  assert.equal(String(await reading), 'abcd');
});

test('what is no connection is refused', () => {
  assert.throws(() => toNetSocket(new Socket() as never), { code: 'ERR_INVALID_ARG_TYPE' });
  const [a, b] = pair();
  a[Symbol.dispose]();
  b[Symbol.dispose]();
  assert.throws(() => toNetSocket(a), { code: 'ERR_SOCKET_CLOSED' });
});

test('no descriptor is left behind', async (t) => {
  const before = descriptors();
  for (let i = 0; i < 20; i++) {
    const [a, b] = await ends(t);
    toNetSocket(a).destroy();
    await b.close();
  }
  await until(() => descriptors() <= before, 'all of them are closed');
});
