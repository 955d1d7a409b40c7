// openssl s_server and s_client at the other end, in both colours, both versions of TLS, over TCP and Unix sockets.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type * as promises from 'berkeley';
import { startClient, startServer, type Openssl } from '../support/openssl.js';
import { pki } from '../support/pki.js';
import { temporaryFolder } from '../support/server.js';
import { colours, failureOf, type Conn, type Listener, type Net } from './colours.js';

const limit = { timeout: '20s' } as const;
const versions = ['TLSv1.2', 'TLSv1.3'] as const;
type Version = (typeof versions)[number];
const transports = ['tcp', 'unix'] as const;
type Transport = (typeof transports)[number];

const flag = (version: Version): string => (version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3');

function trusting(): promises.TlsOptions {
  return { ca: pki().root.cert, serverName: 'localhost' };
}
function serving(): promises.TlsOptions {
  const { cert, key } = pki().server;
  return { cert, key };
}

/** Our client and their server. */
async function dialled(
  t: TestContext,
  net: Net,
  { transport = 'tcp', tls = {}, words = [] }: { transport?: Transport; tls?: promises.TlsOptions; words?: string[] },
): Promise<[Conn, Openssl]> {
  const unix = transport === 'unix' ? join(temporaryFolder(t), 's') : undefined;
  const server = await startServer(t, pki().server, words, { unix });
  const conn = await net.connect(server.target, { tls: { ...trusting(), ...tls }, ...limit });
  t.after(() => conn.abort());
  return [conn, server];
}

/** Our listener, which is there until the end of the test. */
async function listening(
  t: TestContext,
  net: Net,
  tls: promises.TlsOptions = {},
  transport: Transport = 'tcp',
): Promise<Listener> {
  const at = transport === 'unix' ? join(temporaryFolder(t), 's') : '127.0.0.1:0';
  const listener = await net.listen(at, { tls: { ...serving(), ...tls } });
  t.after(() => listener.close());
  return listener;
}

const verifying = (): string[] => [
  ...['-CAfile', pki().root.certFile, '-verify_return_error'],
  ...['-servername', 'localhost', '-verify_hostname', 'localhost'],
];

for (const { name, net } of colours) {
  for (const version of versions) {
    for (const transport of transports) {
      test(`openssl s_server over ${transport}, ${version}: both ways, and we end it (${name})`, async (t) => {
        const [conn, server] = await dialled(t, net, { transport, words: [flag(version)] });
        assert.equal(conn.tls?.version, version);
        await conn.write('hello from here\n', limit);
        await server.until(/hello from here\n/);
        server.tell('hello from there\n');
        assert.equal(await conn.readLine(limit), 'hello from there');
        // Its close_notify comes in answer to ours; that is a half-close, for we still read.
        await conn.closeWrite();
        assert.equal(await conn.read(undefined, limit), null);
        await conn.close();
        assert.equal(conn.closeInfo?.truncated, false);
        assert.equal(conn.closeInfo.clean, true);
        const { code, text } = await server.ended();
        assert.equal(code, 0, text);
      });

      test(`openssl s_server over ${transport}, ${version}: it ends first, with close_notify and without (${name})`, async (t) => {
        const [clean] = await dialled(t, net, { transport, words: [flag(version), '-www'] });
        await clean.write('GET / HTTP/1.0\r\n\r\n', limit);
        const page = (await clean.readAll(limit)).toString();
        assert.match(page, /^HTTP\/1\.0 200 ok\r\n[^]*<\/pre><\/BODY><\/HTML>\r\n\r\n$/i);
        assert.match(page, new RegExp(`Protocol *: ${version}`));
        await clean.close();
        assert.equal(clean.closeInfo?.by, 'remote');
        assert.equal(clean.closeInfo.truncated, false);

        const [cut, server] = await dialled(t, net, { transport, words: [flag(version)] });
        server.tell('last words\n');
        assert.equal(await cut.readLine(limit), 'last words');
        // It closes its socket and nothing else.
        server.tell('Q\n');
        assert.equal((await failureOf(() => cut.read(undefined, limit))).code, 'ERR_TLS_TRUNCATED');
        await cut.close();
        assert.equal(cut.closeInfo?.truncated, true);
      });

      test(`openssl s_client over ${transport}, ${version}: both ways, and it ends first (${name})`, async (t) => {
        const listener = await listening(t, net, {}, transport);
        const client = startClient(t, listener.address.toString(), [flag(version), ...verifying()]);
        client.tell('hello from there\n');
        const conn = await listener.accept(limit);
        t.after(() => conn.abort());
        assert.equal(conn.tlsState, 'pending');
        assert.equal(await conn.readLine(limit), 'hello from there');
        assert.equal(conn.tls?.version, version);
        assert.equal(conn.tls.serverName, 'localhost');
        await conn.write('hello from here\n', limit);
        await client.until(/Verification: OK[^]*hello from here\n/);
        await client.endInput();
        assert.equal(await conn.read(undefined, limit), null);
        await conn.close();
        assert.equal(conn.closeInfo?.truncated, false);
        const { code, text } = await client.ended();
        assert.equal(code, 0, text);
      });

      test(`openssl s_client over ${transport}, ${version}: we end first, and it knows the end as a clean one (${name})`, async (t) => {
        const listener = await listening(t, net, {}, transport);
        const client = startClient(t, listener.address.toString(), [flag(version), '-quiet', ...verifying()]);
        const conn = await listener.accept(limit);
        t.after(() => conn.abort());
        const data = randomBytes(100_000).toString('base64');
        await conn.write(data, limit);
        await conn.closeWrite();
        const { code, text, wrong } = await client.ended();
        assert.ok(text === data);
        // It complains of an end without close_notify.
        assert.doesNotMatch(wrong, /unexpected eof|error/i);
        assert.equal(code, 0, wrong);
        assert.equal(await conn.read(undefined, limit), null);
        await conn.close();
      });
    }

    test(`sessions: our client resumes with openssl s_server, ${version} (${name})`, async (t) => {
      const server = await startServer(t, pki().server, [flag(version)], { connections: 3 });
      const talk = async (session?: Uint8Array): Promise<[boolean, Uint8Array]> => {
        const tls = { ...trusting(), ...(session && { session }) };
        const conn = await net.connect(server.target, { tls, ...limit });
        await conn.write('hello\n', limit);
        await server.until(session === undefined ? /hello\n/ : /Reused session-id[^]*hello\n/);
        server.tell('answer\n');
        assert.equal(await conn.readLine(limit), 'answer');
        const { tls: info } = conn;
        assert.ok(info !== null);
        assert.ok(info.session !== null);
        assert.equal(info.authorized, true);
        assert.equal(info.peer?.fingerprint256, pki().server.x509.fingerprint256, 'after a resumption, too');
        await conn.closeWrite();
        assert.equal(await conn.read(undefined, limit), null);
        await conn.close();
        return [info.resumed, info.session];
      };
      const [first, session] = await talk();
      assert.equal(first, false);
      const [second, newer] = await talk(session);
      assert.equal(second, true);
      const [third] = await talk(newer);
      assert.equal(third, true);
      assert.equal((await server.ended()).code, 0);
    });

    test(`sessions: openssl s_client resumes with our listener, ${version} (${name})`, async (t) => {
      const listener = await listening(t, net);
      const file = join(temporaryFolder(t), 'session');
      for (const [words, kind] of [
        [['-sess_out', file], 'New'],
        [['-sess_in', file, '-sess_out', file], 'Reused'],
        [['-sess_in', file], 'Reused'],
      ] as const) {
        const client = startClient(t, listener.address.toString(), [flag(version), ...verifying(), ...words]);
        client.tell('hello\n');
        const conn = await listener.accept(limit);
        assert.equal(await conn.readLine(limit), 'hello');
        assert.equal(conn.tls?.resumed, kind === 'Reused');
        assert.equal(conn.tls.serverName, 'localhost');
        // The answer comes behind the tickets.
        await conn.write('answer\n', limit);
        await client.until(new RegExp(`${kind}, ${version}[^]*answer\n`));
        await client.endInput();
        assert.equal(await conn.read(undefined, limit), null);
        await conn.close();
        assert.equal((await client.ended()).code, 0);
      }
    });

    test(`keying material and bindings are those of openssl s_client and s_server, ${version} (${name})`, async (t) => {
      const exported = async (peer: Openssl): Promise<string> =>
        (await peer.until(/Keying material: ([0-9A-F]+)/))[1]!.toLowerCase();
      for (const [label, length] of [
        ['EXPORTER-Channel-Binding', 32],
        ['EXPERIMENTAL of ours', 77],
      ] as const) {
        const words = [flag(version), '-keymatexport', label, '-keymatexportlen', String(length)];
        const check = async (conn: Conn, peer: Openssl): Promise<void> => {
          const info = await conn.handshake(limit);
          const expected = await exported(peer);
          assert.equal(info.exportKey(length, label).toString('hex'), expected);
          assert.notEqual(info.exportKey(length, label, Buffer.from('context')).toString('hex'), expected);
          if (length === 32 && version === 'TLSv1.3')
            assert.equal(info.channelBinding('tls-exporter').toString('hex'), expected);
        };

        const [conn, server] = await dialled(t, net, { words });
        await check(conn, server);
        await conn.closeWrite();
        assert.equal(await conn.read(undefined, limit), null);
        await conn.close();

        const listener = await listening(t, net);
        const client = startClient(t, listener.address.toString(), [...words, ...verifying()]);
        const accepted = await listener.accept(limit);
        await check(accepted, client);
        await accepted.close();
        await client.ended();
      }
    });

    test(`client certificates: openssl s_server asks, and sees ours, ${version} (${name})`, async (t) => {
      const words = [flag(version), '-Verify', '3', '-verify_return_error', '-CAfile', pki().root.certFile];
      const { cert, key } = pki().client;
      const [conn, server] = await dialled(t, net, { words, tls: { cert, key } });
      await conn.write('hello\n', limit);
      await server.until(/subject=CN = client\n[^]*hello\n/);
      await conn.closeWrite();
      assert.equal(await conn.read(undefined, limit), null);
      await conn.close();

      // Without one: with TLS 1.3 our handshake is over when it refuses us, so the first read says so.
      const refused = await failureOf(async () => {
        const [bare] = await dialled(t, net, { words });
        await bare.read(undefined, limit);
      });
      assert.equal(refused.code, 'ERR_TLS_ALERT', refused.stack);
      assert.equal(refused.tlsAlert, version === 'TLSv1.3' ? 'certificate_required' : 'handshake_failure');
    });

    test(`client certificates: our listener asks openssl s_client, and refuses it without a good one, ${version} (${name})`, async (t) => {
      const listener = await listening(t, net, { clientCert: 'require', ca: pki().root.cert });
      const target = listener.address.toString();
      const words = [flag(version), ...verifying()];
      const { leafFile, certFile, keyFile } = pki().client;
      const shown = ['-cert', leafFile, '-cert_chain', certFile, '-key', keyFile];
      const client = startClient(t, target, [...words, ...shown]);
      client.tell('hello\n');
      const conn = await listener.accept(limit);
      assert.equal(await conn.readLine(limit), 'hello');
      assert.equal(conn.tls?.peer?.subject, 'CN=client');
      assert.equal(conn.tls.authorized, true);
      assert.equal(conn.tls.verifyCode, 'OK');
      await conn.close();
      const { text } = await client.ended();
      assert.match(text, /Acceptable client certificate CA names\nCN = Test root\n/);

      const bare = startClient(t, target, words);
      const without = await listener.accept(limit);
      const missing = await failureOf(() => without.handshake(limit));
      assert.equal(missing.code, 'NO_PEER_CERTIFICATE');
      const alert = version === 'TLSv1.3' ? /alert certificate required/ : /alert handshake failure/;
      assert.match((await bare.ended()).wrong, alert);

      const self = pki().issue({ name: 'self', usage: 'client', issuer: 'self' });
      const stranger = startClient(t, target, [...words, '-cert', self.leafFile, '-key', self.keyFile]);
      const strange = await listener.accept(limit);
      const unknown = await failureOf(() => strange.handshake(limit));
      assert.equal(unknown.code, 'DEPTH_ZERO_SELF_SIGNED_CERT');
      assert.equal(unknown.tlsAlert, 'unknown_ca');
      assert.match((await stranger.ended()).wrong, /alert unknown ca/);
    });
  }

  test(`ALPN with openssl: the server's order decides, and without a common protocol there is an alert (${name})`, async (t) => {
    const [conn, server] = await dialled(t, net, {
      words: ['-alpn', 'h2,http/1.1'],
      tls: { alpn: ['imap', 'http/1.1', 'h2'] },
    });
    assert.equal(conn.tls?.alpn, 'h2');
    await conn.close();
    await server.until(/ALPN protocols selected: h2/);
    const [silent] = await dialled(t, net, { tls: { alpn: ['imap'] } });
    assert.equal(silent.tls?.alpn, null);
    await silent.close();

    const listener = await listening(t, net, { alpn: ['h2', 'http/1.1'] });
    const target = listener.address.toString();
    for (const [offered, expected] of [
      [['-alpn', 'http/1.1,h2'], /ALPN protocol: h2\n/],
      [['-alpn', 'imap,http/1.1'], /ALPN protocol: http\/1\.1\n/],
      [[], /No ALPN negotiated\n/],
    ] as const) {
      const client = startClient(t, target, [...verifying(), ...offered]);
      const accepted = await listener.accept(limit);
      const { alpn } = await accepted.handshake(limit);
      const [said] = await client.until(expected);
      assert.ok(alpn === null ? said.startsWith('No') : said.includes(`: ${alpn}\n`));
      await accepted.close();
      await client.ended();
    }
    const other = startClient(t, target, [...verifying(), '-alpn', 'imap']);
    const refused = await listener.accept(limit);
    const failure = await failureOf(() => refused.handshake(limit));
    assert.equal(failure.tlsAlert, 'no_application_protocol');
    assert.match((await other.ended()).wrong, /alert no application protocol/);
  });

  test(`names with openssl: SNI is sent in lower case, chooses the certificate, and is never an IP (${name})`, async (t) => {
    const second = pki().issue({ name: 'second.test' });
    const words = ['-servername', 'second.test', '-cert2', second.leafFile, '-key2', second.keyFile];
    const known = { ca: [pki().root.cert, pki().intermediate.cert] };
    const [conn, server] = await dialled(t, net, { words, tls: { ...known, serverName: 'SECOND.test' } });
    assert.equal(conn.tls?.peer?.subject, 'CN=second.test');
    await conn.close();
    await server.until(/Hostname in TLS extension: "second\.test"/);
    const [addressed, silent] = await dialled(t, net, { words, tls: { ...known, serverName: '127.0.0.1' } });
    assert.equal(addressed.tls?.peer?.subject, 'CN=localhost');
    assert.equal(addressed.tls.authorized, true);
    await addressed.close();
    assert.doesNotMatch((await silent.ended()).text, /Hostname in TLS extension/);

    const listener = await listening(t, net, { sni: { 'second.test': { cert: second.cert, key: second.key } } });
    for (const [asked, subject] of [
      ['second.test', 'second.test'],
      ['SECOND.TEST', 'second.test'],
      ['third.test', 'localhost'],
    ] as const) {
      const client = startClient(t, listener.address.toString(), ['-servername', asked]);
      const accepted = await listener.accept(limit);
      const { serverName } = await accepted.handshake(limit);
      assert.equal(serverName, asked.toLowerCase());
      await client.until(new RegExp(`subject=CN = ${subject}\n`));
      await accepted.close();
      await client.ended();
    }
  });

  test(`openssl s_client -starttls smtp begins TLS with a little SMTP server of ours (${name})`, async (t) => {
    const listener = await net.listen('127.0.0.1:0');
    t.after(() => listener.close());
    const client = startClient(t, listener.address.toString(), ['-starttls', 'smtp', ...verifying()]);
    const conn = await listener.accept(limit);
    await conn.writeLine('220 mail.test ESMTP', limit);
    assert.match((await conn.readLine(limit)) ?? '', /^EHLO /);
    await conn.write('250-mail.test\r\n250-SIZE 1000\r\n250 STARTTLS\r\n', limit);
    assert.equal(await conn.readLine(limit), 'STARTTLS');
    await conn.writeLine('220 go ahead', limit);
    const info = await conn.startTls({ ...serving(), server: true, ...limit });
    assert.equal(info.serverName, 'localhost');
    await client.until(/Verification: OK/);
    client.tell('EHLO again\r\n');
    assert.equal(await conn.readLine(limit), 'EHLO again');
    await conn.writeLine('250 in secret', limit);
    await client.until(/250 in secret/);
    await conn.close();
    await client.ended();
  });
}
