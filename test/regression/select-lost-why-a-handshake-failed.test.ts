// Went wrong: a handshake that failed while a select drove it closed the socket, and the call that came for the error was told
// that the socket is closed, and not why. A blocking waitReadable swallowed the reason, too.

import assert from 'node:assert/strict';
import type { AsyncConn } from 'berkeley';
import { failure, inBothColours } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { startPuppet } from '../support/python.js';

const limit = { timeout: '15s' } as const;

const calls: Record<string, (conn: AsyncConn) => unknown> = {
  read: (conn) => conn.read(10, limit),
  write: (conn) => conn.write('words', limit),
  handshake: (conn) => conn.handshake(limit),
  waitReadable: (conn) => conn.waitReadable(limit),
};

inBothColours('the call behind a select hears why a handshake failed', async (net, t) => {
  const { cert, key } = pki().server;
  const listener = await net.listen('127.0.0.1:0', { tls: { cert, key, handshakeTimeout: 100 } });
  t.after(() => listener.close());
  const python = startPuppet(t, 'kept = []');
  for (const [how, call] of Object.entries(calls)) {
    for (const [sent, name] of [
      ['GET / HTTP/1.0', 'TlsError'],
      ['', 'TimeoutError'],
    ] as const) {
      const port = listener.address.port!;
      await python.run(`s = socket.create_connection(('127.0.0.1', ${port})); s.sendall(b'${sent}'); kept.append(s)`);
      const conn = await listener.accept(limit);
      if (how !== 'waitReadable') assert.equal((await net.select([[conn, { read: true }]], limit)).length, 1);
      const error = await failure(() => call(conn));
      assert.deepEqual([error.name, error.phase], [name, 'tls']);
      assert.equal(conn.closeInfo?.error?.name, name);
      assert.equal((await failure(() => conn.read(10, limit))).code, 'ERR_SOCKET_CLOSED');
    }
  }
});
