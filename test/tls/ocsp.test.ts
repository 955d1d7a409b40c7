// Stapled OCSP responses, in both colours, with TLS 1.2 and 1.3, against `openssl s_server` and `openssl s_client`. The verdicts are
// compared with `openssl ocsp` in the same run.

import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { createServer } from 'node:tls';
import { pki, type Issued } from '../support/pki.js';
import { colours, limit, only, openSockets, refusalOf, versions, type TlsInfo, type TlsOptions } from './kit.js';
import { OpensslServer } from './openssl-server.js';
import { backdated } from './ocsp-response.js';

interface OcspCase {
  readonly title: string;
  /** DER; null for none. */
  readonly staple: Buffer | null;
  readonly good: boolean;
  /** What `openssl ocsp` prints; null when it cannot tell. */
  readonly openssl: RegExp | null;
  readonly shows?: Issued;
}

// An authority with an RSA key, because a signature in RSA keeps its length: see ocsp-response.ts.
const root = pki().issue({ name: 'OCSP root', ca: true, issuer: 'self', key: 'rsa2048' });
const server = pki().issue({ name: 'localhost', issuer: root });
const servers: OpensslServer[] = [];
after(() => Promise.all(servers.map((one) => one.stop())));

for (const { title, staple, good, openssl, shows = server } of cases()) {
  void test(`A stapled response that is ${title} is ${good ? 'enough' : 'not enough'} for ocsp: 'require'`, async () => {
    if (staple !== null && openssl !== null) assert.match(opensslVerdict(shows, staple), openssl);
    const status = staple === null ? [] : ['-status_file', pki().file('ocsp', staple)];
    const peer = new OpensslServer(shows, ['-rev', ...status]);
    servers.push(peer);
    const port = await peer.port();

    for (const version of versions) {
      for (const [, net] of colours) {
        const before = openSockets();
        const connect = (ocsp: TlsOptions['ocsp']): ReturnType<typeof net.connect> =>
          net.connect(`127.0.0.1:${port}`, {
            tls: { ca: root.leaf, serverName: 'localhost', ...(ocsp && { ocsp }), ...only(version) },
            ...limit,
          });
        const received = async (ocsp: TlsOptions['ocsp']): Promise<Uint8Array | null> => {
          const conn = await connect(ocsp);
          await conn.writeLine('abc', { eol: '\n', ...limit });
          assert.equal(await conn.readLine(limit), 'cba');
          await conn.close(limit);
          assert.equal(conn.tls!.authorized, true);
          return conn.tls!.ocsp;
        };
        // Nobody has asked for it.
        assert.equal(await received(undefined), null);
        assert.equal(await received('off'), null);
        // Asked for, it is told, and nothing depends on it.
        assert.deepEqual(await received('request'), staple);
        if (good) assert.deepEqual(await received('require'), staple);
        else {
          const error = await refusalOf(() => connect('require'), 'ERR_TLS_OCSP', null);
          assert.equal(error.tlsAlert, 'bad_certificate_status_response');
        }
        assert.deepEqual(openSockets(), before);
      }
    }
  });
}

for (const version of versions) {
  void test(`A server staples its response for clients that ask for one [${version}]`, async () => {
    const staple = pki().ocsp(server).content;
    const flag = version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3';
    for (const [, net] of colours) {
      const tls = { cert: server.cert, key: server.key, staple };
      const listener = await net.listen('127.0.0.1:0', { tls });
      const target = ['-connect', `127.0.0.1:${listener.address.port}`, '-CAfile', root.leafFile, flag];
      for (const [asks, wanted] of [
        [['-status'], /OCSP Response Status: successful[^]*Cert Status: good/],
        [[], /^(?![^]*OCSP [Rr]esponse)[^]*Verify return code: 0/],
      ] as const) {
        const asked = pki().start(['s_client', ...target, ...asks]);
        const conn = await listener.accept(limit);
        assert.equal((await conn.handshake(limit)).ocsp, null);
        await conn.close(limit);
        assert.match(await asked, wanted);
      }
      listener.close();
    }
  });
}

void test("A stapled response that is no OCSP response at all is not enough for ocsp: 'require', and is told as it is", async () => {
  // s_server refuses to send such a thing, and node:tls does not look at it; it lives in this thread, so the client may not block.
  const [, net] = colours[0]!;
  for (const garbage of [Buffer.from('nonsense'), Buffer.from('30030a0101', 'hex')]) {
    const other = createServer({ cert: server.cert, key: server.key });
    other.on('OCSPRequest', (_certificate, _issuer, reply: (error: null, response: Buffer) => void) =>
      reply(null, garbage),
    );
    other.on('secureConnection', (socket) => socket.end());
    other.on('tlsClientError', () => undefined);
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    for (const version of versions) {
      const tls = { ca: root.leaf, serverName: 'localhost', ...only(version) };
      const conn = await net.connect(`127.0.0.1:${port}`, { tls: { ...tls, ocsp: 'request' }, ...limit });
      assert.deepEqual(conn.tls!.ocsp, garbage);
      await conn.close(limit);
      await refusalOf(
        () => net.connect(`127.0.0.1:${port}`, { tls: { ...tls, ocsp: 'require' }, ...limit }),
        'ERR_TLS_OCSP',
        null,
      );
    }
    await new Promise((done) => other.close(done));
  }
});

void test("A session made without a response is not used for ocsp: 'require', and one that was made with it is", async () => {
  const staple = pki().file('ocsp', pki().ocsp(server).content);
  const [bare, stapling] = [
    new OpensslServer(server, ['-rev']),
    new OpensslServer(server, ['-rev', '-status_file', staple]),
  ];
  servers.push(bare, stapling);
  for (const version of versions)
    for (const [, net] of colours) {
      const visit = async (peer: OpensslServer, more: TlsOptions): Promise<TlsInfo> => {
        const tls = { ca: root.leaf, serverName: 'localhost', ...only(version), ...more };
        const conn = await net.connect(`127.0.0.1:${await peer.port()}`, { tls, ...limit });
        await conn.writeLine('abc', { eol: '\n', ...limit });
        await conn.readLine(limit);
        await conn.close(limit);
        return conn.tls!;
      };
      const without = (await visit(bare, {})).session!;
      assert.equal((await visit(bare, { session: without })).resumed, true);
      await refusalOf(() => visit(bare, { session: without, ocsp: 'require' }), 'ERR_TLS_OCSP', null);
      const good = (await visit(stapling, { ocsp: 'require' })).session!;
      assert.equal((await visit(stapling, { session: good, ocsp: 'require' })).resumed, true);
    }
});

void test("With verify: false a missing response is still told as such for ocsp: 'require'", async () => {
  const wrong = pki().issue({ name: 'other.test', issuer: 'self' });
  const peer = new OpensslServer(wrong, ['-rev']);
  servers.push(peer);
  const port = await peer.port();
  for (const version of versions)
    for (const [, net] of colours) {
      const tls: TlsOptions = {
        ca: root.leaf,
        serverName: 'localhost',
        verify: false,
        ocsp: 'require',
        ...only(version),
      };
      await refusalOf(() => net.connect(`127.0.0.1:${port}`, { tls, ...limit }), 'ERR_TLS_OCSP', null);
    }
});

function cases(): OcspCase[] {
  const other = pki().issue({ name: 'localhost', issuer: root });
  const responder = pki().issue({ name: 'Responder', issuer: root, usage: 'ocsp' });
  const noResponder = pki().issue({ name: 'No responder', issuer: root, usage: 'server' });
  const stranger = pki().issue({ name: 'OCSP root', ca: true, issuer: 'self', key: 'rsa2048' });
  const good = pki().ocsp(server).content;
  const broken = Buffer.from(good);
  // Somewhere in the signature, which is the last but for the responder's certificate: OpenSSL sends that along.
  broken[broken.indexOf(root.x509.raw) - 20]! ^= 1;
  const day = 86_400_000;
  return [
    { title: 'good', staple: good, good: true, openssl: /: good/ },
    {
      title: 'good, and signed by a responder of the authority',
      staple: pki().ocsp(server, { signer: responder }).content,
      good: true,
      openssl: /: good/,
    },
    { title: 'missing', staple: null, good: false, openssl: null },
    {
      title: 'a revocation',
      staple: pki().ocsp(server, { status: 'revoked' }).content,
      good: false,
      openssl: /: revoked/,
    },
    {
      title: 'unknowing',
      staple: pki().ocsp(server, { status: 'unknown' }).content,
      good: false,
      openssl: /: unknown/,
    },
    { title: 'expired', staple: backdated(good, root.key, 4 * day), good: false, openssl: /Status times invalid/ },
    { title: 'from tomorrow', staple: backdated(good, root.key, -day), good: false, openssl: /Status times invalid/ },
    {
      title: 'moved in time, but not out of it',
      staple: backdated(good, root.key, day),
      good: true,
      openssl: /: good/,
    },
    { title: 'about another certificate', staple: pki().ocsp(other).content, good: false, openssl: /No Status found/ },
    {
      title: 'signed by somebody who may not',
      staple: pki().ocsp(server, { signer: noResponder }).content,
      good: false,
      openssl: /missing ocspsigning usage|Verify Failure/i,
    },
    {
      title: 'signed by an impostor',
      staple: pki().ocsp(server, { signer: stranger }).content,
      good: false,
      openssl: /Verify Failure/,
    },
    { title: 'altered', staple: broken, good: false, openssl: /Verify Failure/ },
  ];
}

function opensslVerdict(one: Issued, staple: Buffer): string {
  const file = pki().file('ocsp', staple);
  return pki().runAnyway([
    'ocsp',
    '-respin',
    file,
    '-no_nonce',
    '-CAfile',
    root.leafFile,
    '-issuer',
    root.leafFile,
    '-cert',
    one.leafFile,
  ]);
}
