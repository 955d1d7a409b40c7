// The examples that are clients, against servers in Python.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { example, python } from './program.js';

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
