// The twelve events of a Qore Socket: their keys, their order, their totals. Python at the other end.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import * as qore from 'berkeley/dialects/qore';
import { AF_INET, AF_INET6, AF_UNIX, EVENT_MAP, Queue, Socket, type Event } from 'berkeley/dialects/qore';
import { startServer } from '../../support/openssl.js';
import { pki } from '../../support/pki.js';
import { startPuppet } from '../../support/python.js';
import { temporaryFolder } from '../../support/server.js';
import { connected, eventsOf, LIMIT, listening, newSocket, pythonListener, thrown } from './kit.js';

const names = (events: readonly Record<string, unknown>[]): string[] =>
  events.map(({ event }) => EVENT_MAP[Number(event)]!);

test('the numbers of the events and of their sources are those of Qore, and the maps name them', () => {
  const constants = Object.entries(qore).filter(
    ([name, value]) => name.startsWith('EVENT_') && typeof value === 'number',
  );
  const events = constants.filter(([name]) => !name.startsWith('EVENT_SOURCE_'));
  assert.deepEqual(
    events.map(([, value]) => value).sort((a, b) => Number(a) - Number(b)),
    Array.from({ length: 21 }, (_, i) => i + 1),
  );
  for (const [name, value] of events) assert.equal(`EVENT_${EVENT_MAP[Number(value)]}`, name);
  assert.equal(Object.keys(EVENT_MAP).length, 21);
  assert.deepEqual(qore.EVENT_SOURCE_MAP, { 1: 'SOCKET', 2: 'HTTPCLIENT', 3: 'FTPCLIENT', 4: 'FILE' });
  assert.deepEqual(
    [qore.EVENT_PACKET_READ, qore.EVENT_PACKET_SENT, qore.EVENT_CHANNEL_CLOSED, qore.EVENT_DELETED],
    [1, 2, 7, 8],
  );
  assert.deepEqual(
    [qore.EVENT_CONNECTING, qore.EVENT_CONNECTED, qore.EVENT_START_SSL, qore.EVENT_SSL_ESTABLISHED],
    [18, 19, 20, 21],
  );
});

test('connectSSL posts the whole order, and a second one begins with CHANNEL_CLOSED', async (t) => {
  const server = await startServer(t, pki().server, [], { connections: 2 });
  const port = Number(server.target.split(':')[1]);
  const socket = newSocket(t);
  const queue = new Queue<Event>();
  assert.equal(socket.setEventQueue(queue), null);
  socket.connectSSL(server.target, LIMIT);
  const expected = [
    { event: 11, name: '127.0.0.1', service: String(port) },
    { event: 12, address: '127.0.0.1', port },
    { event: 18, type: AF_INET, target: '127.0.0.1', service: String(port), port },
    { event: 19 },
    { event: 20 },
    { event: 21, cipher: socket.getSSLCipherName(), cipher_version: socket.getSSLCipherVersion() },
  ];
  assert.deepEqual(eventsOf(queue, socket), expected);
  socket.connectINETSSL('127.0.0.1', port, LIMIT);
  assert.deepEqual(eventsOf(queue, socket), [{ event: 7 }, ...expected]);
  socket.destructor();
  assert.deepEqual(eventsOf(queue, socket), [{ event: 7 }, { event: 8 }]);
});

test('a name is resolved to all of its addresses before the first attempt, and each attempt is told', async (t) => {
  const { port } = await pythonListener(t);
  const socket = newSocket(t);
  const queue = new Queue<Event>();
  socket.setEventQueue(queue);
  socket.connect(`localhost:${port}`, LIMIT);
  const events = eventsOf(queue, socket);
  const order = names(events);
  assert.equal(order[0], 'HOSTNAME_LOOKUP');
  assert.equal(order.at(-1), 'CONNECTED');
  assert.match(order.join(' '), /^HOSTNAME_LOOKUP( HOSTNAME_RESOLVED)+( CONNECTING)+ CONNECTED$/);
  for (const { event, type, target } of events.filter(({ event }) => event === 18)) {
    assert.equal(event, 18);
    assert.ok(type === AF_INET || type === AF_INET6);
    assert.equal(target, 'localhost');
  }
});

test('a failed attempt closes nothing, and a UNIX domain socket has neither service nor port', async (t) => {
  const { socket: listener, port } = listening(t);
  listener.close();
  const path = join(temporaryFolder(t), 's');
  const python = startPuppet(t, `l = socket.socket(socket.AF_UNIX); l.bind(sys.argv[1]); l.listen(1); say('')`, {
    args: [path],
  });
  await python.line();
  const socket = newSocket(t);
  const queue = new Queue<Event>();
  socket.setEventQueue(queue);
  thrown(() => socket.connect(`127.0.0.1:${port}`), 'SOCKET-CONNECT-ERROR');
  assert.deepEqual(names(eventsOf(queue, socket)), ['HOSTNAME_LOOKUP', 'HOSTNAME_RESOLVED', 'CONNECTING']);
  thrown(() => socket.connect('nosuch.invalid:1', LIMIT), 'SOCKET-CONNECT-ERROR');
  assert.deepEqual(eventsOf(queue, socket), [{ event: 11, name: 'nosuch.invalid', service: '1' }]);
  socket.connect(path);
  assert.deepEqual(eventsOf(queue, socket), [{ event: 18, type: AF_UNIX, target: path }, { event: 19 }]);
});

test('a port may be the name of a service', (t) => {
  const socket = newSocket(t);
  const queue = new Queue<Event>();
  socket.setEventQueue(queue);
  // Whether somebody listens there is nobody's business.
  for (const open of [
    () => socket.connect('127.0.0.1:tcpmux', LIMIT),
    () => socket.connectINET('127.0.0.1', 'tcpmux'),
  ]) {
    try {
      open();
    } catch (error) {
      assert.ok(error instanceof qore.QoreException && error.err === 'SOCKET-CONNECT-ERROR');
    }
    assert.deepEqual(eventsOf(queue, socket).slice(0, 3), [
      { event: 11, name: '127.0.0.1', service: 'tcpmux' },
      { event: 12, address: '127.0.0.1', port: 1 },
      { event: 18, type: AF_INET, target: '127.0.0.1', service: 'tcpmux', port: 1 },
    ]);
    socket.close();
    queue.clear();
  }
});

test('bindINET posts its lookup; close says CHANNEL_CLOSED once', (t) => {
  const socket = newSocket(t);
  const queue = new Queue<Event>();
  socket.setEventQueue(queue);
  socket.bindINET('127.0.0.1', 0);
  assert.deepEqual(eventsOf(queue, socket), [
    { event: 11, name: '127.0.0.1', service: '0' },
    { event: 12, address: '127.0.0.1' },
  ]);
  socket.bind(0);
  assert.deepEqual(eventsOf(queue, socket), [{ event: 7 }]);
  socket.close();
  socket.close();
  assert.deepEqual(eventsOf(queue, socket), [{ event: 7 }]);
  socket.destructor();
  assert.deepEqual(eventsOf(queue, socket), [{ event: 8 }]);
  socket.destructor();
  assert.ok(queue.empty(), 'the object has let go of the queue');
});

test('packets that are sent and read are counted, also where more came than was asked for', async (t) => {
  const { socket, python } = await connected(t);
  const queue = new Queue<Event>();
  socket.setEventQueue(queue);
  socket.send('12345');
  socket.sendBinary(Buffer.alloc(7));
  socket.sendi4(1);
  socket.send('');
  assert.deepEqual(eventsOf(queue, socket), [
    { event: 2, sent: 5, total_sent: 5, total_to_send: 5 },
    { event: 2, sent: 7, total_sent: 7, total_to_send: 7 },
    { event: 2, sent: 4, total_sent: 4, total_to_send: 4 },
  ]);
  await python.run("c.sendall(b'0123456789')");
  assert.equal(socket.recv(4, LIMIT), '0123');
  assert.equal(socket.recvBinary(2, LIMIT).length, 2);
  assert.equal(socket.recvu1(LIMIT), 0x36);
  assert.equal(socket.recv(0, LIMIT), '789');
  assert.deepEqual(eventsOf(queue, socket), [
    { event: 1, read: 4, total_read: 4, total_to_read: 4 },
    { event: 1, read: 2, total_read: 2, total_to_read: 2 },
    { event: 1, read: 1, total_read: 1 },
    { event: 1, read: 3, total_read: 3 },
  ]);
});

test('the parts of what is sent and received add up', async (t) => {
  const { socket, python } = await connected(t);
  const queue = new Queue<Event>();
  socket.setEventQueue(queue);
  const size = 4_000_000;
  python.begin(`n = len(exactly(c, ${size})); c.sendall(bytes(${size}))`);
  socket.sendBinary(Buffer.alloc(size));
  assert.equal(socket.recvBinary(size, LIMIT).length, size);
  await python.caughtUp();
  const events = eventsOf(queue, socket) as {
    event: number;
    sent: number;
    read: number;
    total_sent: number;
    total_read: number;
    total_to_send: number;
    total_to_read: number;
  }[];
  let sent = 0;
  let read = 0;
  for (const one of events) {
    if (one.event === 2) {
      assert.equal((sent += one.sent), one.total_sent);
      assert.equal(one.total_to_send, size);
    } else {
      assert.equal((read += one.read), one.total_read);
      assert.equal(one.total_to_read, size);
    }
  }
  assert.deepEqual([sent, read], [size, size]);
  assert.ok(events.length > 2);
});

test('HTTP posts its message before the bytes, and the hash that was read after them', async (t) => {
  const { socket, python } = await connected(t);
  const queue = new Queue<Event>();
  socket.setEventQueue(queue);
  const headers = { Host: 'h', N: 5 };
  socket.sendHTTPMessage('PUT', '', '1.1', headers, 'body');
  socket.sendHTTPResponse(204, 'No Content', '1.1', {});
  const head = 'PUT / HTTP/1.1\r\nHost: h\r\nN: 5\r\nContent-Length: 4\r\n\r\nbody';
  const length = head.length;
  assert.deepEqual(eventsOf(queue, socket), [
    { event: 13, message: 'PUT / HTTP/1.1', headers },
    { event: 2, sent: length, total_sent: length, total_to_send: length },
    { event: 13, message: 'HTTP/1.1 204 No Content', headers: {} },
    { event: 2, sent: 27, total_sent: 27, total_to_send: 27 },
  ]);
  thrown(() => socket.sendHTTPMessage('GET', '/', '1.1', { X: 'a\nb' }), 'SOCKET-SEND-ERROR');
  assert.ok(queue.empty(), 'what is refused is not announced');
  await python.run("c.sendall(b'HTTP/1.1 200 OK\\r\\nA: b\\r\\n\\r\\n')");
  const hash = socket.readHTTPHeader(LIMIT);
  assert.deepEqual(eventsOf(queue, socket), [
    { event: 1, read: 25, total_read: 25 },
    { event: 14, headers: hash },
  ]);
});

test('without a queue nothing is kept; a queue can be taken away; accepted sockets have none', async (t) => {
  const { socket, port, python } = listening(t);
  const queue = new Queue<Event>();
  socket.setEventQueue(queue);
  await python.run(`c = socket.create_connection(('127.0.0.1', ${port}))`);
  const accepted = socket.accept(LIMIT)!;
  accepted.send('x');
  accepted.close();
  assert.ok(queue.empty());
  socket.setEventQueue(null);
  socket.setEventQueue();
  socket.close();
  assert.ok(queue.empty());
});

test('one queue may take the events of several objects, each with its id for its whole life', async (t) => {
  const { port } = await pythonListener(t);
  const queue = new Queue<Event>();
  const sockets = [newSocket(t), newSocket(t)];
  for (const socket of sockets) {
    socket.setEventQueue(queue);
    socket.connect(`127.0.0.1:${port}`);
    socket.connect(`127.0.0.1:${port}`);
    socket.destructor();
  }
  const ids = [...queue].map(({ id }) => id);
  assert.deepEqual(
    [...new Set(ids)],
    sockets.map(({ id }) => id),
  );
});

test('a queue with a size is QUEUE-ERROR, for it might be full', () => {
  thrown(() => new Socket().setEventQueue(new Queue(5)), 'QUEUE-ERROR');
});

test('a Queue gives what came first, or last, and says when there is nothing', () => {
  const queue = new Queue<number>();
  queue.push(1);
  queue.push(2);
  queue.insert(0);
  assert.equal(queue.size(), 3);
  assert.equal(queue.max(), -1);
  assert.equal(queue.get(), 0);
  assert.equal(queue.pop('10ms'), 2);
  assert.equal(queue.get(10), 1);
  thrown(() => queue.get(), 'QUEUE-TIMEOUT');
  thrown(() => queue.pop(1), 'QUEUE-TIMEOUT');
  thrown(() => queue.get('later' as '1ms'), 'RUNTIME-TYPE-ERROR');
  const small = new Queue<number>(1);
  small.push(1);
  thrown(() => small.push(2), 'QUEUE-TIMEOUT');
  thrown(() => small.insert(2), 'QUEUE-TIMEOUT');
  assert.equal(small.max(), 1);
  small.clear();
  assert.ok(small.empty());
  for (const size of [0, 1.5, NaN, 'x']) thrown(() => new Queue(size as number), 'RUNTIME-TYPE-ERROR');
  queue.push(7);
  assert.deepEqual([...queue], [7]);
  assert.equal(queue.size(), 0);
});
