// Owns the tests of `berkeley listen`, whose clients are written in Python.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { berkeley, noise, pythonClient, type Running } from './command.js';

async function listening(t: TestContext, ...args: string[]): Promise<{ command: Running; target: string }> {
  const command = berkeley(t, 'listen', ...args);
  const [, target = ''] = await command.warns(/^listening on (\S+)\n/);
  return { command, target };
}

test('listen takes one connection, joins it to input and output, and ends with the peer', async (t) => {
  const { command, target } = await listening(t, '127.0.0.1:0');
  assert.match(target, /^127\.0\.0\.1:[1-9]\d*$/);
  const bytes = noise(300_000);
  const client = pythonClient(t, target, 's.sendall(b"question"); s.shutdown(1); say("got", read_all(s).hex(), "")');
  command.child.stdin.end(bytes);
  const [, hex = ''] = await client.says(/got (\w+) /);
  assert.ok(Buffer.from(hex, 'hex').equals(bytes));
  assert.equal(await command.ended(), 0);
  assert.equal(command.out.toString(), 'question');
});

test('listen without --keep frees the port as soon as it has its connection', async (t) => {
  const { command, target } = await listening(t, '127.0.0.1:0');
  command.child.stdin.write('hello');
  const client = pythonClient(
    t,
    target,
    [
      'got = s.recv(5, socket.MSG_WAITALL)',
      'try: socket.create_connection(s.getpeername()); say("second taken")',
      'except ConnectionRefusedError: say("second refused")',
    ].join('\n'),
  );
  await client.says(/second refused/);
  assert.equal(await command.ended(), 0);
});

test('a port alone is a target', async (t) => {
  const { target } = await listening(t, '0');
  assert.match(target, /^(\[::\]|0\.0\.0\.0):[1-9]\d*$/);
});

const echoes = 's.sendall(b"<text>"); s.shutdown(1); say("got", read_all(s).decode(), "")';

test('--echo sends every byte back', async (t) => {
  const { command, target } = await listening(t, '--echo', '127.0.0.1:0');
  const client = pythonClient(
    t,
    target,
    [
      'data = hashlib.shake_128(b"echo").digest(8 << 20)',
      'def send(): s.sendall(data); s.shutdown(1)',
      'threading.Thread(target=send).start()',
      'say("same" if read_all(s) == data else "different")',
    ].join('\n'),
  );
  await client.says(/same/);
  assert.equal(await command.ended(), 0);
  assert.equal(command.err.split('\n').length, 2, 'only the address');
});

test('--echo --keep serves several at once and survives the failure of one', async (t) => {
  const { command, target } = await listening(t, '--echo', '--keep', '127.0.0.1:0');
  const silent = pythonClient(t, target, 'say("connected"); sys.stdin.read()');
  await silent.says(/connected/);
  const rude = pythonClient(
    t,
    target,
    's.sendall(b"x"); s.recv(1)\n' +
      's.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); s.close(); say("reset")',
  );
  await rude.says(/reset/);
  await command.warns(/^berkeley: 127\.0\.0\.1:\d+: \w+ ECONNRESET.*$/m);
  for (let n = 0; n < 3; n++) await pythonClient(t, target, echoes).says(/got <text> /);
  command.child.kill('SIGTERM');
  assert.equal(await command.ended(), 'SIGTERM');
});

test('--keep goes on with the next connection, and the input with it', async (t) => {
  const { command, target } = await listening(t, '--keep', '127.0.0.1:0');
  const first = pythonClient(
    t,
    target,
    's.sendall(b"[first]"); say("got", s.recv(5, socket.MSG_WAITALL).decode(), "")',
  );
  await command.says(/\[first\]/);
  command.child.stdin.write('piece');
  await first.says(/got piece /);
  assert.equal(await first.ended(), 0);
  const second = pythonClient(
    t,
    target,
    's.sendall(b"[second]"); say("got", s.recv(4, socket.MSG_WAITALL).decode(), "")',
  );
  await command.says(/\[second\]/);
  command.child.stdin.write('more');
  await second.says(/got more /);
  assert.equal(command.out.toString(), '[first][second]');
});

test('a signal removes the file of a Unix socket before it ends the command', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 's');
  const { command, target } = await listening(t, '--echo', '--keep', path);
  assert.equal(target, `unix:${path}`);
  assert.ok(statSync(path).isSocket());
  await pythonClient(t, target, echoes).says(/got <text> /);
  command.child.kill('SIGINT');
  assert.equal(await command.ended(), 'SIGINT');
  assert.ok(!existsSync(path));
});

test('--timeout ends the wait for a connection', async (t) => {
  const { command } = await listening(t, '--timeout', '100ms', '127.0.0.1:0');
  assert.equal(await command.ended(), 7);
  assert.match(command.err, /\nberkeley: accept ETIMEDOUT.*\n$/);
});

test('an address in use is one line and exit code 8', async (t) => {
  const { target } = await listening(t, '127.0.0.1:0');
  const command = berkeley(t, 'listen', target);
  assert.equal(await command.ended(), 8);
  assert.match(command.err, /^berkeley: bind EADDRINUSE 127\.0\.0\.1:\d+ .*\n$/);
});
