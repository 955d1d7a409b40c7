// Owns the tests of what the TLS addon makes of settings, certificates and files that it is given, and of misuse.

import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import { pki } from '../support/pki.js';
import {
  clientContext,
  connected,
  der,
  End,
  identity,
  keyDer,
  pair,
  serverContext,
  shake,
  tls,
  TLS12,
  TLS13,
  tlsResult,
  trust,
  versions,
  type ContextSettings,
  type TlsContext,
  type TlsSession,
} from './sessions.js';

const { invalid } = tlsResult;

test('it is OpenSSL 3, and it knows the names of what can be wrong with a certificate', () => {
  assert.equal(tls.versionNumber() >>> 28, 3);
  assert.match(tls.versionText(), /^OpenSSL 3\./);
  assert.equal(tls.versionText().split(' ')[1], process.versions['openssl'].split('+')[0]);
  assert.equal(tls.verifyCodes[0], 'OK');
  assert.equal(tls.verifyCodes[20], 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  assert.equal(tls.verifyCodes[62], 'HOSTNAME_MISMATCH');
});

const refusals: [what: string, code: string, settings: () => Partial<ContextSettings>, message?: RegExp][] = [
  ['a certificate that is none', 'ERR_TLS_CERTIFICATE', () => ({ chain: [Buffer.from('garbage')] })],
  ['an empty certificate', 'ERR_TLS_CERTIFICATE', () => ({ chain: [Buffer.alloc(0)] })],
  [
    'a certificate with something behind it',
    'ERR_TLS_CERTIFICATE',
    () => ({ chain: [Buffer.concat([der(pki().server.leaf)[0]!, Buffer.from('x')])] }),
  ],
  ['a key that is none', 'ERR_TLS_KEY', () => ({ key: Buffer.from('garbage') })],
  ["another certificate's key", 'ERR_TLS_KEY_MISMATCH', () => ({ key: keyDer(pki().client) }), /key values mismatch/],
  [
    'a key of another kind',
    'ERR_TLS_KEY_MISMATCH',
    () => ({ key: keyDer(pki().issue({ name: 'rsa.test', key: 'rsa2048' })) }),
  ],
  ['unknown ciphers', 'ERR_TLS_CIPHERS', () => ({ ciphers: 'NONSENSE' }), /no cipher match/],
  ['unknown suites', 'ERR_TLS_CIPHERS', () => ({ suites: 'TLS_NONSENSE' })],
  ['unknown groups', 'ERR_TLS_GROUPS', () => ({ groups: 'P-256:P-0' })],
  ['unknown signature algorithms', 'ERR_TLS_SIGALGS', () => ({ sigalgs: 'RSA+NONSENSE' })],
  ['versions the wrong way round', 'ERR_TLS_VERSION', () => ({ minVersion: TLS13, maxVersion: TLS12 })],
  ['TLS 1.1', 'ERR_TLS_VERSION', () => ({ minVersion: 0x0302 })],
  ['a protocol without a name', 'ERR_TLS_INVALID', () => ({ alpn: Buffer.from('\x00') })],
  ['a protocol that is cut off', 'ERR_TLS_INVALID', () => ({ alpn: Buffer.from('\x03h2') })],
  ['no protocol at all', 'ERR_TLS_INVALID', () => ({ alpn: Buffer.alloc(0) })],
  ['a session id context of 33 bytes', 'ERR_TLS_INVALID', () => ({ sessionIdContext: Buffer.alloc(33) })],
  ['a NUL among the ciphers', 'ERR_TLS_INVALID', () => ({ ciphers: 'DEFAULT\0:NULL' })],
  [
    'a key that is too small for the security level',
    'ERR_TLS_CERTIFICATE',
    () => ({ securityLevel: 2, ...identity(pki().issue({ name: 'weak.test', key: 'rsa1024' })) }),
    /key too small/,
  ],
  ['an authority that is no certificate', 'ERR_TLS_CERTIFICATE', () => ({ clientCas: [Buffer.from('x')] })],
];
for (const [what, code, settings, message] of refusals)
  test(`a context with ${what} is refused with ${code}`, () => {
    assert.throws(
      () => serverContext(settings()),
      (error: Error & { code: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message ?? /./);
        return true;
      },
    );
    // What went wrong is forgotten: OpenSSL's queue of errors is shared with node:crypto.
    createPrivateKey(pki().server.key);
    serverContext();
  });

test('an encrypted key is refused, and nobody is asked for a passphrase', () => {
  const text = pki().encryptedKey(pki().server, 'secret').content;
  const bytes = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  assert.throws(() => serverContext({ key: bytes }), { code: 'ERR_TLS_KEY' });
});

test('a key works in PKCS#8 and in the traditional forms, of every kind', (t) => {
  for (const kind of ['ec', 'p384', 'rsa2048', 'rsa-pss', 'ed25519'] as const) {
    const one = pki().issue({ name: 'localhost', key: kind });
    const object = createPrivateKey(one.key);
    const forms = [object.export({ type: 'pkcs8', format: 'der' })];
    if (kind === 'rsa2048') forms.push(object.export({ type: 'pkcs1', format: 'der' }));
    if (kind === 'ec' || kind === 'p384') forms.push(object.export({ type: 'sec1', format: 'der' }));
    for (const key of forms) connected(t, { server: serverContext({ chain: der(one.cert), key }) });
  }
});

test('a store refuses what is neither a certificate nor a revocation list', () => {
  for (const bad of [Buffer.from('x'), Buffer.alloc(0), keyDer(pki().server)]) {
    assert.throws(() => tls.storeNew([bad], []), { code: 'ERR_TLS_CERTIFICATE' });
    assert.throws(() => tls.storeNew([], [bad]), { code: 'ERR_TLS_CERTIFICATE' });
  }
  tls.storeNew([], []);
  tls.storeNew([der(pki().root.leaf)[0]!, der(pki().root.leaf)[0]!], []);
});

test('with revocation lists every certificate of the chain must be covered and not revoked', (t) => {
  const { root, intermediate, server } = pki();
  const crl = (issuer: typeof root, revoked: (typeof root)[] = []): Buffer =>
    Buffer.from(
      pki()
        .crl(issuer, { revoked })
        .content.replace(/-----[^-]+-----|\s/g, ''),
      'base64',
    );
  const code = (crls: Buffer[]): number => {
    const ends = pair(t, { client: clientContext({ store: tls.storeNew(der(root.leaf), crls) }) });
    shake(...ends);
    return ends[0].facts.verifyResult;
  };
  assert.equal(code([crl(root), crl(intermediate)]), 0);
  assert.equal(code([crl(root), crl(intermediate, [server])]), 23);
  assert.equal(code([crl(root, [intermediate]), crl(intermediate)]), 23);
  assert.equal(code([crl(root)]), 3);
  assert.equal(code([crl(intermediate)]), 3);
});

test('PKCS#12 gives key and chain; a wrong passphrase and garbage are told apart', () => {
  const { server } = pki();
  for (const passphrase of ['secret', 'pässwörd', '']) {
    const { content } = pki().pkcs12(server, passphrase);
    const { key, chain } = tls.pkcs12(content, passphrase);
    assert.deepEqual(chain, der(server.cert));
    assert.deepEqual(key, keyDer(server));
    serverContext({ key, chain });
    for (const wrong of ['wrong', `${passphrase}\0`, `${passphrase}x`])
      assert.throws(() => tls.pkcs12(content, wrong), { code: 'ERR_TLS_PASSPHRASE' });
    for (const bad of [content.subarray(1), content.subarray(0, -1), Buffer.alloc(0), Buffer.from('garbage')])
      assert.throws(() => tls.pkcs12(bad, passphrase), { code: 'ERR_TLS_INVALID' });
  }
  const bare = pki().pkcs12(server, 'x', ['-nokeys']);
  const { key, chain } = tls.pkcs12(bare.content, 'x');
  assert.equal(key, null);
  assert.ok(chain.length > 0);
});

test("the hash of a certificate's signature is known by name", () => {
  const hash = (o: Parameters<ReturnType<typeof pki>['issue']>[0]): string =>
    tls.signatureHash(der(pki().issue(o).leaf)[0]!);
  assert.equal(hash({ name: 'a.test' }), 'SHA256');
  assert.equal(hash({ name: 'a.test', digest: 'sha384' }), 'SHA384');
  assert.equal(hash({ name: 'a.test', digest: 'sha1' }), 'SHA1');
  const rsa = pki().issue({ name: 'RSA root', ca: true, issuer: 'self', key: 'rsa2048' });
  assert.equal(hash({ name: 'a.test', issuer: rsa, digest: 'sha384', pss: true }), 'SHA384');
  assert.equal(tls.signatureHash(Buffer.from('garbage')), '');
});

// ---- Misuse.

for (const [name, version] of versions)
  test(`${name}: a freed session answers invalid to everything, and freeing it twice is allowed`, (t) => {
    const [client] = connected(t, { version });
    const { session } = client;
    tls.sessionFree(session);
    tls.sessionFree(session);
    const one = Buffer.alloc(1);
    const answers = [
      ...[tls.handshake(session, null), tls.read(session, one, 0, 1, true), tls.write(session, one, 0, 1)],
      ...[tls.writev(session, [one], 0, 0), tls.flush(session), tls.closeNotify(session)],
    ];
    assert.ok(answers.every((answer) => answer === invalid));
    tls.sessionFeed(session, one);
    assert.equal(tls.leftover(session).length, 0);
    assert.deepEqual(tls.peerChain(session), []);
    assert.equal(tls.ownCertificate(session), null);
    assert.equal(tls.newestSession(session), null);
    assert.deepEqual(tls.keylog(session), []);
    assert.equal(tls.finished(session, true).length, 0);
    assert.equal(tls.facts(session).version, '');
    assert.equal(tls.failure(session).reason, '');
  });

test('numbers outside the buffer, handles of another kind and calls before the handshake are invalid', (t) => {
  const [client] = connected(t);
  const buffer = Buffer.alloc(10);
  for (const [offset, length] of [
    [0, 11],
    [11, 1],
    [-1, 1],
    [5, -1],
    [2 ** 53, 1],
    [0, 0],
  ] as const)
    assert.equal(tls.read(client.session, buffer, offset, length, true), invalid);
  assert.equal(tls.write(client.session, buffer, 5, 6), invalid);
  assert.equal(tls.writev(client.session, [buffer], 2, 0), invalid);
  assert.equal(tls.writev(client.session, [buffer], 0, -1), invalid);
  assert.equal(tls.write(client.session, buffer, 10, 0), 0);
  const context = clientContext();
  for (const wrong of [context, {}, null, undefined, 7, trust(pki().root)] as unknown as TlsSession[])
    assert.equal(tls.flush(wrong), invalid);
  const [early] = pair(t);
  assert.equal(early.write('x'), invalid);
  assert.equal(early.read(), invalid);
  assert.equal(tls.closeNotify(early.session), invalid);
  assert.throws(() => new End(client.session as unknown as TlsContext, -1, {}), { code: 'ERR_TLS_INVALID' });
  assert.throws(() => new End(context, -1, { server: true }), { code: 'ERR_TLS_INVALID' });
});

test('a context and a store may be collected while their sessions live', async (t) => {
  const ends = pair(t, { client: clientContext(), server: serverContext({ alpn: Buffer.from('\x02h2') }) });
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 5; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(shake(...ends), [0, 0]);
  assert.deepEqual(tls.peerChain(ends[0].session), der(pki().server.cert));
});
