// Owns the tests of `berkeley connect`, whose peers are written in Python.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { berkeley, noise, python, pythonServer, unread } from './command.js';

test('connect passes every byte on, both ways, and ends its direction at the end of the input', async (t) => {
  const { server, target } = await pythonServer(t, 'got = read_all(s); s.sendall(got[::-1]); s.close()');
  const bytes = noise(1 << 20);
  const command = berkeley(t, 'connect', target);
  command.child.stdin.end(bytes);
  assert.equal(await command.ended(), 0);
  assert.ok(command.out.equals(Buffer.from(bytes).reverse()));
  assert.equal(command.err, '');
  assert.equal(await server.ended(), 0);
});

test('connect ends with the peer, though its input is open', async (t) => {
  const { target } = await pythonServer(t, 's.sendall(b"bye"); s.close()');
  const command = berkeley(t, 'connect', target);
  assert.equal(await command.ended(), 0);
  assert.equal(command.out.toString(), 'bye');
  assert.ok(!command.child.stdin.writableEnded);
});

test('connect sends its input to a peer that has ended only its own direction', async (t) => {
  const { server, target } = await pythonServer(
    t,
    's.shutdown(1); say("got", hashlib.sha256(read_all(s)).hexdigest(), "")',
  );
  const bytes = noise(4 << 20);
  const command = berkeley(t, 'connect', target);
  command.child.stdin.end(bytes);
  const [, sum] = await server.says(/got (\w+) /);
  assert.equal(sum, createHash('sha256').update(bytes).digest('hex'));
  assert.equal(await command.ended(), 0);
});

test('connect reaches a Unix socket', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 's');
  const server = python(
    t,
    'l = socket.socket(socket.AF_UNIX); l.bind(sys.argv[1]); l.listen(); say("ready")\n' +
      's, _ = l.accept(); s.sendall(b"over " + read_all(s)); s.close()',
    path,
  );
  await server.says(/ready/);
  const command = berkeley(t, 'connect', `unix:${path}`);
  command.child.stdin.end('a path');
  assert.equal(await command.ended(), 0);
  assert.equal(command.out.toString(), 'over a path');
});

test('--crlf makes CR LF of LF, once, even between two pieces', async (t) => {
  const { server, target } = await pythonServer(
    t,
    'got = s.recv(10, socket.MSG_WAITALL); s.sendall(b"go"); got += read_all(s); s.close(); say("got", got.hex(), "")',
  );
  const command = berkeley(t, 'connect', '--crlf', target);
  command.child.stdin.write('\na\nb\r\nc\r');
  await command.says(/go/);
  command.child.stdin.end('\n\rd\n\n');
  const [, hex = ''] = await server.says(/got (\w+) /);
  assert.equal(Buffer.from(hex, 'hex').toString(), '\r\na\r\nb\r\nc\r\n\rd\r\n\r\n');
  assert.equal(await command.ended(), 0);
});

test('connect reads no faster than its output is read', async (t) => {
  const size = 32 << 20;
  const { server, target } = await pythonServer(
    t,
    [
      `data = hashlib.shake_128(b"berkeley").digest(${size}); sent = 0`,
      's.settimeout(1)',
      'try:',
      '    while sent < len(data): sent += s.send(data[sent:sent + 65536])',
      'except TimeoutError: pass',
      'say("stalled", sent, "")',
      's.settimeout(None); s.sendall(data[sent:]); s.close()',
    ].join('\n'),
  );
  const command = unread(t, 'connect', target);
  const [, stalled] = await server.says(/stalled (\d+) /);
  assert.ok(Number(stalled) < size / 2, `${stalled ?? ''} bytes were taken that nobody wanted`);
  assert.equal(await command.ended(), 0);
  const expected = createHash('shake128', { outputLength: size }).update('berkeley').digest();
  assert.ok(command.out.equals(expected));
});

test('--timeout ends the wait for a silent peer', async (t) => {
  const { server, target } = await pythonServer(t, 'say("end", len(read_all(s)), "")');
  const command = berkeley(t, 'connect', '--timeout', '100ms', target);
  assert.equal(await command.ended(), 7);
  assert.match(command.err, /^berkeley: read ETIMEDOUT.*\n$/);
  await server.says(/end 0 /);
});

test('--timeout does not end a conversation in which only we speak', async (t) => {
  const { target } = await pythonServer(
    t,
    'for n in range(12):\n    s.recv(1)\nassert s.recv(1) == b""\ns.sendall(b"heard"); s.close()',
  );
  const command = berkeley(t, 'connect', '--timeout', '500ms', target);
  let count = 0;
  const timer = setInterval(() => {
    if (++count < 12) command.child.stdin.write('x');
    else {
      clearInterval(timer);
      command.child.stdin.end('x');
    }
  }, 100);
  assert.equal(await command.ended(), 0, command.err);
  assert.equal(command.out.toString(), 'heard');
});

test('--timeout does not end a conversation with a peer that listens slowly', async (t) => {
  const { target } = await pythonServer(
    t,
    [
      'import time',
      'digest = hashlib.sha256()',
      'while piece := s.recv(16384): digest.update(piece); time.sleep(0.02)',
      's.sendall(digest.hexdigest().encode()); s.close()',
    ].join('\n'),
    's.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)',
  );
  const command = berkeley(t, 'connect', '--timeout', '800ms', target);
  const bytes = noise(1 << 20);
  command.child.stdin.end(bytes);
  assert.equal(await command.ended(), 0, command.err);
  assert.equal(command.out.toString(), createHash('sha256').update(bytes).digest('hex'));
});

test('a refused connection is one line and exit code 4', async (t) => {
  const holder = python(
    t,
    's = socket.socket(); s.bind(("127.0.0.1", 0)); say("port", s.getsockname()[1], ""); sys.stdin.read()',
  );
  const [, port = ''] = await holder.says(/port (\d+) /);
  const command = berkeley(t, 'connect', `127.0.0.1:${port}`);
  assert.equal(await command.ended(), 4);
  assert.match(
    command.err,
    new RegExp(`^berkeley: connect ECONNREFUSED 127\\.0\\.0\\.1:${port} \\(Nothing listens there\\.\\)\n$`),
  );
  assert.equal(command.out.toString(), '');
});

test('a name that does not exist is one line and exit code 3', async (t) => {
  const command = berkeley(t, 'connect', 'no.such.name.invalid:80', '--timeout', '20s');
  assert.equal(await command.ended(), 3);
  assert.match(command.err, /^berkeley: getaddrinfo (ENOTFOUND|EAI_AGAIN) no\.such\.name\.invalid.*\n$/);
});

test('a connection that the peer resets is one line and exit code 9, after everything that had come', async (t) => {
  const { target } = await pythonServer(
    t,
    's.sendall(b"first"); s.recv(2)\n' +
      's.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); s.close()',
  );
  const command = berkeley(t, 'connect', target);
  await command.says(/first/);
  command.child.stdin.write('ok');
  assert.equal(await command.ended(), 9);
  assert.match(command.err, /^berkeley: \w+ ECONNRESET.*\n$/);
  assert.equal(command.out.toString(), 'first');
});

test('connect ends without a word when nobody reads its output any more', async (t) => {
  const { server, target } = await pythonServer(
    t,
    'try:\n    while True: s.sendall(b"y" * 65536)\nexcept OSError: say("over ")',
  );
  const command = berkeley(t, 'connect', target);
  await command.says(/y/);
  command.child.stdout.destroy();
  assert.equal(await command.ended(), 1);
  assert.equal(command.err, '');
  await server.says(/over /);
});
