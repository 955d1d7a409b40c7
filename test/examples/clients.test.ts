// The examples that are clients, against servers in Python.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { example, Program, python } from './program.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

const httpServer = `
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        body = f"{self.path} for {self.headers['Host']}".encode()
        self.send_response(200)
        if self.path == '/chunked':
            self.send_header('Transfer-Encoding', 'chunked')
            self.end_headers()
            for i in range(0, len(body), 4):
                piece = body[i:i + 4]
                self.wfile.write(b'%x\\r\\n%s\\r\\n' % (len(piece), piece))
            self.wfile.write(b'0\\r\\n\\r\\n')
        elif self.path == '/until-the-end':
            self.send_header('Connection', 'close')
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True
        else:
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)
    def log_message(self, *words): pass
    def address_string(self): return ''
class Unix(HTTPServer):
    address_family = socket.AF_UNIX
    def server_bind(self):
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = 'unix', 0
if len(sys.argv) > 1: server = Unix(sys.argv[1], Handler)
else: server = HTTPServer(('127.0.0.1', 0), Handler)
say('port', server.server_port)
server.serve_forever()
`;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'berkeley-example-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('http-get fetches a page over TCP, with each of the three ways in which a body can end', LIMIT, async (t) => {
  const server = python(t, httpServer);
  const [, port] = await server.prints(/port (\d+)/);
  for (const path of ['/sized', '/chunked', '/until-the-end']) {
    const text = await example(t, 'http-get', `localhost:${port}`, path, 'some.host').ends();
    assert.match(text, /^HTTP\/1\.1 200 OK/);
    assert.ok(text.includes(`${path} for some.host`), text);
  }
});

test('http-get fetches a page over a Unix socket', LIMIT, async (t) => {
  const path = join(folder(t), 'http.sock');
  const server = python(t, httpServer, path);
  await server.prints(/port/);
  assert.match(await example(t, 'http-get', `unix:${path}`, '/here').ends(), /\/here for localhost$/);
});

const redisServer = `
listener = socket.create_server(('127.0.0.1', 0))
say('port', listener.getsockname()[1])
conn, _ = listener.accept()
stream = conn.makefile('rwb')
store = {}
def word():
    n = int(stream.readline()[1:])
    return stream.read(n + 2)[:n]
def bulk(value): return b'$-1\\r\\n' if value is None else b'$%d\\r\\n%s\\r\\n' % (len(value), value)
while True:
    head = stream.readline()
    if not head: break
    name, *args = [word() for _ in range(int(head[1:]))]
    if name == b'PING': answer = b'+PONG\\r\\n'
    elif name == b'SET': store[args[0]] = args[1]; answer = b'+OK\\r\\n'
    elif name == b'GET': answer = bulk(store.get(args[0]))
    elif name == b'STRLEN': answer = b':%d\\r\\n' % len(store[args[0]])
    elif name == b'DEL': answer = b':%d\\r\\n' % (store.pop(args[0], None) is not None)
    stream.write(answer)
    stream.flush()
`;

const redisAnswers = /^PING → PONG\nSET → OK\nGET → <Buffer 00 0d 0a ff>\nSTRLEN → 4\nDEL → 1\nGET → null\n$/;

test('redis-ping pipelines commands with binary values', LIMIT, async (t) => {
  const server = python(t, redisServer);
  const [, port] = await server.prints(/port (\d+)/);
  assert.match(await example(t, 'redis-ping', `127.0.0.1:${port}`).ends(), redisAnswers);
});

const redis = spawnSync('redis-server', ['--version']).status === 0;
const skip = redis || process.env['BERKELEY_CI'] !== undefined ? false : 'redis-server is not installed';

test('redis-ping talks to a real Redis server', { ...LIMIT, skip }, async (t) => {
  const path = join(folder(t), 'redis.sock');
  const args = ['--port', '0', '--unixsocket', path, '--save', '', '--appendonly', 'no', '--dir', join(path, '..')];
  const server = new Program(t, 'redis-server', args, ['ignore', 'pipe', 'pipe']);
  await server.prints(/ready to accept connections/i);
  assert.match(await example(t, 'redis-ping', `unix:${path}`).ends(), redisAnswers);
  server.process.kill('SIGTERM');
  await server.ends();
});

test('port-prober tells open from closed ports', LIMIT, async (t) => {
  const server = python(
    t,
    `
listener, bound = socket.create_server(('127.0.0.1', 0)), socket.socket()
bound.bind(('127.0.0.1', 0))  # taken, so that nobody else can listen there, and not listening
say('ports', listener.getsockname()[1], bound.getsockname()[1])
listener.accept()
`,
  );
  const [, open, closed] = await server.prints(/ports (\d+) (\d+)/);
  const text = await example(t, 'port-prober', '127.0.0.1', open!, closed!).ends();
  assert.match(text, new RegExp(`^${open} open \\([\\d.]+ ms\\)\\n${closed} closed\\n$`));
});

test('blocking-client sends words and prints the answers', LIMIT, async (t) => {
  const server = python(
    t,
    `
listener = socket.create_server(('127.0.0.1', 0))
say('port', listener.getsockname()[1])
conn, _ = listener.accept()
for line in conn.makefile('rb'): conn.sendall(line.upper())
`,
  );
  const [, port] = await server.prints(/port (\d+)/);
  const text = await example(t, 'blocking-client', `127.0.0.1:${port}`, 'one', 'zwölf').ends();
  assert.match(text, /^ONE \([\d.]+ ms\)\nZW.+LF \([\d.]+ ms\)\n$/u);
  await server.ends();
});

test('read-lines numbers lines, takes long ones in pieces and the last one without its line end', LIMIT, async (t) => {
  const server = python(
    t,
    `
listener = socket.create_server(('127.0.0.1', 0))
say('port', listener.getsockname()[1])
conn, _ = listener.accept()
request = conn.makefile('rb').read()
conn.sendall(request + b'second\\n' + b'x' * 250 + b'\\r\\n' + b'last')
conn.close()
`,
  );
  const [, port] = await server.prints(/port (\d+)/);
  const text = await example(t, 'read-lines', `127.0.0.1:${port}`, 'first').ends();
  const lines = text.split('\n');
  assert.deepEqual(lines, [
    '   1  first',
    '   2  second',
    `   …  ${'x'.repeat(200)}`,
    `   3  ${'x'.repeat(50)}`,
    '   4  last',
    `4 lines, ${7 + 7 + 252 + 4} bytes`,
    '',
  ]);
});
