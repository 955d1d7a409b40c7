// nginx at the other end: HTTP/1.1 by hand, in both colours.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { installed, startNginx, type Server } from '../support/server.js';
import { colours, type Conn } from './colours.js';

const page = Buffer.from('<h1>hello</h1>\n');
const picture = randomBytes(300_000);

for (const { name, net } of colours) {
  for (const transport of ['tcp', 'unix'] as const) {
    test(`nginx answers requests over ${transport} and keeps the connection (${name})`, async (t) => {
      const program = installed(t, 'nginx');
      if (program === null) return;
      const server = await startNginx(t, program, { 'page.html': page, 'picture.bin': picture });
      const conn = await net.connect(targetOf(server, transport), { timeout: '10s' });
      try {
        await conn.write(request('/page.html'));
        const first = await response(conn);
        assert.equal(first.status, 200);
        assert.equal(first.headers.get('connection'), 'keep-alive');
        assert.deepEqual(first.body, page);

        // Two requests in one write; the answers come one behind the other.
        await conn.write([request('/picture.bin'), request('/nothing')]);
        const second = await response(conn);
        assert.equal(second.status, 200);
        assert.ok(second.body.equals(picture));
        assert.equal((await response(conn)).status, 404);

        await conn.write(request('/page.html', 'Connection: close'));
        const last = await response(conn);
        assert.deepEqual(last.body, page);
        assert.equal(await conn.read(undefined, { timeout: '10s' }), null, 'nginx ends the connection');
      } finally {
        await conn.close();
      }
      assert.equal(conn.closeInfo?.by, 'remote');
      assert.equal(conn.closeInfo.clean, true);
    });
  }

  test(`a hundred connections to nginx, four at a time, are each answered (${name})`, async (t) => {
    const program = installed(t, 'nginx');
    if (program === null) return;
    const server = await startNginx(t, program, { 'page.html': page });
    for (let round = 0; round < 25; round++) {
      const conns = [];
      for (let i = 0; i < 4; i++) conns.push(await net.connect(targetOf(server, 'tcp'), { timeout: '10s' }));
      for (const conn of conns) await conn.write(request('/page.html'));
      for (const conn of conns) assert.deepEqual((await response(conn)).body, page);
      for (const conn of conns) await conn.close();
    }
  });
}

function targetOf(server: Server, transport: 'tcp' | 'unix'): string {
  return transport === 'tcp' ? `${server.host}:${server.port}` : `unix:${server.path}`;
}

function request(path: string, ...headers: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
}

interface Response {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

async function response(conn: Conn): Promise<Response> {
  const limit = { timeout: '10s' } as const;
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec((await conn.readLine(limit)) ?? '') ?? [];
  assert.ok(status !== undefined, 'a status line');
  const headers = new Map<string, string>();
  for (;;) {
    const line = await conn.readLine(limit);
    if (line === '') break;
    const [, field, value] = /^([^:]+): *(.*)$/.exec(line ?? '') ?? [];
    assert.ok(field !== undefined && value !== undefined, `a header line, not ${line}`);
    headers.set(field.toLowerCase(), value);
  }
  return { status: Number(status), headers, body: await conn.readExact(Number(headers.get('content-length')), limit) };
}
