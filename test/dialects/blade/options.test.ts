// Options in Blade: contradiction 9, units, and what the kernel has of them. A Python that inherits the descriptor is the judge.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import * as blade from 'berkeley/dialects/blade';
import { interpreter } from '../../support/python.js';
import { connected, listening, made, serving, thrown } from './kit.js';

const { SO_ERROR, SO_KEEPALIVE, SO_LINGER, SO_RCVBUF, SO_RCVTIMEO, SO_REUSEADDR, SO_SNDTIMEO, SO_TYPE } = blade;

/** What another process reads of the option: its bytes, as ints. */
function inKernel(socket: blade.Socket, option: number, bytes = 4): number[] {
  const program = `import socket, struct, sys, json
s = socket.socket(fileno=3)
print(json.dumps(struct.unpack('${bytes === 16 ? '2q' : `${bytes / 4}i`}', s.getsockopt(socket.SOL_SOCKET, ${option}, ${bytes}))))`;
  const stdio = ['ignore', 'pipe', 'inherit', socket.id] as const;
  return JSON.parse(
    execFileSync(interpreter(), ['-I', '-S', '-c', program], { encoding: 'utf8', stdio: [...stdio] }),
  ) as number[];
}

test('contradiction 9: set_option returns true, false switches off, and integers are taken', (t) => {
  const socket = made(t);
  assert.equal(socket.set_option(SO_KEEPALIVE, true), true);
  assert.equal(socket.get_option(SO_KEEPALIVE), 1);
  assert.deepEqual(inKernel(socket, SO_KEEPALIVE), [1]);
  assert.equal(socket.set_option(SO_KEEPALIVE, false), true);
  assert.deepEqual(inKernel(socket, SO_KEEPALIVE), [0]);
  assert.equal(socket.set_option(SO_KEEPALIVE, 7), true);
  assert.equal(socket.get_option(SO_KEEPALIVE), 1);
  assert.equal(socket.set_option(SO_KEEPALIVE, 0), true, '0 is a value');
  assert.equal(socket.get_option(SO_KEEPALIVE), 0);
  assert.equal(socket.set_option(SO_RCVBUF, 10_000), true);
  assert.equal(socket.get_option(SO_RCVBUF), 20_000);
});

test('every option of the page that can be set, is; and read as a number', (t) => {
  const socket = made(t);
  const { SO_BROADCAST, SO_DONTROUTE, SO_OOBINLINE, SO_RCVLOWAT, SO_REUSEPORT, SO_TIMESTAMP } = blade;
  for (const option of [
    SO_REUSEADDR,
    SO_DONTROUTE,
    SO_BROADCAST,
    SO_OOBINLINE,
    SO_REUSEPORT,
    SO_TIMESTAMP,
    SO_RCVLOWAT,
  ]) {
    assert.equal(socket.set_option(option, true), true);
    assert.equal(socket.get_option(option), 1, String(option));
  }
  assert.equal(socket.get_option(blade.SO_SNDLOWAT), 1);
  assert.equal(socket.get_option(blade.SO_DEBUG), 0);
  assert.equal(socket.get_option(SO_TYPE), blade.SOCK_STREAM);
  assert.equal(socket.get_option(blade.SO_ACCEPTCONN), 0);
  assert.equal(serving(t).get_option(blade.SO_ACCEPTCONN), 1);
});

test('the two limits are milliseconds, in the kernel too, and are read back as they were set', (t) => {
  const socket = made(t);
  assert.equal(socket.get_option(SO_RCVTIMEO), -1);
  assert.equal(socket.get_option(SO_SNDTIMEO), -1);
  assert.equal(socket.set_option(SO_RCVTIMEO, 1500), true);
  assert.equal(socket.set_option(SO_SNDTIMEO, 2001), true);
  assert.deepEqual(inKernel(socket, SO_RCVTIMEO, 16), [1, 500_000]);
  assert.equal(socket.receive_timeout, 1500);
  assert.equal(socket.get_option(SO_RCVTIMEO), 1500);
  assert.equal(socket.send_timeout, 2001, 'the kernel rounds to its ticks, the field does not');
  assert.equal(socket.get_option(SO_SNDTIMEO), 2001);
  assert.equal(socket.set_option(SO_RCVTIMEO, 0), true);
  assert.equal(socket.set_option(SO_SNDTIMEO, false), true);
  assert.deepEqual(inKernel(socket, SO_RCVTIMEO, 16), [0, 0]);
  assert.deepEqual(inKernel(socket, SO_SNDTIMEO, 16), [0, 0]);
  assert.deepEqual([socket.receive_timeout, socket.send_timeout], [0, 0]);
});

test('an accepted socket has the limits of its listener', async (t) => {
  const server = serving(t);
  server.set_option(SO_RCVTIMEO, 1501);
  const { python } = await listening(t);
  await python.run(`c = socket.create_connection(('127.0.0.1', ${server.port}))`);
  const one = server.accept();
  t.after(() => one.close());
  assert.deepEqual([one.receive_timeout, one.send_timeout], [1501, -1]);
});

test('SO_LINGER is seconds, and 0 and false are off', (t) => {
  const socket = made(t);
  assert.equal(socket.get_option(SO_LINGER), 0);
  assert.equal(socket.set_option(SO_LINGER, 5), true);
  assert.deepEqual(inKernel(socket, SO_LINGER, 8), [1, 5]);
  assert.equal(socket.get_option(SO_LINGER), 5);
  for (const off of [0, false]) {
    socket.set_option(SO_LINGER, 5);
    assert.equal(socket.set_option(SO_LINGER, off), true);
    assert.equal(inKernel(socket, SO_LINGER, 8)[0], 0);
  }
});

test('SO_ERROR is the words for the error, once, and nil without one', async (t) => {
  const { python, socket } = await connected(t);
  assert.equal(socket.get_option(SO_ERROR), null);
  await python.run('reset(c)');
  assert.equal(socket.get_option(SO_ERROR), 'Connection reset by peer');
  assert.equal(socket.get_option(SO_ERROR), null);
});

test('set_option of a socket that is shut down or closed is false', async (t) => {
  const { socket } = await connected(t);
  socket.shutdown(blade.SHUT_WR);
  assert.equal(socket.set_option(SO_KEEPALIVE, true), false);
  assert.equal(socket.get_option(SO_KEEPALIVE), 0);
});

test("SO_REUSEADDR is the caller's business: without it a port in TIME_WAIT is taken", async (t) => {
  const server = serving(t);
  const { port } = server;
  const { python } = await listening(t);
  await python.run(`c = socket.create_connection(('127.0.0.1', ${port}))`);
  // The end that closes first keeps the port.
  const one = server.accept();
  one.shutdown(blade.SHUT_WR);
  await python.run('everything(c); c.close()');
  one.receive();
  one.close();
  server.close();
  const again = made(t);
  assert.equal(thrown(() => again.bind(port)).message, 'Address already in use');
});
