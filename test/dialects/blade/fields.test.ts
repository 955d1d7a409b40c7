// The fields of a Blade socket through its life, row by row of what is known of the original, and how one is made.

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { readlinkSync } from 'node:fs';
import { test } from 'node:test';
import * as blade from 'berkeley/dialects/blade';
import { connected, listening, made, noIpv6, serving, throws } from './kit.js';

const { AF_INET, AF_INET6, AF_UNIX, IPPROTO_TCP, IPPROTO_UDP, SOCK_DGRAM, SOCK_STREAM, Socket } = blade;

function flags(socket: blade.Socket): string {
  const names = ['is_client', 'is_bound', 'is_connected', 'is_listening', 'is_closed', 'is_shutdown'] as const;
  return names.filter((name) => socket[name]).join(' ');
}

test('a new socket has the fields that the page gives it', (t) => {
  const socket = made(t);
  const { host, port, family, type, protocol, is_blocking, shutdown_reason, send_timeout, receive_timeout } = socket;
  assert.deepEqual(
    { host, port, family, type, protocol, is_blocking, shutdown_reason, send_timeout, receive_timeout },
    {
      host: '127.0.0.1',
      port: 0,
      family: AF_INET,
      type: SOCK_STREAM,
      protocol: IPPROTO_TCP,
      is_blocking: true,
      shutdown_reason: -1,
      send_timeout: -1,
      receive_timeout: -1,
    },
  );
  assert.equal(flags(socket), '');
  assert.match(readlinkSync(`/proc/self/fd/${socket.id}`), /^socket:/);
});

test('Socket() needs no new, and socket() is the same', (t) => {
  for (const one of [
    Socket(),
    blade.socket(),
    new Socket(null, null, null, null),
    Socket(AF_INET, SOCK_STREAM, IPPROTO_TCP),
  ]) {
    t.after(() => one.close());
    assert.ok(one instanceof Socket);
    assert.deepEqual([one.family, one.type, one.protocol], [2, 1, 6]);
  }
  class Mine extends Socket {
    readonly mine = true;
  }
  const mine = new Mine(AF_INET, SOCK_DGRAM);
  t.after(() => mine.close());
  assert.ok(mine.mine && mine instanceof Socket && mine.type === SOCK_DGRAM);
});

test('contradiction 12: the protocol defaults to the one that fits the family and type', (t) => {
  assert.equal(made(t, AF_INET, SOCK_DGRAM).protocol, IPPROTO_UDP);
  assert.equal(made(t, AF_UNIX).protocol, 0);
  assert.equal(made(t, AF_UNIX, SOCK_DGRAM).protocol, 0);
  assert.equal(made(t, AF_INET, SOCK_STREAM).protocol, IPPROTO_TCP);
});

test('IPv6 sockets, too', noIpv6, (t) => {
  assert.equal(made(t, AF_INET6).protocol, IPPROTO_TCP);
  assert.equal(made(t, AF_INET6, SOCK_DGRAM).protocol, IPPROTO_UDP);
  assert.equal(made(t, AF_INET6).host, '::1');
});

test('nil, an empty string and numbers below 0 take the default; 0 does not', (t) => {
  const socket = made(t, -1, '' as unknown as number, blade.AF_PUP);
  assert.deepEqual([socket.family, socket.type, socket.protocol], [AF_INET, SOCK_STREAM, IPPROTO_TCP]);
  assert.equal(made(t, AF_INET, SOCK_STREAM, 0).protocol, 0);
  throws(() => new Socket(0), 'SocketException', 'Address family not supported by protocol');
});

test('contradiction 12: a socket that cannot be made is one exception, and not an endless recursion', () => {
  throws(() => new Socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP), 'SocketException', 'Protocol not supported');
  throws(() => blade.socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), 'SocketException', 'Protocol not supported');
  throws(() => new Socket(AF_INET, blade.SOCK_RDM), 'SocketException', 'Socket type not supported');
});

test('bind, listen and accept: the flags, host and port', async (t) => {
  const server = made(t);
  server.bind(0);
  assert.equal(flags(server), 'is_bound');
  assert.equal(server.host, '127.0.0.1');
  assert.ok(server.port > 0, 'the port that the system chose');
  server.listen();
  assert.equal(flags(server), 'is_bound is_listening');

  const { python } = await listening(t);
  await python.run(`c = socket.create_connection(('127.0.0.1', ${server.port}))`);
  const one = server.accept();
  t.after(() => one.close());
  assert.equal(flags(one), 'is_client is_connected');
  assert.equal(one.host, '127.0.0.1');
  assert.equal(one.port, await python.value('c.getsockname()[1]'));
  assert.deepEqual([one.family, one.type, one.protocol], [AF_INET, SOCK_STREAM, IPPROTO_TCP]);
  assert.notEqual(one.id, server.id);
  assert.equal(one.is_blocking, true);
});

test('connect: the flags, and the host and port that it is connected to', async (t) => {
  const { port } = await listening(t);
  const socket = made(t);
  socket.bind(0);
  socket.connect('localhost', port);
  assert.equal(flags(socket), 'is_client is_connected', 'bound no more');
  assert.deepEqual([socket.host, socket.port], ['localhost', port]);
  throws(() => socket.connect('127.0.0.1', port), 'SocketException', 'socket has existing connection');
});

test('a host that is not given is the one in `host`', async (t) => {
  const { port } = await listening(t);
  for (const none of [null, undefined, '']) {
    const socket = made(t);
    socket.host = 'localhost';
    socket.connect(none, port);
    assert.equal(socket.is_connected, true);
  }
});

test('shutdown and close: the flags; the descriptor keeps its number', async (t) => {
  const { socket } = await connected(t);
  const { id } = socket;
  socket.shutdown(blade.SHUT_WR);
  assert.equal(flags(socket), 'is_client is_connected is_shutdown', 'half a connection is one');
  assert.equal(socket.shutdown_reason, blade.SHUT_WR);
  socket.shutdown(blade.SHUT_RDWR);
  assert.equal(flags(socket), 'is_shutdown');
  assert.equal(socket.shutdown_reason, blade.SHUT_RDWR);
  assert.equal(socket.close(), true);
  assert.equal(flags(socket), 'is_closed is_shutdown');
  assert.equal(socket.id, id);
  assert.equal(socket.close(), true, 'twice is allowed');
});

test('the printed form', (t) => {
  const socket = serving(t);
  const text = `<Socket id: ${socket.id}, closed: false, listening: true, connected: false, bound: true>`;
  assert.equal(String(socket), text);
  assert.equal(inspect(socket), text);
});

test('info has the local end', noIpv6, (t) => {
  const socket = made(t);
  socket.bind(0);
  assert.deepEqual(socket.info(), { address: '127.0.0.1', ipv6: '', port: socket.port, family: AF_INET });
  const six = made(t, AF_INET6);
  six.bind(0);
  assert.deepEqual(six.info(), { address: '', ipv6: '::1', port: six.port, family: AF_INET6 });
  assert.deepEqual(made(t).info(), { address: '0.0.0.0', ipv6: '', port: 0, family: AF_INET });
  assert.deepEqual(made(t, AF_UNIX).info(), { address: '', ipv6: '', port: 0, family: AF_UNIX });
});

test('info of a socket that has none any more is empty', (t) => {
  const socket = made(t);
  socket.close();
  assert.deepEqual(socket.info(), {});
});

test('`id` takes a descriptor over, with what stands behind it', async (t) => {
  const server = serving(t);
  throws(() => new Socket(AF_INET, SOCK_STREAM, IPPROTO_TCP, server.id), 'SocketException', /already belongs/);
  throws(() => new Socket(AF_INET, SOCK_STREAM, IPPROTO_TCP, 99_999), 'SocketException', 'Bad file descriptor');
  const { socket: plain } = await import('berkeley/sync');
  const { port } = await listening(t);
  const given = plain();
  given.connect(`127.0.0.1:${port}`);
  const socket = made(t, AF_INET, SOCK_STREAM, IPPROTO_TCP, given.detach());
  assert.equal(flags(socket), 'is_client is_connected');
  assert.deepEqual([socket.host, socket.port], ['127.0.0.1', port]);
  assert.equal(socket.send('x'), 1);
});
