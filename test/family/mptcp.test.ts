// Owns the tests of streams that are neither TCP nor Unix: MPTCP, which the kernel has under a number of its own.

import assert from 'node:assert/strict';
import * as promises from 'berkeley';
import { startPuppet } from '../support/python.js';
import { inBothColours, limit } from './kit.js';

const MPTCP = promises.constants.IPPROTO_MPTCP!;
const skip = promises.features.mptcp ? false : 'this kernel has no MPTCP';
const SIZE = 300_000;

inBothColours('MPTCP connects, listens, and carries all bytes to Python and back', skip, async (net, t) => {
  const python = startPuppet(
    t,
    `s = socket.socket(2, 1, ${MPTCP}); s.bind(('127.0.0.1', 0)); s.listen()
def echo():
    c, _ = s.accept()
    c.sendall(exactly(c, ${SIZE})); c.close()`,
  );
  const port = (await python.value('s.getsockname()[1]')) as number;
  python.begin('echo()');
  const conn = await net.connect(`127.0.0.1:${port}`, { ...limit, protocol: MPTCP });
  assert.equal(conn.socket.protocol, MPTCP);
  const data = Buffer.alloc(SIZE, 'all of it ');
  await conn.write(data, limit);
  assert.ok((await conn.readExact(SIZE, limit)).equals(data));
  assert.equal(await conn.read(1, limit), null);
  conn.abort();
  await python.caughtUp();

  const server = await net.socket('ipv4', 'stream', MPTCP).bind('127.0.0.1:0');
  server.listen();
  const at = server.getsockname().port!;
  python.begin(
    `c = socket.socket(2, 1, ${MPTCP}); c.connect(('127.0.0.1', ${at})); c.sendall(b'x' * ${SIZE}); c.close()`,
  );
  const accepted = await server.accept(limit);
  const again = net.adopt(accepted.detach());
  assert.deepEqual([again.protocol, again.state], [MPTCP, 'connected']);
  const all = await net.conn(again).readAll(limit);
  assert.equal(all.length, SIZE);
  await python.caughtUp();
  for (const each of [again, server]) each.close();
});
