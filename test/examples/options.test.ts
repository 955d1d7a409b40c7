// The example about options, alone and against a server in Python.

import assert from 'node:assert/strict';
import test from 'node:test';
import { example, python } from './program.js';

const facts =
  /SO_RCVBUF = 131072 bytes\nTCP_USER_TIMEOUT = 10000 milliseconds\nTCP_KEEPIDLE = 30 seconds\nIP_TOS = 40\nTCP_CONGESTION = \w+\nESTABLISHED, round trip [\d.]+ ms, segments of \d+ bytes, \d+ in flight at most\n0 retransmissions, \d+ bytes not acknowledged\n$/;

test('connection-facts shows settings, times and queues of a connection', { timeout: 20_000 }, async (t) => {
  const program = example(t, 'connection-facts');
  await program.ends();
  // What has arrived by then may be less.
  assert.match(program.text, /^\d+ bytes wait at the other end\n/);
  assert.match(program.text, facts);
});

test('connection-facts connects to where it is told', { timeout: 20_000 }, async (t) => {
  const server = python(
    t,
    `s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); c, _ = s.accept(); c.recv(1)`,
  );
  const [port] = await server.prints(/\d+/);
  const program = example(t, 'connection-facts', `127.0.0.1:${port}`);
  await program.ends();
  assert.match(program.text, facts);
});
