// Magnolia's functions without TLS, row by row of what is known of the original, each blocking and with a callback. Python is
// the other end.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as socket from 'berkeley/dialects/magnolia';
import { type Answer, bothWays, connected, errorOf, handleOf, listening, ways } from './kit.js';

const RESET = 'c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); c.close()';

bothWays('connect answers ok with a handle and both addresses', async (ask, t) => {
  const { python, port } = await listening(t);
  const answer = await ask('connect', `127.0.0.1:${port}`);
  await python.run('take()');
  assert.deepEqual(answer, {
    type: 'ok',
    socket: { type: 'socket', id: handleOf(answer).id },
    remote: `127.0.0.1:${port}`,
    local: `127.0.0.1:${String(await python.value('c.getpeername()[1]'))}`,
    tls: false,
  });
  assert.equal(keepAliveTimer(answer), '02', 'keep-alive is on');
  assert.deepEqual(await ask('close', handleOf(answer)), { type: 'closed' });
});

bothWays('an address has a port, by number or by name, and its host may be missing: this machine', async (ask, t) => {
  const { python, port } = await listening(t);
  for (const address of [`:${port}`, `localhost:${port}`, `[localhost]:${port}`, `[127.0.0.1]:${port}`]) {
    const answer = await ask('connect', address);
    await python.run('take()');
    assert.ok(answer.type === 'ok', `${address}: ${JSON.stringify(answer)}`);
    assert.equal(answer.remote, `127.0.0.1:${port}`);
    await ask('close', answer.socket);
  }
  assert.match(errorOf(await ask('connect', '127.0.0.1')), /^Could not connect socket: .*missing port in address$/);
  assert.match(errorOf(await ask('connect', '127.0.0.1:')), /missing port in address$/);
  assert.match(errorOf(await ask('connect', '::1:80')), /too many colons in address$/);
  assert.match(errorOf(await ask('connect', '127.0.0.1:no-such-service')), /^Could not connect socket: /);
  for (const address of ['', '127.0.0.1:65536', '127.0.0.1:-1', 'a b:80', '/run/x.sock', 'unix:/run/x.sock', 'fd:3/'])
    assert.match(errorOf(await ask('connect', address)), /^Could not connect socket: /, address);
});

bothWays('what the system refuses is an answer', async (ask, t) => {
  const { python, port } = await listening(t);
  await python.run('l.close()');
  assert.match(errorOf(await ask('connect', `127.0.0.1:${port}`)), /^Could not connect socket: .*ECONNREFUSED/);
  assert.match(errorOf(await ask('connect', 'no-such-host.invalid:80')), /^Could not connect socket: .*no-such-host/);
});

bothWays('calls that fail leave no descriptor behind', async (ask, t) => {
  const { python, port } = await listening(t);
  await ask('connect', 'localhost:no-such-service');
  await python.run('l.close()');
  await ask('connect', `localhost:${port}`);
  const before = readdirSync('/proc/self/fd').length;
  for (let i = 0; i < 20; i++) errorOf(await ask('connect', `localhost:${port}`));
  assert.equal(readdirSync('/proc/self/fd').length, before);
});

bothWays('send writes all of it, and says how many bytes', async (ask, t) => {
  const { python, handle } = await connected(ask, t);
  const all = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('');
  assert.deepEqual(await ask('send', handle, all), { type: 'sent', bytes: 256 });
  assert.equal(await python.value('exactly(c, 256) == bytes(range(256))'), true);
  assert.deepEqual(await ask('send', handle, ''), { type: 'sent', bytes: 0 });
  assert.deepEqual(await ask('send', handle, Buffer.from('€')), { type: 'sent', bytes: 3 });
  assert.equal(await python.value('exactly(c, 3).decode()'), '€');
  python.begin('n = len(exactly(c, 6000000))');
  assert.deepEqual(await ask('send', handle, 'x'.repeat(6_000_000)), { type: 'sent', bytes: 6_000_000 });
  assert.equal(await python.value('n'), 6_000_000);
});

bothWays('sendLine writes the line and CR LF', async (ask, t) => {
  const { python, handle } = await connected(ask, t);
  assert.deepEqual(await ask('sendLine', handle, 'HELO you'), { type: 'sent', bytes: 10 });
  assert.deepEqual(await ask('sendLine', handle, ''), { type: 'sent', bytes: 2 });
  assert.equal(await python.value('exactly(c, 12).decode()'), 'HELO you\r\n\r\n');
});

bothWays('recv gives 1 to size bytes, then closed, again and again; close still works', async (ask, t) => {
  const { python, handle } = await connected(ask, t);
  await python.run('c.sendall(b"hello\\x00\\xff")');
  assert.deepEqual(await ask('recv', handle, 3), { type: 'data', data: 'hel' });
  assert.deepEqual(await ask('recv', handle, 0), { type: 'data', data: '' });
  assert.deepEqual(await ask('recv', handle, 4096), { type: 'data', data: 'lo\0\xff' });
  await python.run('c.shutdown(socket.SHUT_WR)');
  assert.deepEqual(await ask('recv', handle, 4096), { type: 'closed' });
  assert.deepEqual(await ask('recv', handle, 0), { type: 'data', data: '' }, 'no bytes are there even at the end');
  assert.deepEqual(await ask('recv', handle, 4096), { type: 'closed' });
  assert.deepEqual(await ask('send', handle, 'half-close'), { type: 'sent', bytes: 10 });
  assert.deepEqual(await ask('close', handle), { type: 'closed' });
  assert.equal(await python.value('everything(c).decode()'), 'half-close');
});

bothWays('recv after a reset is an error, and close still works', async (ask, t) => {
  const { python, handle } = await connected(ask, t);
  await python.run(RESET);
  assert.match(errorOf(await ask('recv', handle, 10)), /^Could not read socket data: .*ECONNRESET/);
  const written = errorOf(
    await ask('send', handle, 'x').then((first) => (first.type === 'error' ? first : ask('send', handle, 'x'))),
  );
  assert.match(written, /^Could not write socket data: .*(EPIPE|ECONNRESET)/);
  assert.deepEqual(await ask('close', handle), { type: 'closed' });
});

bothWays('recvExact gives exactly size bytes, however they come', async (ask, t) => {
  const { python, handle } = await connected(ask, t);
  python.begin('for byte in b"exactly": c.sendall(bytes([byte])); time.sleep(0.005)');
  assert.deepEqual(await ask('recvExact', handle, 7), { type: 'data', data: 'exactly' });
  assert.deepEqual(await ask('recvExact', handle, 0), { type: 'data', data: '' });
  await python.caughtUp();
  python.begin('c.sendall(b"y" * 1000000)');
  const large = await ask('recvExact', handle, 1_000_000);
  assert.ok(large.type === 'data' && large.data === 'y'.repeat(1_000_000));
});

bothWays('recvExact at the end is an error and never closed; what had come is for the next call', async (ask, t) => {
  const { python, handle } = await connected(ask, t);
  await python.run('c.sendall(b"part"); c.close()');
  assert.equal(errorOf(await ask('recvExact', handle, 5)), 'Could not read exact socket data: unexpected EOF');
  assert.deepEqual(await ask('recv', handle, 99), { type: 'data', data: 'part' });
  assert.equal(errorOf(await ask('recvExact', handle, 5)), 'Could not read exact socket data: EOF');
  assert.deepEqual(await ask('close', handle), { type: 'closed' });
});

bothWays('recvLine splits at LF and strips every CR and LF at the end; a lone CR is data', async (ask, t) => {
  const { python, handle } = await connected(ask, t);
  await python.run(
    'c.sendall(b"crlf\\r\\nlf\\nmany\\r\\r\\r\\n\\r\\nlone\\rcr\\n\\xe9\\n\\nunterminated\\r"); c.close()',
  );
  for (const data of ['crlf', 'lf', 'many', '', 'lone\rcr', '\xe9', '', 'unterminated'])
    assert.deepEqual(await ask('recvLine', handle), { type: 'data', data });
  assert.deepEqual(await ask('recvLine', handle), { type: 'closed' });
  assert.deepEqual(await ask('recvLine', handle), { type: 'closed' });
});

bothWays('lines and bytes come from one buffer', async (ask, t) => {
  const { python, handle } = await connected(ask, t);
  await python.run('c.sendall(b"LENGTH 4\\r\\nbody and\\r\\nmore")');
  assert.deepEqual(await ask('recvLine', handle), { type: 'data', data: 'LENGTH 4' });
  assert.deepEqual(await ask('recvExact', handle, 4), { type: 'data', data: 'body' });
  assert.deepEqual(await ask('recvLine', handle), { type: 'data', data: ' and' });
  assert.deepEqual(await ask('recv', handle, 99), { type: 'data', data: 'more' });
});

test(
  'a line of 16 MiB is the longest; a longer one is an error, and its bytes can still be received',
  { timeout: 60_000 },
  async (t) => {
    const [, ask] = ways[0]!;
    const { python, handle } = await connected(ask, t);
    const most = 16 << 20;
    python.begin(`c.sendall(b"a" * ${most} + b"\\n" + b"b" * ${most + 10} + b"\\n")`);
    const line = socket.recvLine(handle);
    assert.ok(line.type === 'data' && line.data.length === most);
    assert.match(errorOf(socket.recvLine(handle)), /^Could not read socket line: .*ERR_LIMIT/);
    const rest = socket.recvExact(handle, most + 11);
    assert.ok(rest.type === 'data' && rest.data.endsWith('b\n'));
    await python.caughtUp();
  },
);

bothWays('a handle made by hand works, and so does the object around a handle', async (ask, t) => {
  const { python, handle } = await connected(ask, t);
  assert.deepEqual(await ask('send', { type: 'socket', id: handle.id, more: 1 }, 'by hand '), {
    type: 'sent',
    bytes: 8,
  });
  const object = socket.Socket(handle);
  assert.deepEqual(object.socket, handle);
  assert.deepEqual(Object.keys(object).sort(), [
    'close',
    'recv',
    'recvExact',
    'recvLine',
    'send',
    'sendLine',
    'socket',
    'startTLS',
  ]);
  const { send, sendLine, recv, recvExact, recvLine, close } = object;
  assert.deepEqual(send('object '), { type: 'sent', bytes: 7 });
  assert.deepEqual(await new Promise((resolve) => void sendLine('line', resolve)), { type: 'sent', bytes: 6 });
  assert.equal(await python.value('exactly(c, 21).decode()'), 'by hand object line\r\n');
  await python.run('c.sendall(b"line\\nexactrest")');
  assert.deepEqual(recvLine(), { type: 'data', data: 'line' });
  assert.deepEqual(recvExact(5), { type: 'data', data: 'exact' });
  assert.deepEqual(recv(99), { type: 'data', data: 'rest' });
  assert.match(errorOf(object.startTLS({ serverName: 'x\0y' })), /^Could not upgrade socket to TLS: /);
  assert.deepEqual(close(), { type: 'closed' });
  assert.throws(() => recv(1), TypeError);
});

test('a call with a callback and a blocking one are made on the same connection', { timeout: 20_000 }, async (t) => {
  const { python, port } = await listening(t);
  const handle = handleOf(socket.connect(`127.0.0.1:${port}`));
  await python.run('take()');
  const late = new Promise((resolve) => void socket.recvLine(handle, resolve));
  assert.match(errorOf(socket.recv(handle, 1)), /ERR_BUSY/, 'the callback of another call waits in this direction');
  assert.deepEqual(socket.send(handle, 'the other direction is free'), { type: 'sent', bytes: 27 });
  await python.run('exactly(c, 27); c.sendall(b"first\\nsecond\\n")');
  assert.deepEqual(await late, { type: 'data', data: 'first' });
  assert.deepEqual(socket.recvLine(handle), { type: 'data', data: 'second' });
  const pending = new Promise((resolve) => void socket.recv(handle, 1, resolve));
  assert.deepEqual(socket.close(handle), { type: 'closed' });
  assert.match(errorOf(await pending), /^Could not read socket data: .*ERR_SOCKET_CLOSED/);
});

/** What the kernel waits for on our end of a connection: 02 is the next probe. The first column of that in /proc/net/tcp. */
function keepAliveTimer(answer: Answer): string | undefined {
  assert.ok(answer.type === 'ok');
  const hex = Number(answer.local.split(':')[1]).toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return lines.find((words) => words[1]?.endsWith(`:${hex}`) && words[3] === '01')?.[5]?.split(':')[0];
}
