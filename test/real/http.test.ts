// HTTP heads against real programs, in both colours: nginx and Python's http.server answer our requests, Python's http.client and
// curl visit a server of ours.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { HttpHead, HttpRequest } from 'berkeley';
import fc from 'fast-check';
import { pki } from '../support/pki.js';
import { startPython } from '../support/python.js';
import { installed, startNginx } from '../support/server.js';
import { colours, type Conn, type Listener } from './colours.js';

const limit = { timeout: '20s' } as const;
const page = Buffer.from('<h1>hello</h1>\n');
const picture = randomBytes(300_000);

/** A head, and the body that belongs to it. */
async function message(conn: Conn, toHead = false): Promise<{ head: HttpHead; body: Buffer }> {
  const head = await conn.readHttpHead(limit);
  assert.ok(head !== null);
  const length = toHead ? 0 : Number(head.headers['content-length'] ?? 0);
  return { head, body: await conn.readExact(length, limit) };
}

for (const { name, net } of colours) {
  for (const secure of [false, true])
    test(`nginx answers requests ${secure ? 'over TLS' : 'in the clear'}, one by one and pipelined (${name})`, async (t) => {
      const program = installed(t, 'nginx');
      if (program === null) return;
      const tls = secure ? { certificate: pki().server } : undefined;
      const server = await startNginx(t, program, { 'page.html': page, 'picture.bin': picture }, tls);
      const options = secure ? { tls: { ca: pki().root.cert, serverName: 'localhost' } } : {};
      const conn = await net.connect(`${server.host}:${server.port}`, { ...limit, ...options });
      t.after(() => conn.abort());
      const headers = { Host: 'localhost', Accept: ['text/html', 'image/*'] };
      const ask = (method: string, path: string, more: Partial<HttpRequest> = {}): Promise<number> =>
        conn.writeHttpRequest({ method, path, headers, ...more }, limit);

      await ask('GET', '/page.html');
      const first = await message(conn);
      assert.deepEqual([first.head.status, first.head.reason, first.head.version], [200, 'OK', '1.1']);
      assert.equal(first.head.headers['content-type'], 'text/html');
      assert.match(String(first.head.headers['server']), /^nginx/);
      assert.deepEqual(first.body, page);

      await ask('HEAD', '/picture.bin');
      await ask('GET', '/picture.bin');
      await ask('GET', '/nothing');
      await ask('POST', '/page.html', { body: Buffer.alloc(100_000, 'x') });
      await ask('GET', '/picture.bin', { headers: { ...headers, Range: 'bytes=5-9' } });
      const head = await message(conn, true);
      assert.equal(head.head.headers['content-length'], '300000');
      assert.ok((await message(conn)).body.equals(picture));
      assert.equal((await message(conn)).head.status, 404);
      const posted = (await message(conn)).head;
      assert.deepEqual([posted.status, posted.reason], [405, 'Not Allowed']);
      assert.deepEqual((await message(conn)).body, picture.subarray(5, 10));

      await ask('GET', '/page.html', { version: '1.0', headers: { host: 'localhost' } });
      const last = await message(conn);
      assert.equal(last.head.headers['connection'], 'close');
      assert.equal(await conn.readHttpHead(limit), null, 'nginx ends the connection');
      await conn.close();
      assert.equal(conn.closeInfo?.clean, true);
    });

  test(`Python's http.server reads what we wrote, and we its answers (${name})`, async (t) => {
    const server = startPython(t, HTTP_SERVER);
    const conn = await net.connect(`127.0.0.1:${await server.line()}`, limit);
    t.after(() => conn.abort());
    for (const r of fc.sample(requests, { numRuns: 150, seed: 5 })) {
      await conn.writeHttpRequest(r, limit);
      const { head, body } = await message(conn);
      assert.equal(head.status, 207);
      assert.deepEqual(head.headers['set-cookie'], ['a=1', 'b=2']);
      const [line, pairs, sent] = JSON.parse(String(body)) as [string, [string, string][], string];
      assert.equal(line, `${r.method} ${r.path} HTTP/1.1`);
      const given = r.headers as [string, string][];
      const added = r.body === undefined && r.method === 'GET' ? [] : [['Content-Length', String(bytesOf(r).length)]];
      assert.deepEqual(pairs, [...given, ...added]);
      assert.equal(sent, bytesOf(r).toString('hex'));
    }
    await conn.close();
  });

  test(`Python's http.client visits our server (${name})`, async (t) => {
    const listener = await net.listen('127.0.0.1:0');
    t.after(() => listener.close());
    const client = startPython(t, HTTP_CLIENT, { args: [String(listener.address.port)] });
    const seen = await serve(listener);
    assert.deepEqual(seen, ['GET /?q=%20x 0', 'POST /p 5', 'PUT /chunks chunked', 'HEAD /h 0', 'GET /last 0']);
    assert.equal(await client.line(), 'all is well');
    await client.end();
  });

  test(`curl visits our server over TLS (${name})`, async (t) => {
    const curl = installed(t, 'curl');
    if (curl === null) return;
    const { server, root } = pki();
    const listener = await net.listen('127.0.0.1:0', { tls: { cert: server.cert, key: server.key } });
    t.after(() => listener.close());
    const url = `https://localhost:${listener.address.port}`;
    const words = ['-4sSi', '--http1.1', '--max-time', '15', '--cacert', root.certFile];
    const post = ['-da=1', '-HX-A: 1', '-HX-A: 2', `${url}/one`, `${url}/last`];
    const visit = promisify(execFile)(curl, [...words, ...post]);
    // If curl fails, that is told below, after the server has waited for it in vain.
    visit.catch(() => undefined);
    const seen = await serve(listener);
    assert.deepEqual(seen, ['POST /one 3', 'POST /last 3']);
    const { stdout } = await visit;
    assert.match(stdout, /^HTTP\/1\.1 200 OK\r\nX-Path: \/one\r\nContent-Length: \d+\r\n\r\n/);
    assert.ok(stdout.includes('["X-A","1"],["X-A","2"]'), stdout);
  });
}

/** Answers what comes on one connection with what has come, until it was asked for /last. */
async function serve(listener: Listener): Promise<string[]> {
  const seen: string[] = [];
  const conn = await listener.accept(limit);
  for (let path; path !== '/last';) {
    const { head, body } = await message(conn);
    path = head.path!;
    if (head.headers['transfer-encoding'] === 'chunked') {
      for (;;) {
        const size = parseInt((await conn.readLine(limit)) ?? '', 16);
        await conn.readExact(size + 2, limit);
        if (size === 0) break;
      }
      seen.push(`${head.method} ${path} chunked`);
    } else seen.push(`${head.method} ${path} ${body.length}`);
    const isHead = head.method === 'HEAD';
    await conn.writeHttpResponse(
      {
        status: isHead ? 204 : 200,
        headers: { 'X-Path': path, ...(path === '/last' ? { Connection: 'close' } : {}) },
        ...(isHead ? {} : { body: JSON.stringify(head.raw) }),
      },
      limit,
    );
  }
  await conn.close(limit);
  return seen;
}

function bytesOf({ body }: HttpRequest): Buffer {
  return body === undefined ? Buffer.alloc(0) : Buffer.from(body as Uint8Array);
}

const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const name = fc.string({ unit: visible.filter((c) => !'"(),/:;<=>?@[\\]{}'.includes(c)), minLength: 1, maxLength: 12 });
// Python ends a line at U+0085, too, which it should not (RFC 9110 §5.5: obs-text).
const latin1 = fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f && code !== 0x85);
const value = fc
  .string({ unit: latin1.map((code) => String.fromCharCode(code)), maxLength: 30 })
  .map((text) => text.trim());
const requests: fc.Arbitrary<HttpRequest> = fc.record(
  {
    method: fc.constantFrom('GET', 'POST', 'PUT'),
    // http.server takes //x for /x.
    path: fc.string({ unit: visible, maxLength: 20 }).map((rest) => `/p${rest}`),
    headers: fc.array(
      fc.tuple(
        name.map((one) => `X-${one}`),
        value,
      ),
      { maxLength: 6 },
    ),
    body: fc.uint8Array({ maxLength: 40 }),
  },
  { requiredKeys: ['method', 'path', 'headers'] },
);

const HTTP_SERVER = `
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    def answer(self):
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        text = json.dumps([self.requestline, self.headers.items(), body.hex()]).encode()
        self.send_response(207)
        self.send_header('Set-Cookie', 'a=1')
        self.send_header('Set-Cookie', 'b=2')
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    do_GET = do_POST = do_PUT = answer
    def log_message(self, *words): pass
server = HTTPServer(('127.0.0.1', 0), Handler)
say(server.server_port)
server.handle_request()
`;

const HTTP_CLIENT = `
import http.client, json
c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=15)
def ask(method, path, **more):
    c.request(method, path, **more)
    r = c.getresponse()
    assert r.getheader('X-Path') == path, r.getheaders()
    return r.status, r.reason, r.read()
assert json.loads(ask('GET', '/?q=%20x', headers={'A': 'b'})[2])[-1] == ['A', 'b']
status, reason, body = ask('POST', '/p', body=b'12345')
assert (status, reason) == (200, 'OK') and ['Content-Length', '5'] in json.loads(body)
ask('PUT', '/chunks', body=iter([b'one', b'two']), encode_chunked=True, headers={'Transfer-Encoding': 'chunked'})
assert ask('HEAD', '/h') == (204, 'No Content', b'')
assert c.sock is not None
ask('GET', '/last')
assert c.sock is None
say('all is well')
`;
