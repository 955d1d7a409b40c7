// Values that are read as text, with Python at the other end, which sends them in one piece and byte by byte.

import assert from 'node:assert/strict';
import { constants as os } from 'node:os';
import test, { type TestContext } from 'node:test';
import {
  BadFormatError,
  connect,
  EofError,
  IllegalArgumentError,
  listen,
  SystemError,
  type tcpConn,
  type Values,
} from 'berkeley/dialects/chapel';
import { startPuppet, type Puppet } from '../../support/python.js';
import { fails, here } from './kit.js';

async function conversation(t: TestContext): Promise<{ conn: tcpConn; python: Puppet }> {
  const python = startPuppet(t, `listener = socket.create_server(('127.0.0.1', 0))`);
  const conn = connect(here((await python.value('listener.getsockname()[1]')) as number));
  t.after(() => conn.close());
  await python.run('c, _ = listener.accept(); c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)');
  return { conn, python };
}

const TEXT =
  ' \r\n\t 42 -7 +8 007 18 -9223372036854775808 3.5 -2.5e-3 .5 6. 1e3 inf -inf nan true false gr\\u00fcn \\u65e5\\u672c raw last';
const types: (keyof Values)[] = ['int', 'int', 'int', 'int', 'uint', 'bigint'];
types.push('real', 'real', 'real', 'real', 'real', 'real', 'real', 'real', 'bool', 'bool', 'string', 'string', 'bytes');
const values = [42, -7, 8, 7, 18, -(2n ** 63n), 3.5, -0.0025, 0.5, 6, 1000, Infinity, -Infinity, NaN, true, false];
const expected = [...values, 'grün', '日本', Buffer.from('raw')];

for (const [how, send] of [
  ['in one piece', 'c.sendall(text)'],
  ['byte by byte', 'for i in range(len(text)): c.sendall(text[i:i + 1]); time.sleep(0.0005)'],
] as const) {
  test(`values of every type are read, and nothing behind them (${how})`, async (t) => {
    const { conn, python } = await conversation(t);
    python.begin(`text = '${TEXT.replace(/[\r\n\t]/g, (c) => JSON.stringify(c).slice(1, -1))}'.encode()\n${send}`);
    const reader = conn.reader();
    assert.deepEqual(
      types.map((type) => reader.read(type)),
      expected,
    );
    // The blank behind the last one is still there.
    assert.equal(reader.read(5).toString(), ' last');
  });
}

test('a number that the end of the stream ends', async (t) => {
  const { conn, python } = await conversation(t);
  await python.run(`c.sendall(b'  -12'); c.close()`);
  assert.equal(conn.reader().read('int'), -12);
  fails(() => conn.reader().read('int'), EofError, 'end of file (in fileReader)');
});

test('a value and what follows it without a blank, at the end of the stream', async (t) => {
  const { conn, python } = await conversation(t);
  await python.run(`c.sendall(b'12,true;x'); c.close()`);
  const reader = conn.reader();
  assert.equal(reader.read('int'), 12);
  assert.equal(reader.read(1).toString(), ',');
  assert.equal(reader.read('bool'), true);
  fails(() => reader.read('real'), BadFormatError, 'bad format (read failed: no real)');
  assert.equal(reader.read(1).toString(), ';');
  assert.equal(reader.read('string'), 'x');
  for (const type of ['string', 'bytes', 'bigint'] as const) fails(() => reader.read(type), EofError, /^end of file/);
});

test('blanks alone are the end', async (t) => {
  const { conn, python } = await conversation(t);
  await python.run(`c.sendall(b' \\t\\r\\n '); c.close()`);
  fails(() => conn.reader().read('string'), EofError, 'end of file (in fileReader)');
});

test('what is no such value is a BadFormatError, and nothing of it is consumed', async (t) => {
  const { conn, python } = await conversation(t);
  await python.run(`c.sendall(b' word -1 2.5 truely 9007199254740993 \\xff\\xfe ')`);
  const reader = conn.reader();
  fails(() => reader.read('int'), BadFormatError, 'bad format (read failed: no int)');
  fails(() => reader.read('real'), BadFormatError, 'bad format (read failed: no real)');
  assert.equal(reader.read('string'), 'word');
  assert.equal(fails(() => reader.read('uint'), BadFormatError, 'bad format (read failed: no uint)').code, 'EFORMAT');
  assert.equal(reader.read('int'), -1);
  assert.equal(reader.read('real'), 2.5);
  fails(() => reader.read('bool'), BadFormatError, 'bad format (read failed: no bool)');
  assert.equal(reader.read('bytes').toString(), 'truely');
  // 2^53 + 1
  const tooLarge = fails(() => reader.read('int'), SystemError, /^Numerical result out of range \(read failed/);
  assert.equal(tooLarge.err, os.errno.ERANGE);
  assert.equal(reader.read('bigint'), 2n ** 53n + 1n);
  assert.equal(fails(() => reader.read('string'), SystemError, /\(read failed\)$/).code, 'EILSEQ');
  assert.deepEqual(reader.read('bytes'), Buffer.from([255, 254]));
});

test('a value that does not end is refused after 64 KiB', async (t) => {
  const { conn, python } = await conversation(t);
  python.begin(`c.sendall(b'1' * 70000)`);
  fails(() => conn.reader().read('bigint'), BadFormatError, 'bad format (read failed: the bigint is too long)');
  assert.equal(conn.reader().read(70_000).length, 70_000);
});

test('numbers that are written are read by Python', async (t) => {
  const { conn, python } = await conversation(t);
  conn.writer().write(42, ' ', -1.5, ' ', 2n ** 64n, '\n');
  assert.equal(await python.value(`c.makefile().readline()`), '42 -1.5 18446744073709551616\n');
});

test('a type that there is not is an IllegalArgumentError', (t) => {
  const server = listen(here(0));
  using conn = connect(server.addr);
  t.after(() => server.deinit());
  const reader = conn.reader();
  for (const type of ['text', '', '__proto__', 'toString'] as unknown as 'int'[])
    fails(() => reader.read(type), IllegalArgumentError, /^type must be/);
  for (const size of [null, {}, true] as unknown as number[])
    fails(() => reader.read(size), IllegalArgumentError, /^size /);
});
