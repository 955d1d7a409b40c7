// Owns the two ways in which the tests of this room meet a Python peer over TCP. It must not know what is tested.

import type { TestContext } from 'node:test';
import { startPuppet, type Puppet } from '../support/python.js';
import type { Conn, Net } from '../real/colours.js';

export const limit = { timeout: '10s' } as const;

/** A connection whose other end is the socket `c` of a Python that does what it is told. */
export async function pythonPeer(t: TestContext, net: Net): Promise<{ conn: Conn; peer: Puppet }> {
  const peer = startPuppet(t, `listener = socket.create_server(('127.0.0.1', 0))`);
  const port = (await peer.value('listener.getsockname()[1]')) as number;
  peer.begin('c, _ = listener.accept()');
  const conn = await net.connect('127.0.0.1', port, limit);
  t.after(() => conn.abort());
  await peer.caughtUp();
  return { conn, peer };
}

/** The same over a Unix socket pair, of which Python got its end as a descriptor. */
export async function unixPeer(t: TestContext, net: Net): Promise<{ conn: Conn; peer: Puppet }> {
  const [ours, theirs] = net.socketPair('stream');
  const conn = net.conn(ours);
  t.after(() => conn.abort());
  theirs.setInheritable(true);
  const peer = startPuppet(t, 'c = socket.socket(fileno=int(sys.argv[1]))', { args: [String(theirs.fd)] });
  await peer.run('pass');
  theirs.close();
  return { conn, peer };
}

/** How long a call took, in milliseconds. */
export async function took(call: () => unknown): Promise<number> {
  const begun = performance.now();
  await call();
  return performance.now() - begun;
}
