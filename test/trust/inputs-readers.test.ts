// Owns the law of readers: whatever the bytes, and however they are cut, each reading operation comes to what a naive reader
// makes of all of them, and leaves what it leaves. Encodings have inputs-text.test.ts, heads of HTTP inputs-http.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import * as promises from 'berkeley';
import type { AsyncConn, Codec } from 'berkeley';
import * as blocking from 'berkeley/sync';
import type * as Codecs from '../../src/codec/codecs.js';
import type * as Numbers from '../../src/codec/number.js';
import type * as Errors from '../../src/error/socket-error.js';
import type * as Frames from '../../src/core/read-frame.js';
import type * as Operations from '../../src/face/conn-operations.js';
import { type AnyStream, runOf, streamOf } from './feed.js';
import { built, segmentsOf, soupOf, tries, triesLater } from './inputs.js';
import { expected, failed, type Read, shown, shownNumber, shownText } from './reader-model.js';

const { codecs } = (await built('codec/codecs')) as typeof Codecs;
const { formOf } = (await built('codec/number')) as typeof Numbers;
const { SocketError: BuiltError } = (await built('error/socket-error')) as typeof Errors;
const { ReadFrame } = (await built('core/read-frame')) as typeof Frames;
const operations = (await built('face/conn-operations')) as typeof Operations;

const pieces = [
  ...['a', 'b', 'ab', 'aab', '\r', '\n', '\r\n', '\n\n', '\0', '\x01', '\x02', '\0\0', '\xff', '\x80', ' ', ';'],
  ...['\xc3\xbc', '\xe2\x82\xac', '\xf0\x9f\x98\x80', '\xe2\x82', '\xed\xa0\x80', 'aaaaaaaaaaaaaaaa', '\0\0\0\x03'],
];
const bytes = soupOf(pieces, 16);
const max = fc.integer({ min: 1, max: 24 });
const marks = fc.array(fc.constantFrom('\n', '\r\n', 'a', 'ab', 'aab', 'b', '\0', 'ba', '\r\n\r\n', 'aa'), {
  minLength: 1,
  maxLength: 3,
});
const read: fc.Arbitrary<Read> = fc.oneof(
  fc.record({ do: fc.constantFrom('exact' as const, 'peek' as const), n: fc.nat(12) }),
  fc.record({ do: fc.constant('until' as const), marks, max, keep: fc.boolean() }),
  fc.record({ do: fc.constant('line' as const), max: fc.oneof(max, fc.constant(65_536)) }),
  fc.record({ do: fc.constant('lines' as const), max }),
  fc.record({ do: fc.constant('all' as const), max: fc.integer({ min: 1, max: 90 }) }),
  fc.record({
    do: fc.constant('num' as const),
    type: fc.constantFrom('u8', 'i16', 'u16le', 'i32le', 'u32', 'i64', 'u64le', 'f32', 'f64le'),
  }),
  fc.record({
    do: fc.constant('prefixed' as const),
    type: fc.constantFrom('u8', 'u16', 'u32le', 'i8', 'i64'),
    max: fc.integer({ min: 1, max: 127 }),
  }),
  fc.record({ do: fc.constant('delimited' as const), mark: fc.constantFrom('\n', 'ab', 'aab', '\r\n'), max }),
  fc.record({ do: fc.constant('fixed' as const), size: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ do: fc.constant('unread' as const), bytes: soupOf(pieces, 2) }),
);
const script = fc.array(read, { minLength: 1, maxLength: 6 });
const cuts = fc.array(fc.nat(120), { maxLength: 12 });

test('every reader gives the same for any bytes in any segmentation, and leaves the same', (t) => {
  tries(
    t,
    120_000,
    2_000_000,
    fc.property(bytes, script, cuts, fc.boolean(), (text, reads, at, hesitant) => {
      const stream = streamOf(segmentsOf(latin1(text), at), hesitant);
      let rest = text;
      for (const one of reads) {
        const outcome = expected(one, rest);
        const says = said(stream, one);
        if (says !== outcome.says) assert.equal(says, outcome.says, JSON.stringify(one));
        ({ rest } = outcome);
      }
      assert.equal(said(stream, { do: 'all', max: 1 << 20 }), shown(rest), 'what is left');
    }),
  );
});

/** Reads of the size from which on the memory of the result is received into, and their neighbours. */
const large = fc.oneof(
  fc.record({ do: fc.constantFrom('exact' as const, 'peek' as const), n: fc.constantFrom(65_535, 65_536, 90_000) }),
  fc.record({ do: fc.constant('line' as const), max: fc.constantFrom(65_536, 200_000) }),
  fc.record({ do: fc.constant('until' as const), marks, max: fc.constant(200_000), keep: fc.boolean() }),
  fc.record({ do: fc.constant('lines' as const), max: fc.constant(200_000) }),
  fc.record({ do: fc.constant('exact' as const), n: fc.nat(5000) }),
);

test('large reads give the same in any segmentation', (t) => {
  const lengths = fc.array(fc.constantFrom(1, 1000, 4095, 4096, 65_535, 65_536, 70_000), { maxLength: 5 });
  tries(
    t,
    1500,
    30_000,
    fc.property(
      lengths,
      fc.array(large, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(300_000), { maxLength: 9 }),
      fc.boolean(),
      (all, reads, at, hesitant) => {
        const text = all.map((n) => 'x'.repeat(n - 1)).join('\n');
        const stream = streamOf(segmentsOf(latin1(text), at), hesitant);
        let rest = text;
        for (const one of reads) {
          const outcome = expected(one, rest);
          assert.ok(said(stream, one) === outcome.says, JSON.stringify(one));
          ({ rest } = outcome);
        }
        assert.ok(said(stream, { do: 'all', max: 1 << 24 }) === shown(rest), 'what is left');
      },
    ),
  );
});

test('a frame of any codec is read from any segmentation as from one piece', (t) => {
  // A length in base 3 behind a run of '#', so that nothing about it is known from a number of bytes.
  const codec: Codec<string> = {
    maxFrame: 40,
    encode: latin1,
    decode(buffer) {
      const head = /^#*([012]+)!/.exec(buffer.toString('latin1'));
      if (head === null) return null;
      const used = head[0].length + parseInt(head[1]!, 3);
      return buffer.length < used ? null : { value: buffer.toString('latin1', 0, used), used };
    },
  };
  const soup = soupOf(['#', '0', '1', '2', '!', '10!', '2!', 'xx', 'x', '#1!', '#######'], 14);
  tries(
    t,
    20_000,
    300_000,
    fc.property(soup, cuts, fc.boolean(), (text, at, hesitant) => {
      const whole = framesIn(streamOf(segmentsOf(latin1(text), []), false), codec);
      assert.deepEqual(framesIn(streamOf(segmentsOf(latin1(text), at), hesitant), codec), whole);
    }),
  );
});

for (const [colour, net] of [
  ['promises', promises],
  ['blocking', blocking as unknown as typeof promises],
] as const)
  test(`over real sockets, too, in the colour ${colour}`, async (t) => {
    await triesLater(
      t,
      1000,
      20_000,
      fc.asyncProperty(bytes, script, cuts, async (text, reads, at) => {
        const [ours, theirs] = net.pair();
        try {
          const segments = segmentsOf(latin1(text), at);
          const sent = send(theirs, segments, net === promises);
          // A blocking reader must find all of it; a waiting one is given a part in each turn of the loop.
          if (net !== promises) await sent;
          let rest = text;
          for (const one of reads) {
            const outcome = expected(one, rest);
            assert.equal(await asked(ours, one), outcome.says, JSON.stringify(one));
            ({ rest } = outcome);
          }
          assert.equal(await asked(ours, { do: 'all', max: 1 << 20 }), shown(rest), 'what is left');
          await sent;
        } finally {
          ours.abort();
          theirs.abort();
        }
      }),
    );
  });

async function send(conn: AsyncConn, segments: readonly Buffer[], slowly: boolean): Promise<void> {
  for (const segment of segments) {
    await conn.write(segment);
    if (slowly) await new Promise((go) => setImmediate(go));
  }
  await conn.closeWrite();
}

/** What a read of a connection comes to. */
async function asked(conn: AsyncConn, read: Read): Promise<string> {
  try {
    switch (read.do) {
      case 'unread':
        conn.unread(Buffer.from(read.bytes, 'latin1'));
        return 'put back';
      case 'exact':
        return shownBytes(await conn.readExact(read.n));
      case 'peek':
        return shownBytes(await conn.peek(read.n));
      case 'until':
        return shownBytes(await conn.readUntil(read.marks.map(latin1), read));
      case 'all':
        return shownBytes(await conn.readAll(read));
      case 'line':
        return shownText(await conn.readLine(read.max === 65_536 ? undefined : read));
      case 'num':
        return `number ${shownNumber(await conn.readNum(read.type))}`;
      default:
        return shownFrame(await conn.framed(codecOf(read)).read());
    }
  } catch (error) {
    return shownError(error, promises.SocketError);
  }
}

/** What an operation on a stream without a socket comes to; the quick ways of the faces are tried first, as they do. */
function said(stream: AnyStream, read: Read): string {
  try {
    switch (read.do) {
      case 'unread':
        stream.buffer.prepend(latin1(read.bytes));
        return 'put back';
      case 'exact':
        return shownBytes(runOf(operations.readExact(stream, read.n)));
      case 'peek':
        return shownBytes(runOf(operations.peek(stream, read.n)));
      case 'until':
        return shownBytes(runOf(operations.readUntil(stream, read.marks.map(latin1), read)));
      case 'all':
        return shownBytes(runOf(operations.readAll(stream, read)));
      case 'line': {
        const usual = read.max === 65_536;
        const line = usual ? stream.lineAtOnce() : null;
        return shownText(line ?? runOf(operations.readLine(stream, usual ? undefined : read)));
      }
      case 'num': {
        const form = formOf(read.type);
        const number = stream.numberAtOnce(form);
        return `number ${shownNumber(number ?? form.read(runOf(operations.readNumber(stream, read.type)), 0))}`;
      }
      default:
        return frameOf(stream, codecOf(read));
    }
  } catch (error) {
    return shownError(error, BuiltError);
  }
}

function frameOf(stream: AnyStream, codec: Codec<unknown>): string {
  const step = runOf(new ReadFrame(stream, { codec, max: codec.maxFrame }));
  return shownFrame(step.done === true ? null : step.value);
}

/** All frames of a stream, and how it ended. */
function framesIn(stream: AnyStream, codec: Codec<unknown>): string[] {
  const all: string[] = [];
  for (let frame = ''; frame !== 'end' && !frame.startsWith('failed'); all.push(frame)) {
    try {
      frame = frameOf(stream, codec);
    } catch (error) {
      frame = shownError(error, BuiltError);
    }
  }
  return all;
}

function codecOf(read: Read): Codec<unknown, never> {
  switch (read.do) {
    case 'prefixed':
      return codecs.lengthPrefixed(read.type, read);
    case 'delimited':
      return codecs.delimited(read.mark, read);
    case 'lines':
      return codecs.lines(read);
    case 'fixed':
      return codecs.fixed(read.size);
    default:
      throw new Error(read.do);
  }
}

function shownFrame(frame: unknown): string {
  if (frame === null || typeof frame === 'string') return shownText(frame);
  return shownBytes(frame as Buffer);
}

function shownBytes(piece: Buffer): string {
  return shown(piece.toString('latin1'));
}

/** A failure that the library has a name for. Any other is a failure of the test. */
function shownError(error: unknown, of: typeof promises.SocketError): string {
  if (!(error instanceof of)) throw error;
  return failed(error.code, error.partial?.toString('latin1'));
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
