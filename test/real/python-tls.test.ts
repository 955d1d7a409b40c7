// Python's ssl at the other end, as client and as server, in both colours, both versions of TLS, over TCP and Unix sockets.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import * as promises from 'berkeley';
import { pattern, sha256 } from '../support/bytes.js';
import { pki } from '../support/pki.js';
import { startTlsPython, type Given } from '../support/python-tls.js';
import type { Python } from '../support/python.js';
import { temporaryFolder } from '../support/server.js';
import { colours, failureOf, type Conn, type Net } from './colours.js';

const limit = { timeout: '20s' } as const;
const versions = ['TLSv1.2', 'TLSv1.3'] as const;

interface Way {
  readonly version: (typeof versions)[number];
  readonly transport: 'tcp' | 'unix';
  /** Which end Python is. */
  readonly python: 'server' | 'client';
}
const ways: readonly Way[] = versions.flatMap((version) =>
  (['tcp', 'unix'] as const).flatMap((transport) =>
    (['server', 'client'] as const).map((python) => ({ version, transport, python })),
  ),
);
const titleOf = ({ version, transport, python }: Way): string => `a Python ${python} over ${transport}, ${version}`;

interface More {
  readonly given?: Given;
  readonly client?: promises.TlsOptions;
  readonly server?: promises.TlsOptions;
}

/** A connection with TLS on it, whose other end runs `script`: `c` is its plain socket, `s` its TLS socket. */
async function joined(t: TestContext, net: Net, way: Way, script: string, more: More = {}): Promise<[Conn, Python]> {
  const folder = temporaryFolder(t);
  const given = { version: way.version, ...more.given };
  if (way.python === 'server') {
    const python = startTlsPython(t, `c = listening()\ns = wrap(c)\n${script}`, {
      ...given,
      serve: true,
      ...(way.transport === 'unix' && { unix: join(folder, 's') }),
    });
    const tls = { ca: pki().root.cert, serverName: 'localhost', ...more.client };
    const conn = await net.connect(await python.line(), { tls, ...limit });
    t.after(() => conn.abort());
    return [conn, python];
  }
  const { cert, key } = pki().server;
  const at = way.transport === 'unix' ? join(folder, 's') : '127.0.0.1:0';
  const listener = await net.listen(at, { tls: { cert, key, ...more.server } });
  const target = listener.address.toString();
  const python = startTlsPython(t, `c = dialled()\ns = wrap(c)\n${script}`, { ...given, target });
  const conn = await listener.accept(limit);
  listener.close();
  t.after(() => conn.abort());
  return [conn, python];
}

for (const { name, net } of colours) {
  for (const way of ways) {
    test(`4 MiB each way at once with ${titleOf(way)} arrive intact (${name})`, async (t) => {
      const size = 4 << 20;
      const [conn, python] = await joined(
        t,
        net,
        way,
        `
block = bytes((i * i + (i >> 3)) & 255 for i in range(65521))
data = (block * 65)[:4 << 20]
# What we get is the same backwards.
got = pump(s, data, len(data))
assert got == data[::-1]
# Half of the connection has ended, and the other goes on.
assert s.recv(1) == b''
s.sendall(hashlib.sha256(got).hexdigest().encode())
s.unwrap().close()
`,
      );
      const backwards = Buffer.from(pattern(size)).reverse();
      const writing = conn.write(backwards, limit);
      const hash = createHash('sha256');
      // In pieces as they come, so that both directions are full at times.
      let left = size;
      while (left > 0) {
        const piece = await conn.read(left, limit);
        assert.ok(piece !== null, `${left} bytes are missing`);
        hash.update(piece);
        left -= piece.length;
      }
      assert.equal(await writing, size);
      assert.equal(hash.digest('hex'), sha256(pattern(size)));
      await conn.closeWrite();
      assert.equal((await conn.readAll(limit)).toString(), sha256(backwards));
      assert.equal(conn.bytesRead, size + 64);
      assert.equal(conn.bytesWritten, size);
      await conn.close();
      assert.equal(conn.closeInfo?.clean, true);
      assert.equal(conn.closeInfo.truncated, false);
      await python.end();
    });

    for (const allowTruncation of [false, true]) {
      const outcome = allowTruncation ? 'null where that is allowed' : 'ERR_TLS_TRUNCATED';
      test(`promise 6: the end without close_notify by ${titleOf(way)} is ${outcome}, after everything that came (${name})`, async (t) => {
        const [conn, python] = await joined(
          t,
          net,
          way,
          `
# Once this has arrived, nothing of ours is left unread here, and closing makes no reset.
assert exactly(s, 2) == b'go'
s.sendall(bytes(range(256)) * 400)
s.close()
`,
          { client: { allowTruncation }, server: { allowTruncation } },
        );
        await conn.write('go', limit);
        const data = Buffer.from(Array.from({ length: 102_400 }, (_, i) => i & 255));
        assert.ok((await conn.readExact(50_000, limit)).equals(data.subarray(0, 50_000)));
        const pieces: Buffer[] = [];
        const rest = async (): Promise<void> => {
          for (let piece = await conn.read(1000, limit); piece !== null; piece = await conn.read(1000, limit))
            pieces.push(piece);
        };
        if (allowTruncation) {
          await rest();
          assert.equal(await conn.read(undefined, limit), null, 'and again');
        } else {
          const failure = await failureOf(rest);
          assert.equal(failure.code, 'ERR_TLS_TRUNCATED');
          assert.equal(failure.phase, 'read');
          assert.ok(failure instanceof promises.TlsError);
          assert.equal((await failureOf(() => conn.read(undefined, limit))).code, 'ERR_TLS_TRUNCATED', 'and again');
        }
        assert.ok(Buffer.concat(pieces).equals(data.subarray(50_000)));
        await conn.close();
        assert.equal(conn.closeInfo?.truncated, true);
        assert.equal(conn.closeInfo.clean, false);
        await python.end();
      });
    }

    test(`${titleOf(way)} is told of our close with close_notify, and of our abort without (${name})`, async (t) => {
      for (const [ending, expected] of [
        ['close', 'close_notify'],
        ['closeWrite', 'close_notify'],
        ['abort', 'reset'],
      ] as const) {
        const [conn, python] = await joined(
          t,
          net,
          way,
          `
s.sendall(b'ready')
assert exactly(s, 4) == b'text'
if given['ending'] != 'abort': say(ended(s))
else:
    # Below TLS, because Python's makes the end of a stream of a reset.
    try: say('cut' if socket.socket.recv(s, 1) == b'' else 'data')
    except ConnectionResetError: say('reset')
hear()
s.close()
`,
          { given: { ending } },
        );
        assert.equal((await conn.readExact(5, limit)).toString(), 'ready');
        await conn.write('text', limit);
        await conn[ending]();
        const seen = await python.line();
        // A Unix socket has no reset.
        assert.equal(seen, expected === 'reset' && way.transport === 'unix' ? 'cut' : expected);
        python.tell('end');
        await python.end();
        await conn.close();
      }
    });
    // What follows does not depend on what carries the bytes.
    if (way.transport === 'unix') continue;

    test(`the facts are those of ${titleOf(way)} (${name})`, async (t) => {
      const [conn, python] = await joined(
        t,
        net,
        way,
        `
binding = s.get_channel_binding('tls-unique')
peer = s.getpeercert(True)
say(s.version())
say(*s.cipher()[:2])
say(s.selected_alpn_protocol())
say(binding.hex() if binding else 'None')
say(hashlib.sha256(peer).hexdigest() if peer else 'None')
assert exactly(s, 3) == b'end'
s.unwrap()
`,
        {
          given: { alpn: ['mine', 'second'], clientCertificate: pki().client, clients: 'require' },
          client: { alpn: ['first', 'second'], cert: pki().client.cert, key: pki().client.key },
          server: { alpn: ['first', 'second'], clientCert: 'require', ca: pki().root.cert },
        },
      );
      const info = await conn.handshake(limit);
      assert.equal(conn.tlsState, 'established');
      assert.equal(info.version, await python.line());
      const [cipher, cipherVersion] = (await python.line()).split(' ');
      // Python says it in OpenSSL's words, which for TLS 1.3 are those of the RFC.
      if (way.version === 'TLSv1.3') assert.equal(info.cipher, cipher);
      else assert.equal(info.cipher, rfcName(cipher!));
      assert.equal(info.cipherVersion, cipherVersion);
      assert.equal(info.alpn, 'second');
      assert.equal(await python.line(), 'second');
      assert.match(info.group ?? '', /^(X25519|x25519|P-256|prime256v1|secp256r1)/);
      assert.equal(info.serverName, 'localhost');
      assert.equal(info.resumed, false);
      assert.equal(info.authorized, true);
      assert.equal(info.verifyCode, 'OK');

      const shown = way.python === 'server' ? pki().server : pki().client;
      assert.equal(info.peer?.fingerprint256, shown.x509.fingerprint256);
      assert.deepEqual(
        info.chain.map((one) => one.fingerprint256),
        [shown, pki().intermediate].map((one) => one.x509.fingerprint256),
      );

      const unique = await python.line();
      if (way.version === 'TLSv1.2') {
        assert.equal(info.channelBinding('tls-unique').toString('hex'), unique);
      } else {
        // RFC 9266: it is not defined for TLS 1.3, whatever OpenSSL says.
        assert.throws(() => info.channelBinding('tls-unique'), promises.SocketError);
      }
      const sent = createHash('sha256')
        .update(shownBy(way.python === 'server' ? 'client' : 'server'))
        .digest('hex');
      assert.equal(await python.line(), sent, 'what we showed');
      await conn.write('end', limit);
      assert.equal(await conn.read(undefined, limit), null);
      await conn.close();
      await python.end();
    });

    test(`tls-server-end-point is the hash that Python makes of the certificate, with ${titleOf(way)} (${name})`, async (t) => {
      for (const digest of ['sha256', 'sha384'] as const) {
        const certificate = pki().issue({ name: 'localhost', digest });
        const [conn, python] = await joined(
          t,
          net,
          way,
          `
if given.get('serve'): certificate = ssl.PEM_cert_to_DER_cert(open(given['cert']).read().split('-----END')[0] + '-----END CERTIFICATE-----')
else: certificate = s.getpeercert(True)
say(hashlib.new(given['digest'], certificate).hexdigest())
assert exactly(s, 3) == b'end'
s.unwrap()
`,
          { given: { certificate, digest }, server: { cert: certificate.cert, key: certificate.key } },
        );
        const info = await conn.handshake(limit);
        assert.equal(info.channelBinding('tls-server-end-point').toString('hex'), await python.line());
        await conn.write('end', limit);
        assert.equal(await conn.read(undefined, limit), null);
        await conn.close();
        await python.end();
      }
    });

    test(`the key log is that of ${titleOf(way)}, line by line (${name})`, async (t) => {
      const folder = temporaryFolder(t);
      const theirs = join(folder, 'theirs');
      const ours = join(folder, 'ours');
      for (const keylog of ['function', 'file'] as const) {
        const heard: string[] = [];
        const option = { keylog: keylog === 'file' ? ours : (line: string) => heard.push(line) };
        const [conn, python] = await joined(
          t,
          net,
          way,
          `
assert exactly(s, 3) == b'end'
s.sendall(b'END')
s.unwrap()
`,
          { given: { keylog: `${theirs}-${keylog}` }, client: option, server: option },
        );
        await conn.write('end', limit);
        assert.equal((await conn.readAll(limit)).toString(), 'END');
        await conn.close();
        await python.end();
        const expected = linesOf(`${theirs}-${keylog}`);
        assert.equal(expected.length, way.version === 'TLSv1.2' ? 1 : 5);
        assert.deepEqual(keylog === 'file' ? linesOf(ours) : heard.sort(), expected);
        if (keylog === 'file') assert.equal(statSync(ours).mode & 0o777, 0o600);
      }
    });
  }
}

/** The DER of the certificate that an end of ours shows. */
function shownBy(end: 'client' | 'server'): Buffer {
  return (end === 'client' ? pki().client : pki().server).x509.raw;
}

function rfcName(openssl: string): string {
  return `TLS_${openssl
    .replaceAll('-', '_')
    .replace(/^(ECDHE_(RSA|ECDSA))_/, '$1_WITH_')
    .replace(/AES(\d)/, 'AES_$1')}`;
}

/** The lines of a key log, without comments, in a fixed order. */
function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .sort();
}
