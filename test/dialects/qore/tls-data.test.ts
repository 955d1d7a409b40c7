// Data over TLS by a Qore Socket, with what the tests of Qore itself say of it. Python at the other end.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test, { type TestContext } from 'node:test';
import { Queue, type Event, type Socket } from 'berkeley/dialects/qore';
import { pki } from '../../support/pki.js';
import { startPuppet, type Puppet } from '../../support/python.js';
import { eventsOf, LIMIT, newSocket, thrown } from './kit.js';

/** A socket with TLS to `c` in Python. `raw` is what lies below. */
async function secured(t: TestContext): Promise<{ socket: Socket; python: Puppet }> {
  const python = startPuppet(
    t,
    `import hashlib, ssl
x = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
x.load_cert_chain(sys.argv[1], sys.argv[2])
l = socket.create_server(('127.0.0.1', 0))
def serve():
    global c
    c = x.wrap_socket(l.accept()[0], server_side=True)
say(l.getsockname()[1])`,
    { args: [pki().server.certFile, pki().server.keyFile] },
  );
  const port = Number(await python.line());
  python.begin('serve()');
  const socket = newSocket(t);
  socket.connectSSL(`localhost:${port}`, LIMIT);
  await python.caughtUp();
  return { socket, python };
}

for (const size of [256, 128 * 1024, 10 * 1024 * 1024])
  test(`${size} bytes go both ways intact`, async (t) => {
    const { socket, python } = await secured(t);
    const bytes = randomBytes(size);
    python.begin(`b = exactly(c, ${size}); c.sendall(b); c.unwrap().close()`);
    assert.equal(socket.send(bytes), 0);
    assert.ok(socket.recvBinary(size, LIMIT).equals(bytes));
    thrown(() => socket.recv(1, LIMIT), 'SOCKET-CLOSED');
    socket.close();
    await python.caughtUp();
  });

test('text, numbers, HTTP and events are the same over TLS', async (t) => {
  const { socket, python } = await secured(t);
  const queue = new Queue<Event>();
  socket.setEventQueue(queue);
  socket.setCharset('ISO-8859-1');
  assert.equal(socket.send('é'), 0);
  assert.equal(socket.sendi2LSB(-2), 0);
  socket.sendHTTPMessage('GET', '/', '1.1', {});
  assert.equal(await python.value('exactly(c, 3).hex()'), 'e9feff');
  assert.equal(await python.value('exactly(c, 18).decode()'), 'GET / HTTP/1.1\r\n\r\n');
  assert.deepEqual(
    eventsOf(queue, socket).map(({ event, sent }) => [event, sent]),
    [
      [2, 1],
      [2, 2],
      [13, undefined],
      [2, 18],
    ],
  );
  await python.run("c.sendall(b'\\xe9\\x01\\x02HTTP/1.1 200 OK\\r\\n\\r\\n')");
  assert.equal(socket.isDataAvailable(LIMIT), true);
  assert.equal(socket.recv(1, LIMIT), 'é');
  assert.equal(socket.isDataAvailable(), true, 'plaintext that has come with the record counts');
  assert.equal(socket.recvu2(LIMIT), 258);
  const head = socket.readHTTPHeader(LIMIT);
  assert.ok(typeof head !== 'string' && head.status_code === 200);
  assert.equal(socket.isDataAvailable('20ms'), false);
  thrown(() => socket.recv(1, 20), 'SOCKET-TIMEOUT');
});

test('TLS that is cut is SOCKET-SSL-ERROR and no end, also where everything is read; what had come is kept', async (t) => {
  const { socket, python } = await secured(t);
  // close(2) without close_notify.
  await python.run("c.sendall(b'abc'); socket.socket(fileno=c.detach()).close()");
  for (const read of [() => socket.recv(10, LIMIT), () => socket.recvBinary(-1, LIMIT), () => socket.recvi8(LIMIT)])
    thrown(read, 'SOCKET-SSL-ERROR');
  assert.equal(socket.recv(3, LIMIT), 'abc');
  thrown(() => socket.recv(0, LIMIT), 'SOCKET-SSL-ERROR');
});

test('a reset is SOCKET-SSL-ERROR as well', async (t) => {
  const { socket, python } = await secured(t);
  await python.run(
    'r = socket.socket(fileno=c.detach()); r.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); r.close()',
  );
  const { desc } = thrown(() => socket.recv(1, LIMIT), 'SOCKET-SSL-ERROR');
  assert.match(desc, /Connection reset by peer/);
});

test('readHTTPHeader with the other end gone is SOCKET-CLOSED', async (t) => {
  const { socket, python } = await secured(t);
  python.begin('c.unwrap()');
  thrown(() => socket.readHTTPHeader(LIMIT), 'SOCKET-CLOSED');
  socket.close();
  await python.caughtUp();
});

test('writing to the other end that is gone is SOCKET-SSL-ERROR in the end', async (t) => {
  const { socket, python } = await secured(t);
  await python.run('c.sendall(b"x"); c.close()');
  assert.equal(socket.recvu1(LIMIT), 0x78);
  const text = 'x'.repeat(1000);
  let error: unknown;
  for (let i = 0; i < 100_000 && error === undefined; i++)
    try {
      assert.equal(socket.send(text), 0);
    } catch (caught) {
      error = caught;
    }
  thrown(() => {
    throw error;
  }, 'SOCKET-SSL-ERROR');
});
