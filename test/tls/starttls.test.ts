// The beginning of TLS in the middle of a connection, on both sides and in both colours: what becomes of the bytes that
// are there already, what may wait meanwhile, and that a failure is the end of the connection. The other end is Python.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { colours, failureOf, type Conn, type Listener, type Net } from '../real/colours.js';
import { pki } from '../support/pki.js';
import { startTlsPython, type Given } from '../support/python-tls.js';
import type { Python } from '../support/python.js';

const limit = { timeout: '20s' } as const;

function clientTls() {
  return { ca: pki().root.cert, serverName: 'localhost', ...limit } as const;
}
function serverTls() {
  const { cert, key } = pki().server;
  return { server: true, cert, key, ...limit } as const;
}

/** Connected to a Python that has said its first line and goes on with `script`; `c` is its socket. */
async function dialled(t: TestContext, net: Net, script: string, given: Given = {}): Promise<[Conn, Python]> {
  const python = startTlsPython(t, `c = listening()\n${script}`, given);
  const conn = await net.connect(await python.line(), limit);
  t.after(() => conn.abort());
  return [conn, python];
}

/** Accepted from a Python that goes on with `script`. */
async function accepted(t: TestContext, net: Net, script: string, given: Given = {}): Promise<[Conn, Python]> {
  const listener: Listener = await net.listen('127.0.0.1:0');
  const python = startTlsPython(t, `c = dialled()\n${script}`, { target: listener.address.toString(), ...given });
  const conn = await listener.accept(limit);
  listener.close();
  t.after(() => conn.abort());
  return [conn, python];
}

/** A server that takes STARTTLS, answers with `answer`, and then talks TLS: it sends back what comes. */
const POLITE = (answer: string) => `
assert exactly(c, 10) == b'STARTTLS\\r\\n'
c.sendall(${answer})
s = server().wrap_socket(c, server_side=True, suppress_ragged_eofs=False)
say(s.version())
while piece := s.recv(65536): s.sendall(piece)
s.unwrap().close()
`;

for (const { name, net } of colours) {
  test(`STARTTLS: what was read in lines before goes on in TLS (${name})`, async (t) => {
    const [conn, python] = await dialled(t, net, POLITE(`b'220 go ahead\\r\\n'`));
    await conn.writeLine('STARTTLS', limit);
    assert.equal(await conn.readLine(limit), '220 go ahead');
    assert.equal(conn.tlsState, 'none');
    assert.equal(conn.tls, null);
    const info = await conn.startTls(clientTls());
    assert.equal(info.version, await python.line());
    assert.equal(conn.tlsState, 'established');
    assert.deepEqual(conn.tls, info);
    assert.equal(info.authorized, true);
    assert.equal(conn.bytesRead, '220 go ahead\r\n'.length, 'the handshake is no application data');
    assert.equal(conn.bytesWritten, 'STARTTLS\r\n'.length);
    await conn.writeLine('in secret', limit);
    assert.equal(await conn.readLine(limit), 'in secret');
    await conn.closeWrite();
    assert.equal(await conn.read(undefined, limit), null);
    await conn.close();
    assert.equal(conn.closeInfo?.truncated, false);
    await python.end();
  });

  test(`promise 8: startTls refuses when plaintext is buffered, and the connection lives (${name})`, async (t) => {
    const [conn, python] = await dialled(
      t,
      net,
      `
assert exactly(c, 10) == b'STARTTLS\\r\\n'
c.sendall(b'220 go ahead\\r\\nINJECTED\\r\\n')
# Nothing of a handshake comes.
assert exactly(c, 6) == b'still\\n'
c.sendall(b'alive\\n')
assert everything(c) == b''
`,
    );
    await conn.writeLine('STARTTLS', limit);
    assert.equal(await conn.readLine(limit), '220 go ahead');
    const failure = await failureOf(() => conn.startTls(clientTls()));
    assert.equal(failure.code, 'ERR_TLS_BUFFERED_DATA');
    assert.equal(failure.phase, 'tls');
    assert.match(failure.hint ?? '', /discard/);
    assert.equal(conn.tlsState, 'none');
    assert.equal(await conn.readLine(limit), 'INJECTED', 'nothing is lost');
    await conn.write('still\n', limit);
    assert.equal(await conn.readLine(limit), 'alive');
    assert.equal(conn.bytesRead, '220 go ahead\r\nINJECTED\r\nalive\n'.length);
    await conn.close();
    await python.end();
  });

  test(`promise 8: plaintext that has come in a segment of its own is refused by a client, too (${name})`, async (t) => {
    const [conn, python] = await dialled(
      t,
      net,
      `
assert exactly(c, 10) == b'STARTTLS\\r\\n'
c.sendall(b'220 go ahead\\r\\n')
assert exactly(c, 1) == b'.'
c.sendall(b'INJECTED\\r\\n')
assert exactly(c, 6) == b'still\\n'
assert everything(c) == b''
`,
    );
    await conn.writeLine('STARTTLS', limit);
    assert.equal(await conn.readLine(limit), '220 go ahead');
    await conn.write('.', limit);
    assert.equal(await conn.waitReadable(limit), true);
    assert.equal((await failureOf(() => conn.startTls(clientTls()))).code, 'ERR_TLS_BUFFERED_DATA');
    assert.equal(await conn.readLine(limit), 'INJECTED');
    await conn.write('still\n', limit);
    await conn.close();
    await python.end();
  });

  for (const segments of ['the same segment', 'a segment of its own'] as const) {
    test(`promise 8: a client told to discard drops plaintext in ${segments}, and shakes hands (${name})`, async (t) => {
      const answer = segments === 'the same segment' ? `b'220 go ahead\\r\\nINJECTED\\r\\n'` : `b'220 go ahead\\r\\n'`;
      const more = segments === 'the same segment' ? '' : `assert exactly(c, 1) == b'.'; c.sendall(b'INJECTED\\r\\n')`;
      const [conn, python] = await dialled(
        t,
        net,
        POLITE(answer).replace('s = server()', () => `${more}\ns = server()`),
      );
      await conn.writeLine('STARTTLS', limit);
      assert.equal(await conn.readLine(limit), '220 go ahead');
      if (more !== '') {
        await conn.write('.', limit);
        assert.equal(await conn.waitReadable(limit), true);
      }
      await conn.startTls({ ...clientTls(), buffered: 'discard' });
      assert.match(await python.line(), /^TLSv1/);
      await conn.writeLine('in secret', limit);
      assert.equal(await conn.readLine(limit), 'in secret', 'and not what was injected');
      assert.equal(conn.bytesRead, '220 go ahead\r\nin secret\r\n'.length);
      await conn.closeWrite();
      assert.equal(await conn.read(undefined, limit), null);
      await conn.close();
      await python.end();
    });
  }

  test(`promise 8: bytes that were put back with unread count as plaintext (${name})`, async (t) => {
    const [conn, python] = await dialled(t, net, POLITE(`b''`));
    await conn.write('STARTTLS\r\n', limit);
    conn.unread('mine');
    assert.equal((await failureOf(() => conn.startTls(clientTls()))).code, 'ERR_TLS_BUFFERED_DATA');
    assert.equal((await conn.read(undefined, limit))?.toString(), 'mine');
    await conn.startTls(clientTls());
    await conn.closeWrite();
    assert.equal(await conn.read(undefined, limit), null);
    await conn.close();
    assert.match(await python.line(), /^TLSv1/);
    await python.end();
  });

  test(`promise 8: a server rejects a ClientHello behind the command unless told, and the connection lives (${name})`, async (t) => {
    const [conn, python] = await accepted(
      t,
      net,
      `
r = Raw(c, client())
c.sendall(b'STARTTLS\\r\\n' + r.hello())
assert exactly(c, 6) == b'later\\n'
r.handshake()
r.send(b'hello')
assert r.recv(100) == b'HELLO'
`,
    );
    assert.equal(await conn.readLine(limit), 'STARTTLS');
    const failure = await failureOf(() => conn.startTls(serverTls()));
    assert.equal(failure.code, 'ERR_TLS_BUFFERED_DATA');
    assert.match(failure.hint ?? '', /feed/);
    await conn.write('later\n', limit);
    await conn.startTls({ ...serverTls(), buffered: 'feed' });
    assert.equal((await conn.readExact(5, limit)).toString(), 'hello');
    await conn.write('HELLO', limit);
    await conn.close();
    await python.end();
  });

  test(`promise 8: a ClientHello in the same segment as the command succeeds 50 of 50 times with feed (${name})`, async (t) => {
    const listener = await net.listen('127.0.0.1:0');
    t.after(() => listener.close());
    const python = startTlsPython(
      t,
      `
context = client()
for i in range(50):
    c = dialled()
    r = Raw(c, context)
    hello = r.hello()
    # All of it, or with a rest that comes after the server has begun: its first byte, its record header, any more.
    cut = len(hello) if i % 2 == 0 else (1, 4, 5, 6, 100, len(hello) - 1)[i // 2 % 6]
    c.sendall(b'STARTTLS\\r\\n' + hello[:cut])
    if cut < len(hello):
        assert exactly(c, 1) == b'.'
        c.sendall(hello[cut:])
    r.handshake()
    r.send(b'%d\\n' % i)
    assert r.recv(100) == b'%d squared is %d\\n' % (i, i * i), i
    assert r.recv(100) == b''
    c.sendall(r.close_notify())
    c.close()
say('all of them')
`,
      { target: listener.address.toString() },
    );
    for (let i = 0; i < 50; i++) {
      const conn = await listener.accept(limit);
      assert.equal(await conn.readLine(limit), 'STARTTLS');
      if (i % 2 === 1) await conn.write('.', limit);
      const info = await conn.startTls({ ...serverTls(), buffered: 'feed' });
      assert.equal(info.serverName, 'localhost');
      const n = Number(await conn.readLine(limit));
      assert.equal(n, i);
      await conn.write(`${n} squared is ${n * n}\n`, limit);
      assert.equal(conn.bytesRead, `STARTTLS\r\n${i}\n`.length);
      await conn.close(limit);
      assert.equal(conn.closeInfo?.truncated, false);
    }
    assert.equal(await python.line(), 'all of them');
    await python.end();
  });

  test(`promise 8: a command injected behind STARTTLS is no ClientHello, and never read as one that came protected (${name})`, async (t) => {
    const [conn, python] = await accepted(
      t,
      net,
      `
c.sendall(b'STARTTLS\\r\\nMAIL FROM:<evil@example.test>\\r\\n' + Raw(c, client()).hello())
kind = c.recv(1)
say('alert' if kind == b'\\x15' else 'nothing' if kind == b'' else repr(kind))
`,
    );
    assert.equal(await conn.readLine(limit), 'STARTTLS');
    const failure = await failureOf(() => conn.startTls({ ...serverTls(), buffered: 'feed' }));
    assert.equal(failure.code, 'ERR_TLS_PROTOCOL');
    assert.notEqual(conn.closeInfo, null);
    assert.equal((await failureOf(() => conn.readLine(limit))).code, 'ERR_SOCKET_CLOSED');
    assert.match(await python.line(), /^(alert|nothing)$/);
    await python.end();
  });

  test(`startTls on a connection that has TLS is ERR_SOCKET_STATE and changes nothing (${name})`, async (t) => {
    const [conn, python] = await dialled(t, net, POLITE(`b''`));
    await conn.write('STARTTLS\r\n', limit);
    await conn.startTls(clientTls());
    const failure = await failureOf(() => conn.startTls(clientTls()));
    assert.equal(failure.code, 'ERR_SOCKET_STATE');
    assert.equal(failure.phase, 'tls');
    await conn.writeLine('still', limit);
    assert.equal(await conn.readLine(limit), 'still');
    await conn.closeWrite();
    assert.equal(await conn.read(undefined, limit), null);
    await conn.close();
    assert.match(await python.line(), /^TLSv1/);
    await python.end();
  });

  test(`promise 4: startTls with a read of the promise colour pending is ERR_BUSY (${name})`, async (t) => {
    const [conn, python] = await dialled(t, promises, POLITE(`b'go'`).replace(`c.sendall(`, `hear(); c.sendall(`));
    const other = name === 'promises' ? conn : (sync.share(conn) as unknown as Conn);
    const reading = conn.readExact(2, limit);
    for (const busy of [() => other.startTls(clientTls()), () => other.startTls(serverTls())]) {
      const failure = await failureOf(busy);
      assert.equal(failure.code, 'ERR_BUSY');
      assert.equal(failure.phase, 'tls');
    }
    await conn.write('STARTTLS\r\n', limit);
    python.tell('answer');
    assert.equal((await reading).toString(), 'go');
    await other.startTls(clientTls());
    await other.closeWrite();
    assert.equal(await other.read(undefined, limit), null);
    await conn.close();
    assert.match(await python.line(), /^TLSv1/);
    await python.end();
  });

  test(`promise 4: startTls with a write of the promise colour pending is ERR_BUSY (${name})`, async (t) => {
    const [conn, python] = await dialled(
      t,
      promises,
      `
hear()
assert exactly(c, 32 << 20) == b'x' * (32 << 20)
${POLITE(`b'go'`)}`,
    );
    const other = name === 'promises' ? conn : (sync.share(conn) as unknown as Conn);
    const writing = conn.write(Buffer.alloc(32 << 20, 'x'), limit);
    assert.equal((await failureOf(() => other.startTls(clientTls()))).code, 'ERR_BUSY');
    python.tell('read');
    assert.equal(await writing, 32 << 20);
    await other.write('STARTTLS\r\n', limit);
    assert.equal((await other.readExact(2, limit)).toString(), 'go');
    await other.startTls(clientTls());
    await other.closeWrite();
    assert.equal(await other.read(undefined, limit), null);
    await conn.close();
    assert.match(await python.line(), /^TLSv1/);
    await python.end();
  });

  test(`a limit of 0 is a RangeError, and leaves the connection as it was (${name})`, async (t) => {
    const [conn, python] = await dialled(t, net, POLITE(`b''`));
    await conn.write('STARTTLS\r\n', limit);
    const zero = { name: 'RangeError', code: 'ERR_INVALID_ARG_VALUE' };
    await assert.rejects(async () => conn.startTls({ ...clientTls(), timeout: 0 }), zero);
    await assert.rejects(async () => conn.startTls({ ...clientTls(), timeout: '0ms' }), zero);
    assert.equal(conn.tlsState, 'none');
    await conn.startTls(clientTls());
    await assert.rejects(async () => conn.handshake({ timeout: 0 }), zero);
    await assert.rejects(async () => conn.stopTls({ timeout: 0 }), zero);
    assert.equal(conn.tlsState, 'established');
    await conn.writeLine('alive', limit);
    assert.equal(await conn.readLine(limit), 'alive');
    await conn.closeWrite();
    assert.equal(await conn.read(undefined, limit), null);
    await conn.close();
    assert.match(await python.line(), /^TLSv1/);
    await python.end();
  });

  for (const [what, o] of [
    ['the limit of the call', { timeout: 150 }],
    ['handshakeTimeout', { timeout: '20s', handshakeTimeout: 150 }],
  ] as const) {
    test(`${what} that runs out in startTls closes the connection (${name})`, async (t) => {
      const [conn, python] = await dialled(
        t,
        net,
        `
data = everything(c)
# One record of the handshake, and nothing behind it.
length = struct.unpack('>H', data[3:5])[0]
say(data[0], len(data) - 5 - length)
`,
      );
      const began = performance.now();
      const failure = await failureOf(() => conn.startTls({ ca: pki().root.cert, serverName: 'localhost', ...o }));
      const took = performance.now() - began;
      assert.ok(failure instanceof promises.TimeoutError, failure.stack);
      assert.equal(failure.code, 'ETIMEDOUT');
      assert.equal(failure.phase, 'tls');
      assert.ok(took >= 145 && took < 10_000, `after ${took} ms`);
      assert.notEqual(conn.closeInfo, null);
      assert.equal(conn.socket.fd, -1);
      await assert.rejects(async () => conn.write('SECRET', limit), promises.SocketError);
      await assert.rejects(async () => conn.read(undefined, limit), promises.SocketError);
      assert.equal(await python.line(), '22 0');
      await python.end();
    });
  }
}

test('promise 4: a second startTls while the first shakes hands is refused, and the first goes on', async (t) => {
  const [conn, python] = await dialled(t, promises, `hear()\n${POLITE(`b''`)}`);
  await conn.write('STARTTLS\r\n', limit);
  const first = conn.startTls(clientTls());
  const failure = await failureOf(() => conn.startTls(clientTls()));
  assert.equal(failure.code, 'ERR_SOCKET_STATE');
  python.tell('go');
  await first;
  await conn.writeLine('in secret', limit);
  assert.equal(await conn.readLine(limit), 'in secret');
  await conn.closeWrite();
  assert.equal(await conn.read(undefined, limit), null);
  await conn.close();
  assert.match(await python.line(), /^TLSv1/);
  await python.end();
});
