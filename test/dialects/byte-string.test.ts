// Byte strings: one character for each byte, both ways, and nothing lost in silence.

import assert from 'node:assert/strict';
import test from 'node:test';
import type * as ByteString from '../../src/dialects/byte-string.js';

const file = new URL('../../../compiled/dialects/byte-string.js', import.meta.url).href;
const { bytesOfText, textOfBytes } = (await import(file)) as typeof ByteString;

const all = Uint8Array.from({ length: 256 }, (_, i) => i);
const text = Array.from(all, (byte) => String.fromCharCode(byte)).join('');

test('every byte is one character, and comes back as the same byte', () => {
  assert.equal(textOfBytes(all), text);
  assert.deepEqual(bytesOfText(text), Buffer.from(all));
  assert.equal(textOfBytes(all.subarray(65, 68)), 'ABC');
});

test('text with a character above 255 has no bytes, wherever it stands', () => {
  for (const wrong of ['€', 'a\u0100', '\u{1f600}z', '\ud800']) assert.equal(bytesOfText(wrong), null);
  assert.deepEqual(bytesOfText(''), Buffer.alloc(0));
  assert.deepEqual(bytesOfText('\u00ff\n'), Buffer.from([255, 10]));
});
