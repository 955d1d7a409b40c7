// Owns the regressions of sends under TLS that fail: a write whose records could not be sent was told as done, and one for which
// the kernel lacked memory waited for an event that never comes.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createServer } from 'node:tls';
import { type AsyncConn, connect } from 'berkeley';
import { pki } from '../support/pki.js';
import { failing, underInjector } from '../trust/faults-kit.js';

/** A connection to a server of Node's that echoes. */
async function echoed(t: TestContext): Promise<AsyncConn> {
  const { root, server } = pki();
  const listening = createServer({ cert: server.cert, key: server.key }, (peer) => {
    peer.on('error', () => undefined);
    peer.pipe(peer);
  });
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const conn = await connect('localhost', (listening.address() as AddressInfo).port, { tls: { ca: root.cert } });
  t.after(() => {
    conn.abort();
    listening.close();
  });
  await conn.write('a');
  assert.equal(String(await conn.readExact(1)), 'a');
  return conn;
}

underInjector(import.meta.url, () => {
  test('a write under TLS whose send failed says so, and not the next one', async (t) => {
    const conn = await echoed(t);
    await failing('send', 'ECONNRESET', () =>
      assert.rejects(conn.write('lost'), { code: 'ECONNRESET', syscall: 'send' }),
    );
  });

  for (const lack of ['ENOBUFS', 'ENOMEM'] as const)
    test(`a write under TLS for which the kernel lacks memory (${lack}) goes out a little later`, async (t) => {
      const conn = await echoed(t);
      await failing('send', lack, () => conn.write('words', { timeout: 5000 }));
      assert.equal(String(await conn.readExact(5, { timeout: 5000 })), 'words');
    });

  test('a receive under TLS for which the kernel lacks memory fails once, and the next one has the data', async (t) => {
    const conn = await echoed(t);
    await conn.write('words');
    await failing('receive', 'ENOMEM', () => assert.rejects(conn.readExact(5, { timeout: 5000 }), { code: 'ENOMEM' }));
    assert.equal(String(await conn.readExact(5, { timeout: 5000 })), 'words');
  });
});
