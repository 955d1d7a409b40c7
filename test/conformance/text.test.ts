// Owns the tests of text in every kind of encoding, against Python's codecs.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { failure, onEvery, type AnyConn, type Choice } from '../support/matrix.js';

const some: Choice = { transports: ['tcp4', 'unix', 'tls'] };

/** Our name, Python's, and text that the encoding has. */
const samples: readonly [string, string, string][] = [
  ['utf-8', 'utf-8', 'aß€😀\ufeff\ufffdz'],
  ['latin1', 'iso-8859-1', 'a\x80\x9f\xa0ÿz'],
  ['us-ascii', 'ascii', 'plain ~\x7f'],
  ['windows-1252', 'cp1252', 'a€‚ƒ„…ÿz'],
  ['iso-8859-15', 'iso8859-15', 'a€Šœÿz'],
  ['ISO-8859-7', 'iso8859-7', 'Ελληνικά'],
  ['koi8-r', 'koi8-r', 'Привет, мир'],
  ['cp437', 'cp437', '╔═╗Ñα'],
  ['macintosh', 'mac-roman', 'Äöü†'],
  ['shift_jis', 'cp932', '日本語 ｶﾅ ソ表|能~'],
  ['euc-jp', 'euc-jp', '日本語ｶﾅ漢字'],
  ['gbk', 'gbk', '简体中文丂'],
  ['gb18030', 'gb18030', 'a简€😀ß\ufffd中z'],
  ['euc-kr', 'euc-kr', '한국어 漢字'],
  ['big5', 'big5', '繁體中文功|'],
  ['utf-16le', 'utf-16-le', 'aĊ\u0a00ȀȊ😀\ufeff\ufffdz'],
  ['utf-16be', 'utf-16-be', 'aĊ\u0a00ȀȊ😀\ufeff\ufffdz'],
  ['utf-16', 'utf-16-le', 'a€😀'],
  ['utf-32le', 'utf-32-le', 'aĊ\u0a00😀\ufffdz'],
  ['utf-32be', 'utf-32-be', 'aĊ\u0a00😀\ufffdz'],
  ['utf-7', 'utf-7', 'a + b ~ € 😀\ufffd-z'],
];

/** What Python makes of texts: the same in hex. */
function pythonEncode(rows: readonly (readonly [string, string])[]): string[] {
  const program = `import json, sys
print(json.dumps([t.encode(e).hex() for e, t in json.load(sys.stdin)]))`;
  const input = JSON.stringify(rows);
  return JSON.parse(execFileSync('python3', ['-I', '-c', program], { input }).toString()) as string[];
}

const lines = pythonEncode(samples.map(([, python, text]) => [python, `${text}\n${text}\r\n\n${text}`]));
const plain = pythonEncode(samples.map(([, python, text]) => [python, text]));

/** All the text to the end. */
async function everything(conn: AnyConn, bytes?: number): Promise<string> {
  let all = '';
  for (;;) {
    const text = await conn.readText(bytes);
    if (text === null) return all;
    assert.notEqual(text, '');
    all += text;
  }
}

onEvery(
  'lines and text in every kind of encoding are what Python wrote, in any segmentation',
  async (it) => {
    for (const op of ['send', 'dribble'] as const) {
      // One connection for all: the encoding may change at any time.
      const hex = lines.join('');
      const { conn } = await it.open([[op, { hex }], ['close']]);
      for (const [i, [encoding, , text]] of samples.entries()) {
        conn.encoding = encoding;
        for (const expected of [text, text, '']) assert.equal(await conn.readLine(), expected, encoding);
        const rest = await conn.readExact(plain[i]!.length / 2);
        assert.equal(rest.toString('hex'), plain[i]);
      }
      assert.equal(await conn.readLine(), null);
      for (const [i, [encoding, , text]] of op === 'send' ? samples.entries() : [[9, samples[9]!] as const]) {
        const { conn } = await it.open([[op, { hex: plain[i]! }], ['close']]);
        conn.encoding = encoding;
        assert.equal(await everything(conn, i % 2 === 0 ? undefined : 20), text, encoding);
      }
    }
  },
  some,
);

onEvery(
  'what is written in every kind of encoding is what Python reads',
  async (it) => {
    const { conn, peer } = await it.open([['recvall']]);
    const written: number[] = [];
    for (const [encoding, , text] of samples) {
      conn.encoding = encoding;
      written.push(await conn.write([text, Buffer.from('0d0a', 'hex')]), await conn.writeLine(text, { eol: '' }));
    }
    await conn.closeWrite();
    const bytes = Buffer.from((await peer.done('recvall')).head, 'hex');
    const program = `import json, sys
data, rows, at = bytes.fromhex(sys.stdin.readline()), json.loads(sys.stdin.readline()), 0
for encoding, text, a, b in rows:
    one, two = data[at:at + a - 2], data[at + a:at + a + b]
    assert data[at + a - 2:at + a] == b'\\r\\n'
    for part in one, two:
        assert part.decode(encoding) == text, (encoding, part, text)
    at += a + b
assert at == len(data)
print('sound')`;
    const rows = samples.map(([, python, text], i) => [python, text, written[2 * i], written[2 * i + 1]]);
    const input = `${bytes.toString('hex')}\n${JSON.stringify(rows)}\n`;
    assert.equal(execFileSync('python3', ['-I', '-c', program], { input }).toString().trim(), 'sound');
  },
  some,
);

onEvery(
  'what an encoding has no bytes for is ERR_ENCODING, and not one byte goes out',
  async (it) => {
    const { conn, peer } = await it.open([['recvall']]);
    for (const [encoding, wrong] of [
      ['us-ascii', ['ä', '\x80', '€']],
      ['latin1', ['€', 'Ā', '😀']],
      ['windows-1252', ['\x81', 'Ā', '\ufffd', '😀']],
      ['iso-8859-7', ['Ж', '\ufffd']],
      // The peer would read a backslash, which may mean something there.
      ['shift_jis', ['¥', '한', '\ufffd', '😀']],
      ['euc-jp', ['¥', '€', '\ufffd']],
      ['gbk', ['😀', '\ufffd']],
      ['big5', ['한', '\ufffd']],
      ['gb18030', []],
      ['utf-16le', []],
      ['utf-32be', []],
      ['utf-7', []],
      ['utf-8', []],
    ] as const) {
      conn.encoding = encoding;
      for (const text of [...wrong, '\ud800', '\udc00x', 'x\udbff']) {
        const one = await failure(() => conn.write(text), 'ERR_ENCODING');
        assert.equal(one.phase, 'write');
        await failure(() => conn.write(['fine', `b${text}`]), 'ERR_ENCODING');
        await failure(() => conn.writeLine(text), 'ERR_ENCODING');
        await failure(() => conn.readUntil(text), 'ERR_ENCODING');
      }
    }
    assert.equal(conn.bytesWritten, 0);
    await conn.closeWrite();
    assert.equal((await peer.done('recvall')).length, 0);
  },
  some,
);

onEvery(
  'bytes that are no text in the encoding are ERR_ENCODING, and nothing is consumed',
  async (it) => {
    for (const [encoding, hex] of [
      ['us-ascii', '6180'],
      ['utf-8', '61c0af'],
      ['utf-8', '61eda080'],
      ['windows-1252', '6181'],
      ['iso-8859-7', '61ff'],
      ['shift_jis', '6181ff'],
      ['shift_jis', '61fffe'],
      ['euc-jp', '61a1ff'],
      ['gbk', '6181ff'],
      ['gb18030', '61ffff'],
      ['gb18030', '61fe39fe39'],
      ['big5', '61ffff'],
      ['euc-kr', '61ffff'],
      ['utf-16le', '00dc6100'],
      ['utf-16be', 'd8000061'],
      ['utf-16', 'feff0061'],
      ['utf-32le', '61000000000000ff'],
      ['utf-32be', '0000d800'],
      ['utf-7', '61e4'],
      ['utf-7', '2b2a'],
      ['utf-7', '2b41412d'],
      ['utf-7', '2b3241412d'],
    ] as const) {
      const { conn } = await it.open([['send', { hex }], ['close']]);
      await conn.peek(99);
      conn.encoding = encoding;
      const error = await failure(() => conn.readText(), 'ERR_ENCODING');
      assert.equal(error.phase, 'read', hex);
      await failure(() => conn.readLine(), 'ERR_ENCODING');
      assert.equal((await conn.readAll()).toString('hex'), hex);
    }
  },
  { transports: ['tcp4'] },
);

onEvery(
  'a character that has come in part stays for the next call, and an end inside of it is ERR_ENCODING',
  async (it) => {
    const { conn, peer } = await it.open([
      ['send', { hex: '61e282' }],
      ['mark', 'part'],
      ['wait'],
      ['send', { hex: 'acf09f98' }],
      ['close'],
    ]);
    await peer.mark('part');
    await conn.peek(3);
    assert.equal(await conn.readText(), 'a');
    await failure(() => conn.readText(undefined, { timeout: 0 }), 'ETIMEDOUT');
    await failure(() => conn.readText(undefined, { timeout: 5 }), 'ETIMEDOUT');
    peer.go();
    assert.equal(await conn.readText(3), '€');
    await failure(() => conn.readText(), 'ERR_ENCODING');
    assert.equal((await conn.readAll()).toString('hex'), 'f09f98');
    assert.equal(await conn.readText(), null);
  },
  some,
);

onEvery(
  'readText takes at most so many bytes; less than the next character has is ERR_LIMIT',
  async (it) => {
    const { conn } = await it.open([['send', { text: 'ab€😀' }], ['close']]);
    assert.equal(await conn.readText(1), 'a');
    assert.equal(await conn.readText(3), 'b');
    assert.equal((await failure(() => conn.readText(2), 'ERR_LIMIT')).name, 'LimitError');
    assert.equal(await conn.readText(6), '€');
    assert.equal(await conn.readText(4), '😀');
  },
  some,
);

onEvery(
  'a delimiter that is text is not found in the middle of a character, one that is bytes is',
  async (it) => {
    const bytes = Buffer.from('95 5c 7c 94 5c 83 7c 7c 64'.replaceAll(' ', ''), 'hex');
    for (const op of ['send', 'dribble'] as const) {
      const { conn } = await it.open([[op, { hex: bytes.toString('hex').repeat(2) }], ['close']]);
      conn.encoding = 'shift_jis';
      // 表|能ポ|d
      assert.equal((await conn.readUntil('|')).toString('hex'), '955c7c');
      assert.equal((await conn.readUntil(['\\', '|'])).toString('hex'), '945c837c7c');
      assert.equal(await conn.readText(1), 'd');
      assert.equal((await conn.readUntil(Buffer.from('\\'))).toString('hex'), '955c');
      assert.equal((await conn.readUntil('ポ', { keep: false })).toString('hex'), '7c945c');
      conn.encoding = 'utf-16be';
      conn.unread(Buffer.from('4100 0042 0041'.replaceAll(' ', ''), 'hex'));
      assert.equal((await conn.readUntil('A')).toString('hex'), '410000420041');
    }
  },
  some,
);

onEvery(
  'the encoding is an option of connect and listen, and accepted connections begin with it',
  async (it) => {
    const listener = await it.net.listen('127.0.0.1:0', { encoding: 'Shift_JIS' });
    const client = await it.net.connect(listener.address, { encoding: 'sjis' });
    const server = await listener.accept();
    assert.equal(server.encoding, 'shift_jis');
    assert.equal(client.encoding, 'sjis');
    await client.write('テスト');
    assert.equal((await server.peek(6)).toString('hex'), '836583588367');
    assert.equal(await server.readText(), 'テスト');
    client.abort();
    server.abort();
    listener.close();
  },
  { transports: ['tcp4'] },
);
