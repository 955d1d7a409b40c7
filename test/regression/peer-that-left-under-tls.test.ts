// Owns the regression of the end under TLS towards a peer that has closed its socket: its kernel answers our close_notify with an
// RST, and closeWrite, shutdown and relay took that for a failure (ENOTCONN), although nothing was lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen, pair, relay, type AsyncConn } from 'berkeley';
import { python } from '../examples/program.js';
import { pki } from '../support/pki.js';

const client = `
import ssl
context = ssl.create_default_context(cafile=sys.argv[2])
c = context.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[1]))), server_hostname='localhost')
c.sendall(b'question')
assert c.recv(6) == b'answer'
# Says its close_notify and leaves, without waiting for ours.
c.setblocking(False)
try: c.unwrap()
except ssl.SSLWantReadError: pass
c.close()
say('gone')
`;

for (const [name, end] of [
  ['closeWrite', (conn: AsyncConn) => conn.closeWrite()],
  ['shutdown', (conn: AsyncConn) => conn.shutdown('wr')],
  ['relay', relayed],
] as const)
  test(`${name} is well when the peer has ended and left before our close_notify`, async (t) => {
    const { server, root } = pki();
    const listener = await listen('127.0.0.1:0', { tls: { cert: server.cert, key: server.key } });
    t.after(() => listener.close());
    const program = python(t, client, String(listener.address.port), root.certFile);
    const conn = await listener.accept({ timeout: '10s' });
    t.after(() => conn.abort());
    assert.equal(String(await conn.readExact(8)), 'question');
    await conn.write('answer');
    await program.prints(/gone/);
    if (name !== 'relay') assert.equal(await conn.read(), null);
    await end(conn);
    await conn.close();
    assert.deepEqual([conn.closeInfo?.clean, conn.closeInfo?.truncated], [true, false]);
  });

/** The other side ends when it has heard the end. */
async function relayed(conn: AsyncConn): Promise<void> {
  const [inside, server] = pair();
  const done = relay(conn, inside);
  assert.equal(await server.read(), null);
  await server.closeWrite();
  await done;
  await Promise.all([inside.close(), server.close()]);
}
