// Owns the tests of codecs: what they refuse, and what becomes of one that is wrong itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { codecs, EndOfStreamError, type Codec, type NumType } from 'berkeley';
import * as promises from 'berkeley';
import { failure, inBothColours } from '../net/kit.js';

type Wild = Record<string, (...given: unknown[]) => unknown>;

/** A codec of frames of one byte, with something changed. */
function oneByte(changes: Record<string, unknown> = {}): Codec<unknown> {
  const codec = {
    maxFrame: 16,
    encode: (): Uint8Array => Buffer.from('x'),
    decode: (buffer: Buffer): { value: unknown; used: number } | null => ({ value: buffer[0], used: 1 }),
  };
  return { ...codec, ...changes };
}

inBothColours('a codec that lies is ERR_FRAME, consumes nothing and never loops', async (net) => {
  const [one, two] = net.pair();
  await two.write('abc');
  const boom = new Error('boom');
  const given: unknown[] = [
    undefined,
    {},
    5,
    'x',
    [],
    { used: 1 },
    { value: 1 },
    { value: 1, used: 0 },
    { value: 1, used: -1 },
    { value: 1, used: 4 },
    { value: 1, used: 0.5 },
    { value: 1, used: NaN },
    { value: 1, used: Infinity },
    { value: 1, used: '1' },
    { value: 1, used: 1n },
    Promise.resolve(null),
  ];
  for (const answer of given) {
    const error = await failure(() => one.framed(oneByte({ decode: () => answer })).read());
    assert.equal(error.code, 'ERR_FRAME');
    assert.equal(error.phase, 'read');
  }
  const thrown = await failure(() =>
    one
      .framed(
        oneByte({
          decode() {
            throw boom;
          },
        }),
      )
      .read(),
  );
  assert.equal(thrown.code, 'ERR_FRAME');
  assert.equal(thrown.cause, boom);
  const greedy = oneByte({ decode: () => (promises.share(one).unread('z'), null) });
  assert.equal((await failure(() => one.framed(greedy).read())).code, 'ERR_FRAME');
  assert.equal(String(await one.readExact(4)), 'zabc');
  one.abort();
  two.abort();
});

inBothColours('a value of any kind is a frame, also undefined, null and what says "not yet" inside', async (net) => {
  const values = [undefined, null, 0, false, -2_000_001, -2_000_002, -2_000_003, -2_000_004, Promise.resolve(5)];
  const [one, two] = net.pair();
  let next = 0;
  const framed = one.framed(oneByte({ decode: () => ({ value: values[next++], used: 1 }) }));
  for (const value of values) {
    await two.write('x');
    const got = framed.read() as unknown;
    assert.equal(await got, await value);
  }
  await two.close();
  one.abort();
});

inBothColours('an encode that is wrong, throws or is too long sends nothing', async (net) => {
  const [one, two] = net.pair();
  for (const answer of [undefined, null, 'x', [], Buffer.alloc(0), ['x'], [Buffer.from('x'), 5], Promise.resolve()])
    assert.equal((await failure(() => one.framed(oneByte({ encode: () => answer })).write(1))).code, 'ERR_FRAME');
  const long = await failure(() => one.framed(oneByte({ encode: () => [Buffer.alloc(16), Buffer.alloc(1)] })).write(1));
  assert.equal(long.code, 'ERR_LIMIT');
  assert.equal(long.phase, 'write');
  for (const [thrown, name] of [
    [new TypeError('no'), 'TypeError'],
    [new Error('no'), 'SocketError'],
  ] as const) {
    const encode = (): never => {
      throw thrown;
    };
    assert.equal((await failure(() => one.framed(oneByte({ encode })).write(1))).name, name);
  }
  const wrong: [Codec<never, unknown>, unknown, string][] = [
    [codecs.lines() as never, 'a\nb', 'TypeError'],
    [codecs.lines() as never, 'a\r', 'TypeError'],
    [codecs.lines() as never, Buffer.from('a'), 'TypeError'],
    [codecs.lines({ max: 3 }) as never, 'four', 'RangeError'],
    [codecs.lines({ encoding: 'latin1' }) as never, '€', 'SocketError'],
    [codecs.fixed(3) as never, Buffer.alloc(2), 'RangeError'],
    [codecs.fixed(3) as never, 'abc', 'TypeError'],
    [codecs.delimited('--') as never, Buffer.from('a--b'), 'TypeError'],
    [codecs.delimited('--') as never, Buffer.from('a-'), 'TypeError'],
    [codecs.delimited(';', { max: 2 }) as never, Buffer.from('abc'), 'RangeError'],
    [codecs.lengthPrefixed('u8') as never, Buffer.alloc(256), 'RangeError'],
    [codecs.lengthPrefixed('i8') as never, Buffer.alloc(128), 'RangeError'],
    [codecs.lengthPrefixed('u32', { max: 2 }) as never, Buffer.alloc(3), 'RangeError'],
    [codecs.lengthPrefixed() as never, null, 'TypeError'],
  ];
  for (const [codec, value, name] of wrong) {
    const error = await failure(() => one.framed(codec).write(value));
    assert.equal(error.name, name, `${String(value)}: ${error.message}`);
    if (name !== 'SocketError') assert.match(error.message, /"value"/);
  }
  assert.equal(await two.waitReadable({ timeout: 0 }), false);
  assert.equal(one.bytesWritten, 0);
  one.abort();
  two.abort();
});

inBothColours('what is no codec is refused by name', async (net) => {
  const [one, two] = net.pair();
  for (const [codec, name] of [
    [undefined, /"codec"/],
    [{}, /"codec"/],
    [oneByte({ encode: 5 }), /"codec"/],
    [oneByte({ decode: null }), /"codec"/],
    [oneByte({ maxFrame: '9' }), /"codec.maxFrame"/],
    [oneByte({ maxFrame: 0 }), /"codec.maxFrame"/],
    [oneByte({ maxFrame: NaN }), /"codec.maxFrame"/],
  ] as const)
    assert.match((await failure(() => one.framed(codec as Codec<unknown>))).message, name);
  for (const timeout of [-1, NaN, 'soon'])
    assert.match(
      (await failure(() => one.framed(oneByte()).read({ timeout: timeout as number }))).message,
      /"timeout"/,
    );
  one.abort();
  two.abort();
});

test('codecs refuse wrong arguments by name', () => {
  for (const [method, given, name] of [
    ['lengthPrefixed', ['f32'], 'type'],
    ['lengthPrefixed', ['u24'], 'type'],
    ['lengthPrefixed', ['u32', { max: 0 }], 'max'],
    ['lengthPrefixed', ['u32', { max: 'x' }], 'max'],
    ['lengthPrefixed', ['u32', null], 'options'],
    ['lines', [{ encoding: 'klingon' }], 'encoding'],
    ['lines', [{ eol: '\r' }], 'eol'],
    ['delimited', [''], 'delimiter'],
    ['delimited', [new Uint8Array(0)], 'delimiter'],
    ['delimited', [5], 'delimiter'],
    ['delimited', [], 'delimiter'],
    ['fixed', [0], 'size'],
    ['fixed', [1.5], 'size'],
    ['fixed', [], 'size'],
  ] as const)
    assert.throws(() => (codecs as unknown as Wild)[method]!(...given), new RegExp(`"${name}"`));
});

inBothColours('a negative length is ERR_FRAME, and one that no memory holds is ERR_LIMIT at once', async (net) => {
  const [one, two] = net.pair();
  await two.writeNum('i16', -1);
  assert.equal((await failure(() => one.framed(codecs.lengthPrefixed('i16')).read())).code, 'ERR_FRAME');
  assert.equal(await one.readNum('i16'), -1);
  await two.writeNum('u64', 2n ** 64n - 1n);
  assert.equal((await failure(() => one.framed(codecs.lengthPrefixed('u64')).read())).code, 'ERR_LIMIT');
  assert.equal(await one.readNum('u64'), 2n ** 64n - 1n);
  one.abort();
  two.abort();
});

inBothColours('an iteration gives the frames and ends with the stream; leaving it closes nothing', async (net) => {
  const [one, two] = net.pair();
  await two.write('one\ntwo\nthree\nfo');
  const framed = one.framed(codecs.lines());
  for await (const line of framed) {
    assert.equal(line, 'one');
    break;
  }
  const rest: string[] = [];
  const cut = await failure(async () => {
    await two.closeWrite();
    for await (const line of framed) rest.push(line);
  });
  assert.deepEqual(rest, ['two', 'three']);
  assert.ok(cut instanceof EndOfStreamError);
  for await (const line of framed) assert.fail(line);
  one.abort();
  two.abort();
});

test('a codec that takes long is not asked at every segment, and is asked when nothing more comes', async () => {
  const [one, two] = promises.pair();
  const size = 64 * 1024 + 200;
  let asked = 0;
  const slow = oneByte({
    maxFrame: size,
    decode(buffer: Buffer) {
      asked++;
      for (const until = performance.now() + 20; performance.now() < until;);
      return buffer.length < size ? null : { value: buffer.length, used: size };
    },
  });
  const reading = one.framed(slow).read();
  await two.write(Buffer.alloc(64 * 1024));
  for (let i = 0; i < 200; i++) {
    await two.write('x');
    await new Promise((go) => setImmediate(go));
  }
  assert.equal(await reading, size);
  assert.ok(asked < 60, `asked ${asked} times`);
  await two.write(Buffer.alloc(size));
  // It is there: a limit of 0 does not hide it.
  assert.equal(await one.framed(slow).read({ timeout: 0 }), size);
  one.abort();
  two.abort();
});

const prefixes: readonly NumType[] = ['u8', 'i8', 'u16', 'i16le', 'u32', 'u32le', 'i64', 'u64le'];
const frame = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
const shapes = fc.oneof(
  fc.tuple(
    fc.constantFrom(...prefixes).map((type) => codecs.lengthPrefixed(type)),
    fc.array(frame, { maxLength: 6 }),
  ),
  fc.constantFrom('\r\n', '\0', 'aba').chain((mark) =>
    fc.tuple(
      fc.constant(codecs.delimited(mark)),
      fc.array(
        frame.filter((bytes) => Buffer.concat([bytes, Buffer.from(mark)]).indexOf(mark) === bytes.length),
        { maxLength: 6 },
      ),
    ),
  ),
  fc.integer({ min: 1, max: 9 }).chain((size) =>
    fc.tuple(
      fc.constant(codecs.fixed(size)),
      fc.array(
        fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => Buffer.from(bytes)),
        { maxLength: 6 },
      ),
    ),
  ),
);

test('the same frames come out of every segmentation', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.array(fc.integer({ min: 1, max: 12 })), async ([codec, frames], cuts) => {
      const [one, two] = promises.pair();
      const all = (async () => {
        const got: Buffer[] = [];
        for await (const each of one.framed(codec)) got.push(each);
        return got;
      })();
      let rest = Buffer.concat(frames.flatMap((each) => codec.encode(each)));
      for (const cut of cuts) {
        await two.write(rest.subarray(0, cut));
        rest = rest.subarray(cut);
        // The reader has its turn, so that it sees the segment by itself.
        await new Promise((go) => setImmediate(go));
      }
      await two.write(rest);
      await two.closeWrite();
      assert.deepEqual(await all, frames);
      one.abort();
      two.abort();
    }),
    { numRuns: 120 },
  );
});
