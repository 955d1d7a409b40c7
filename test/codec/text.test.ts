// Owns the tests of text and bytes: what goes in comes out, and what cannot be converted is an error.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type * as Bytes from '../../src/codec/bytes.js';
import type * as Text from '../../src/codec/text.js';

const load = (file: string): Promise<unknown> =>
  import(new URL(`../../../compiled/codec/${file}.js`, import.meta.url).href);
const { decodeText, encodeText, encodingOf } = (await load('text')) as typeof Text;
const { toBytes, toPieces } = (await load('bytes')) as typeof Bytes;

test('text goes through UTF-8 and comes back, a BOM included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = encodeText('text', text, 'utf-8');
      assert.deepEqual(bytes, Buffer.from(new TextEncoder().encode(text)));
      assert.equal(decodeText(bytes, 'utf-8'), text);
    }),
  );
  assert.equal(decodeText(Buffer.from('\ufeffx'), 'utf-8'), '\ufeffx');
  assert.equal(decodeText(Buffer.from('\ufffd'), 'utf-8'), '\ufffd', 'a real replacement character');
});

test('bytes that are not UTF-8 are an error, and never replaced', () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
      let expected: string;
      try {
        expected = strict.decode(bytes);
      } catch {
        assert.throws(() => decodeText(Buffer.from(bytes), 'utf-8'), { code: 'ERR_ENCODING', name: 'SocketError' });
        return;
      }
      assert.equal(decodeText(Buffer.from(bytes), 'utf-8'), expected);
    }),
    { numRuns: 2000 },
  );
});

test('latin1 is one byte a character both ways, and a character above U+00FF is an error', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = decodeText(Buffer.from(bytes), 'latin1');
      assert.equal(text.length, bytes.length);
      assert.deepEqual(encodeText('text', text, 'latin1'), Buffer.from(bytes));
    }),
  );
  for (const text of ['€', 'a\u0100', '😀', '\ud800'])
    assert.throws(() => encodeText('text', text, 'latin1'), { code: 'ERR_ENCODING' });
  assert.throws(() => encodeText('text', 'x\udc00', 'utf-8'), { code: 'ERR_ENCODING' });
});

test('names of encodings', () => {
  for (const [name, encoding] of [
    ['utf-8', 'utf-8'],
    ['UTF8', 'utf-8'],
    ['latin1', 'latin1'],
    ['ISO-8859-1', 'latin1'],
    ['binary', 'latin1'],
    ['ISO_8859-1:1987', 'latin1'],
    ['US-ASCII', 'ascii'],
    ['ANSI_X3.4-1968', 'ascii'],
    ['UTF-16', 'utf-16'],
    ['ucs2', 'utf-16le'],
    ['Windows-1252', 'windows-1252'],
    ['Shift_JIS', 'shift_jis'],
  ] as const)
    assert.equal(encodingOf('encoding', name), encoding);
  for (const name of [
    '',
    ' ',
    'utf-17',
    'utf&8',
    'base64',
    'hex',
    'utf-8\0',
    'constructor',
    '__proto__',
    '_sbcs',
    5,
    null,
  ])
    assert.throws(() => encodingOf('encoding', name), { name: 'TypeError', message: /"encoding"/ });
});

test('every form of data is the same bytes, and memory that is bytes already is not copied', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(8), (bytes, offset) => {
      const memory = new Uint8Array(bytes.length + offset + 3);
      memory.set(bytes, offset);
      const part = memory.subarray(offset, offset + bytes.length);
      assert.equal(toBytes('data', part, 'utf-8'), part);
      const view = toBytes('data', new DataView(memory.buffer, offset, bytes.length), 'utf-8');
      assert.deepEqual(Buffer.from(view), Buffer.from(bytes));
      assert.equal(view.buffer, memory.buffer);
      assert.deepEqual(Buffer.from(toBytes('data', memory.buffer, 'utf-8')), Buffer.from(memory));
      const shared = new SharedArrayBuffer(bytes.length);
      new Uint8Array(shared).set(bytes);
      assert.deepEqual(Buffer.from(toBytes('data', shared as unknown as ArrayBuffer, 'utf-8')), Buffer.from(bytes));
      const pieces = toPieces('data', ['ü', part, '', new Uint8Array(0)], 'utf-8');
      assert.deepEqual(Buffer.concat(pieces), Buffer.concat([Buffer.from('ü'), bytes]));
      assert.equal(pieces.length, 2);
    }),
  );
});
