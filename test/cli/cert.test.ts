// Owns the tests of `berkeley cert`: its facts and verdicts against those of openssl.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../support/launch.js';
import { daysFromNow, pki, type Issued } from '../support/pki.js';
import { berkeley } from './command.js';
import { certificatesIn, fileVerdict } from './inside.js';
import { opensslPin, opensslServer } from './tls-peers.js';

const LIMIT = { timeout: 20_000 };

interface Said {
  readonly verdict: string;
  readonly name: string | null;
  readonly chain: readonly Readonly<Record<string, unknown>>[];
  readonly error: { readonly code: string } | null;
  readonly exitCode: number;
}

async function said(t: TestContext, ...words: string[]): Promise<Said> {
  const command = berkeley(t, 'cert', '--json', ...words);
  const code = await command.ended();
  const found = JSON.parse(command.out.toString()) as Said;
  assert.equal(found.exitCode, code);
  assert.equal(found.error?.code ?? 'OK', found.verdict);
  return found;
}

test('cert shows the chain of a server: names, dates, pins and fingerprints as openssl has them', LIMIT, async (t) => {
  const { server, root } = pki();
  const { target } = await opensslServer(t, server, '-naccept', '1');
  const found = await said(t, target, '--ca', root.certFile);
  assert.deepEqual([found.exitCode, found.verdict, found.name, found.chain.length], [0, 'OK', 'localhost', 2]);
  for (const [at, pem] of [server.leaf, server.chain].entries()) {
    const print = (hash: string): string => {
      const text = pki().run(['x509', '-noout', '-fingerprint', `-${hash}`], pem);
      return /=(.*)$/m.exec(text)![1]!.replaceAll(':', '').toLowerCase();
    };
    assert.equal(found.chain[at]!['fingerprint256'], print('sha256'));
    assert.equal(found.chain[at]!['fingerprint'], print('sha1'));
    assert.equal(found.chain[at]!['pin'], opensslPin(pem));
    assert.equal(found.chain[at]!['authority'], at === 1);
  }
});

test('cert --pem prints what openssl can read, and the screen what is wrong, with exit code 6', LIMIT, async (t) => {
  const { server } = pki();
  const pem = berkeley(t, 'cert', '--pem', server.certFile);
  assert.equal(await pem.ended(), 6);
  assert.deepEqual(
    certificatesIn(pem.out.toString()).map(({ raw }) => raw),
    certificatesIn(server.cert).map(({ raw }) => raw),
  );
  const screen = berkeley(t, 'cert', server.certFile);
  assert.equal(await screen.ended(), 6);
  assert.match(screen.out.toString(), /^ {2}verdict +NO: UNABLE_TO_GET_ISSUER_CERT_LOCALLY$/m);
  assert.match(screen.out.toString(), /^ {4}pin +sha256\/\S{44}$/m);
  assert.ok(
    screen.out
      .toString()
      .split('\n')
      .every((line) => line.length <= 80),
  );
});

test('what cert says of a file is what openssl verify says', LIMIT, () => {
  const { root, server } = pki();
  const other = pki().issue({ name: 'Another root', ca: true, issuer: 'self' });
  const changed = Buffer.from(server.x509.raw);
  changed[changed.length - 1]! ^= 1;
  const forged = `-----BEGIN CERTIFICATE-----\n${changed.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  const cases: [what: string, chain: string, ca: Issued | null, name: string | null, verdict: string][] = [
    ['a chain that leads to the root', server.cert, root, 'localhost', 'OK'],
    ['an address that it names', server.cert, root, '127.0.0.1', 'OK'],
    ['a name that it is not for', server.cert, root, 'example.org', 'HOSTNAME_MISMATCH'],
    ['an address that it is not for', server.cert, root, '192.0.2.1', 'IP_ADDRESS_MISMATCH'],
    ['another root', server.cert, other, null, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    ['no intermediate', server.leaf, root, null, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    ['the usual roots', server.cert, null, null, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    [
      'one that has ended',
      pki().issue({ name: 'old.test', notAfter: daysFromNow(-1) }).cert,
      root,
      null,
      'CERT_HAS_EXPIRED',
    ],
    [
      'one to come',
      pki().issue({ name: 'new.test', notBefore: daysFromNow(2) }).cert,
      root,
      null,
      'CERT_NOT_YET_VALID',
    ],
    [
      'one that signs itself',
      pki().issue({ name: 'me.test', issuer: 'self' }).cert,
      root,
      null,
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ],
    ['a signature that was changed', forged + server.chain, root, null, 'CERT_SIGNATURE_FAILURE'],
  ];
  for (const [what, chain, ca, name, verdict] of cases) {
    const found = fileVerdict(certificatesIn(chain), ca === null ? null : certificatesIn(ca.cert), name);
    assert.equal(found, verdict, what);
    if (ca === null) continue;
    const file = pki().file('pem', chain);
    const check = name === null ? [] : [/^[\d.]+$/.test(name) ? '-verify_ip' : '-verify_hostname', name];
    const run = spawnSync('openssl', ['verify', '-CAfile', ca.certFile, '-untrusted', file, ...check, file]);
    assert.equal(run.status === 0, verdict === 'OK', `${what}: ${run.stderr.toString()}`);
  }
});

test(
  'cert --make writes a certificate that openssl trusts for its names, and a key that nobody else may read',
  LIMIT,
  async (t) => {
    const folder = temporaryFolder(t);
    const [cert, key] = [join(folder, 'c.pem'), join(folder, 'k.pem')];
    const words = [
      '--make',
      'a.test',
      '--make',
      '127.0.0.1',
      '--make',
      '*.b.test',
      '--days',
      '3',
      '--cert',
      cert,
      '--key',
      key,
    ];
    const command = berkeley(t, 'cert', ...words, '--json');
    assert.equal(await command.ended(), 0, command.err);
    const made = JSON.parse(command.out.toString()) as { pin: string; names: string[] };
    assert.equal(made.pin, opensslPin(readFileSync(cert, 'utf8')));
    assert.equal(statSync(key).mode & 0o777, 0o600);
    for (const check of [
      ['-verify_hostname', 'a.test'],
      ['-verify_hostname', 'x.b.test'],
      ['-verify_ip', '127.0.0.1'],
    ])
      assert.match(pki().run(['verify', '-CAfile', cert, ...check, cert]), /OK/);
    const [one] = certificatesIn(readFileSync(cert, 'utf8'));
    assert.ok(Math.abs(Date.parse(one!.validTo) - daysFromNow(3).getTime()) < 120_000);

    // What is there is left as it is, and nothing is left behind.
    const again = berkeley(t, 'cert', '--make', 'a.test', '--cert', cert, '--key', join(folder, 'other.pem'));
    assert.equal(await again.ended(), 2);
    assert.match(again.err, /c\.pem exists, and is left as it is/);
    assert.throws(() => statSync(join(folder, 'other.pem')), /ENOENT/);
    writeFileSync(join(folder, 'empty'), '');
    const empty = berkeley(t, 'cert', join(folder, 'empty'));
    assert.equal(await empty.ended(), 2);
    assert.match(empty.err, /there is no certificate in/);
    writeFileSync(join(folder, 'broken'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    const broken = berkeley(t, 'cert', join(folder, 'broken'));
    assert.equal(await broken.ended(), 2);
    assert.match(broken.err, /^berkeley: a certificate in .*broken cannot be read$/m);
  },
);
