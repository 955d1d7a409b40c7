// After set_blocking(false) no call of Blade waits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AF_INET, SHUT_WR, SO_ERROR, SOCK_DGRAM, type Socket } from 'berkeley/dialects/blade';
import { until } from '../../net/kit.js';
import { connected, listening, made, serving, thrown, throws } from './kit.js';

/** Nothing here may wait; what does is stopped by nobody, so the time is looked at. */
function atOnce<T>(call: () => T): T {
  const begun = performance.now();
  try {
    return call();
  } finally {
    const took = performance.now() - begun;
    assert.ok(took < 1000, `${took} ms`);
  }
}

function withoutBlocking(socket: Socket): Socket {
  assert.equal(socket.set_blocking(false), true);
  assert.equal(socket.is_blocking, false);
  return socket;
}

test('receive, read and receive_from return with nothing, with what is there, or with the end', async (t) => {
  const { python, socket } = await connected(t);
  withoutBlocking(socket);
  assert.equal(
    atOnce(() => socket.receive()),
    '',
  );
  assert.equal(
    atOnce(() => socket.receive(10)),
    '',
  );
  assert.equal(
    atOnce(() => socket.read()),
    '',
  );
  assert.equal(
    atOnce(() => socket.read(-1)),
    '',
  );
  assert.equal(
    atOnce(() => socket.receive_from()),
    null,
  );
  await python.run(`c.sendall(b'abcdef')`);
  await until(() => socket.is_closed || peeked(socket) === 6, 'six bytes');
  assert.equal(socket.receive(2), 'ab');
  assert.equal(
    atOnce(() => socket.receive(100)),
    'cdef',
  );
  await python.run(`c.close()`);
  await until(() => socket.receive() === null, 'the end');
  assert.equal(socket.receive(1), null);
});

/** How much is there: MSG_PEEK takes nothing. */
function peeked(socket: Socket): number {
  return socket.receive(-1, 2)?.length ?? -1;
}

test('accept throws `client accept failed` while nobody is there', async (t) => {
  const server = withoutBlocking(serving(t));
  const error = thrown(() => atOnce(() => server.accept()));
  assert.equal(error.name, 'Exception');
  assert.equal(String(error), '<Exception: client accept failed>');
  assert.ok(error.cause instanceof Error);
  assert.equal(server.is_listening, true);
  const { python } = await listening(t);
  await python.run(`c = socket.create_connection(('127.0.0.1', ${server.port}))`);
  const one = server.accept();
  t.after(() => one.close());
  assert.equal(one.is_blocking, true);
});

test('connect returns false while it goes on, and calling again goes on with it', async (t) => {
  const { python, port } = await listening(t);
  const socket = withoutBlocking(made(t));
  let done = atOnce(() => socket.connect('localhost', port));
  if (!done) {
    await until(() => socket.is_connected, 'connected');
    done = socket.connect('localhost', port);
  }
  assert.equal(done, true);
  assert.deepEqual([socket.host, socket.port, socket.is_client], ['localhost', port, true]);
  assert.equal(socket.send('x'), 1);
  await python.run('c, _ = l.accept()');
  assert.equal(await python.value('c.recv(9).decode()'), 'x');
  throws(() => socket.connect('localhost', port), 'SocketException', 'socket has existing connection');
});

test('a connect that did not wait is noticed by send and receive, too', async (t) => {
  const { python, port } = await listening(t);
  const socket = withoutBlocking(made(t));
  socket.connect('127.0.0.1', port);
  await until(() => socket.is_connected, 'connected');
  assert.equal(socket.receive(), '');
  assert.equal(socket.send('hello'), 5);
  assert.deepEqual([socket.port, socket.is_client], [port, true]);
  await python.run('c, _ = l.accept()');
  assert.equal(await python.value('c.recv(9).decode()'), 'hello');
});

test('a connect to where nobody answers stays false, and one with blocking gives up in time', async (t) => {
  const { python } = await listening(t);
  await python.run(
    `h = socket.create_server(('127.0.0.1', 0), backlog=0); f = socket.create_connection(h.getsockname())`,
  );
  const port = (await python.value('h.getsockname()[1]')) as number;
  const socket = withoutBlocking(made(t));
  for (let i = 0; i < 3; i++)
    assert.equal(
      atOnce(() => socket.connect('127.0.0.1', port)),
      false,
    );
  assert.equal(socket.is_connected, false);
  throws(() => socket.send('x'), 'SocketException', 'socket not listening or connected');
  socket.set_blocking(true);
  throws(() => socket.connect('127.0.0.1', port, 50), 'SocketException', 'Connection timed out');
  assert.equal(socket.is_closed, true);
});

test('a connect that is refused says so at the next call', async (t) => {
  const { python, port } = await listening(t);
  await python.run('l.close()');
  const socket = withoutBlocking(made(t));
  let error: Error | null = null;
  await until(() => {
    try {
      assert.equal(socket.connect('127.0.0.1', port), false);
    } catch (thrownNow) {
      error = thrownNow as Error;
    }
    return error !== null;
  }, 'an error');
  assert.equal(String(error), '<SocketException: Connection refused>');
  assert.equal(socket.is_closed, true);
});

test('send takes what there is room for, and is -1 for none', async (t) => {
  const { python, socket } = await connected(t);
  withoutBlocking(socket);
  const data = Buffer.alloc(32 << 20, 'x');
  let sent = 0;
  let last = 0;
  for (let i = 0; i < 1000 && last !== -1; i++) {
    last = atOnce(() => socket.send(data));
    sent += Math.max(last, 0);
  }
  assert.equal(last, -1);
  assert.ok(sent > 0);
  python.begin(`got = everything(c)`);
  // What the peer takes makes room again.
  await until(() => socket.send('end') === 3, 'room');
  socket.shutdown(SHUT_WR);
  assert.equal(await python.value('len(got)'), sent + 3);
});

test('datagrams: nothing there is nil for receive_from', (t) => {
  const socket = withoutBlocking(made(t, AF_INET, SOCK_DGRAM));
  socket.bind(0);
  assert.equal(
    atOnce(() => socket.receive_from()),
    null,
  );
  assert.equal(
    atOnce(() => socket.receive()),
    '',
  );
  socket.send_to('127.0.0.1', socket.port, null, 'to myself');
  assert.equal(socket.receive_from()?.data, 'to myself');
  assert.equal(socket.get_option(SO_ERROR), null);
});
