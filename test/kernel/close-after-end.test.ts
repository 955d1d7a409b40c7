// Closing a connection whose peer has ended its direction, where close(2) alone says everything, and where it does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colours } from '../real/colours.js';
import { limit, pythonPeer } from './peers.js';

for (const { name, net } of colours) {
  test(`4. a close behind the peer's end sends the tail and our end, and keeps both addresses (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    await peer.run(
      `c.settimeout(10); names = ['%s:%d' % n for n in (c.getpeername(), c.getsockname())]; c.shutdown(socket.SHUT_WR)`,
    );
    assert.equal(await conn.read(10, limit), null);
    await conn.write('tail');
    await conn.close();
    assert.deepEqual(conn.closeInfo, { by: 'remote', clean: true, truncated: false });
    assert.equal(await peer.value('everything(c).decode()'), 'tail');
    assert.deepEqual([String(conn.localAddr), String(conn.remoteAddr)], await peer.value('names'));
  });

  test(`4. a close behind the peer's end ends the connection, though a copy of the socket is open (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    await peer.run(`c.settimeout(10); c.shutdown(socket.SHUT_WR)`);
    assert.equal(await conn.read(10, limit), null);
    const copy = conn.socket.dup();
    await conn.close();
    assert.equal(await peer.value('len(c.recv(10))'), 0);
    copy.close();
  });

  test(`4. after shutdown('rd') what the peer sends does not turn a close into a reset (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    await conn.shutdown('rd');
    assert.equal(await conn.read(10, limit), null);
    await peer.run(`c.settimeout(10); c.sendall(b'unread')`);
    await conn.write('tail');
    await conn.close();
    assert.equal(await peer.value('everything(c).decode()'), 'tail');
  });
}
