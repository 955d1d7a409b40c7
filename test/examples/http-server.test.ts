// The example that is an HTTP server, visited by curl and by clients that misbehave.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { installed, temporaryFolder } from '../support/server.js';
import { example, listeningOn, python } from './program.js';

test('http-server serves the files of a folder and nothing else', { timeout: 20_000 }, async (t) => {
  const curl = installed(t, 'curl');
  if (curl === null) return;
  const outside = temporaryFolder(t);
  const folder = join(outside, 'public');
  mkdirSync(folder);
  const film = randomBytes(3 << 20);
  writeFileSync(join(folder, 'film ö.bin'), film);
  writeFileSync(join(outside, 'secret'), 'secret');
  symlinkSync('../secret', join(folder, 'link'));

  const server = example(t, 'http-server', '127.0.0.1:0', folder, '10');
  const url = `http://${await listeningOn(server)}`;
  const get = async (...words: string[]): Promise<Buffer> => {
    const all = ['-4si', '--max-time', '15', '--path-as-is', ...words];
    return (await promisify(execFile)(curl, all, { encoding: 'buffer', maxBuffer: 1 << 24 })).stdout;
  };
  const page = await get(`${url}/film%20%c3%b6.bin?x=1`);
  const end = page.indexOf('\r\n\r\n') + 4;
  assert.equal(
    String(page.subarray(0, end)),
    'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3145728\r\n\r\n',
  );
  assert.ok(page.subarray(end).equals(film));
  assert.match(String(await get('-I', `${url}/film%20%c3%b6.bin`)), /^HTTP\/1\.1 200 OK\r\n[^]*: 3145728\r\n\r\n$/);
  for (const path of ['/nothing', '/', '/../secret', '/%2e%2e/secret', '/link', '/%00'])
    assert.match(String(await get(url + path)), /^HTTP\/1\.1 404 Not Found\r\n[^]*\r\n\r\n404\n$/, path);
  assert.match(String(await get('-d', 'a=1', `${url}/x`)), /^HTTP\/1\.1 405 [^]*Allow: GET, HEAD\r\n/);

  const [, port] = /:(\d+)$/.exec(url)!;
  const client = python(
    t,
    `
conn = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
conn.sendall(b'GET / HTTP/1.1\\r\\nHost : x\\r\\n')
say(conn.makefile('rb').read().split(b'\\r\\n')[0].decode())
`,
    port!,
  );
  assert.equal(await client.ends(), 'HTTP/1.1 400 Bad Request\n');
  const log = await server.ends();
  assert.match(log, /line 2 has white space before the colon 400\n$/);
});
