// Owns the tests of all encodings at once: nothing is replaced, whatever the bytes, and characters are never cut.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import fc from 'fast-check';
import type * as Text from '../../src/codec/text.js';

const load = (file: string): Promise<unknown> =>
  import(new URL(`../../../compiled/codec/${file}.js`, import.meta.url).href);
const { characterLength, decodeText, encodeText, encodingOf, unitOf, wholeCharacters } = (await load(
  'text',
)) as typeof Text;

interface Iconv {
  encodings: Record<string, unknown>;
  encodingExists(name: string): boolean;
}
const iconv = createRequire(import.meta.url)('iconv-lite') as Iconv;
iconv.encodingExists('utf8');
const names = Object.keys(iconv.encodings).filter((name) => !name.startsWith('_') && !/^(base64|hex)$/.test(name));

function decoded(bytes: Buffer, encoding: string): string | null {
  try {
    return decodeText(bytes, encoding);
  } catch (error) {
    assert.equal((error as { code: string }).code, 'ERR_ENCODING');
    return null;
  }
}

function encoded(text: string, encoding: string): Buffer | null {
  try {
    return encodeText('text', text, encoding);
  } catch (error) {
    assert.equal((error as { code: string }).code, 'ERR_ENCODING');
    return null;
  }
}

test('every name that iconv-lite has is an encoding, and so is its alias', () => {
  assert.ok(names.length > 300);
  for (const name of names) {
    const encoding = encodingOf('encoding', name);
    assert.equal(encodingOf('encoding', encoding), encoding, name);
    assert.equal(encodingOf('encoding', name.toUpperCase()), encoding, name);
  }
});

test('in every encoding a byte is a character or an error, and a character that is written reads back', () => {
  for (const name of names) {
    const encoding = encodingOf('encoding', name);
    if (unitOf(encoding) > 1) continue;
    for (let byte = 0; byte < 256; byte++) {
      const text = decoded(Buffer.from([byte]), encoding);
      if (text === null) continue;
      assert.ok(!text.includes('\ufffd'), `${name} ${byte}`);
      const bytes = encoded(text, encoding);
      if (bytes !== null) assert.equal(decoded(bytes, encoding), text, `${name} ${byte}`);
    }
    for (const text of ['€', 'é', 'Ж', '日', '한', '¥', '\x80', '\ufffd', '\ufeff', '😀', '\ud83d', 'a\ude00', '?']) {
      const bytes = encoded(text, encoding);
      if (bytes !== null) assert.equal(decoded(bytes, encoding), text, `${name} ${text}`);
    }
    assert.ok(encoded('?', encoding) === null || decoded(encoded('?', encoding)!, encoding) === '?', name);
  }
});

const wide = ['shift_jis', 'euc-jp', 'gb2312', 'gbk', 'gb18030', 'euc-kr', 'cp950', 'big5', 'cesu-8', 'utf-8'];

test('two bytes are one character, two, or an error, and never a replacement', () => {
  for (const name of wide) {
    const encoding = encodingOf('encoding', name);
    let characters = 0;
    for (let lead = 0x7e; lead < 256; lead++) {
      for (let trail = 0x1f; trail < 256; trail += 3) {
        const bytes = Buffer.from([lead, trail]);
        const text = decoded(bytes, encoding);
        if (text === null) continue;
        characters++;
        assert.ok(!text.includes('\ufffd'), `${name} ${bytes.toString('hex')}`);
        const whole = characterLength(encoding)?.(bytes, 0);
        if (whole === 2)
          assert.ok(decoded(bytes.subarray(0, 1), encoding) === null, `${name} ${bytes.toString('hex')}`);
      }
    }
    assert.ok(characters > 200, name);
  }
});

/** Characters that an encoding has, of all kinds. */
function alphabet(encoding: string): string[] {
  const all: string[] = [];
  for (let point = 0x20; point < 0x11000; point += point < 0x500 ? 1 : 23) {
    if (point >= 0xd800 && point < 0xe000) continue;
    const text = String.fromCodePoint(point);
    if (encoded(text, encoding) !== null) all.push(text);
  }
  for (const text of ['\r', '\n', '😀', '\ufffd', '\u{20000}', '\u{10ffff}'])
    if (encoded(text, encoding) !== null) all.push(text);
  return all;
}

test('what is cut off is always the beginning of one character, and what is left is text', () => {
  for (const name of [...wide, 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be', 'utf-7', 'utf-7-imap', 'koi8-r']) {
    const encoding = encodingOf('encoding', name);
    const letters = alphabet(encoding);
    assert.ok(letters.length > 100, name);
    const longest = Math.max(...letters.map((letter) => encoded(letter, encoding)!.length));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...letters), { maxLength: 12 }), (chosen) => {
        const text = chosen.join('');
        const bytes = encoded(text, encoding)!;
        assert.equal(decoded(bytes, encoding), text);
        for (let n = 0; n <= bytes.length; n++) {
          const whole = wholeCharacters(bytes.subarray(0, n), encoding);
          assert.ok(whole <= n);
          // A run of UTF-7 is one character, however long it is.
          if (!name.startsWith('utf-7')) assert.ok(n - whole < longest, `${name}: ${n - whole} bytes are cut off`);
          const part = decoded(bytes.subarray(0, whole), encoding);
          assert.ok(part !== null && text.startsWith(part), `${name}: ${bytes.toString('hex')} at ${n}`);
        }
        const lengthAt = characterLength(encoding);
        if (lengthAt === undefined || unitOf(encoding) > 1) return;
        let at = 0;
        let read = '';
        for (let next; at < bytes.length; at = next) {
          next = at + lengthAt(bytes, at);
          read += decoded(bytes.subarray(at, next), encoding)!;
        }
        assert.equal(read, text, name);
      }),
      { numRuns: 60 },
    );
  }
});

test('bytes of UTF-16, UTF-32 and GB18030 are text exactly when Node, or the four bytes of U+FFFD, say so', () => {
  const little = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 10 }), (given) => {
      const bytes = Buffer.from(given);
      let expected: string | null;
      try {
        expected = little.decode(bytes);
      } catch {
        expected = null;
      }
      assert.equal(decoded(bytes, 'utf-16le'), expected);
      if (bytes.length % 2 === 0) assert.equal(decoded(Buffer.from(bytes).swap16(), 'utf-16be'), expected);
    }),
  );
  const gb = encodingOf('encoding', 'gb18030');
  const real = Buffer.from('8431a437', 'hex');
  assert.equal(decoded(Buffer.concat([real, Buffer.from('a'), real]), gb), '\ufffda\ufffd');
  for (const hex of ['ff', '8431a4', '84318431a437', 'e3329a36', 'fe39fe39', '8431a437ff', '80ff'])
    assert.equal(decoded(Buffer.from(hex, 'hex'), gb), null, hex);
});
