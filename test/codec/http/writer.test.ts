// Owns the tests of the writer of HTTP messages as a pure function: the bytes, the length of the body, and what is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpHeaders, HttpRequest, HttpResponse } from 'berkeley';
import fc from 'fast-check';
import { httpPieces, outgoingRequest, outgoingResponse, parse } from './kit.js';

function request(r: HttpRequest, encoding: 'utf-8' | 'latin1' = 'utf-8'): string {
  return Buffer.concat(httpPieces(outgoingRequest(r, encoding))).toString('latin1');
}

function response(r: HttpResponse, encoding: 'utf-8' | 'latin1' = 'utf-8'): string {
  return Buffer.concat(httpPieces(outgoingResponse(r, encoding))).toString('latin1');
}

function get(headers: HttpHeaders): string {
  return request({ method: 'GET', path: '/', headers });
}

test('a request is its line, its headers in their order and case, an empty line, and nothing that was not asked for', () => {
  assert.equal(request({ method: 'GET', path: '/' }), 'GET / HTTP/1.1\r\n\r\n');
  assert.equal(
    request({
      method: 'M-x',
      path: '/p?q#f',
      version: '1.0',
      headers: { b: 'x', A: ['1', '2'], n: -1.5, t: true, e: '' },
    }),
    'M-x /p?q#f HTTP/1.0\r\nb: x\r\nA: 1\r\nA: 2\r\nn: -1.5\r\nt: true\r\ne: \r\n\r\n',
  );
  const pairs = [['x', '1'], ['Y', '2'], ['X', '3']] as const; // prettier-ignore
  assert.equal(get(pairs), 'GET / HTTP/1.1\r\nx: 1\r\nY: 2\r\nX: 3\r\n\r\n');
  assert.equal(get({ none: [] }), 'GET / HTTP/1.1\r\n\r\n');
  assert.equal(request({ method: 'OPTIONS', path: '*' }), 'OPTIONS * HTTP/1.1\r\n\r\n');
  assert.equal(request({ method: 'CONNECT', path: 'h:443' }), 'CONNECT h:443 HTTP/1.1\r\n\r\n');
  assert.equal(request({ method: 'GET', path: 'http://h/p' }), 'GET http://h/p HTTP/1.1\r\n\r\n');
});

test('a response has the phrase of its status unless it is told another', () => {
  const end = 'Content-Length: 0\r\n\r\n';
  assert.equal(response({ status: 404 }), `HTTP/1.1 404 Not Found\r\n${end}`);
  assert.equal(response({ status: 299 }), `HTTP/1.1 299 \r\n${end}`);
  assert.equal(response({ status: 200, reason: '' }), `HTTP/1.1 200 \r\n${end}`);
  assert.equal(response({ status: 200, reason: 'Zoë is fine' }), `HTTP/1.1 200 Zo\xeb is fine\r\n${end}`);
  assert.equal(response({ status: 100 }), 'HTTP/1.1 100 Continue\r\n\r\n');
  assert.equal(response({ status: 599, version: '1.0' }), 'HTTP/1.0 599 \r\n\r\n');
});

test('Content-Length is in bytes of the encoding, once, behind the other headers', () => {
  const r = { method: 'POST', path: '/', headers: { Host: 'x' }, body: 'é€' } as const;
  assert.equal(request(r), 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n\xc3\xa9\xe2\x82\xac');
  assert.match(request({ ...r, body: 'é' }, 'latin1'), /Content-Length: 1\r\n\r\n\xe9$/);
  assert.match(request({ ...r, body: Buffer.alloc(3) }), /Content-Length: 3\r\n\r\n\0\0\0$/);
  assert.match(request({ ...r, body: new ArrayBuffer(2) }), /Content-Length: 2\r\n\r\n\0\0$/);
  assert.match(request({ ...r, body: new DataView(new ArrayBuffer(9), 4, 1) }), /Content-Length: 1\r\n\r\n\0$/);
  assert.match(request({ ...r, body: '' }), /Content-Length: 0\r\n\r\n$/);
  assert.match(request({ method: 'GET', path: '/', body: '' }), /Content-Length: 0\r\n\r\n$/);
  assert.match(request({ method: 'GET', path: '/', body: 'x' }), /Content-Length: 1\r\n\r\nx$/);
});

test('without a body the length is said where its absence would mislead', () => {
  for (const method of ['POST', 'PUT', 'PATCH'])
    assert.match(request({ method, path: '/' }), /\r\nContent-Length: 0\r\n\r\n$/);
  for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'post'])
    assert.doesNotMatch(request({ method, path: '/' }), /Content-Length/);
  assert.match(response({ status: 200, headers: { Connection: 'keep-alive' } }), /Content-Length: 0/);
  assert.match(response({ status: 200, headers: { Connection: 'closed' } }), /Content-Length: 0/);
  for (const one of ['close', 'Close', 'x , close', 'close,y'])
    assert.doesNotMatch(response({ status: 200, headers: { connection: one } }), /Content-Length/);
  assert.doesNotMatch(response({ status: 200, version: '1.0' }), /Content-Length/);
  assert.match(response({ status: 200, version: '1.0', body: 'x' }), /Content-Length: 1/);
  assert.match(response({ status: 200, headers: { Connection: 'close' }, body: 'x' }), /Content-Length: 1/);
  for (const status of [100, 101, 199, 204, 304])
    for (const body of [undefined, '', Buffer.alloc(0)])
      assert.doesNotMatch(response(body === undefined ? { status } : { status, body }), /Content-Length/);
});

test("the caller's own length stands when it is that of the body, and with Transfer-Encoding nothing is added", () => {
  const headers = { 'content-LENGTH': 3, Host: 'x' };
  assert.equal(
    request({ method: 'PUT', path: '/', headers, body: 'abc' }),
    'PUT / HTTP/1.1\r\ncontent-LENGTH: 3\r\nHost: x\r\n\r\nabc',
  );
  assert.match(request({ method: 'PUT', path: '/', headers }), /LENGTH: 3\r\nHost: x\r\n\r\n$/, 'the body comes later');
  assert.match(response({ status: 304, headers: { 'Content-Length': '5' } }), /Content-Length: 5\r\n\r\n$/);
  const coded = { 'transfer-encoding': 'chunked' };
  assert.doesNotMatch(request({ method: 'POST', path: '/', headers: coded }), /Content-Length/);
  assert.match(response({ status: 200, headers: coded, body: '0\r\n\r\n' }), /: chunked\r\n\r\n0\r\n\r\n$/);
});

test('a Content-Length without values is none, for answers to HEAD and CONNECT', () => {
  const headers = { 'content-length': [] };
  assert.equal(response({ status: 200, headers }), 'HTTP/1.1 200 OK\r\n\r\n');
  assert.equal(response({ status: 204, headers }), 'HTTP/1.1 204 No Content\r\n\r\n');
  assert.equal(request({ method: 'PUT', path: '/', headers, body: '' }), 'PUT / HTTP/1.1\r\n\r\n');
  assert.throws(() => request({ method: 'PUT', path: '/', headers, body: 'x' }), { name: 'TypeError' });
  assert.throws(() => response({ status: 200, headers, body: 'x' }), { name: 'TypeError' });
  assert.match(response({ status: 200, headers: { ...headers, 'Content-Length': 5 } }), /Content-Length: 5\r\n\r\n$/);
});

type Wild = Record<string, unknown>;
const inRequest: [argument: string, r: unknown, name?: 'RangeError'][] = [
  ...[undefined, null, 'GET / HTTP/1.1', 5].map((r): [string, unknown] => ['request', r]),
  ...[undefined, null, 5, '', 'G T', 'GET\r\n', 'G\nT', 'G\0', 'GÉT', 'GET:', '(GET)'].map((method): [string, Wild] => [
    'method',
    { method, path: '/' },
  ]),
  ...[
    undefined,
    null,
    5,
    '',
    'p',
    '/ ',
    '/a b',
    '/\r\nX: y',
    '/\n',
    '/\r',
    '/\0',
    '/é',
    '/\t',
    '/\x7f',
    '**',
    'h:1',
  ].map((path): [string, Wild] => ['path', { method: 'GET', path }]),
  ...['/', 'h', 'h:x', ''].map((path): [string, Wild] => ['path', { method: 'CONNECT', path }]),
  ...[1.1, null, '', '1', '2.0', '1.1\r\n', 'HTTP/1.1', '1.2', '0.9'].map((version): [string, Wild] => [
    'version',
    { method: 'GET', path: '/', version },
  ]),
  ...[null, 'a: b', 5, true, new Map([['a', 'b']]), new Headers({ a: 'b' }), new Set()].map(
    (headers): [string, Wild] => ['headers', { method: 'GET', path: '/', headers }],
  ),
  ...['', 'a b', 'a:', 'a\r\nb', 'a\n', 'a\0', 'ä', '{}', ' a', 'a\t'].map((name): [string, Wild] => [
    'headers',
    { method: 'GET', path: '/', headers: { [name]: 'x' } },
  ]),
  ...['x\r\ny: z', '\n', '\r', '\0', 'x\x0b', '\x7f', '€', '\ud83d', [], ['x\n'], ['x', '\r']].flatMap(
    (value): [string, Wild][] =>
      Array.isArray(value) && value.length === 0
        ? []
        : [['headers.A-b', { method: 'GET', path: '/', headers: { 'A-b': value } }]],
  ),
  ...[undefined, null, NaN, Infinity, 5n, {}, Symbol('x'), [undefined], [['x']], () => 1].map(
    (value): [string, Wild] => ['headers.A', { method: 'GET', path: '/', headers: { A: value } }],
  ),
  ...['A', ['A'], ['A', 'b', 'c'], null, { A: 'b' }].map((pair): [string, Wild] => [
    'headers[1]',
    { method: 'GET', path: '/', headers: [['x', 'y'], pair] },
  ]),
  ['headers', { method: 'GET', path: '/', headers: [[5, 'x']] }],
  ['headers.A', { method: 'GET', path: '/', headers: [['A', 'x\r\n']] }],
  ...[5, null, {}, ['x'], true].map((body): [string, Wild] => ['body', { method: 'PUT', path: '/', body }]),
  ...[2, 4, '2', '-3', '3.0', 'x', '', '0x3', 1e30, '3 3', '3,3'].map((length): [string, Wild] => [
    'headers.Content-Length',
    { method: 'PUT', path: '/', headers: { 'content-length': length }, body: 'abc' },
  ]),
  ['headers', { method: 'PUT', path: '/', headers: { 'Content-Length': ['3', '3'] }, body: 'abc' }],
  ['headers', { method: 'PUT', path: '/', headers: { 'Content-Length': 3, 'content-length': 3 }, body: 'abc' }],
  ['headers', { method: 'PUT', path: '/', headers: { 'Content-Length': 3, 'Transfer-Encoding': 'chunked' } }],
  ...['', 'gzip', 'chunked, gzip', ['chunked', 'chunked']].map((coding): [string, Wild] => [
    'headers',
    { method: 'PUT', path: '/', headers: { 'transfer-encoding': coding } },
  ]),
];

for (const [i, [argument, r]] of inRequest.entries())
  test(`a request is refused by name: ${argument}, case ${i}`, () => {
    assert.throws(
      () => request(r as HttpRequest),
      (error: Error & { code: string }) => {
        assert.ok(error instanceof TypeError, String(error));
        assert.match(error.code, /^ERR_INVALID_ARG_(TYPE|VALUE)$/);
        assert.ok(error.message.startsWith(`The "${argument}" argument `), error.message);
        return true;
      },
    );
  });

test('a response is refused by name', () => {
  const no = (r: unknown, argument: string, name = 'TypeError'): void =>
    assert.throws(() => response(r as HttpResponse), { name, message: new RegExp(`^The "${argument}" argument `) });
  no(undefined, 'response');
  for (const status of [undefined, null, '200', 5n]) no({ status }, 'status');
  for (const status of [0, 99, 600, 999, 1000, -200, 200.5, NaN, Infinity]) no({ status }, 'status', 'RangeError');
  for (const reason of [5, null, 'a\r\nb', '\n', '\0', '€', '\x7f']) no({ status: 200, reason }, 'reason');
  for (const version of [1, '1', '1.1\n']) no({ status: 200, version }, 'version');
  no({ status: 200, headers: { a: 'b\r\n' } }, 'headers.a');
  for (const status of [100, 204, 304]) no({ status, body: 'x' }, 'body');
  for (const status of [100, 204])
    for (const headers of [{ 'Content-Length': 0 }, { 'transfer-encoding': 'chunked' }])
      no({ status, headers }, 'headers');
});

test('text that the encoding does not have is ERR_ENCODING', () => {
  assert.throws(() => request({ method: 'PUT', path: '/', body: '€' }, 'latin1'), { code: 'ERR_ENCODING' });
  assert.throws(() => response({ status: 200, body: '\ud800' }), { code: 'ERR_ENCODING' });
});

test('head and body are one piece, but a large body is not copied', () => {
  const small = Buffer.alloc(16 * 1024);
  assert.equal(httpPieces(outgoingResponse({ status: 200, body: small }, 'utf-8')).length, 1);
  const large = Buffer.alloc(16 * 1024 + 1);
  const pieces = httpPieces(outgoingResponse({ status: 200, body: large }, 'utf-8'));
  assert.equal(pieces.length, 2);
  assert.equal(pieces[1], large);
});

const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const token = fc
  .string({ unit: visible.filter((c) => !'"(),/:;<=>?@[\\]{}'.includes(c)), minLength: 1, maxLength: 12 })
  .filter((name) => !/^(content-length|transfer-encoding)$/i.test(name));
const path = fc.string({ unit: visible, maxLength: 20 }).map((rest) => `/${rest}`);
const latin1 = fc
  .integer({ min: 0x20, max: 0xff })
  .filter((c) => c !== 0x7f)
  .map((code) => String.fromCharCode(code));
// Blanks around a value are not part of it.
const value = fc
  .string({ unit: fc.oneof(latin1, fc.constant('\t')), maxLength: 20 })
  .map((text) => text.replace(/^[\t ]+|[\t ]+$/g, ''));
const pairs = fc.array(fc.tuple(token, value), { maxLength: 8 });
const body = fc.uint8Array({ maxLength: 50 });

test('what is written is read back the same', () => {
  fc.assert(
    fc.property(
      token.filter((m) => m !== 'CONNECT'),
      path,
      pairs,
      body,
      (method, target, headers, bytes) => {
        const sent = Buffer.concat(
          httpPieces(outgoingRequest({ method, path: target, headers, body: bytes }, 'utf-8')),
        );
        const { head, used } = parse(sent);
        assert.deepEqual([head!.method, head!.path, head!.version], [method, target, '1.1']);
        assert.deepEqual(head!.raw, [...headers, ['Content-Length', String(bytes.length)]]);
        assert.deepEqual(sent.subarray(used), Buffer.from(bytes));
      },
    ),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), value, pairs, (status, reason, headers) => {
      if (status === 204 || status === 304) return;
      const { head } = parse(
        Buffer.concat(httpPieces(outgoingResponse({ status, reason, headers, body: '' }, 'utf-8'))),
      );
      assert.deepEqual([head!.status, head!.reason], [status, reason]);
      assert.deepEqual(head!.raw.slice(0, -1), headers);
    }),
    { numRuns: 2000 },
  );
});

test('whatever the text, it is refused or stays within its line', () => {
  const any = fc.string({
    unit: fc.oneof(fc.constantFrom('\r', '\n', '\0', ' ', ':', '/'), visible, fc.string()),
    maxLength: 8,
  });
  fc.assert(
    fc.property(any, any, any, any, any, (method, target, name, text, reason) => {
      const headers = { [name]: text };
      for (const write of [
        () => request({ method, path: target, headers }),
        () => response({ status: 200, reason, headers, body: '' }),
      ]) {
        let bytes: string;
        try {
          bytes = write();
        } catch (error) {
          assert.ok(error instanceof TypeError, String(error));
          continue;
        }
        const { head, used, code } = parse(bytes);
        assert.equal(code, undefined, bytes);
        assert.equal(used, bytes.length);
        assert.deepEqual(head!.raw[0], [name, text.replace(/^[\t ]+|[\t ]+$/g, '')]);
        assert.ok(head!.raw.length <= 2);
      }
    }),
    { numRuns: 5000 },
  );
});
