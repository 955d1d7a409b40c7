// Owns the tests of lines: what ends one, what is data, and what a line that never ends costs.

import assert from 'node:assert/strict';
import { failure, onEvery, type AnyConn } from '../support/matrix.js';

const MiB = 1024 * 1024;

async function lines(conn: AnyConn): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const line = await conn.readLine();
    if (line === null) return all;
    all.push(line);
  }
}

onEvery('lines end with LF or CRLF, and what stands before the end is a line too', async (it) => {
  for (const op of ['send', 'dribble'] as const) {
    const { conn } = await it.open([[op, { text: 'lf\ncrlf\r\n\n\r\nlast' }], ['close']]);
    assert.deepEqual(await lines(conn), ['lf', 'crlf', '', '', 'last']);
  }
});

onEvery('CR and LF in different segments are one line end', async (it) => {
  const { conn, peer } = await it.open([
    ['send', { text: 'a\r' }],
    ['mark', 'cr'],
    ['wait'],
    ['send', { text: '\nb' }],
    ['close'],
  ]);
  await peer.mark('cr');
  assert.equal(String(await conn.peek(2)), 'a\r');
  await failure(() => conn.readLine({ timeout: 0 }), 'ETIMEDOUT');
  peer.go();
  assert.deepEqual(await lines(conn), ['a', 'b']);
});

onEvery('a CR that no LF follows is data, at the end too', async (it) => {
  for (const op of ['send', 'dribble'] as const) {
    const { conn } = await it.open([[op, { text: 'a\rb\r\r\n\rc\n\r' }], ['close']]);
    assert.deepEqual(await lines(conn), ['a\rb\r', '\rc', '\r']);
  }
});

onEvery('NUL bytes and characters of several bytes are data', async (it) => {
  const { conn } = await it.open([['dribble', { text: 'nul\0in\0side\n€uro\r\nü\n' }], ['close']]);
  assert.deepEqual(await lines(conn), ['nul\0in\0side', '€uro', 'ü']);
});

onEvery('a line that is no text is an error that consumes nothing', async (it) => {
  const { conn } = await it.open([['send', { hex: 'ff41e282ac0a' }], ['close']]);
  await failure(() => conn.readLine(), 'ERR_ENCODING');
  conn.encoding = 'latin1';
  assert.equal(await conn.readLine(), 'ÿAâ\x82¬');
  assert.equal(await conn.readLine(), null);
});

onEvery('a line of max bytes is read, one of max + 1 is a LimitError that consumes nothing', async (it) => {
  for (const end of ['\n', '\r\n', '']) {
    for (const op of ['send', 'dribble'] as const) {
      const { conn } = await it.open([[op, { text: `12345678${end}` }], ['close']]);
      assert.equal((await failure(() => conn.readLine({ max: 7 }), 'ERR_LIMIT')).name, 'LimitError');
      assert.equal(await conn.readLine({ max: 8 }), '12345678');
      assert.equal(await conn.readLine({ max: 8 }), null);
    }
  }
});

onEvery('after a LimitError the long line can be read another way', async (it) => {
  const { conn } = await it.open([['send', { text: `${'x'.repeat(200)}\nnext\n` }], ['close']]);
  await failure(() => conn.readLine({ max: 100 }), 'ERR_LIMIT');
  assert.equal(String(await conn.readExact(150)), 'x'.repeat(150));
  assert.deepEqual(await lines(conn), ['x'.repeat(50), 'next']);
});

onEvery('64 MiB without LF stop at the limit, little beyond which is read', async (it) => {
  const { conn } = await it.open([['line', 64 * MiB]]);
  await failure(() => conn.readLine(), 'ERR_LIMIT');
  assert.ok(conn.bytesRead <= 256 * 1024, `${conn.bytesRead} bytes were read for a limit of 64 KiB`);
  await failure(() => conn.readLine({ max: 8 * MiB }), 'ERR_LIMIT');
  assert.ok(conn.bytesRead <= 8 * MiB + 128 * 1024, `${conn.bytesRead} bytes were read for a limit of 8 MiB`);
});

onEvery(
  'a line of 96 MiB stops at its limit in bounded memory and linear time',
  async (it) => {
    const { conn } = await it.open([['line', 128 * MiB]]);
    // Every byte is looked at once and moved a few times: some 150 ms. Looking at all of them again with each segment is
    // some 2,500 ms.
    const before = process.memoryUsage.rss();
    const begun = process.cpuUsage();
    await failure(() => conn.readLine({ max: 96 * MiB }), 'ERR_LIMIT');
    const { user } = process.cpuUsage(begun);
    assert.ok(process.memoryUsage.rss() - before < 3 * 96 * MiB);
    assert.ok(user < 1_000_000, `${user} µs`);
  },
  { transports: ['tcp4', 'pair'] },
);

onEvery('writeLine ends a line with CRLF or with what it is told, and refuses line ends in the text', async (it) => {
  const { conn, peer } = await it.open([['recvall']]);
  assert.equal(await conn.writeLine('one'), 5);
  assert.equal(await conn.writeLine('zwö', { eol: '\n' }), 5);
  assert.equal(await conn.writeLine('', { eol: '' }), 0);
  for (const bad of ['a\nb', 'a\rb', '\r\n']) {
    await assert.rejects(async () => await conn.writeLine(bad), { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
  }
  await conn.closeWrite();
  const { head } = await peer.done('recvall');
  assert.equal(String(Buffer.from(head, 'hex')), 'one\r\nzwö\n');
});
