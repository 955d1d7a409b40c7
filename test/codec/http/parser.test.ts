// Owns the tests of the reader of HTTP heads as a pure function: what is a head, what is none, its limits, and that neither
// segmentation nor garbage nor size changes anything.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { crlf, eachByte, HeadParser, parse } from './kit.js';

/** Without a prototype, as headers are. */
function bare(headers: Record<string, string | string[]>): object {
  return Object.assign(Object.create(null) as object, headers);
}

test('a head says method, path and version, or version, status and reason, and its headers in three ways', () => {
  const request = parse(crlf('GET /a?b=%20 HTTP/1.1', 'Host: x', 'Accept: a', 'X-Y:', 'aCCEPT:\t b \t', 'accept: c'));
  assert.deepEqual(request.head, {
    version: '1.1',
    method: 'GET',
    path: '/a?b=%20',
    headers: bare({ host: 'x', accept: ['a', 'b', 'c'], 'x-y': '' }),
    raw: [
      ['Host', 'x'],
      ['Accept', 'a'],
      ['X-Y', ''],
      ['aCCEPT', 'b'],
      ['accept', 'c'],
    ],
  });
  const response = parse(crlf('HTTP/1.0 200 All is well', 'Content-Length: 5'));
  assert.deepEqual(response.head, {
    version: '1.0',
    status: 200,
    reason: 'All is well',
    headers: bare({ 'content-length': '5' }),
    raw: [['Content-Length', '5']],
  });
});

test('a header may have the name of a method of objects, or a number, and harms nobody', () => {
  const names = ['path', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '0', 'length', 'method', 'headers'];
  const { head } = parse(crlf('GET / HTTP/1.1', ...names.flatMap((name) => [`${name}: one`, `${name}: two`])));
  for (const name of names) assert.deepEqual(head!.headers[name.toLowerCase()], ['one', 'two'], name);
  assert.equal(Object.getPrototypeOf(head!.headers), null);
  assert.equal(head!.path, '/');
  assert.equal(({} as Record<string, unknown>)['one'], undefined);
  assert.equal(head!.raw.length, 2 * names.length);
});

test('bytes above 127 are latin1, and a no-break space at the edge of a value is no blank', () => {
  const { head } = parse(crlf('HTTP/1.1 200 \xe4\xff', 'X: \xa0\xfc\x80\xa0'));
  assert.equal(head!.reason, 'äÿ');
  assert.equal(head!.headers['x'], '\xa0ü\x80\xa0');
});

test('a target may have any of the four forms', () => {
  for (const line of [
    'GET / HTTP/1.1',
    'GET //two HTTP/1.1',
    'GET http://h/p?q HTTP/1.1',
    'GET urn+x-1.0://h HTTP/1.0',
    'OPTIONS * HTTP/1.1',
    'CONNECT h:1 HTTP/1.1',
    'CONNECT [::1]:443 HTTP/1.1',
  ])
    assert.equal(parse(crlf(line)).head?.path, line.split(' ')[1], line);
});

const refused: [why: RegExp, line: number, ...bytes: string[]][] = [
  [/CR without LF/, 1, 'GET /\r HTTP/1.1\r\n', 'GET / HTTP/1.1\r\r\n', 'HTTP/1.1 200 O\rK\r\n', '\rGET / HTTP/1.1\r\n'],
  [/CR without LF/, 2, 'GET / HTTP/1.1\r\n\r\r\n', 'GET / HTTP/1.1\r\nA: b\r\r\n', 'GET / HTTP/1.1\r\nA\r: b\r\n'],
  [/a NUL/, 1, 'GET /\0 HTTP/1.1\r\n', 'G\0 / HTTP/1.1\n', 'HTTP/1.1 200 \0\r\n'],
  [/a NUL/, 2, 'GET / HTTP/1.1\r\nA: \0\r\n', 'GET / HTTP/1.1\r\nA\0: x\r\n'],
  [/begins with white space/, 2, 'GET / HTTP/1.1\r\n A: b\r\n', 'GET / HTTP/1.1\n\tA: b\n', 'GET / HTTP/1.1\r\n \r\n'],
  [/begins with white space/, 3, 'GET / HTTP/1.1\r\nA: b\r\n c\r\n', 'HTTP/1.1 200\r\nA: b\r\n\t\r\n'],
  [/white space before the colon/, 2, 'GET / HTTP/1.1\r\nA : b\r\n', 'GET / HTTP/1.1\r\nA\t: b\r\n'],
  [
    /name that is no token/,
    2,
    ...['A b', 'A(', '"A"', 'A/B', 'Ä', ''].map((name) => `GET / HTTP/1.1\r\n${name}: x\r\n`),
  ],
  [/has no colon/, 2, 'GET / HTTP/1.1\r\nhello\r\n', 'HTTP/1.1 200 OK\nGET / HTTP/1.1\n'],
  [/control character/, 2, ...['\x01', '\x1b', '\x7f', '\x0b', '\x0c'].map((c) => `GET / HTTP/1.1\r\nA: x${c}\r\n`)],
  [/control character/, 1, 'HTTP/1.1 200 \x07\r\n', 'HTTP/1.1 200 a\x7f\n'],
  [
    /not "method target/,
    1,
    'GET\r\n',
    'GET /\r\n',
    'GET  / HTTP/1.1\r\n',
    'GET /  HTTP/1.1\r\n',
    'GET / HTTP/1.1 \r\n',
  ],
  [/not "method target/, 1, 'GET / x HTTP/1.1\r\n', 'GET / http/1.1\r\n', 'GET / HTTP/1\r\n', 'GET / HTTP/1.10\r\n'],
  [
    /not "method target/,
    1,
    'GET\t/\tHTTP/1.1\r\n',
    'GET / HTTP/x.1\r\n',
    'hello\n',
    'SSH-2.0-OpenSSH_9.2\r\n',
    'GET / \n',
  ],
  [/other than 1\.0 and 1\.1/, 1, ...['0.9', '1.2', '2.0', '3.0', '5.6'].map((one) => `GET / HTTP/${one}\r\n`)],
  [/other than 1\.0 and 1\.1/, 1, 'HTTP/2.0 200 OK\r\n', 'HTTP/1.9 200 OK\r\n', 'PRI * HTTP/2.0\r\n'],
  [/method that is no token/, 1, 'G(T / HTTP/1.1\r\n', 'G\xc4T / HTTP/1.1\r\n', 'GET/ / HTTP/1.1\r\n'],
  [
    /none of the four forms/,
    1,
    ...['p', 'h:1', '**', '/\xe4', '?q', '1://h', 'h://'].map((p) => `GET ${p} HTTP/1.1\n`),
  ],
  [
    /none of the four forms/,
    1,
    ...['h', 'h:', ':1', '/', 'h:x', 'a@h:1', 'h/p:1'].map((p) => `CONNECT ${p} HTTP/1.1\n`),
  ],
  [
    /not "HTTP\/1.x status/,
    1,
    ...['', '2', '20', '2000', '-20', '+20', '20x', ' 200', '200OK'].map((s) => `HTTP/1.1 ${s}\n`),
  ],
  [
    /not "HTTP\/1.x status/,
    1,
    'HTTP/1.1\r\n',
    'HTTP/1.1\t200 OK\r\n',
    'HTTP/11 200\r\n',
    'HTTP/ 200\n',
    'HTTP/1.1 200\tOK\n',
  ],
  [/status below 100/, 1, 'HTTP/1.1 000 OK\r\n', 'HTTP/1.1 099 OK\r\n'],
  [
    /Content-Length that is no number/,
    3,
    ...['', '-1', '+1', '1.0', '0x5', '1e3', '1 1', '5,5', '9007199254740992', 'x'].map((n) =>
      crlf('HTTP/1.1 200', `Content-Length: ${n}`),
    ),
  ],
  [/several Content-Lengths/, 4, crlf('GET / HTTP/1.1', 'Content-Length: 5', 'content-length: 5')],
  [
    /Content-Length and Transfer-Encoding/,
    4,
    crlf('GET / HTTP/1.1', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
  ],
  [/Content-Length and Transfer-Encoding/, 4, crlf('HTTP/1.1 200', 'Transfer-Encoding: x', 'Content-Length: 5')],
  [
    /empty Transfer-Encoding/,
    3,
    crlf('GET / HTTP/1.1', 'Transfer-Encoding:'),
    crlf('HTTP/1.1 200', 'Transfer-Encoding: ,'),
  ],
  [
    /chunked twice/,
    3,
    ...['chunked, chunked', 'chunked,gzip,Chunked'].map((c) => crlf('HTTP/1.1 200', `Transfer-Encoding: ${c}`)),
  ],
  [
    /does not end with chunked/,
    3,
    ...['gzip', 'identity', 'chunked;x', 'chunked,', 'xchunked', '"chunked"'].map((c) =>
      crlf('POST / HTTP/1.1', `Transfer-Encoding: ${c}`),
    ),
  ],
];

for (const [why, line, ...all] of refused)
  test(`refused: ${why.source}, in line ${line}`, () => {
    for (const bytes of all) {
      // The stream goes on: nobody waits for the rest to know that it is no head.
      for (const cuts of [[], eachByte(bytes)]) {
        const verdict = parse(`${bytes}${bytes.endsWith('\n') ? 'Next: line\r\n' : ''}`, cuts);
        assert.equal(verdict.code, 'ERR_HTTP_HEAD', JSON.stringify(bytes));
        assert.match(verdict.message!, why, JSON.stringify(bytes));
        assert.match(verdict.message!, new RegExp(`^read ERR_HTTP_HEAD: line ${line} `));
        assert.equal(verdict.partial!.toString('latin1'), bytes, 'up to the end of the line that is wrong');
      }
    }
  });

test('what can begin no head is known from its first byte', () => {
  for (const [bytes, what] of [
    ['\x16\x03\x01', /0x16, begins a handshake of TLS/],
    ['\x00', /0x00, begins no HTTP head/],
    [' GET / HTTP/1.1', /0x20/],
    ['<html>', /0x3c/],
    ['\xef\xbb\xbfGET', /0xef/],
  ] as const) {
    const verdict = parse(bytes);
    assert.equal(verdict.code, 'ERR_HTTP_HEAD');
    assert.match(verdict.message!, what);
    assert.equal(verdict.partial!.toString('latin1'), bytes.slice(0, 1));
  }
});

test('the end of the stream is null before a head, also behind empty lines, and an error in one', () => {
  for (const bytes of ['', '\r\n', '\n', '\r\n\r\n\n']) assert.deepEqual(parse(bytes, eachByte(bytes)), { head: null });
  const whole = '\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n';
  for (let end = 1; end < whole.length; end++) {
    if (end === 2) continue;
    const { code, partial } = parse(whole.slice(0, end));
    assert.equal(code, 'ERR_HTTP_HEAD');
    assert.equal(String(partial), whole.slice(0, end), 'all that had arrived');
  }
  assert.equal(parse(whole).used, whole.length);
});

test('the body is left where it is, whatever it begins with', () => {
  for (const body of ['', '\r\n', '\n\n', 'GET / HTTP/1.1\r\n\r\n', '\0\xff', ' x: y\r\n\r\n']) {
    const head = crlf('POST / HTTP/1.1', 'A: b');
    for (const cuts of [[], eachByte(head + body)]) assert.equal(parse(head + body, cuts).used, head.length);
    const lf = head.replaceAll('\r', '');
    assert.equal(parse(lf + body).used, lf.length);
  }
});

test('a head of max bytes is read, and with one byte more it is too large, in every segmentation', () => {
  const head = `\r\n${crlf('GET / HTTP/1.1', 'A: b', `Long: ${'x'.repeat(50)}`)}`;
  for (const bytes of [head, `${head}body`, head.replaceAll('\r', '')]) {
    const length = bytes.includes('\r') ? head.length : bytes.length;
    for (const cuts of [[], eachByte(bytes)]) {
      assert.equal(parse(bytes, cuts, length).used, length);
      for (let max = 1; max < length; max++) assert.equal(parse(bytes, cuts, max).code, 'ERR_LIMIT', String(max));
    }
  }
  assert.equal(parse('\r\n'.repeat(50), [], 64).code, 'ERR_LIMIT', 'empty lines count');
  assert.equal(parse('x'.repeat(64), [], 64).code, 'ERR_LIMIT', 'as soon as it is sure');
  assert.equal(parse('x'.repeat(63), [], 64).code, 'ERR_HTTP_HEAD', 'the end of the stream, and not the limit');
});

test('what is wrong within the limit is told rather than the limit', () => {
  const bytes = `GET / HTTP/1.1\r\nA : b\r\n${'x'.repeat(100)}`;
  for (const cuts of [[], eachByte(bytes), [23]]) assert.equal(parse(bytes, cuts, 23).code, 'ERR_HTTP_HEAD');
  for (const cuts of [[], eachByte(bytes), [22]]) assert.equal(parse(bytes, cuts, 22).code, 'ERR_LIMIT');
});

test('as many headers as maxHeaders are read, and one more is too many', () => {
  const lines = Array.from({ length: 100 }, (_, i) => `n${i % 7}: ${i}`);
  assert.equal(parse(crlf('GET / HTTP/1.1', ...lines)).head!.raw.length, 100);
  const { code, message } = parse(crlf('GET / HTTP/1.1', ...lines, 'x: y'));
  assert.equal(code, 'ERR_LIMIT');
  assert.match(message!, /within 100 headers$/);
  assert.equal(parse(crlf('GET / HTTP/1.1'), [], 100, 0).head!.raw.length, 0);
  assert.equal(parse(crlf('GET / HTTP/1.1', 'a: b'), [], 100, 0).code, 'ERR_LIMIT');
});

// Pieces that heads are made of, and those that break them.
const piece = fc.constantFrom(
  ...['GET', 'HTTP/1.1', '/', ' ', '\r\n', '\n', '\r', ':', 'a', 'Content-Length', '5', 'Transfer-Encoding', 'chunked'],
  ...['\0', '\t', '\xff', 'GET / HTTP/1.1\r\n', 'HTTP/1.1 200 OK\r\n', 'a: b\r\n', '\r\n\r\n', ', ', '200', '\x16'],
);
const soup = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
const likely = fc
  .tuple(fc.constantFrom('', 'GET / HTTP/1.1\r\n', 'HTTP/1.1 200 OK\r\nA: b\r\n'), soup)
  .map(([a, b]) => a + b);
const cuts = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 10 });

test('the verdict, the length and the partial are the same in every segmentation', () => {
  fc.assert(
    fc.property(likely, cuts, fc.integer({ min: 1, max: 90 }), (bytes, at, max) => {
      const whole = parse(bytes, [], max, 3);
      assert.deepEqual(parse(bytes, at, max, 3), whole);
      assert.deepEqual(parse(bytes, eachByte(bytes), max, 3), whole);
    }),
    { numRuns: 4000 },
  );
});

test('garbage is a head or a typed error, and what is a head has no control character in it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        likely,
        fc.uint8Array({ maxLength: 60 }).map((raw) => Buffer.from(raw).toString('latin1')),
      ),
      (bytes) => {
        const { head, code } = parse(bytes);
        if (head === undefined) assert.ok(code === 'ERR_HTTP_HEAD' || code === 'ERR_LIMIT');
        else if (head === null) assert.match(bytes, /^(\r?\n)*$/);
        else {
          const text = [head.method, head.path, head.reason, ...head.raw.flat()].join('');
          for (const one of text) assert.ok(one === '\t' || (one >= ' ' && one !== '\x7f'), JSON.stringify(bytes));
        }
      },
    ),
    { numRuns: 4000 },
  );
});

test('time grows with the bytes and no faster: one line, 10,000 headers, single bytes', () => {
  const size = 8 << 20;
  const line = Buffer.alloc(size, 'x');
  const begun = performance.now();
  const parser = new HeadParser(size * 2, 100);
  for (let end = 32; end <= size; end += 32) assert.equal(parser.next(line.subarray(0, end)), null);
  const many = crlf('GET / HTTP/1.1', ...Array.from({ length: 10_000 }, (_, i) => `h${i}: ${i}`));
  assert.equal(parse(many, eachByte(many), 1 << 20, 1 << 20).head!.raw.length, 10_000);
  const same = crlf('GET / HTTP/1.1', ...Array.from({ length: 10_000 }, (_, i) => `same: ${i}`));
  assert.equal(parse(same, [], 1 << 20, 1 << 20).head!.headers['same']!.length, 10_000);
  const blanks = crlf(
    'GET / HTTP/1.1',
    `a: ${' '.repeat(500_000)}b${' '.repeat(500_000)}`,
    `b: x${' x'.repeat(250_000)}`,
  );
  assert.equal(parse(blanks, [], 4 << 20).head!.headers['a'], 'b');
  const colons = crlf(`CONNECT ${'1:'.repeat(250_000)}x HTTP/1.1`);
  assert.equal(parse(colons, [], 4 << 20).code, 'ERR_HTTP_HEAD');
  const coded = crlf('POST / HTTP/1.1', `Transfer-Encoding: ${'x,'.repeat(250_000)}chunked`);
  assert.equal(parse(coded, [], 4 << 20).used, coded.length);
  // Searching from the start each time would read a tebibyte for the first of them alone.
  assert.ok(performance.now() - begun < 5000);
});
