// Owns the laws of text: in every encoding, any segmentation of any bytes reads as one piece does, what is written reads back,
// and what is malformed is an error that takes nothing. The Unicode encodings are compared with TextDecoder and Python.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import fc from 'fast-check';
import type * as Iconv from '../../src/codec/iconv.js';
import type * as Codecs from '../../src/codec/codecs.js';
import type * as Text from '../../src/codec/text.js';
import type * as Errors from '../../src/error/socket-error.js';
import type * as Frames from '../../src/core/read-frame.js';
import type * as Operations from '../../src/face/conn-operations.js';
import type { Attempt } from '../../src/core/attempt.js';
import { type AnyStream, runOf, streamOf } from './feed.js';
import { built, segmentsOf, tries } from './inputs.js';
import { pythonAnswers } from './python-answers.js';
import { seed, size } from './size.js';

const { iconvName } = (await built('codec/iconv')) as typeof Iconv;
const { codecs } = (await built('codec/codecs')) as typeof Codecs;
const { characterLength, decodeText, encodeText, encodingOf, unitOf } = (await built('codec/text')) as typeof Text;
const { SocketError } = (await built('error/socket-error')) as typeof Errors;
const { ReadFrame } = (await built('core/read-frame')) as typeof Frames;
const { readLine, readText, readUntil } = (await built('face/conn-operations')) as typeof Operations;

/** One name for each encoding there is. Those with more than a byte a character, or with state, come apart: they need the trying. */
const unicode = ['utf-8', 'utf-16', 'utf-16le', 'utf-16be', 'utf-32', 'utf-32be', 'utf-7', 'utf-7-imap', 'cesu8'];
const asian = ['shift_jis', 'gbk', 'cp949', 'big5', 'big5hkscs', 'euc-jp', 'gb18030', 'cp936'];
const small = smallEncodings();

const encoding = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...unicode) },
  { weight: 4, arbitrary: fc.constantFrom(...asian) },
  { weight: 1, arbitrary: fc.constantFrom(...small) },
);
const letters = ['a', '\n', '\r\n', '\r', 'ü', '€', '日', '本', '語', '한', '字', '、', '😀', '-', '+', '&', '~', '\\'];
const text = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...letters) }, { weight: 1, arbitrary: point() }), {
    maxLength: 12,
  })
  .map((all) => all.join(''));
/** Bytes that are likely to begin, go on with or end characters somewhere. */
const byte = fc.oneof(
  fc.constantFrom(0x0a, 0x0d, 0x2b, 0x26, 0x2d, 0x41, 0x00, 0xd8, 0xdc, 0x5c, 0x30, 0x39, 0x81, 0x8e, 0x8f, 0xa1, 0xfe),
  fc.integer({ min: 0, max: 255 }),
);
/** Code points that there are, and that there are not, in four bytes of either order. */
const wide = fc
  .tuple(fc.array(fc.constantFrom(0x41, 0x0a, 0xd800, 0xdfff, 0x10ffff, 0x110000), { maxLength: 3 }), fc.boolean())
  .map(([points, little]) => {
    const bytes = Buffer.alloc(4 * points.length);
    points.forEach((point, i) => (little ? bytes.writeUInt32LE(point, 4 * i) : bytes.writeUInt32BE(point, 4 * i)));
    return bytes;
  });
const noise = fc.oneof(
  { weight: 4, arbitrary: fc.array(byte, { maxLength: 8 }).map((all) => Buffer.from(all)) },
  { weight: 1, arbitrary: wide },
);
const cuts = fc.array(fc.nat(80), { maxLength: 10 });

/** Bytes in an encoding: text, and before or behind it what may be none. */
const sample = fc
  .tuple(encoding, text, fc.option(noise, { freq: 3 }), fc.boolean(), fc.option(fc.nat(40), { freq: 4 }))
  .map(([name, wanted, wrong, before, cut]) => {
    const good = encoded(wanted, name) ?? Buffer.from(wanted);
    const all = wrong === null ? good : Buffer.concat(before ? [wrong, good] : [good, wrong]);
    return { name, bytes: cut === null ? all : all.subarray(0, Math.max(0, all.length - cut)) };
  });

test('text is read from any segmentation as from one piece, and what is malformed takes nothing', (t) => {
  tries(
    t,
    40_000,
    1_000_000,
    fc.property(sample, cuts, fc.integer({ min: 1, max: 20 }), fc.boolean(), ({ name, bytes }, at, most, hesitant) => {
      const stream = open(segmentsOf(bytes, at), name, hesitant);
      let joined = '';
      let code: string | null = null;
      for (let piece: string | null = ''; piece !== null; joined += piece ?? '')
        try {
          piece = runOf(readText(stream, most));
        } catch (error) {
          code = codeOf(error);
          break;
        }
      const rest = drain(stream);
      const taken = bytes.subarray(0, bytes.length - rest.length);
      assert.ok(rest.equals(bytes.subarray(taken.length)), 'what is left is what was not read');
      assert.equal(joined, decoded(taken, name), 'what was read is the text of what was taken');
      const whole = decoded(bytes, name);
      if (code === null) assert.equal(joined, whole);
      else if (code === 'ERR_ENCODING') assert.equal(whole, null);
      else assert.equal(code, 'ERR_LIMIT');
    }),
  );
});

const marks = fc.array(fc.constantFrom('\n', 'A', 'a', '\\', '、', 'ü', '-', '日', '~', '0', '語', '+'), {
  minLength: 1,
  maxLength: 2,
});

test('lines, and text up to a mark, are found in any segmentation as in one piece', (t) => {
  const kind = fc.constantFrom('line' as const, 'lines' as const, 'until' as const);
  tries(
    t,
    40_000,
    1_000_000,
    fc.property(
      sample,
      cuts,
      kind,
      marks,
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      (one, at, how, ends, max, hesitant) => {
        const { name, bytes } = one;
        if (how === 'until' && ends.some((end) => encoded(end, name) === null)) return;
        const whole = piecesIn(open(segmentsOf(bytes, []), name, false), name, how, ends, max);
        assert.equal(piecesIn(open(segmentsOf(bytes, at), name, hesitant), name, how, ends, max), whole);
      },
    ),
  );
});

test('what is written reads back as the same text, and the rest is refused', (t) => {
  const name = fc.oneof(encoding, fc.constantFrom(...small));
  const anyText = fc.oneof(text, fc.string({ unit: 'binary', maxLength: 10 }), lonely());
  tries(
    t,
    20_000,
    300_000,
    fc.property(name, anyText, (name, text) => {
      const encoding = encodingOf('', name);
      let bytes: Buffer;
      try {
        bytes = encodeText('text', text, encoding);
      } catch (error) {
        assert.equal(codeOf(error), 'ERR_ENCODING');
        return;
      }
      assert.equal(decodeText(bytes, encoding), text);
      assert.equal(bytes.length % unitOf(encoding), 0);
    }),
  );
});

test('what reads as text is written so that it reads as the same text', (t) => {
  tries(
    t,
    20_000,
    300_000,
    fc.property(sample, ({ name, bytes }) => {
      const text = decoded(bytes, name);
      if (text === null) return;
      const again = encoded(text, name);
      // The tables of some encodings go one way only for some characters. Those of Unicode have no tables.
      if (again === null) assert.ok(!unicode.includes(name), `${JSON.stringify(text)} cannot be written`);
      else assert.equal(decoded(again, name), text);
      const lengthAt = characterLength(encodingOf('', name));
      if (lengthAt === undefined) return;
      let place = 0;
      while (place < bytes.length) place += lengthAt(bytes, place);
      assert.equal(place, bytes.length, 'a character ends where the text ends');
    }),
  );
});

test('UTF-8 and UTF-16 are what TextDecoder takes for them', (t) => {
  const decoders = ['utf-8', 'utf-16le', 'utf-16be'].map(
    (name) => [name, new TextDecoder(name, { fatal: true, ignoreBOM: true })] as const,
  );
  tries(
    t,
    20_000,
    300_000,
    fc.property(fc.constantFrom(...decoders), text, noise, ([name, decoder], good, wrong) => {
      const bytes = Buffer.concat([wrong, encoded(good, name)!]);
      let theirs: string | null = null;
      try {
        theirs = decoder.decode(bytes);
      } catch {
        // It is none.
      }
      assert.equal(decoded(bytes, name), theirs);
    }),
  );
});

test('the Unicode encodings are what Python takes for them', async (t) => {
  const inPython = {
    'utf-8': 'utf-8',
    'utf-16be': 'utf-16be',
    'utf-32': 'utf-32le',
    'utf-32be': 'utf-32be',
    'utf-7': 'utf-7',
  };
  const names = Object.keys(inPython) as (keyof typeof inPython)[];
  const one = fc.tuple(fc.constantFrom(...names), text, noise, fc.boolean());
  const samples = fc.sample(one, { numRuns: size(10_000, 200_000), seed }).map(([name, good, wrong, spoilt]) => {
    const bytes = encoded(good, name)!;
    return [name, spoilt ? Buffer.concat([bytes, wrong]) : bytes] as const;
  });
  const theirs = await pythonAnswers<string | null>(
    t,
    `
def answer(one):
    name, data = one
    try: text = bytes.fromhex(data).decode(name)
    except UnicodeError: return None
    return None if any('\ud800' <= c <= '\udfff' for c in text) else text
`,
    samples.map(([name, bytes]) => [inPython[name], bytes.toString('hex')]),
  );
  for (const [i, [name, bytes]] of samples.entries()) {
    const ours = decoded(bytes, name);
    // Python forgives UTF-7 what RFC 2152 does not: bits left over, and a run without digits.
    if (name === 'utf-7' && ours === null) continue;
    assert.equal(ours, theirs[i], `${name} ${bytes.toString('hex')}`);
  }
  t.diagnostic(`${samples.length} inputs`);
});

/** Every frame, line or piece up to a mark, and how it ended. */
function piecesIn(
  stream: AnyStream,
  name: string,
  how: 'line' | 'lines' | 'until',
  ends: readonly string[],
  max: number,
): string {
  const all: string[] = [];
  const codec = codecs.lines({ encoding: name, max });
  const next = (): Attempt<unknown> =>
    how === 'line'
      ? readLine(stream, { max })
      : how === 'lines'
        ? new ReadFrame(stream, { codec, max: codec.maxFrame })
        : readUntil(stream, [...ends], { max });
  for (let i = 0; i < 100; i++)
    try {
      const piece = runOf(next());
      if (piece === null || (piece as IteratorResult<string>).done === true) break;
      all.push(Buffer.isBuffer(piece) ? piece.toString('hex') : JSON.stringify(piece));
    } catch (error) {
      all.push(codeOf(error));
      break;
    }
  all.push(drain(stream).toString('hex'));
  return all.join('\n');
}

function open(segments: readonly Buffer[], name: string, hesitant: boolean): AnyStream {
  const stream = streamOf(segments, hesitant);
  stream.encoding = encodingOf('encoding', name);
  return stream;
}

/** Everything that was not taken. */
function drain(stream: AnyStream): Buffer {
  for (;;) {
    const got = stream.fill();
    if (got === 0) return Buffer.from(stream.buffer.view());
  }
}

function decoded(bytes: Buffer, name: string): string | null {
  try {
    return decodeText(bytes, encodingOf('', name));
  } catch (error) {
    assert.equal(codeOf(error), 'ERR_ENCODING');
    return null;
  }
}

function encoded(text: string, name: string): Buffer | null {
  try {
    return encodeText('text', text, encodingOf('', name));
  } catch (error) {
    assert.equal(codeOf(error), 'ERR_ENCODING');
    return null;
  }
}

/** The code of a failure of the library. Any other is a failure of the test. */
function codeOf(error: unknown): string {
  if (error instanceof SocketError) return error.code;
  throw error;
}

/** All that iconv-lite knows, once each, besides those above. */
function smallEncodings(): string[] {
  const iconv = createRequire(import.meta.url)('iconv-lite') as {
    encodings: object;
    encodingExists(name: string): boolean;
  };
  iconv.encodingExists('ascii');
  const known = new Map<string, string>();
  for (const name of Object.keys(iconv.encodings)) {
    try {
      encodingOf('', name);
    } catch {
      continue;
    }
    known.set(iconvName(name)!, name);
  }
  for (const name of [...unicode, ...asian]) known.delete(iconvName(name) ?? '');
  assert.ok(known.size > 80, `${known.size} encodings`);
  return [...known.values()];
}

function point(): fc.Arbitrary<string> {
  return fc
    .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
    .map((n) => String.fromCodePoint(n));
}

/** Text with halves of surrogate pairs in it. */
function lonely(): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom('a', '\ud800', '\udc00', '😀', '\ufffd'), { maxLength: 6 })
    .map((all) => all.join(''));
}
