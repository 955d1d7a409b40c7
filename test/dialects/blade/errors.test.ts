// Bad input of every kind, and calls in the wrong state: each gets Blade's own exception, by its name, before any system call.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as blade from 'berkeley/dialects/blade';
import { SocketError } from 'berkeley/sync';
import { connected, made, serving, thrown, throws } from './kit.js';

const { Exception, SHUT_RD, SO_ERROR, SO_KEEPALIVE, SO_RCVTIMEO, SO_TYPE, Socket, SocketException, SOMAXCONN } = blade;

/** Any value, as a caller without types would pass it. */
function any(value: unknown): never {
  return value as never;
}

type Row = readonly [call: (socket: blade.Socket) => unknown, name: string, message: string | RegExp];

const rows: readonly Row[] = [
  // Making one.
  [() => new Socket(any('inet')), 'ValueError', 'AF_* expected for family, string given'],
  [() => new Socket(2, any({})), 'ValueError', 'SOCK_* expected for type, dictionary given'],
  [() => new Socket(1.5), 'ValueError', 'AF_* expected for family, number given'],
  [() => new Socket(2, 1, any('tcp')), 'TypeError', 'integer expected for protocol, string given'],
  [() => new Socket(1e9), 'ValueError', /family/],
  [() => new Socket(2, 1, 6, any('3')), 'TypeError', /fd/],
  // connect
  [(s) => s.connect('127.0.0.1'), 'ArgumentError', 'port not specified'],
  [(s) => s.connect('127.0.0.1', null), 'ArgumentError', 'port not specified'],
  [(s) => s.connect('127.0.0.1', -1), 'ArgumentError', 'port not specified'],
  [(s) => s.connect('127.0.0.1', any('')), 'ArgumentError', 'port not specified'],
  [(s) => s.connect('127.0.0.1', any('80')), 'TypeError', 'integer expected for port, string given'],
  [(s) => s.connect('127.0.0.1', 80.5), 'TypeError', 'integer expected for port, number given'],
  [(s) => s.connect('127.0.0.1', NaN), 'TypeError', 'integer expected for port, number given'],
  [(s) => s.connect('127.0.0.1', 65536), 'ValueError', /65536/],
  [(s) => s.connect(any(7), 80), 'TypeError', 'string expected for host, number given'],
  [(s) => s.connect(any(['a']), 80), 'TypeError', 'string expected for host, list given'],
  [(s) => s.connect('127.0.0.1', 80, any('5s')), 'TypeError', 'integer expected for timeout, string given'],
  [(s) => s.connect('127.0.0.1', 80, 0.5), 'TypeError', 'integer expected for timeout, number given'],
  [(s) => s.connect('127.0.0.1', 80, Infinity), 'TypeError', 'integer expected for timeout, number given'],
  // bind
  [(s) => s.bind(), 'ArgumentError', 'port not specified'],
  [(s) => s.bind(any({})), 'TypeError', 'integer expected for port, dictionary given'],
  [(s) => s.bind(70_000), 'ValueError', /70000/],
  [(s) => s.bind(0, any(true)), 'TypeError', 'string expected for host, boolean given'],
  [(s) => s.bind(0, 'no.such.host.invalid'), 'ValueError', 'address not valid or unsupported'],
  [(s) => s.bind(0, 'not a host'), 'ValueError', 'address not valid or unsupported'],
  [(s) => s.bind(0, '::1'), 'ValueError', 'address not valid or unsupported'],
  // send
  [(s) => s.send(any(5)), 'TypeError', /string, file or bytes; number given/],
  [(s) => s.send(any(true)), 'TypeError', /boolean given/],
  [(s) => s.send(any(['a'])), 'TypeError', /list given/],
  [(s) => s.send(any({ path: 5 })), 'TypeError', /dictionary given/],
  [(s) => s.send('10 €'), 'TypeError', /a character above 255: pass a Buffer/],
  [(s) => s.send('x', any('0')), 'TypeError', 'integer expected for flags, string given'],
  [(s) => s.send_to('127.0.0.1', null), 'ArgumentError', 'port not specified'],
  [(s) => s.send_to(any(1), 9, null, 'x'), 'TypeError', 'string expected for host, number given'],
  [(s) => s.send_to('127.0.0.1', 9, any('x')), 'TypeError', 'integer expected for family, string given'],
  [(s) => s.send_to('127.0.0.1', 9, null, any({ path: '/x' })), 'TypeError', /dictionary given/],
  [(s) => s.send_to('127.0.0.1', 9, null, '€'), 'TypeError', /pass a Buffer/],
  // receive, read
  [(s) => s.receive(any('5')), 'TypeError', 'integer expected for length, string given'],
  [(s) => s.receive(5, any({})), 'TypeError', 'integer expected for flags, dictionary given'],
  [(s) => s.receive(2 ** 40), 'ValueError', /above/],
  [(s) => s.read(any([])), 'TypeError', 'integer expected for length, list given'],
  [(s) => s.read(1.5), 'TypeError', 'integer expected for length, number given'],
  [(s) => s.receive_from(any('x')), 'TypeError', 'integer expected for length, string given'],
  // listen, shutdown, options
  [(s) => s.listen(any('5')), 'TypeError', 'integer expected for queue_length, string given'],
  [(s) => s.listen(SOMAXCONN + 1), 'ValueError', 'maximum queue length exceeded'],
  [(s) => s.shutdown(any('rd')), 'TypeError', 'integer expected for how, string given'],
  [(s) => s.shutdown(3), 'ValueError', 'expected one of SHUT_* flags'],
  [(s) => s.set_option(any(null), true), 'ArgumentError', 'both option and value are required'],
  [(s) => s.set_option(blade.SO_USELOOPBACK, true), 'ArgumentError', 'both option and value are required'],
  [(s) => s.set_option(SO_KEEPALIVE, any(null)), 'ArgumentError', 'both option and value are required'],
  [(s) => s.set_option(SO_KEEPALIVE, -1), 'ArgumentError', 'both option and value are required'],
  [(s) => s.set_option(any('SO_KEEPALIVE'), true), 'TypeError', 'integer expected for option, string given'],
  [(s) => s.set_option(SO_KEEPALIVE, any('yes')), 'TypeError', /string given/],
  [(s) => s.set_option(SO_KEEPALIVE, 0.5), 'TypeError', /number given/],
  [(s) => s.set_option(SO_KEEPALIVE, 2 ** 31), 'ValueError', /C int/],
  [(s) => s.set_option(SO_RCVTIMEO, true), 'TypeError', 'number expected for value, boolean given'],
  [(s) => s.set_option(SO_RCVTIMEO, Infinity), 'ValueError', /milliseconds/],
  [(s) => s.set_option(SO_RCVTIMEO, NaN), 'ValueError', /milliseconds/],
  [(s) => s.set_option(blade.SO_LINGER, true), 'TypeError', 'integer expected for value, boolean given'],
  [(s) => s.set_option(blade.SO_LINGER, 2 ** 31), 'ValueError', /C int/],
  [(s) => s.set_option(SO_TYPE, 1), 'ValueError', 'the given option is read-only'],
  [(s) => s.set_option(SO_ERROR, 1), 'ValueError', 'the given option is read-only'],
  [(s) => s.get_option(any(null)), 'TypeError', 'integer expected for option, nil given'],
  [(s) => s.get_option(any('x')), 'TypeError', 'integer expected for option, string given'],
  [(s) => s.set_blocking(any(1)), 'TypeError', 'boolean expected, number given'],
  [(s) => s.set_blocking(any(undefined)), 'TypeError', 'boolean expected, nil given'],
  // get_address_info
  [() => blade.get_address_info(any(2130706433)), 'TypeError', 'string expected for address, number given'],
  [() => blade.get_address_info('localhost', any(80)), 'TypeError', 'string expected for type, number given'],
  [
    () => blade.get_address_info('localhost', 'http', any('x')),
    'TypeError',
    'integer expected for family, string given',
  ],
  // The state.
  [(s) => s.send('x'), 'SocketException', 'socket not listening or connected'],
  [(s) => s.receive(), 'SocketException', 'socket not listening or connected'],
  [(s) => s.read(), 'SocketException', 'socket not listening or connected'],
  [(s) => s.listen(), 'SocketException', 'socket is in an illegal state'],
  [(s) => s.accept(), 'SocketException', 'socket not bound/listening'],
];

test('bad input gets an exception of its own, and leaves the socket as it was', (t) => {
  const socket = made(t);
  for (const [call, name, message] of rows) {
    throws(() => call(socket), name, message);
    assert.equal(socket.is_closed, false, String(call));
  }
  assert.equal(socket.bind(0), true);
  throws(() => socket.bind(0), 'SocketException', 'socket previously bound');
  socket.listen();
  throws(() => socket.listen(), 'SocketException', 'socket is in an illegal state');
});

test('every call on a closed socket says so', (t) => {
  const socket = made(t);
  socket.set_option(SO_RCVTIMEO, 100);
  socket.close();
  const illegal: ((s: blade.Socket) => unknown)[] = [
    (s) => s.connect('127.0.0.1', 80),
    (s) => s.bind(0),
    (s) => s.send('x'),
    (s) => s.send({ path: '/etc/passwd' }),
    (s) => s.receive(),
    (s) => s.read(),
    (s) => s.send_to('127.0.0.1', 9, null, 'x'),
    (s) => s.receive_from(),
    (s) => s.listen(),
    (s) => s.shutdown(SHUT_RD),
    (s) => s.get_option(SO_KEEPALIVE),
  ];
  for (const call of illegal) throws(() => call(socket), 'SocketException', 'socket is in an illegal state');
  throws(() => socket.accept(), 'SocketException', 'socket not bound/listening');
  assert.equal(socket.set_option(SO_KEEPALIVE, true), false);
  assert.equal(socket.set_blocking(true), false);
  assert.equal(socket.get_option(SO_RCVTIMEO), 100, 'the copy is still there');
  assert.deepEqual(socket.info(), {});
  assert.equal(socket.close(), true);
});

test('the classes: Exception is all of them, and JavaScript knows them, too', (t) => {
  const socket = made(t);
  const wrongType = thrown(() => socket.send(any(5)));
  assert.ok(wrongType instanceof globalThis.TypeError && wrongType instanceof blade.TypeError);
  assert.equal(wrongType.code, 'ERR_INVALID_ARG_TYPE');
  const wrongValue = thrown(() => socket.shutdown(3));
  assert.ok(wrongValue instanceof RangeError && wrongValue instanceof blade.ValueError);
  const missing = thrown(() => socket.bind());
  assert.ok(missing instanceof globalThis.TypeError && missing instanceof blade.ArgumentError);
  assert.ok(!(missing instanceof blade.TypeError));
  const state = thrown(() => socket.receive());
  assert.ok(state instanceof SocketException && state.code === 'ERR_SOCKET_STATE');
  for (const one of [wrongType, wrongValue, missing, state]) {
    assert.ok(one instanceof Exception);
    assert.equal(String(one), `<${one.name}: ${one.message}>`);
  }
  for (const other of [new globalThis.TypeError('x'), new Error('x'), null, 'x']) {
    assert.ok(!(other instanceof Exception));
    assert.ok(!(other instanceof SocketException));
  }
  assert.ok(!(new Exception('x') instanceof SocketException));
  assert.ok(new SocketException('x') instanceof Exception);
});

test('a SocketException has the code and errno of the system, and the error of the library as its cause', (t) => {
  const server = serving(t);
  const socket = made(t);
  const error = thrown(() => socket.bind(server.port));
  assert.ok(error instanceof SocketException);
  assert.equal(String(error), '<SocketException: Address already in use>');
  assert.deepEqual([error.code, error.errno], ['EADDRINUSE', 98]);
  assert.ok(error.cause instanceof SocketError && error.cause.phase === 'bind');
  assert.equal(socket.is_closed, true, 'the system refused');
  assert.match(error.stack ?? '', /errors\.test/);
});

test('what the system refuses closes the socket, once', async (t) => {
  const unconnected = made(t);
  throws(() => unconnected.shutdown(), 'SocketException', 'Transport endpoint is not connected');
  assert.equal(unconnected.is_closed, true);
  throws(() => unconnected.shutdown(), 'SocketException', 'socket is in an illegal state');

  const { socket } = await connected(t);
  throws(() => socket.set_option(blade.SO_SNDLOWAT, 5), 'SocketException', 'Protocol not available');
  assert.equal(socket.is_closed, true);

  const datagram = made(t, blade.AF_INET, blade.SOCK_DGRAM);
  datagram.bind(0);
  throws(() => datagram.listen(), 'SocketException', 'Operation not supported');
  assert.equal(datagram.is_closed, true);

  const asked = made(t);
  throws(() => asked.get_option(9999), 'SocketException', 'Protocol not available');
  throws(() => asked.get_option(-1), 'SocketException', 'Protocol not available');
  assert.equal(asked.is_closed, false, 'a question does no harm');
});
