// The end of TLS on a connection that lives on, in both colours: bytes on either side of close_notify, in any segments,
// and TLS again. The other end is Python.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { colours, failureOf, type Conn, type Net } from '../real/colours.js';
import { pattern } from '../support/bytes.js';
import { pki } from '../support/pki.js';
import { startTlsPython, type Given } from '../support/python-tls.js';
import type { Python } from '../support/python.js';

const limit = { timeout: '20s' } as const;
const versions = ['TLSv1.2', 'TLSv1.3'] as const;

/** A TLS connection to a Python that goes on with `script`; `c` is its socket. */
async function secured(t: TestContext, net: Net, script: string, given: Given = {}): Promise<[Conn, Python]> {
  const python = startTlsPython(t, `c = listening()\n${script}`, given);
  const tls = { ca: pki().root.cert, serverName: 'localhost' };
  const conn = await net.connect(await python.line(), { tls, ...limit });
  t.after(() => conn.abort());
  return [conn, python];
}

/** TLS in memory, so that the script decides what shares a segment. `r.tls.pending()` cannot be trusted before a read. */
const RAW = `
r = Raw(c, server())
r.handshake()
`;

for (const { name, net } of colours) {
  for (const version of versions) {
    test(`stopTls ends TLS both ways, plaintext follows, and then TLS again, ${version} (${name})`, async (t) => {
      const [conn, python] = await secured(
        t,
        net,
        `
context = server()
for round in range(3):
    s = context.wrap_socket(c, server_side=True, suppress_ragged_eofs=False)
    assert exactly(s, 5) == b'TLS %d' % round
    s.sendall(b'tls %d' % round)
    assert s.recv(100) == b''
    c = s.unwrap()
    assert exactly(c, 7) == b'plain %d' % round
    c.sendall(b'PLAIN %d' % round)
    if round < 2: assert exactly(c, 9) == b'startTls\\n'
assert everything(c) == b''
say('done')
`,
        { version },
      );
      for (let round = 0; round < 3; round++) {
        if (round > 0) await conn.startTls({ ca: pki().root.cert, serverName: 'localhost', ...limit });
        assert.equal(conn.tlsState, 'established');
        await conn.write(`TLS ${round}`, limit);
        assert.equal((await conn.readExact(5, limit)).toString(), `tls ${round}`);
        await conn.stopTls(limit);
        assert.equal(conn.tlsState, 'none');
        await conn.write(`plain ${round}`, limit);
        assert.equal((await conn.readExact(7, limit)).toString(), `PLAIN ${round}`);
        if (round < 2) await conn.write('startTls\n', limit);
      }
      assert.equal(conn.bytesRead, 3 * 'tls 0PLAIN 0'.length);
      assert.equal(conn.bytesWritten, 3 * 'TLS 0plain 0'.length + 2 * 'startTls\n'.length);
      await conn.close();
      assert.equal(conn.closeInfo?.truncated, false);
      assert.equal(conn.closeInfo.clean, true);
      assert.equal(conn.closeInfo.by, 'local', 'the end of TLS was not the end of the connection');
      assert.equal(await python.line(), 'done');
      await python.end();
    });

    test(`the peer may end TLS first: reads see the end, stopTls answers it, and plaintext follows, ${version} (${name})`, async (t) => {
      const [conn, python] = await secured(
        t,
        net,
        `
s = server().wrap_socket(c, server_side=True, suppress_ragged_eofs=False)
s.sendall(b'last')
c = s.unwrap()
c.sendall(b'plain\\n')
assert exactly(c, 6) == b'PLAIN\\n'
`,
        { version },
      );
      assert.equal((await conn.readExact(4, limit)).toString(), 'last');
      assert.equal(await conn.read(undefined, limit), null);
      assert.equal(await conn.read(undefined, limit), null, 'and again');
      await conn.stopTls(limit);
      assert.equal(await conn.readLine(limit), 'plain');
      await conn.write('PLAIN\n', limit);
      await conn.close();
      await python.end();
    });

    for (const size of [1, 100, 40_000, 300_000]) {
      test(`promise 8: ${size} bytes of plaintext in the same segment as the close_notify survive stopTls, ${version} (${name})`, async (t) => {
        const [conn, python] = await secured(
          t,
          net,
          `${RAW}
plain = (bytes(range(256)) * 1200)[:given['size']]
r.tls.write(b'said before')
data = r.out()
c.sendall(data + r.close_notify() + plain)
# Ours; whatever more comes is plaintext.
r.drain()
rest = r.inward.read()
rest += exactly(c, 5 - len(rest))
assert rest == b'after', rest
`,
          { version, size },
        );
        await conn.stopTls(limit);
        assert.equal(conn.tlsState, 'none');
        assert.equal(
          (await conn.readExact(11, limit)).toString(),
          'said before',
          'what came in TLS is not lost either',
        );
        const expected = Buffer.from(Array.from({ length: size }, (_, i) => i & 255));
        assert.ok((await conn.readExact(size, limit)).equals(expected));
        assert.equal(conn.bytesRead, 11 + size);
        await conn.write('after', limit);
        await python.end();
        assert.equal(await conn.read(undefined, limit), null);
        await conn.close();
      });
    }

    test(`plaintext behind close_notify never shows as TLS, ${version} (${name})`, async (t) => {
      const [conn, python] = await secured(
        t,
        net,
        `${RAW}
r.tls.write(b'protected')
c.sendall(r.out() + r.close_notify() + b'INJECTED')
say('sent')
hear()
c.close()
`,
        { version },
      );
      assert.equal((await conn.readAll(limit)).toString(), 'protected');
      assert.equal(await conn.read(undefined, limit), null);
      assert.equal(await conn.waitReadable(limit), true);
      assert.equal(await conn.read(undefined, limit), null);
      assert.equal(conn.bytesRead, 'protected'.length);
      await conn.close();
      assert.equal(conn.closeInfo?.truncated, false);
      python.tell('end');
      await python.end();
    });

    test(`stopTls without waiting: writes are plaintext at once, reads stay TLS until the peer’s close_notify, ${version} (${name})`, async (t) => {
      const [conn, python] = await secured(
        t,
        net,
        `${RAW}
r.drain()
rest = r.inward.read()
rest += exactly(c, 11 - len(rest))
assert rest == b'plain at on', rest
say('got it')
# Python's OpenSSL writes after it has received close_notify.
r.send(b'late in TLS. ')
hear()
r.tls.write(b'Last in TLS. ')
data = r.out()
c.sendall(data + r.close_notify() + b'Plain ')
hear()
c.sendall(b'as well')
assert exactly(c, 4) == b'more'
assert everything(c) == b''
`,
        { version },
      );
      await conn.stopTls({ wait: false, ...limit });
      await conn.write('plain at on', limit);
      assert.equal(await python.line(), 'got it');
      assert.equal((await conn.readExact(13, limit)).toString(), 'late in TLS. ');
      python.tell('go');
      assert.equal((await conn.readExact(19, limit)).toString(), 'Last in TLS. Plain ');
      python.tell('go');
      assert.equal((await conn.readExact(7, limit)).toString(), 'as well');
      assert.equal(conn.tlsState, 'none');
      await conn.write('more', limit);
      await conn.close();
      assert.equal(conn.closeInfo?.truncated, false);
      await python.end();
    });

    test(`plaintext in the same segment as the close_notify is read in any pieces without waiting, too, ${version} (${name})`, async (t) => {
      const [conn, python] = await secured(
        t,
        net,
        `${RAW}
r.drain()
r.tls.write(b'in TLS')
data = r.out()
c.sendall(data + r.close_notify() + bytes(range(256)) * 80)
c.shutdown(socket.SHUT_WR)
assert everything(c) == b''
`,
        { version },
      );
      await conn.stopTls({ wait: false, ...limit });
      const pieces: Buffer[] = [];
      for (let max = 1; ; max += 7) {
        const piece = await conn.read(max, limit);
        if (piece === null) break;
        pieces.push(piece);
      }
      const plain = Buffer.from(Array.from({ length: 80 * 256 }, (_, i) => i & 255));
      assert.ok(Buffer.concat(pieces).equals(Buffer.concat([Buffer.from('in TLS'), plain])));
      await conn.close();
      assert.equal(conn.closeInfo?.truncated, false, 'the end of plaintext is no cut');
      await python.end();
    });

    test(`stopTls whose limit runs out leaves the connection alive, and can be called again, ${version} (${name})`, async (t) => {
      const [conn, python] = await secured(
        t,
        net,
        `${RAW}
r.drain()
say('close_notify')
hear()
r.tls.write(b'still TLS')
data = r.out()
c.sendall(data + r.close_notify() + b'plain')
rest = r.inward.read()
rest += exactly(c, 5 - len(rest))
assert rest == b'PLAIN', rest
`,
        { version },
      );
      const failure = await failureOf(() => conn.stopTls({ timeout: 100 }));
      assert.ok(failure instanceof promises.TimeoutError);
      assert.equal(failure.phase, 'tls');
      assert.equal(conn.closeInfo, null);
      assert.equal(await python.line(), 'close_notify');
      const refused = await failureOf(() => conn.write('SECRET', limit));
      assert.equal(refused.code, 'ERR_SOCKET_STATE', 'nothing goes out in the clear before TLS is over');
      python.tell('go');
      await conn.stopTls(limit);
      assert.equal((await conn.readExact(14, limit)).toString(), 'still TLSplain');
      await conn.write('PLAIN', limit);
      await python.end();
      await conn.close();
    });
  }

  test(`4 MiB that the peer says before its close_notify are kept for the reader (${name})`, async (t) => {
    const [conn, python] = await secured(
      t,
      net,
      `
s = server().wrap_socket(c, server_side=True, suppress_ragged_eofs=False)
data = (bytes((i * i + (i >> 3)) & 255 for i in range(65521)) * 65)[:4 << 20]
s.sendall(data)
c = s.unwrap()
c.sendall(b'plain')
`,
    );
    await conn.stopTls(limit);
    assert.ok((await conn.readExact(4 << 20, limit)).equals(pattern(4 << 20)));
    assert.equal((await conn.readAll(limit)).toString(), 'plain');
    await conn.close();
    await python.end();
  });

  test(`a peer that goes away in place of its close_notify is ERR_TLS_TRUNCATED in stopTls (${name})`, async (t) => {
    const [conn, python] = await secured(
      t,
      net,
      `
s = server().wrap_socket(c, server_side=True, suppress_ragged_eofs=False)
s.sendall(b'before')
assert s.recv(10) == b''
s.close()
`,
    );
    const failure = await failureOf(() => conn.stopTls(limit));
    assert.equal(failure.code, 'ERR_TLS_TRUNCATED');
    assert.ok(failure instanceof promises.TlsError);
    assert.equal((await conn.readExact(6, limit)).toString(), 'before');
    await assert.rejects(async () => conn.write('SECRET', limit), promises.SocketError);
    await conn.close();
    assert.equal(conn.closeInfo?.truncated, true);
    await python.end();
  });

  test(`stopTls without TLS is ERR_SOCKET_STATE, and so is the second one (${name})`, async (t) => {
    const python = startTlsPython(
      t,
      `
c = listening()
assert exactly(c, 1) == b'.'
s = server().wrap_socket(c, server_side=True)
c = s.unwrap()
assert everything(c) == b''
`,
    );
    const conn = await net.connect(await python.line(), limit);
    assert.equal((await failureOf(() => conn.stopTls(limit))).code, 'ERR_SOCKET_STATE');
    await conn.write('.');
    await conn.startTls({ ca: pki().root.cert, serverName: 'localhost', ...limit });
    await conn.stopTls(limit);
    assert.equal((await failureOf(() => conn.stopTls(limit))).code, 'ERR_SOCKET_STATE');
    await conn.close();
    await python.end();
  });

  test(`promise 4: stopTls with a read of the promise colour pending is ERR_BUSY (${name})`, async (t) => {
    const [conn, python] = await secured(
      t,
      promises,
      `
s = server().wrap_socket(c, server_side=True)
assert exactly(s, 1) == b'.'
s.sendall(b'go')
c = s.unwrap()
assert everything(c) == b''
`,
    );
    const other = name === 'promises' ? conn : (sync.share(conn) as unknown as Conn);
    const reading = conn.readExact(2, limit);
    const failure = await failureOf(() => other.stopTls(limit));
    assert.equal(failure.code, 'ERR_BUSY');
    await conn.write('.', limit);
    assert.equal((await reading).toString(), 'go');
    await other.stopTls(limit);
    await conn.close();
    await python.end();
  });
}

test('promise 4: a read that comes while stopTls waits is ERR_BUSY, and a write goes out behind it in the clear', async (t) => {
  const [conn, python] = await secured(
    t,
    promises,
    `${RAW}
r.drain()
say('close_notify')
hear()
c.sendall(r.close_notify())
rest = r.inward.read()
while len(rest) < 5: rest += c.recv(5 - len(rest))
assert rest == b'PLAIN', rest
`,
  );
  const stopping = conn.stopTls(limit);
  const writing = conn.write('PLAIN', limit);
  assert.equal((await failureOf(() => conn.read(undefined, limit))).code, 'ERR_BUSY');
  assert.equal((await failureOf(() => conn.stopTls(limit))).code, 'ERR_BUSY');
  assert.equal(await python.line(), 'close_notify');
  python.tell('go');
  await stopping;
  assert.equal(await writing, 5);
  await python.end();
  await conn.close();
});
