// A write over TLS whose limit had ended while the kernel lacked memory left records that nothing sent: who read from then on
// waited for an answer to what nobody sent, although there was memory again.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { colours, failureOf, type Conn, type Net } from '../real/colours.js';
import { pki } from '../support/pki.js';
import { startTlsPython } from '../support/python-tls.js';
import { failing, underInjector } from '../trust/faults-kit.js';

const limit = { timeout: '20s' } as const;

/** A connection to a Python that answers five bytes. It has said all that it says by itself. */
async function joined(t: TestContext, net: Net): Promise<Conn> {
  const program = `s = wrap(listening())\ns.sendall(exactly(s, 1))\ns.sendall(exactly(s, 5).upper())\nhear()`;
  const python = startTlsPython(t, program, { serve: true });
  const tls = { ca: pki().root.cert, serverName: 'localhost' };
  const conn = await net.connect(await python.line(), { tls, ...limit });
  t.after(() => conn.abort());
  await conn.write('a', limit);
  assert.equal(String(await conn.readExact(1, limit)), 'a');
  return conn;
}

/** A write that has all its bytes in records when its limit ends. */
async function giveUp(net: Net, conn: Conn): Promise<void> {
  const error = await failing('send', 'ENOBUFS', () => failureOf(() => conn.write('words', { timeout: 30 })), {
    lasting: true,
  });
  assert.ok(error instanceof net.TimeoutError, String(error));
  assert.equal(error.bytesDone, 5);
}

underInjector(import.meta.url, () => {
  for (const { name, net } of colours) {
    const reads: Record<string, (conn: Conn) => unknown> = {
      read: (conn) => conn.read(10, limit),
      readExact: (conn) => conn.readExact(5, limit),
      waitReadable: (conn) => conn.waitReadable(limit),
      select: async (conn) => (await net.select([[conn, { read: true }]], limit)).length === 1,
    };
    for (const [what, read] of Object.entries(reads)) {
      test(`${what} sends what a write over TLS has left when there is memory again (${name})`, async (t) => {
        const conn = await joined(t, net);
        await giveUp(net, conn);
        assert.match(String(await read(conn)), /^(WORDS|true)$/);
      });

      if (name === 'blocking') continue;
      test(`${what} that waits already does so, too (${name})`, async (t) => {
        const conn = await joined(t, net);
        const reading = read(conn);
        await giveUp(net, conn);
        assert.match(String(await reading), /^(WORDS|true)$/);
      });
    }
  }
});
