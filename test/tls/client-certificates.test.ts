// Client certificates at a listener of the library, in both colours, with TLS 1.2 and 1.3. The clients are Python's; the
// verdicts are compared with `openssl verify`, and the alerts with those of a Python server, in the same run.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { daysFromNow, pki, type Issued, type IssueOptions } from '../support/pki.js';
import { opensslVerdict } from './judge.js';
import {
  colours,
  failureOf,
  limit,
  only,
  openSockets,
  refusalOf,
  serveOne,
  versions,
  type Listener,
  type TlsInfo,
  type TlsOptions,
} from './kit.js';
import { TlsPeer, type Shown, type Visit } from './peer.js';

interface ClientCase {
  readonly title: string;
  /** What the client shows; null for nothing. */
  readonly shows: (Shown & { readonly leafFile: string }) | null;
  readonly asks: 'request' | 'require';
  /** OpenSSL's name of the verdict. */
  readonly code: string;
  readonly refused: boolean;
  /** Who may sign, PEM: the root unless told. */
  readonly ca?: string;
  readonly crl?: string[];
}

const peer = new TlsPeer();
after(() => peer.end());

const { root, intermediate, server } = pki();
const OURS: TlsOptions = { cert: { file: server.certFile }, key: { file: server.keyFile } };

for (const { title, shows, asks, code, refused, ca = root.leaf, crl } of cases()) {
  void test(`A client that is asked for its certificate (${asks}) shows ${title}: ${code}`, async () => {
    const rules = { ca, ...(crl && { crl }) };
    await peer.serve(title + asks, { ...server, clients: asks, ...rules });
    if (shows !== null) assert.equal(opensslVerdict({ ...shows, ...rules, purpose: 'sslclient' }), code);

    for (const version of versions) {
      const visit: Visit = { version, ca: root.leaf, host: 'localhost', level: 0, ...(shows && { shows }) };
      const python = await peer.ask(title + asks, visit);
      assert.equal(python.found.ok, !refused, `Python's server ${python.seen.error}`);

      for (const [, net] of colours) {
        const listener = await net.listen('127.0.0.1:0', {
          tls: { ...OURS, ...rules, clientCert: asks, ...only(version) },
        });
        const before = openSockets();
        const visited = peer.visit(listener.address.port!, visit);
        const conn = await listener.accept(limit);
        if (refused) {
          const error = await refusalOf(() => conn.handshake(limit), code);
          assert.deepEqual(openSockets(), before, 'the descriptor is closed');
          const found = await visited;
          assert.equal(found.ok, false);
          assert.equal(found.alert, python.found.alert, found.error);
          assert.equal(found.alert?.toLowerCase(), error.tlsAlert);
        } else {
          const info = await conn.handshake(limit);
          assert.equal(info.verifyCode, code);
          assert.equal(info.authorized, code === 'OK');
          assert.equal(info.peer?.fingerprint256.replaceAll(':', '').toLowerCase() ?? null, python.seen.peer);
          await serveOne(conn);
          assert.equal((await visited).ok, true);
        }
        listener.close();
      }
    }
  });
}

for (const version of versions) {
  void test(`With verify: false a wrong certificate of a client is accepted and told, and none is still none [${version}]`, async () => {
    const wrong = pki().issue({ name: 'client', usage: 'client', issuer: 'self' });
    for (const [, net] of colours) {
      const tls: TlsOptions = { ...OURS, ca: root.leaf, clientCert: 'require', verify: false, ...only(version) };
      const listener = await net.listen('127.0.0.1:0', { tls });
      const visit: Visit = { version, ca: root.leaf, host: 'localhost' };

      const visited = peer.visit(listener.address.port!, { ...visit, shows: wrong });
      const conn = await listener.accept(limit);
      const info = await conn.handshake(limit);
      assert.equal(info.authorized, false);
      assert.equal(info.verifyCode, 'DEPTH_ZERO_SELF_SIGNED_CERT');
      assert.equal(info.peer!.fingerprint256, wrong.x509.fingerprint256);
      await serveOne(conn);
      assert.equal((await visited).ok, true);

      const nobody = peer.visit(listener.address.port!, visit);
      const other = await listener.accept(limit);
      await refusalOf(() => other.handshake(limit), 'NO_PEER_CERTIFICATE');
      assert.equal((await nobody).ok, false);
      listener.close();
    }
  });

  void test(`A client is not asked for its certificate unless told [${version}]`, async () => {
    for (const [, net] of colours) {
      const listener = await net.listen('127.0.0.1:0', { tls: { ...OURS, ca: root.leaf, ...only(version) } });
      const visited = peer.visit(listener.address.port!, {
        version,
        ca: root.leaf,
        host: 'localhost',
        shows: pki().client,
      });
      const conn = await listener.accept(limit);
      const info = await conn.handshake(limit);
      assert.equal(info.peer, null);
      assert.deepEqual(info.chain, []);
      assert.equal(info.authorized, false);
      assert.equal(info.verifyCode, 'NO_PEER_CERTIFICATE');
      await serveOne(conn);
      assert.equal((await visited).ok, true);
      listener.close();
    }
  });

  void test(`A refused client is an error of its own connection: the next one is served [${version}]`, async () => {
    for (const [, net] of colours) {
      const tls: TlsOptions = { ...OURS, ca: root.leaf, clientCert: 'require', ...only(version) };
      const listener = await net.listen('127.0.0.1:0', { tls });
      const visit: Visit = { version, ca: root.leaf, host: 'localhost' };
      const refused = peer.visit(listener.address.port!, visit);
      const good = peer.visit(listener.address.port!, { ...visit, shows: pki().client });
      const first = await listener.accept(limit);
      // The first use makes the handshake, and fails with it.
      const error = await failureOf(() => first.read(1, limit));
      assert.equal(error.code, 'NO_PEER_CERTIFICATE');
      assert.equal((await refused).ok, false);
      await serveOne(await listener.accept(limit));
      assert.equal((await good).ok, true);
      listener.close();
    }
  });

  void test(`A server pins the keys of its clients, and asks a function about their certificates [${version}]`, async () => {
    const { client } = pki();
    const stranger = pki().issue({ name: 'stranger', usage: 'client' });
    const fingerprint = (one: Issued): string => createHash('sha256').update(one.x509.raw).digest('hex');
    for (const [, net] of colours) {
      const attempt = async (
        more: TlsOptions,
        shows: Issued,
      ): Promise<{ conn: Awaited<ReturnType<Listener['accept']>>; ok: Promise<boolean> }> => {
        const tls: TlsOptions = { ...OURS, ca: root.leaf, clientCert: 'require', ...only(version), ...more };
        const listener = await net.listen('127.0.0.1:0', { tls });
        const visited = peer.visit(listener.address.port!, { version, ca: root.leaf, host: 'localhost', shows });
        const conn = await listener.accept(limit);
        listener.close();
        return { conn, ok: visited.then(({ ok }) => ok) };
      };
      const pinned = await attempt({ pins: [client.pin] }, client);
      await serveOne(pinned.conn);
      assert.equal(await pinned.ok, true);
      const other = await attempt({ pins: [client.pin] }, stranger);
      await refusalOf(() => other.conn.handshake(limit), 'ERR_TLS_PIN', 'OK');
      assert.equal(await other.ok, false);

      const shown: (string | undefined)[] = [];
      const verify: TlsOptions['verify'] = ({ peer, authorized, verifyCode }) => {
        shown.push(peer?.fingerprint256.replaceAll(':', '').toLowerCase());
        assert.equal(authorized, true);
        assert.equal(verifyCode, 'OK');
        return peer?.subject === 'CN=client';
      };
      const liked = await attempt({ verify }, client);
      await serveOne(liked.conn);
      assert.equal(await liked.ok, true);
      const disliked = await attempt({ verify }, stranger);
      await refusalOf(() => disliked.conn.handshake(limit), 'ERR_TLS_VERIFY', 'OK');
      assert.equal(await disliked.ok, false);
      assert.deepEqual(shown, [fingerprint(client), fingerprint(stranger)]);
    }
  });
}

for (const version of versions) {
  void test(`A function \`verify\` of a server is asked about clients that show nothing, and pins refuse them [${version}]`, async () => {
    for (const [, net] of colours) {
      for (const [more, code] of [
        [{ verify: () => true }, null],
        [{ verify: () => false }, 'ERR_TLS_VERIFY'],
        [{ pins: [pki().client.pin] }, 'ERR_TLS_PIN'],
      ] as const) {
        const before = openSockets();
        const asked: string[] = [];
        const { verify } = more as TlsOptions;
        const asking = typeof verify === 'function' && {
          verify: (info: TlsInfo) => asked.push(info.verifyCode) > 0 && verify(info),
        };
        const tls: TlsOptions = {
          ...{ ...OURS, ca: root.leaf, clientCert: 'request', ...only(version) },
          ...('pins' in more && { pins: [...more.pins] }),
          ...asking,
        };
        const listener = await net.listen('127.0.0.1:0', { tls });
        const visited = peer.visit(listener.address.port!, { version, ca: root.leaf, host: 'localhost' });
        const conn = await listener.accept(limit);
        if (code === null) {
          const { peer, authorized, verifyCode } = await conn.handshake(limit);
          assert.deepEqual([peer, authorized, verifyCode], [null, false, 'NO_PEER_CERTIFICATE']);
          await serveOne(conn);
        } else await refusalOf(() => conn.handshake(limit), code, 'NO_PEER_CERTIFICATE');
        assert.equal((await visited).ok, code === null);
        assert.deepEqual(asked, asking ? ['NO_PEER_CERTIFICATE'] : []);
        listener.close();
        assert.deepEqual(openSockets(), before);
      }
    }
  });
}

void test('A server names the authorities whose certificates it accepts', async () => {
  const listener = await colours[0]![1].listen('127.0.0.1:0', {
    tls: { ...OURS, ca: root.leaf + intermediate.leaf, clientCert: 'request' },
  });
  const { port } = listener.address;
  const asked = pki().start(['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', root.leafFile]);
  const conn = await listener.accept(limit);
  await conn.handshake(limit);
  await conn.close(limit);
  listener.close();
  const output = await asked;
  const names = /Acceptable client certificate CA names\n([^]*?)\nRequested Signature/.exec(output)?.[1];
  assert.deepEqual(names?.split('\n').sort(), ['CN = Test intermediate', 'CN = Test root'], output);
});

function cases(): ClientCase[] {
  const client = (o: Partial<IssueOptions> = {}): Issued => pki().issue({ name: 'client', usage: 'client', ...o });
  const good = client();
  const revoked = client();
  const other = pki().issue({ name: 'Other root', ca: true, issuer: 'self' });
  const crl = [pki().crl(root).content, pki().crl(intermediate, { revoked: [revoked] }).content];
  const refused = (title: string, code: string, shows: Issued, more: Partial<ClientCase> = {}): ClientCase[] =>
    (['request', 'require'] as const).map((asks) => ({ title, shows, asks, code, refused: true, ...more }));
  return [
    { title: 'a good one', shows: good, asks: 'request', code: 'OK', refused: false },
    { title: 'a good one', shows: good, asks: 'require', code: 'OK', refused: false },
    { title: 'one for anything', shows: client({ usage: 'none' }), asks: 'require', code: 'OK', refused: false },
    {
      title: 'one for servers and clients',
      shows: client({ usage: 'both' }),
      asks: 'require',
      code: 'OK',
      refused: false,
    },
    { title: 'one that is not revoked', shows: good, asks: 'require', code: 'OK', refused: false, crl },
    { title: 'nothing', shows: null, asks: 'request', code: 'NO_PEER_CERTIFICATE', refused: false },
    { title: 'nothing', shows: null, asks: 'require', code: 'NO_PEER_CERTIFICATE', refused: true },
    {
      ...{ title: 'a good one without its intermediate, which the server has', asks: 'require', code: 'OK' },
      ...{ shows: { ...good, certFile: good.leafFile }, ca: root.leaf + intermediate.leaf, refused: false },
    },
    ...refused('a good one without its intermediate', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', {
      ...good,
      certFile: good.leafFile,
    }),
    ...refused('one of an unknown authority', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', client({ issuer: other })),
    ...refused('one that signed itself', 'DEPTH_ZERO_SELF_SIGNED_CERT', client({ issuer: 'self' })),
    ...refused('an expired one', 'CERT_HAS_EXPIRED', client({ notBefore: daysFromNow(-2), notAfter: daysFromNow(-1) })),
    ...refused(
      'one that is not valid yet',
      'CERT_NOT_YET_VALID',
      client({ notBefore: daysFromNow(1), notAfter: daysFromNow(2) }),
    ),
    ...refused('one for servers only', 'INVALID_PURPOSE', client({ usage: 'server' })),
    ...refused('a revoked one', 'CERT_REVOKED', revoked, { crl }),
    ...refused('one whose revocation cannot be known', 'UNABLE_TO_GET_CRL', good, { crl: [crl[0]!] }),
    ...refused('one with RSA of 1024 bits', 'EE_KEY_TOO_SMALL', client({ key: 'rsa1024' })),
    ...refused('one signed over SHA-1', 'CA_MD_TOO_WEAK', client({ digest: 'sha1' })),
  ];
}
