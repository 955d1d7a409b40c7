// Owns the tests of frames on every transport, against what Python packs.

import assert from 'node:assert/strict';
import { codecs, type Codec } from 'berkeley';
import { sized } from '../support/faults.js';
import { failure, onEvery, type AnyConn, type Choice } from '../support/matrix.js';

const MiB = 1024 * 1024;
const some: Choice = { transports: ['tcp4', 'unix', 'tls'] };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** All frames to the end, by `read`. */
async function frames<I, O>(conn: AnyConn, codec: Codec<I, O>): Promise<I[]> {
  const framed = conn.framed(codec);
  const all: I[] = [];
  for (;;) {
    const frame = await framed.read();
    if (frame === null) return all;
    all.push(frame);
  }
}

onEvery('frames are the same when they come at once and byte by byte, and null is the end', async (it) => {
  for (const op of ['send', 'dribble'] as const) {
    const opened = async (step: { hex: string } | { text: string }): Promise<AnyConn> =>
      (await it.open([[op, step], ['close']])).conn;
    // struct.pack('>H2s', 2, b'ab') and so on.
    const prefixed = await opened({ hex: '00026162' + '0000' + '000378797a' });
    assert.deepEqual((await frames(prefixed, codecs.lengthPrefixed('u16'))).map(String), ['ab', '', 'xyz']);
    const large = await opened({ hex: '0200000000000000' + '6162' + '0100000000000000' + '63' });
    assert.deepEqual((await frames(large, codecs.lengthPrefixed('u64le'))).map(String), ['ab', 'c']);
    const lines = await opened({ text: 'one\ntwö\r\n\n\r\ra\r\n' });
    assert.deepEqual(await frames(lines, codecs.lines()), ['one', 'twö', '', '\r\ra']);
    const delimited = await opened({ text: 'a--b---c----' });
    assert.deepEqual((await frames(delimited, codecs.delimited('--'))).map(String), ['a', 'b', '-c', '']);
    const fixed = await opened({ text: 'aaabbbccc' });
    assert.deepEqual((await frames(fixed, codecs.fixed(3))).map(String), ['aaa', 'bbb', 'ccc']);
  }
});

onEvery(
  'lines in UTF-16 end with the LF of UTF-16, where a character begins',
  async (it) => {
    // 'aĊb\n', 'c\r\n' and 'Ā' + '\n' in UTF-16BE; U+010A and U+0A00 have the byte 0A, too.
    const bytes = Buffer.from('0061010a0062000a0063000d000a0a00000a', 'hex');
    for (const op of ['send', 'dribble'] as const) {
      const { conn } = await it.open([[op, { hex: hex(bytes) }], ['close']]);
      assert.deepEqual(await frames(conn, codecs.lines({ encoding: 'utf-16be' })), ['aĊb', 'c', '\u0a00']);
    }
  },
  some,
);

onEvery(
  'what is written is what stands in the stream',
  async (it) => {
    const { conn, peer } = await it.open([['recvall']]);
    const writing: unknown = conn.framed(codecs.lengthPrefixed()).write(Buffer.from('ab'));
    assert.equal(await writing, undefined);
    await conn.framed(codecs.lengthPrefixed('u8')).write(new Uint8Array(0));
    await conn.framed(codecs.lengthPrefixed('i16le')).write(Buffer.from('c'));
    await conn.framed(codecs.lines()).write('lä');
    await conn.framed(codecs.lines({ eol: '\r\n', encoding: 'latin1' })).write('lä');
    await conn.framed(codecs.delimited(Buffer.from([0, 0]))).write(Buffer.from('d'));
    await conn.framed(codecs.fixed(3)).write(Buffer.from('xyz'));
    await conn.closeWrite();
    const { head } = await peer.done('recvall');
    assert.equal(head, '000000026162' + '00' + '010063' + '6cc3a40a' + '6ce40d0a' + '640000' + '78797a');
  },
  some,
);

onEvery(
  'a frame that the end cuts off is ERR_UNEXPECTED_EOF with what came, and then the end',
  async (it) => {
    const cases: [string, Codec<unknown, never>][] = [
      ['000000056162', codecs.lengthPrefixed()],
      ['0000', codecs.lengthPrefixed()],
      ['6162', codecs.lines()],
      ['616200', codecs.delimited('\0\0')],
      ['6162', codecs.fixed(3)],
    ];
    for (const [bytes, codec] of cases) {
      const { conn } = await it.open([['send', { hex: bytes }], ['close']]);
      const error = await failure(() => conn.framed(codec).read(), 'ERR_UNEXPECTED_EOF');
      assert.equal(hex(error.partial!), bytes);
      assert.equal(await conn.framed(codec).read(), null);
    }
  },
  some,
);

onEvery(
  'a frame of max bytes is read, a longer one is a LimitError before it is there, and consumes nothing',
  async (it) => {
    for (const op of ['send', 'dribble'] as const) {
      const { conn } = await it.open([[op, { hex: '0004' }], ['wait'], ['send', { text: '1234' }], ['close']]);
      const error = await failure(() => conn.framed(codecs.lengthPrefixed('u16', { max: 3 })).read(), 'ERR_LIMIT');
      assert.equal(error.name, 'LimitError');
      assert.equal(hex(await conn.readExact(2)), '0004');
      conn.abort();
      for (const [text, max, short] of [
        ['1234\n', codecs.lines({ max: 4 }), codecs.lines({ max: 3 })],
        ['1234\r\n', codecs.lines({ max: 4 }), codecs.lines({ max: 3 })],
        ['1234;', codecs.delimited(';', { max: 4 }), codecs.delimited(';', { max: 3 })],
      ] as const) {
        const { conn } = await it.open([[op, { text }], ['close']]);
        assert.equal(
          (await failure(() => conn.framed(short as Codec<unknown>).read(), 'ERR_LIMIT')).name,
          'LimitError',
        );
        assert.equal(String(await conn.framed(max as Codec<unknown>).read()), '1234');
      }
    }
  },
  some,
);

onEvery(
  '64 MiB without a delimiter stop at the limit, little beyond which is read',
  async (it) => {
    for (const codec of [codecs.lines(), codecs.delimited('\n')] as Codec<unknown>[]) {
      const { conn } = await it.open([['line', 64 * MiB]]);
      await failure(() => conn.framed(codec).read(), 'ERR_LIMIT');
      assert.ok(conn.bytesRead <= 256 * 1024, `${conn.bytesRead} bytes were read for a limit of 64 KiB`);
    }
  },
  some,
);

onEvery(
  'a frame of many megabytes costs linear time',
  async (it) => {
    const size = sized(64, 8) * MiB;
    const all = [codecs.delimited('\n', { max: size }), codecs.lines({ max: size }), codecs.fixed(size)];
    const begun = process.cpuUsage();
    for (const codec of all as Codec<unknown>[]) {
      const { conn } = await it.open([['line', size - MiB], ['close']]);
      const error = await failure(() => conn.framed(codec).read(), 'ERR_UNEXPECTED_EOF');
      assert.equal(error.partial!.length, size - MiB);
    }
    // Some 150 ms. Looking at all of it again with each segment is some 5,000 ms.
    const { user } = process.cpuUsage(begun);
    assert.ok(user < 1_500_000, `${user} µs`);
  },
  { transports: ['tcp4', 'pair'] },
);

onEvery(
  'a limit that ends inside of a frame consumes nothing (promise 1)',
  async (it) => {
    const { conn, peer } = await it.open([
      ['send', { hex: '000361' }],
      ['mark', 'some'],
      ['wait'],
      ['send', { hex: '6263' }],
      ['close'],
    ]);
    const framed = conn.framed(codecs.lengthPrefixed('u16'));
    await peer.mark('some');
    assert.equal((await conn.peek(3)).length, 3);
    await failure(() => framed.read({ timeout: 0 }), 'ETIMEDOUT');
    await failure(() => framed.read({ timeout: 5 }), 'ETIMEDOUT');
    peer.go();
    assert.equal(String(await framed.read()), 'abc');
    assert.equal(await framed.read(), null);
  },
  some,
);

onEvery(
  'between two frames the connection can be read in other ways, and written',
  async (it) => {
    const { conn } = await it.open([['send', { text: 'line\n\0\0\0\x02abraw' }], ['close']]);
    const framed = conn.framed(codecs.lengthPrefixed());
    assert.equal(framed.conn, conn);
    assert.equal(await conn.readLine(), 'line');
    assert.equal(String(await framed.read()), 'ab');
    assert.equal(String(await conn.readAll()), 'raw');
  },
  some,
);
