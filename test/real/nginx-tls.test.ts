// nginx with TLS at the other end: HTTP/1.1 and the first words of HTTP/2, in both colours.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import type * as promises from 'berkeley';
import { pki } from '../support/pki.js';
import { installed, startNginx, type NginxTls, type Server } from '../support/server.js';
import { colours, failureOf, type Conn, type Net } from './colours.js';

const limit = { timeout: '10s' } as const;
const page = Buffer.from('<h1>hello</h1>\n');
const picture = randomBytes(300_000);

async function start(t: TestContext, tls: Partial<NginxTls> = {}): Promise<Server | null> {
  const program = installed(t, 'nginx');
  if (program === null) return null;
  const files = { 'page.html': page, 'picture.bin': picture };
  return startNginx(t, program, files, { certificate: pki().server, ...tls });
}

function connect(net: Net, server: Server, tls: promises.TlsOptions = {}, transport = 'tcp'): Promise<Conn> {
  const target = transport === 'tcp' ? `${server.host}:${server.port}` : `unix:${server.path}`;
  return net.connect(target, { tls: { ca: pki().root.cert, serverName: 'localhost', ...tls }, ...limit });
}

for (const { name, net } of colours) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const transport of ['tcp', 'unix']) {
      test(`nginx answers over ${transport} and ${version}, keeps the connection, and ends it with close_notify (${name})`, async (t) => {
        const server = await start(t, { protocols: version });
        if (server === null) return;
        const conn = await connect(net, server, {}, transport);
        t.after(() => conn.abort());
        assert.equal(conn.tls?.authorized, true);
        assert.equal(conn.tls.version, version);
        await conn.write(request('/page.html'), limit);
        assert.deepEqual((await response(conn)).body, page);

        // Two requests in one write; the answers come one behind the other.
        await conn.write([request('/picture.bin'), request('/nothing')], limit);
        assert.ok((await response(conn)).body.equals(picture));
        assert.equal((await response(conn)).status, 404);

        const facts = await factsOf(conn, 'Connection: close');
        assert.equal(facts.protocol, version);
        assert.equal(facts.name, 'localhost');
        assert.equal(facts.client, 'NONE');
        assert.equal(facts.session, '.');
        if (version === 'TLSv1.3') assert.equal(facts.cipher, conn.tls.cipher);
        assert.equal(await conn.read(undefined, limit), null, 'nginx ends the connection, and says so');
        await conn.close();
        assert.equal(conn.closeInfo?.by, 'remote');
        assert.equal(conn.closeInfo.clean, true);
        assert.equal(conn.closeInfo.truncated, false);
      });
    }

    test(`nginx resumes our session, ${version} (${name})`, async (t) => {
      const server = await start(t, { protocols: version });
      if (server === null) return;
      let session: Uint8Array | null = null;
      for (const expected of ['.', 'r', 'r']) {
        const conn: Conn = await connect(net, server, session === null ? {} : { session });
        t.after(() => conn.abort());
        const facts = await factsOf(conn);
        assert.equal(facts.session, expected);
        assert.equal(conn.tls?.resumed, expected === 'r');
        assert.equal(conn.tls.authorized, true);
        session = conn.tls.session;
        await conn.close();
      }
    });

    test(`nginx sees our client certificate, and does without where it only asks, ${version} (${name})`, async (t) => {
      const server = await start(t, { protocols: version, clients: 'optional', clientCa: pki().root });
      if (server === null) return;
      const { cert, key } = pki().client;
      const shown = await connect(net, server, { cert, key });
      t.after(() => shown.abort());
      const facts = await factsOf(shown);
      assert.equal(facts.client, 'SUCCESS');
      assert.equal(facts.subject, 'CN=client');
      await shown.close();
      const bare = await connect(net, server);
      t.after(() => bare.abort());
      assert.equal((await factsOf(bare)).client, 'NONE');
      await bare.close();
      const stranger = pki().issue({ name: 'stranger', usage: 'client', issuer: 'self' });
      const refused = await connect(net, server, { cert: stranger.cert, key: stranger.key });
      t.after(() => refused.abort());
      // nginx refuses in its own words, over HTTP.
      await refused.write(request('/page.html'), limit);
      const answer = await response(refused);
      assert.equal(answer.status, 400);
      assert.match(answer.body.toString(), /The SSL certificate error/);
      await refused.close();
    });
  }

  test(`ALPN with nginx: HTTP/2 where both speak it, HTTP/1.1 where it must be, an alert where nothing is left (${name})`, async (t) => {
    const server = await start(t, { http2: true });
    if (server === null) return;
    const second = await connect(net, server, { alpn: ['h2', 'http/1.1'] });
    t.after(() => second.abort());
    assert.equal(second.tls?.alpn, 'h2');
    // RFC 9113 §3.4: the preface and an empty SETTINGS frame; the server's first frame is SETTINGS on stream 0.
    await second.write(['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])], limit);
    const frame = await second.readExact(9, limit);
    assert.equal(frame[3], 4);
    assert.equal(frame.readUInt32BE(5), 0);
    assert.equal((await second.readExact(frame.readUIntBE(0, 3), limit)).length % 6, 0);
    await second.close();

    const first = await connect(net, server, { alpn: ['http/1.1'] });
    t.after(() => first.abort());
    assert.equal(first.tls?.alpn, 'http/1.1');
    assert.equal((await factsOf(first)).alpn, 'http/1.1');
    await first.close();

    const none = await connect(net, server);
    t.after(() => none.abort());
    assert.equal(none.tls?.alpn, null);
    await none.close();

    const failure = await failureOf(() => connect(net, server, { alpn: ['imap'] }));
    assert.equal(failure.code, 'ERR_TLS_ALERT');
    assert.equal(failure.tlsAlert, 'no_application_protocol');
  });

  test(`nginx that is not who it should be is refused, and TLS where nginx speaks none is told (${name})`, async (t) => {
    const server = await start(t);
    if (server === null) return;
    const wrong = await failureOf(() => connect(net, server, { serverName: 'elsewhere.test' }));
    assert.equal(wrong.code, 'HOSTNAME_MISMATCH');
    assert.match(wrong.message, /elsewhere\.test/);
    const unknown = await failureOf(() => net.connect(`tls://${server.host}:${server.port}`, limit));
    assert.equal(unknown.code, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
    assert.equal(unknown.verifyCode, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
    const pinned = await connect(net, server, { pins: [pki().server.pin], serverName: 'a.wild.test' });
    t.after(() => pinned.abort());
    assert.equal((await factsOf(pinned)).name, 'a.wild.test');
    await pinned.close();

    const plain = await startNginx(t, installed(t, 'nginx')!, { 'page.html': page });
    const failure = await failureOf(() => connect(net, plain));
    assert.equal(failure.code, 'ERR_TLS_PROTOCOL');
    assert.match(failure.hint ?? '', /does not speak TLS/);
    // And the other way round: a request in the clear is answered in the clear.
    const clear = await net.connect(server.host, server.port, limit);
    t.after(() => clear.abort());
    await clear.write(request('/page.html'), limit);
    const answer = await response(clear);
    assert.equal(answer.status, 400);
    assert.match(answer.body.toString(), /plain HTTP request was sent to HTTPS port/);
    await clear.close();
  });
}

function request(path: string, ...headers: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
}

interface Facts {
  readonly protocol: string;
  readonly cipher: string;
  readonly name: string;
  readonly alpn: string;
  readonly client: string;
  readonly subject: string;
  readonly session: string;
}

/** What nginx says about this connection. */
async function factsOf(conn: Conn, ...headers: string[]): Promise<Facts> {
  await conn.write(request('/facts', ...headers), limit);
  const { status, body } = await response(conn);
  assert.equal(status, 200);
  const [protocol = '', cipher = '', name = '', alpn = '', client = '', subject = '', session = ''] = body
    .toString()
    .split('\n');
  return { protocol, cipher, name, alpn, client, subject, session };
}

async function response(conn: Conn): Promise<{ status: number; body: Buffer }> {
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec((await conn.readLine(limit)) ?? '') ?? [];
  assert.ok(status !== undefined, 'a status line');
  let length = 0;
  for (let line = await conn.readLine(limit); line !== ''; line = await conn.readLine(limit)) {
    const [, value] = /^content-length: (\d+)$/i.exec(line ?? '') ?? [];
    if (value !== undefined) length = Number(value);
  }
  return { status: Number(status), body: await conn.readExact(length, limit) };
}
