// A write over TLS whose limit had ended could leave records that were made and not sent. Whoever read from then on waited for
// an answer to what nobody sent; and waitFlushed said that all was well.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { join } from 'node:path';
import { colours, failureOf, type Conn, type Net } from '../real/colours.js';
import { pattern } from '../support/bytes.js';
import { pki } from '../support/pki.js';
import { startTlsPython } from '../support/python-tls.js';
import type { Python } from '../support/python.js';
import { temporaryFolder } from '../support/server.js';

const limit = { timeout: '20s' } as const;
/** More than the kernel takes at once, and less than TLS keeps for it. */
const BYTES = 32 * 1024;

/** A connection with a small send buffer to a Python that reads when it is told to, and answers. */
async function joined(t: TestContext, net: Net): Promise<[Conn, Python]> {
  const python = startTlsPython(
    t,
    `c = listening()\ns = wrap(c)\nhear()\ngot = exactly(s, ${BYTES})\ns.sendall(b'ok')\nhear()`,
    { serve: true, unix: join(temporaryFolder(t), 's') },
  );
  const tls = { ca: pki().root.cert, serverName: 'localhost' };
  const conn = await net.connect(await python.line(), { tls, options: [[net.options.SO_SNDBUF, 4096]], ...limit });
  t.after(() => conn.abort());
  return [conn, python];
}

/** A write that has all its bytes in records when its limit ends. */
async function giveUp(net: Net, conn: Conn): Promise<void> {
  const error = await failureOf(() => conn.write(pattern(BYTES), { timeout: 30 }));
  assert.ok(error instanceof net.TimeoutError);
  assert.equal(error.bytesDone, BYTES);
}

for (const { name, net } of colours) {
  const reads: Record<string, (conn: Conn) => unknown> = {
    read: (conn) => conn.read(10, limit),
    readExact: (conn) => conn.readExact(2, limit),
    readUntil: (conn) => conn.readUntil('k', limit),
    waitReadable: (conn) => conn.waitReadable(limit),
    select: async (conn) => (await net.select([[conn, { read: true }]], limit)).length === 1,
  };
  for (const [what, read] of Object.entries(reads)) {
    test(`${what} sends what a write over TLS has left, since the peer waits for it (${name})`, async (t) => {
      const [conn, python] = await joined(t, net);
      await giveUp(net, conn);
      python.tell('read');
      const found = await read(conn);
      if (typeof found === 'boolean') assert.equal(found, true);
      else assert.equal(String(found), 'ok');
    });
  }

  test(`waitFlushed counts what a write over TLS has left (${name})`, async (t) => {
    const [conn, python] = await joined(t, net);
    await giveUp(net, conn);
    assert.equal(await conn.waitFlushed({ timeout: 50 }), false);
    python.tell('read');
    assert.equal(await conn.waitFlushed(limit), true);
    assert.equal((await conn.readExact(2, limit)).toString(), 'ok');
  });

  if (name === 'blocking') continue;
  for (const what of ['read', 'waitReadable', 'select']) {
    test(`${what} that waits already sends what a write over TLS leaves (${name})`, async (t) => {
      const [conn, python] = await joined(t, net);
      const reading = reads[what]!(conn);
      await giveUp(net, conn);
      python.tell('read');
      await reading;
    });
  }
}
