// The example that speaks UDP, with clients in Python.

import assert from 'node:assert/strict';
import test from 'node:test';
import { example, listeningOn, python } from './program.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

test('udp-echo sends every datagram back to its sender, and SIGTERM ends it cleanly', LIMIT, async (t) => {
  const server = example(t, 'udp-echo', '127.0.0.1:0');
  const target = await listeningOn(server);
  const client = python(
    t,
    `
clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
for c in clients: c.connect(('127.0.0.1', int(sys.argv[1])))
for i in range(20):
    for k, c in enumerate(clients): c.send(b'%d of %d' % (i, k))
for c in clients: c.send(b'')
for k, c in enumerate(clients):
    for i in range(20): assert c.recv(100) == b'%d of %d' % (i, k)
    assert c.recv(100) == b''
say('all of it')
`,
    target.slice(target.lastIndexOf(':') + 1),
  );
  assert.equal(await client.ends(), 'all of it\n');
  server.process.kill('SIGTERM');
  assert.match(await server.ends(), /^63 datagrams were sent back$/m);
});
