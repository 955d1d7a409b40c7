// Owns the tests of HTTP heads on every transport: what is read, what stays, what goes out. Which bytes are a head is the
// business of test/codec/http.

import assert from 'node:assert/strict';
import { LimitError, type HttpHead } from 'berkeley';
import { failure, onEvery } from '../support/matrix.js';

const REQUEST = 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n';

onEvery('a head is read in any segmentation, and the body is left to the byte', async (it) => {
  for (const op of ['send', 'dribble'] as const) {
    const { conn } = await it.open([[op, { text: `${REQUEST}\r\nbody\r\n` }], [op, { text: REQUEST }], ['close']]);
    const head = await conn.readHttpHead();
    assert.equal(head!.method, 'POST');
    assert.equal(head!.headers['content-length'], '8');
    assert.equal(String(await conn.readExact(8)), '\r\nbody\r\n');
    assert.deepEqual(await conn.readHttpHead(), head);
    assert.equal(await conn.readHttpHead(), null);
    assert.equal(await conn.read(), null);
  }
});

onEvery('requests that come together are read one by one, mixed with lines and bytes', async (it) => {
  const text = 'GET /1 HTTP/1.1\r\n\r\n\r\nGET /2 HTTP/1.1\nA: b\n\nline\nHTTP/1.1 200 OK\r\n\r\nrest';
  const { conn } = await it.open([['send', { text }], ['close']]);
  const paths = [await conn.readHttpHead(), await conn.readHttpHead()].map((head: HttpHead | null) => head?.path);
  assert.deepEqual(paths, ['/1', '/2']);
  assert.equal(await conn.readLine(), 'line');
  assert.equal((await conn.readHttpHead())!.status, 200);
  assert.equal(String(await conn.readAll()), 'rest');
});

onEvery('promise 1: a head whose limit is spent in the middle has consumed nothing', async (it) => {
  const { conn, peer } = await it.open([
    ['send', { text: '\r\nGET / HTTP/1.1\r\nA: b\r\nC' }],
    ['mark', 'half'],
    ['wait'],
    ['send', { text: ': d\r\n\r\nbody' }],
    ['close'],
  ]);
  await peer.mark('half');
  await conn.peek(25);
  await failure(() => conn.readHttpHead({ timeout: 0 }), 'ETIMEDOUT');
  await failure(() => conn.readHttpHead({ timeout: 15 }), 'ETIMEDOUT');
  assert.equal(String(await conn.peek(25)), '\r\nGET / HTTP/1.1\r\nA: b\r\nC');
  peer.go();
  assert.deepEqual((await conn.readHttpHead())!.raw, [
    ['A', 'b'],
    ['C', 'd'],
  ]);
  assert.equal(String(await conn.readAll()), 'body');
});

onEvery('what is no head is an error before the rest has come, and all of it can be read another way', async (it) => {
  const bytes = 'GET / HTTP/1.1\r\nA : b\r\nmore';
  const { conn, peer } = await it.open([['send', { text: bytes }], ['wait'], ['close']]);
  const error = await failure(() => conn.readHttpHead(), 'ERR_HTTP_HEAD');
  assert.equal(error.phase, 'read');
  assert.equal(String(error.partial), 'GET / HTTP/1.1\r\nA : b\r\n');
  assert.match(error.message, /line 2 has white space before the colon/);
  assert.match(error.hint!, /Nothing was consumed/);
  await failure(() => conn.readHttpHead(), 'ERR_HTTP_HEAD');
  assert.equal(String(await conn.readExact(bytes.length)), bytes);
  peer.go();
  assert.equal(await conn.readHttpHead(), null);
});

onEvery('the end in the middle of a head is an error that carries what had arrived', async (it) => {
  const { conn } = await it.open([['send', { text: 'HTTP/1.1 200 OK\r\nA' }], ['close']]);
  const error = await failure(() => conn.readHttpHead(), 'ERR_HTTP_HEAD');
  assert.equal(String(error.partial), 'HTTP/1.1 200 OK\r\nA');
  assert.match(error.message, /the stream ended after 18 bytes, in the middle of the head/);
  assert.equal(String(await conn.readAll()), 'HTTP/1.1 200 OK\r\nA');
});

onEvery('a head is bounded: 64 KiB and 100 headers unless told, and a LimitError consumes nothing', async (it) => {
  const line = (i: number): string => `h${i}: v\r\n`;
  const many = Array.from({ length: 101 }, (_, i) => line(i)).join('');
  const wide = `x: ${'y'.repeat(65_536)}\r\n`;
  for (const headers of [many, wide]) {
    const text = `GET / HTTP/1.1\r\n${headers}\r\nbody`;
    const { conn } = await it.open([['send', { text }], ['close']]);
    for (const o of [{}, { max: 65_536 }, { max: 16 }, { maxHeaders: 0 }]) {
      const error = await failure(() => conn.readHttpHead(o), 'ERR_LIMIT');
      assert.ok(error instanceof LimitError);
    }
    // A larger limit for the bytes lets more headers in, too, unless it is told otherwise.
    if (headers === many) await failure(() => conn.readHttpHead({ max: 1 << 20, maxHeaders: 100 }), 'ERR_LIMIT');
    assert.ok((await conn.readHttpHead({ max: 1 << 20 }))!.raw.length > 0);
    assert.equal(String(await conn.readAll()), 'body');
  }
});

const LONG = (process.env['BERKELEY_HEAVY'] ? 64 : 4) << 20;

onEvery(
  'a very long line, and 10,000 headers, take time that grows with their size',
  async (it) => {
    const headers = Array.from({ length: 10_000 }, (_, i) => `h${i}: v\r\n`).join('');
    const { conn } = await it.open([
      ['send', { text: `GET / HTTP/1.1\r\n${headers}long: ` }],
      ['line', LONG],
      ['send', { text: '\r\n\r\n' }],
      ['close'],
    ]);
    await conn.peek(1);
    const begun = performance.now();
    const head = await conn.readHttpHead({ max: LONG * 2 });
    assert.equal(head!.raw.length, 10_001);
    assert.equal(head!.headers['long']!.length, LONG);
    // With the square of the size it would be minutes.
    assert.ok(performance.now() - begun < LONG / 1024);
  },
  { transports: ['tcp4', 'tls'] },
);

onEvery('messages go out whole, and the number of bytes is that of head and body', async (it) => {
  const { conn, peer } = await it.open([['recvall']]);
  const body = Buffer.alloc(100_000, 'b');
  const small = 'PUT /s HTTP/1.1\r\nhost: x\r\nContent-Length: 3\r\n\r\nzö';
  const large = 'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n';
  const sent = await Promise.all([
    conn.writeHttpRequest({ method: 'PUT', path: '/s', headers: { host: 'x' }, body: 'zö' }),
    conn.writeHttpResponse({ status: 200, body }),
    conn.writeHttpResponse({ status: 204 }),
  ]);
  assert.deepEqual(sent, [Buffer.byteLength(small), large.length + body.length, 27]);
  await conn.closeWrite();
  const facts = await peer.done('recvall');
  assert.equal(facts.length, sent[0] + sent[1] + sent[2]);
  const head = Buffer.from(facts.head, 'hex').toString();
  assert.ok(head.startsWith(`${small}${large}bbb`), head.slice(0, 200));
  assert.equal(conn.bytesWritten, facts.length);
});

onEvery('what is refused sends nothing, and the connection goes on', async (it) => {
  const { conn, peer } = await it.open([['recvall']]);
  for (const headers of [{ a: 'b\r\nc: d' }, { 'a\n': 'b' }, { 'Content-Length': '1' }])
    await assert.rejects(async () => await conn.writeHttpRequest({ method: 'PUT', path: '/', headers, body: 'xy' }), {
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_VALUE',
    });
  await assert.rejects(async () => await conn.writeHttpResponse({ status: 99 }), { name: 'RangeError' });
  await failure(() => conn.writeHttpResponse({ status: 200, body: '\ud800' }), 'ERR_ENCODING');
  conn.encoding = 'latin1';
  assert.equal(await conn.writeHttpResponse({ status: 200, body: 'é' }), 39);
  await conn.closeWrite();
  const { head } = await peer.done('recvall');
  assert.equal(Buffer.from(head, 'hex').toString('latin1'), 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\né');
});
