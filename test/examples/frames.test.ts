// The example about frames, alone and against a server in Python.

import test from 'node:test';
import assert from 'node:assert/strict';
import { example, python } from './program.js';

const sums = '1 = 1\n2 + 3 = 5\n4 + 5 + 6 = 15\n';

test('framed-json asks itself', { timeout: 20_000 }, async (t) => {
  const program = example(t, 'framed-json');
  await program.ends();
  assert.equal(program.text, sums);
});

test('framed-json asks a server in Python', { timeout: 20_000 }, async (t) => {
  const server = python(
    t,
    `
import json, struct
s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)
c, _ = s.accept(); f = c.makefile('rb')
while head := f.read(4):
    q = json.loads(f.read(struct.unpack('>I', head)[0]))
    a = json.dumps({'id': q['id'], 'sum': sum(q['numbers'])}).encode()
    c.sendall(struct.pack('>I', len(a)) + a)`,
  );
  const [port] = await server.prints(/\d+/);
  const program = example(t, 'framed-json', `127.0.0.1:${port}`);
  await program.ends();
  assert.equal(program.text, sums);
});
