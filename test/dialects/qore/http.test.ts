// HTTP of a Qore Socket: what goes out, byte by byte, what comes in, and what is refused. Python at the other end, and nginx.

import assert from 'node:assert/strict';
import test from 'node:test';
import { EVENT_HTTP_MESSAGE_RECEIVED, EVENT_HTTP_SEND_MESSAGE, Queue, type HttpHeaders } from 'berkeley/dialects/qore';
import { installed, startNginx } from '../../support/server.js';
import { connected, eventsOf, LIMIT, newSocket, thrown } from './kit.js';

const READ = '[c.recv(65536)] if select.select([c], [], [], 5)[0] else []';

test('a request has its first line, its headers in order, and the length of its body once and in bytes', async (t) => {
  const { socket, python } = await connected(t);
  const sent = async (): Promise<unknown> => python.value(`(${READ})[0].decode()`);
  assert.equal(socket.sendHTTPMessage('POST', '/RPC2', '1.1', { 'Content-Type': 'text/xml' }, '<é/>'), null);
  assert.equal(await sent(), 'POST /RPC2 HTTP/1.1\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n\r\n<é/>');
  socket.sendHTTPMessage('POST', '/x', '1.0', { 'content-length': 999, Host: 'h' }, Buffer.from([65]));
  assert.equal(await sent(), 'POST /x HTTP/1.0\r\nHost: h\r\nContent-Length: 1\r\n\r\nA');
  socket.sendHTTPMessage('GET', '', '1.1', {});
  assert.equal(await sent(), 'GET / HTTP/1.1\r\n\r\n');
  socket.sendHTTPMessage('GET', 'none', '1.1', {});
  assert.equal(await sent(), 'GET /none HTTP/1.1\r\n\r\n');
  socket.sendHTTPMessage('OPTIONS', '*', '1.1', {});
  assert.equal(await sent(), 'OPTIONS * HTTP/1.1\r\n\r\n');
  const headers = { A: 1, B: 1.5, C: true, D: false, E: ['x', 2], F: null, G: 2n ** 60n, H: undefined };
  socket.sendHTTPMessage('GET', '/', '1.1', headers);
  assert.equal(
    await sent(),
    'GET / HTTP/1.1\r\nA: 1\r\nB: 1.500000\r\nC: 1\r\nD: 0\r\nE: x\r\nE: 2\r\nG: 1152921504606846976\r\n\r\n',
  );
  socket.setCharset('ISO-8859-1');
  socket.sendHTTPMessage('POST', '/', '1.1', {}, 'é');
  assert.equal(
    await python.value(`(${READ})[0].hex()`),
    Buffer.from('POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\né', 'latin1').toString('hex'),
  );
});

test('a response has its status in three digits and its description', async (t) => {
  const { socket, python } = await connected(t);
  const sent = async (): Promise<unknown> => python.value(`(${READ})[0].decode()`);
  assert.equal(socket.sendHTTPResponse(200, 'OK', '1.1', { Connection: 'Keep-Alive' }), null);
  assert.equal(await sent(), 'HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n');
  socket.sendHTTPResponse('404', 'Not Found', '1.0', {}, 'nothing');
  assert.equal(await sent(), 'HTTP/1.0 404 Not Found\r\nContent-Length: 7\r\n\r\nnothing');
  socket.sendHTTPResponse(599, 'Far Away', '1.1', { 'Transfer-Encoding': 'chunked' });
  assert.equal(await sent(), 'HTTP/1.1 599 Far Away\r\nTransfer-Encoding: chunked\r\n\r\n');
});

test('a status outside 100 to 599 is SOCKET-SENDHTTPRESPONSE-STATUS-ERROR, and nothing is sent', async (t) => {
  const { socket, python } = await connected(t);
  for (const status of [99, 0, -1, 600, 1000, '99', 99.9])
    thrown(() => socket.sendHTTPResponse(status, 'No', '1.1', {}), 'SOCKET-SENDHTTPRESPONSE-STATUS-ERROR');
  thrown(() => socket.sendHTTPResponse('OK', 'No', '1.1', {}), 'RUNTIME-TYPE-ERROR');
  await sentNothing(socket, python);
});

test('CR, LF and NUL are refused wherever they are put, and nothing is sent', async (t) => {
  const { socket, python } = await connected(t);
  for (const bad of ['\r', '\n', '\r\nX: y', '\0']) {
    for (const call of [
      () => socket.sendHTTPMessage(`GET${bad}`, '/', '1.1', {}),
      () => socket.sendHTTPMessage('GET', `/${bad}`, '1.1', {}),
      () => socket.sendHTTPMessage('GET', '/', `1.1${bad}`, {}),
      () => socket.sendHTTPMessage('GET', '/', '1.1', { [`X${bad}`]: 'v' }),
      () => socket.sendHTTPMessage('GET', '/', '1.1', { X: `v${bad}w` }),
      () => socket.sendHTTPMessage('GET', '/', '1.1', { X: ['ok', `v${bad}w`] }, 'body'),
      () => socket.sendHTTPResponse(200, `O${bad}K`, '1.1', {}),
      () => socket.sendHTTPResponse(200, 'OK', '1.1', { X: `v${bad}w` }),
    ])
      thrown(call, 'SOCKET-SEND-ERROR');
  }
  thrown(() => socket.sendHTTPMessage('GET /', '/', '1.1', {}), 'SOCKET-SEND-ERROR');
  thrown(() => socket.sendHTTPMessage('GET', '/a b', '1.1', {}), 'SOCKET-SEND-ERROR');
  for (const headers of [null, 'X: y', ['X'], 5])
    thrown(() => socket.sendHTTPMessage('GET', '/', '1.1', headers as unknown as HttpHeaders), 'RUNTIME-TYPE-ERROR');
  thrown(() => socket.sendHTTPMessage(1 as unknown as string, '/', '1.1', {}), 'RUNTIME-TYPE-ERROR');
  thrown(() => socket.sendHTTPMessage('GET', '/', '1.1', {}, 5 as unknown as string), 'RUNTIME-TYPE-ERROR');
  socket.setCharset('US-ASCII');
  thrown(() => socket.sendHTTPMessage('POST', '/', '1.1', {}, 'é'), 'ENCODING-CONVERSION-ERROR');
  socket.setCharset('nonsense');
  thrown(() => socket.sendHTTPMessage('POST', '/', '1.1', {}, 'x'), 'ENCODING-CONVERSION-ERROR');
  await sentNothing(socket, python);
});

test('a send that fails is SOCKET-SEND-ERROR, with the words of the system', async (t) => {
  const { socket, python } = await connected(t);
  await python.run('c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close()');
  assert.equal(socket.isDataAvailable(LIMIT), true);
  const { desc } = thrown(() => socket.sendHTTPMessage('GET', '/', '1.1', {}), 'SOCKET-SEND-ERROR');
  assert.match(desc, /Connection reset by peer|Broken pipe/);
});

test('readHTTPHeader makes a hash of a request and of a response, and leaves the body', async (t) => {
  const { socket, python } = await connected(t);
  socket.setCharset('ISO-8859-1');
  const put = (bytes: string): Promise<void> => python.run(`c.sendall(${JSON.stringify(bytes)}.encode('latin1'))`);
  await put('POST /a%20b?c HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nX-TWO:  2 \r\nContent-Length: 3\r\n\r\né\r\nrest');
  assert.deepEqual(socket.readHTTPHeader(LIMIT), {
    http_version: '1.1',
    method: 'POST',
    path: '/a%20b?c',
    host: 'h',
    'x-two': ['1', '2'],
    'content-length': '3',
  });
  assert.equal(socket.recv(3, LIMIT), 'é\r\n');
  assert.equal(socket.recv(4, LIMIT), 'rest');
  assert.equal(socket.getCharset(), 'ISO-8859-1');
  await put('HTTP/1.0 404 Not Found\n\n');
  assert.deepEqual(socket.readHTTPHeader('10s'), {
    http_version: '1.0',
    status_code: 404,
    status_message: 'Not Found',
  });
  await put('HTTP/1.1 200 \r\nA: b\r\n\r\n');
  assert.deepEqual(socket.readHTTPHeader(), { http_version: '1.1', status_code: 200, a: 'b' });
});

test('no field passes for what the first line says, or for a prototype', async (t) => {
  const { socket, python } = await connected(t);
  await python.run(
    "c.sendall(b'GET /real HTTP/1.1\\r\\npath: /fake\\r\\nMethod: PUT\\r\\nhttp_version: 9\\r\\nstatus_code: 1\\r\\nstatus_message: m\\r\\n__proto__: p\\r\\nconstructor: c\\r\\n\\r\\n')",
  );
  const hash = socket.readHTTPHeader(LIMIT);
  assert.ok(typeof hash !== 'string');
  assert.deepEqual(Object.keys(hash), ['http_version', 'method', 'path', '__proto__', 'constructor']);
  assert.equal(hash.path, '/real');
  assert.equal(hash.method, 'GET');
  assert.equal(Object.getPrototypeOf(hash), Object.prototype);
});

test('what is no header is returned as text; the end, a limit and a flood are exceptions', async (t) => {
  const { socket, python } = await connected(t);
  await python.run("c.sendall(b'SSH-2.0-OpenSSH\\r\\n')");
  assert.equal(socket.readHTTPHeader(LIMIT), 'SSH-2.0-OpenSSH\r\n');
  await python.run("c.sendall(b'GET / HTTP/1.1\\r\\nA: b\\r\\n folded\\r\\n\\r\\n')");
  assert.equal(socket.readHTTPHeader(LIMIT), 'GET / HTTP/1.1\r\nA: b\r\n folded\r\n');
  assert.equal(socket.recv(2, LIMIT), '\r\n');
  await python.run("c.sendall(b'GET / HT')");
  thrown(() => socket.readHTTPHeader('40ms'), 'SOCKET-TIMEOUT');
  await python.run("c.sendall(b'TP/1.1\\r\\nX: ' + b'y' * 17000)");
  thrown(() => socket.readHTTPHeader(LIMIT), 'SOCKET-HTTP-ERROR');
  socket.recv(14 + 5 + 17000, LIMIT);
  await python.run("c.sendall(b'GET / HTTP/1.1\\r\\nA'); c.close()");
  assert.deepEqual(thrown(() => socket.readHTTPHeader(LIMIT), 'SOCKET-CLOSED').arg, Buffer.from('GET / HTTP/1.1\r\nA'));
  socket.recv(-1);
  assert.equal(thrown(() => socket.readHTTPHeader(LIMIT), 'SOCKET-CLOSED').arg, null);
});

test('a header is as long as its bytes, however many lines they are', async (t) => {
  const { socket, python } = await connected(t);
  await python.run(
    `c.sendall(b'GET / HTTP/1.1\\r\\n' + b''.join(b'h%d: v\\r\\n' % i for i in range(500)) + b'\\r\\n')`,
  );
  const header = socket.readHTTPHeader(LIMIT) as Record<string, unknown>;
  assert.equal(header['h499'], 'v');
});

test('nginx answers a client of Qore', async (t) => {
  const program = installed(t, 'nginx');
  if (program === null) return;
  const page = Buffer.from('<h1>Qore</h1>\n');
  const server = await startNginx(t, program, { 'page.html': page });
  const socket = newSocket(t);
  for (const dest of [`127.0.0.1:${server.port}`, server.path]) {
    const queue = new Queue();
    socket.connect(dest, LIMIT);
    socket.setEventQueue(queue);
    for (const path of ['/page.html', 'page.html']) {
      const headers = { Host: 'localhost', Accept: '*/*', Connection: 'Keep-Alive' };
      socket.sendHTTPMessage('GET', path, '1.1', headers);
      const hash = socket.readHTTPHeader(LIMIT);
      assert.ok(typeof hash !== 'string');
      assert.equal(hash.status_code, 200);
      assert.equal(hash.status_message, 'OK');
      assert.equal(hash['content-length'], String(page.length));
      assert.deepEqual(socket.recvBinary(page.length, LIMIT), page);
      const events = eventsOf(queue, socket);
      assert.deepEqual(events[0], { event: EVENT_HTTP_SEND_MESSAGE, message: 'GET /page.html HTTP/1.1', headers });
      assert.deepEqual(
        events.filter(({ event }) => event === EVENT_HTTP_MESSAGE_RECEIVED),
        [{ event: EVENT_HTTP_MESSAGE_RECEIVED, headers: hash }],
      );
    }
    socket.sendHTTPMessage('GET', '/none', '1.0', {});
    const missing = socket.readHTTPHeader(LIMIT);
    assert.ok(typeof missing !== 'string' && missing.status_code === 404);
    assert.match(socket.recv(-1, LIMIT), /nginx/);
    socket.setEventQueue();
  }
});

async function sentNothing(
  socket: Awaited<ReturnType<typeof connected>>['socket'],
  python: Awaited<ReturnType<typeof connected>>['python'],
): Promise<void> {
  socket.sendBinary('.');
  assert.equal(await python.value('c.recv(1000).decode()'), '.');
}
