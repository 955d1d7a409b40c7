// Owns the laws of HTTP heads: any segmentation gives the same verdict, no head is read that llhttp refuses or reads as another
// one, but for the differences named here, and what is written is read as what was meant.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HttpHead, HttpRequest } from 'berkeley';
import { eachByte, httpPieces, outgoingRequest, parse, type Verdict } from '../codec/http/kit.js';
import type * as Errors from '../../src/error/socket-error.js';
import type * as Operations from '../../src/face/conn-operations.js';
import { runOf, streamOf } from './feed.js';
import { built, mutated, segmentsOf, soupOf, tries } from './inputs.js';
import { knownMethods, llhttp } from './llhttp.js';

const { SocketError } = (await built('error/socket-error')) as typeof Errors;
const { readHttpHead } = (await built('face/conn-operations')) as typeof Operations;

const names = [
  'Host',
  'content-length',
  'Content-Length',
  'Transfer-Encoding',
  'TRANSFER-ENCODING',
  'Connection',
  'Upgrade',
  'X',
  '__proto__',
  'Trailer',
  'Expect',
];
const values = [
  '',
  'x',
  '5',
  '0',
  '+5',
  '5, 5',
  '05',
  '0x5',
  '18446744073709551616',
  'chunked',
  'Chunked',
  'gzip, chunked',
  'chunked, gzip',
  'identity',
  'chunked,',
  ', chunked',
  'xchunked',
  'close',
  'keep-alive',
  'upgrade',
  'h2c',
  '\xe4',
  '\t a \t b ',
  'a\tb',
  '"chunked"',
  'chunked;q=1',
];
const line = fc
  .tuple(fc.constantFrom(...names), fc.constantFrom(': ', ':', ':  ', ' :', ':\t'), fc.constantFrom(...values))
  .map((all) => all.join(''));
const requestLine = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'CONNECT', 'OPTIONS', 'M-SEARCH', 'get', 'FOO', 'PRI', 'HEAD'),
    fc.constantFrom(' ', ' ', ' ', '  ', '\t'),
    fc.constantFrom(
      '/',
      '/a?b=c',
      '*',
      'http://h/p',
      'h:80',
      '[::1]:80',
      'HTTP://h',
      '//',
      '/\xe4',
      '/a#b',
      'http://u@h/',
      'u@h:1',
      '/%00',
      '/<>',
    ),
    fc.constantFrom(
      ' HTTP/1.1',
      ' HTTP/1.1',
      ' HTTP/1.1',
      ' HTTP/1.0',
      ' HTTP/0.9',
      ' HTTP/2.0',
      ' HTTP/1.1 ',
      ' http/1.1',
      '',
    ),
  )
  .map((all) => all.join(''));
const statusLine = fc
  .tuple(
    fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/1.2'),
    fc.constantFrom(' 200', ' 204', ' 101', ' 999', ' 099', ' 20', ' 2000', '200'),
    fc.constantFrom('', ' ', ' OK', ' Not OK', ' \xe4', '  x', '\tx'),
  )
  .map((all) => all.join(''));
const eol = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n');
const head = fc
  .tuple(
    fc.constantFrom('', '', '', '\r\n', '\n\n'),
    fc.oneof({ weight: 3, arbitrary: requestLine }, { weight: 1, arbitrary: statusLine }),
    fc.array(line, { maxLength: 5 }),
    eol,
    fc.constantFrom('', '', 'body', 'GET / HTTP/1.1\r\n\r\n', '\r\n', '5\r\nhello\r\n0\r\n\r\n'),
  )
  .map(
    ([before, first, lines, eol, behind]) => before + [first, ...lines].map((one) => one + eol).join('') + eol + behind,
  );
const pieces = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  ' ',
  '\t',
  ':',
  '\0',
  '\x0b',
  '\x7f',
  '\x80',
  '\xff',
  ',',
  ';',
  '"',
  'GET / HTTP/1.1\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'HTTP/1.1',
  '/',
  'a',
  '\x16',
  '0',
  '\r\n ',
  '\r\n\t',
];
/** What is right but for one header at most, to be spoilt a little. */
const sound = fc
  .tuple(
    fc.constantFrom('GET / HTTP/1.1', 'POST /x HTTP/1.0', 'HTTP/1.1 200 OK', 'HTTP/1.1 404', 'CONNECT h:1 HTTP/1.1'),
    fc.array(fc.constantFrom('Host: h', 'X: y', 'Accept:  a, b', 'Connection: close', 'x-y:'), { maxLength: 3 }),
    fc.oneof(line, fc.constantFrom('Content-Length: 5', 'Transfer-Encoding: chunked')),
    eol,
  )
  .map(([first, lines, last, eol]) => [first, ...lines, last, ''].map((one) => one + eol).join(''));
const bytes = fc.oneof(
  { weight: 2, arbitrary: head },
  { weight: 2, arbitrary: mutated(head, pieces) },
  { weight: 4, arbitrary: mutated(sound, pieces) },
  { weight: 1, arbitrary: soupOf(pieces) },
);

test('a head has one verdict, whatever the segmentation and the reader', (t) => {
  const cuts = fc.array(fc.nat(300), { maxLength: 12 });
  tries(
    t,
    60_000,
    1_000_000,
    fc.property(
      bytes,
      cuts,
      fc.integer({ min: 1, max: 300 }),
      fc.nat(6),
      fc.boolean(),
      (text, at, max, maxHeaders, hesitant) => {
        const whole = shown(parse(text, [], max, maxHeaders));
        assert.equal(shown(parse(text, at, max, maxHeaders)), whole);
        if (text.length < 60) assert.equal(shown(parse(text, eachByte(text), max, maxHeaders)), whole);
        assert.equal(shown(readFrom(text, at, max, maxHeaders, hesitant)), whole);
      },
    ),
  );
});

test('no head is read that llhttp refuses, or reads as another one', (t) => {
  let read = 0;
  tries(
    t,
    60_000,
    1_500_000,
    fc.property(bytes, (text) => {
      const { head, used } = parse(text);
      if (head === null || head === undefined) return;
      read++;
      const isResponse = head.status !== undefined;
      if (!isResponse && !isKnown(head.method!)) return;
      // LF alone may end a line (RFC 9112 §2.2); llhttp 9 wants CR before it. Nobody reads another head in it.
      const theirs = llhttp(latin1(text.slice(0, used).replace(/\r?\n/g, '\r\n')), isResponse);
      if (typeof theirs === 'string') {
        assert.ok(differs(head, text, theirs), `llhttp refuses it: ${theirs}`);
        return;
      }
      assert.equal(
        theirs.first,
        isResponse
          ? `HTTP/${head.version} ${head.status!} ${head.reason!}`
          : `${head.method!} ${head.path!} HTTP/${head.version}`,
      );
      assert.deepEqual(theirs.headers, head.raw.flat());
      // It ends where ours ends.
      assert.equal(typeof llhttp(latin1(text.slice(0, used! - 1).replace(/\r?\n/g, '\r\n')), isResponse), 'string');
    }),
  );
  t.diagnostic(`${read} of them are heads`);
});

test('a request that is written is read as what was meant, here and by llhttp, and one that is refused is misuse', (t) => {
  const text = fc.oneof(fc.constantFrom(...values, ...pieces), fc.string({ unit: 'binary', maxLength: 4 }));
  const request: fc.Arbitrary<HttpRequest> = fc.record({
    method: fc.oneof(fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS'), text),
    path: fc.oneof(
      fc.constantFrom('/', '/a?b', '*', 'http://h/'),
      text.map((one) => `/${one}`),
    ),
    headers: fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), text), text), { maxLength: 4 }),
  });
  tries(
    t,
    30_000,
    500_000,
    fc.property(request, (one) => {
      let sent: string;
      try {
        sent = Buffer.concat(httpPieces(outgoingRequest(one, 'utf-8'))).toString('latin1');
      } catch (error) {
        assert.match((error as NodeJS.ErrnoException).code ?? '', /^ERR_INVALID_ARG/, String(error));
        return;
      }
      const { head, used } = parse(sent);
      assert.equal(used, sent.length, 'nothing is left behind the head');
      assert.deepEqual([head!.method, head!.path], [one.method, one.path]);
      const meant = (one.headers as [string, string][]).map(([name, value]) => [
        name,
        value.replace(/^[ \t]+|[ \t]+$/g, ''),
      ]);
      assert.deepEqual(head!.raw.slice(0, meant.length), meant);
      assert.ok(head!.raw.length <= meant.length + 1, 'at most a length is added');
      if (!isKnown(one.method)) return;
      const theirs = llhttp(latin1(sent), false);
      if (typeof theirs === 'string') assert.ok(differs(head!, sent, theirs), theirs);
      else assert.deepEqual(theirs.headers, head!.raw.flat());
    }),
  );
});

/**
 * What llhttp refuses and we read, because nobody could take one message for two: targets in forms that it does not know, and
 * a tab behind a Content-Length, which is white space around it like any other (RFC 9110 §5.6.3).
 */
function differs(head: HttpHead, text: string, code: string): boolean {
  if (code === 'HPE_INVALID_CONTENT_LENGTH') return /\ncontent-length:[ \t]*\d+ *\t[ \t]*\r?\n/i.test(text);
  return code === 'HPE_INVALID_URL' && head.method !== undefined;
}

function readFrom(text: string, cuts: readonly number[], max: number, maxHeaders: number, hesitant: boolean): Verdict {
  const stream = streamOf(segmentsOf(latin1(text), cuts), hesitant);
  try {
    const head = runOf(readHttpHead(stream, { max, maxHeaders }));
    if (head === null) return { head };
    for (let got = 1; got !== 0;) got = stream.fill();
    return { head, used: text.length - stream.buffered };
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    const { code, message, partial } = error;
    return { code, message, partial };
  }
}

/** A verdict in one line. */
function shown({ head, used, code, message, partial }: Verdict): string {
  return JSON.stringify([head, used, code, message, partial?.toString('latin1')]);
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** llhttp refuses methods that are not in its list, and takes PRI for the beginning of HTTP/2 alone. */
function isKnown(method: string): boolean {
  return knownMethods.includes(method) && method !== 'PRI';
}
