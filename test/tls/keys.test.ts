// Owns the tests of keys, certificates and PKCS#12: every form that `openssl` writes, and everything that is none.

import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, createSecretKey, X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Pem } from 'berkeley';
import { pki, type Issued } from '../support/pki.js';
import { startPython } from '../support/python.js';
import {
  certificatesOf,
  clientPlan,
  crlsOf,
  materialOf,
  misuse,
  plan,
  privateKeyOf,
  refused,
  serverPlan,
} from './room.js';

const it = pki();
const SECRET = 'open sesame';
const rsa = it.issue({ name: 'rsa.test', key: 'rsa2048' });
const ec = it.server;
const ed = it.issue({ name: 'ed.test', key: 'ed25519' });
const pss = it.issue({ name: 'pss.test', key: 'rsa-pss' });

function made(words: readonly string[], ending = 'key'): Buffer {
  const file = it.file(ending, '');
  it.run([...words, '-out', file]);
  return readFileSync(file);
}

function pkcs8(one: Issued): Buffer {
  return createPrivateKey(one.key).export({ format: 'der', type: 'pkcs8' });
}

function inPem(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

function keyFrom(value: Pem, passphrase?: string): Buffer {
  return privateKeyOf(materialOf('tls.key', value), passphrase);
}

const pass = ['-passout', `pass:${SECRET}`];
/** Commands of openssl, whose output must be the key of the certificate. */
const plainForms: readonly [name: string, one: Issued, words: readonly string[]][] = [
  ['PKCS#1 in PEM', rsa, ['rsa', '-traditional', '-in', rsa.keyFile]],
  ['PKCS#1 in DER', rsa, ['rsa', '-traditional', '-in', rsa.keyFile, '-outform', 'der']],
  ['SEC1 in PEM', ec, ['ec', '-in', ec.keyFile]],
  ['SEC1 in DER', ec, ['ec', '-in', ec.keyFile, '-outform', 'der']],
  ['PKCS#8 in PEM, RSA', rsa, ['pkey', '-in', rsa.keyFile]],
  ['PKCS#8 in DER, RSA', rsa, ['pkey', '-in', rsa.keyFile, '-outform', 'der']],
  ['PKCS#8 in DER, EC', ec, ['pkcs8', '-topk8', '-nocrypt', '-in', ec.keyFile, '-outform', 'der']],
  ['PKCS#8 in PEM, Ed25519', ed, ['pkey', '-in', ed.keyFile]],
  ['PKCS#8 in DER, Ed25519', ed, ['pkey', '-in', ed.keyFile, '-outform', 'der']],
  ['PKCS#8 in PEM, RSA-PSS', pss, ['pkey', '-in', pss.keyFile]],
  ['PEM with words before it', rsa, ['pkey', '-in', rsa.keyFile, '-text']],
];
const topk8 = (one: Issued, ...more: string[]): string[] => ['pkcs8', '-topk8', '-in', one.keyFile, ...more, ...pass];
const encryptedForms: readonly [name: string, one: Issued, words: readonly string[]][] = [
  ['PKCS#1, AES', rsa, ['rsa', '-traditional', '-aes128', '-in', rsa.keyFile, ...pass]],
  ['PKCS#1, triple DES', rsa, ['rsa', '-traditional', '-des3', '-in', rsa.keyFile, ...pass]],
  ['SEC1, AES', ec, ['ec', '-aes256', '-in', ec.keyFile, ...pass]],
  ['PKCS#8, PBES2', ec, topk8(ec, '-v2', 'aes-256-cbc')],
  ['PKCS#8, PBES2 in DER', rsa, topk8(rsa, '-v2', 'aes-128-cbc', '-outform', 'der')],
  ['PKCS#8, PBES1', rsa, topk8(rsa, '-v1', 'PBE-SHA1-3DES')],
  ['PKCS#8, scrypt', ed, topk8(ed, '-scrypt', '-scrypt_N', '1024')],
];

for (const [name, one, words] of plainForms) {
  void test(`a key as ${name} is read, from text, bytes and a file`, () => {
    const bytes = made(words);
    const wanted = pkcs8(one);
    assert.deepEqual(keyFrom(bytes), wanted);
    assert.deepEqual(keyFrom(new Uint8Array(bytes)), wanted);
    assert.deepEqual(keyFrom({ file: it.file('key', bytes) }), wanted);
    if (bytes.includes('-----BEGIN')) assert.deepEqual(keyFrom(bytes.toString('latin1')), wanted);
    serverPlan({ cert: one.cert, key: bytes });
    // A passphrase that nobody needs does no harm.
    assert.deepEqual(keyFrom(bytes, SECRET), wanted);
  });
}

for (const [name, one, words] of encryptedForms) {
  void test(`an encrypted key (${name}) opens with its passphrase and with no other`, () => {
    const bytes = made(words);
    assert.deepEqual(keyFrom(bytes, SECRET), pkcs8(one));
    serverPlan({ cert: one.cert, key: bytes, passphrase: SECRET });
    for (const missing of [undefined, ''])
      refused(() => keyFrom(bytes, missing), 'ERR_TLS_PASSPHRASE', 'no passphrase');
    for (const wrong of ['wrong', `${SECRET} `])
      assert.ok(refused(() => keyFrom(bytes, wrong), 'ERR_TLS_PASSPHRASE', 'does not open').hint);
  });
}

test('a wrong passphrase is ERR_TLS_PASSPHRASE whatever garbage it makes of the key', () => {
  // One in 256 leaves a padding that looks right, and then it is some error in the garbage.
  const bytes = made(['ec', '-aes256', '-in', ec.keyFile, ...pass]);
  for (let i = 0; i < 1500; i++) refused(() => keyFrom(bytes, `wrong ${i}`), 'ERR_TLS_PASSPHRASE');
});

test('EC parameters in front of the key are passed over', () => {
  const parameters = made(['ecparam', '-name', 'prime256v1']);
  assert.deepEqual(keyFrom(Buffer.concat([parameters, made(['ec', '-in', ec.keyFile])])), pkcs8(ec));
});

test('line ends of Windows and a byte order mark do no harm', () => {
  const dos = '\uFEFF' + ec.key.replaceAll('\n', '\r\n');
  assert.deepEqual(keyFrom(dos), pkcs8(ec));
  assert.equal(certificatesOf(materialOf('tls.cert', '\uFEFF' + ec.cert.replaceAll('\n', '\r\n'))).length, 2);
});

test('what node:crypto has parsed already is taken as it is', () => {
  assert.deepEqual(keyFrom(createPrivateKey(rsa.key)), pkcs8(rsa));
  serverPlan({ cert: new X509Certificate(rsa.leaf), key: createPrivateKey(rsa.key) });
  clientPlan({ ca: [new X509Certificate(it.root.cert)] }, 'a.test');
});

test('what is no private key is ERR_TLS_KEY and says what it is', () => {
  const table: [Pem, RegExp][] = [
    [rsa.cert, /no private key but a certificate/],
    [new X509Certificate(rsa.leaf), /no private key but a certificate/],
    [new X509Certificate(rsa.leaf).raw, /no private key but a certificate/],
    [createPublicKey(rsa.key), /no private key but a public key/],
    [made(['pkey', '-pubout', '-in', rsa.keyFile]), /no private key but a public key/],
    [made(['pkey', '-pubout', '-in', rsa.keyFile, '-outform', 'der']), /no private key but a public key/],
    [made(['rsa', '-RSAPublicKey_out', '-in', rsa.keyFile, '-outform', 'der']), /no private key but a public key/],
    [it.pkcs12(rsa, '').content, /no private key but a PKCS#12 file/],
    ['/etc/ssl/private/key.pem', /neither PEM nor DER/],
    ['', /it is empty/],
    [Buffer.alloc(0), /it is empty/],
    [Buffer.from('random bytes'), /neither PEM nor DER/],
    [Buffer.from([0x30, 0x03, 0x02, 0x01, 0x00]), /no private key/],
    [Buffer.from([0x30, 0x80]), /neither PEM nor DER/],
    [pkcs8(rsa).subarray(0, -1), /neither PEM nor DER/],
    [rsa.key.slice(0, -30), /a block of the PEM text has no end/],
    [rsa.key.replace(/\n.{20}/, '\n'), /OpenSSL cannot read the key/],
    [rsa.key.replaceAll(/^[^-]+$/gm, 'AAAA'), /OpenSSL cannot read the key/],
  ];
  for (const [value, says] of table) refused(() => keyFrom(value), 'ERR_TLS_KEY', says);
  assert.match(refused(() => keyFrom('/etc/key.pem'), 'ERR_TLS_KEY').hint!, /\{ file: '…' \}/);
  const ssh = '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----\n';
  assert.match(refused(() => keyFrom(ssh), 'ERR_TLS_KEY').hint!, /ssh-keygen/);
  assert.throws(
    () => serverPlan({ cert: rsa.cert, key: createSecretKey(Buffer.alloc(32)) }),
    misuse('TypeError', 'tls.key'),
  );
});

test('a chain file gives all its certificates, in order', () => {
  const wanted = [ec.leaf, it.intermediate.leaf].map((text) => new X509Certificate(text).raw);
  const forms: Pem[] = [ec.cert, Buffer.from(ec.cert), { file: ec.certFile }, `words\n${ec.key}\n${ec.cert}`];
  for (const value of forms) assert.deepEqual(certificatesOf(materialOf('tls.cert', value)), wanted);
  assert.deepEqual(certificatesOf(materialOf('tls.cert', wanted[0]!)), [wanted[0]]);
});

test('certificates with a label that OpenSSL knows besides are read', () => {
  const trusted = made(['x509', '-in', ec.leafFile, '-trustout', '-addtrust', 'serverAuth']);
  assert.match(trusted.toString(), /BEGIN TRUSTED CERTIFICATE/);
  const old = ec.leaf.replaceAll(' CERTIFICATE', ' X509 CERTIFICATE');
  for (const value of [trusted, old])
    assert.deepEqual(certificatesOf(materialOf('tls.cert', value)), [new X509Certificate(ec.leaf).raw]);
});

test('what is no certificate is ERR_TLS_CERTIFICATE and says what it is', () => {
  const raw = new X509Certificate(ec.leaf).raw;
  const table: [Pem, RegExp][] = [
    [ec.key, /no certificate but a private key/],
    [createPrivateKey(ec.key), /no certificate but a private key/],
    [pkcs8(ec), /no certificate but a private key/],
    [made(['pkcs8', '-topk8', '-in', ec.keyFile, ...pass, '-outform', 'der']), /no certificate but a private key/],
    [createPublicKey(ec.key), /no certificate but a public key/],
    [createPublicKey(ec.key).export({ format: 'der', type: 'spki' }), /no certificate but a public key/],
    [made(['req', '-new', '-key', ec.keyFile, '-subj', '/CN=a']), /no certificate but a request/],
    [it.crl(it.root).content, /no certificate but a revocation list/],
    [made(['crl', '-in', it.crl(it.root).file, '-outform', 'der']), /cannot read the certificate/],
    ['cert.pem', /neither PEM nor DER/],
    ['', /it is empty/],
    [raw.subarray(0, 100), /neither PEM nor DER/],
    [Buffer.concat([raw, Buffer.of(0)]), /neither PEM nor DER/],
    [ec.leaf.slice(0, -30), /a block of the PEM text has no end/],
    [ec.leaf.replace(/\n.{20}/, '\n'), /a block of the PEM text is damaged/],
    [ec.leaf.replace(/\n./, '\n*'), /a block of the PEM text is damaged/],
    ['-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n', /a block of the PEM text is damaged/],
    [inPem(Buffer.concat([raw, Buffer.of(0)])), /a block of the PEM text is damaged/],
    [inPem(Buffer.from('text')), /a block of the PEM text is damaged/],
    [inPem(Buffer.of(0x30, 3, 2, 1, 0)), /cannot read the certificate/],
    [ec.leaf.slice(0, 200) + ec.leaf, /a block of the PEM text is damaged/],
  ];
  for (const [value, says] of table)
    refused(() => certificatesOf(materialOf('tls.cert', value)), 'ERR_TLS_CERTIFICATE', says);
  assert.match(refused(() => clientPlan({ ca: 'ca.pem' }, 'a.test'), 'ERR_TLS_CERTIFICATE').hint!, /\{ file: '…' \}/);
});

test('revocation lists are read as PEM and DER, and nothing else is', () => {
  const one = it.crl(it.root);
  const der = made(['crl', '-in', one.file, '-outform', 'der']);
  const forms: Pem[] = [one.content, Buffer.from(one.content), { file: one.file }, der];
  for (const value of forms) assert.deepEqual(crlsOf(materialOf('tls.crl', value)), [der]);
  clientPlan({ ca: it.root.cert, crl: [one.content, it.crl(it.intermediate).content] }, 'a.test');
  const others: Pem[] = [
    ec.leaf,
    new X509Certificate(ec.leaf),
    new X509Certificate(ec.leaf).raw,
    ec.key,
    'x',
    pkcs8(ec),
  ];
  for (const value of others)
    refused(() => clientPlan({ ca: it.root.cert, crl: [value] }, 'a.test'), 'ERR_TLS_CERTIFICATE', 'tls.crl[0]');
  const damaged = Buffer.from(der);
  damaged.fill(0xff, 4, 40);
  refused(() => clientPlan({ ca: it.root.cert, crl: [damaged] }, 'a.test'), 'ERR_TLS_CERTIFICATE');
});

test('a file that is missing, is a folder or may not be read says so with its errno', () => {
  const missing = join(it.dir, 'no such file');
  const folder = join(it.dir, 'folder');
  mkdirSync(folder, { recursive: true });
  for (const [file, code, errno, syscall] of [
    [missing, 'ENOENT', 2, 'open'],
    [folder, 'EISDIR', 21, 'read'],
    [join(ec.certFile, 'x'), 'ENOTDIR', 20, 'open'],
  ] as const) {
    for (const call of [
      () => clientPlan({ ca: { file } }, 'a.test'),
      () => clientPlan({ ca: it.root.cert, crl: [{ file }] }, 'a.test'),
      () => serverPlan({ cert: { file }, key: ec.key }),
      () => serverPlan({ cert: ec.cert, key: { file } }),
      () => serverPlan({ pfx: { file } }),
    ]) {
      const error = refused(call, code, file);
      assert.deepEqual([error.errno, error.syscall], [errno, syscall]);
    }
  }
});

test('a file without permission is EACCES', () => {
  const file = it.file('key', ec.key);
  chmodSync(file, 0);
  // Root may read everything.
  const isRoot = process.geteuid!() === 0;
  if (isRoot) process.seteuid!(65_534);
  try {
    const error = refused(() => serverPlan({ cert: ec.cert, key: { file } }), 'EACCES', file);
    assert.deepEqual([error.errno, error.syscall], [13, 'open']);
  } finally {
    if (isRoot) process.seteuid!(0);
  }
});

test('a swapped pair is ERR_TLS_KEY_MISMATCH, and the message names both', () => {
  for (const call of [
    () => serverPlan({ cert: { file: rsa.certFile }, key: { file: ec.keyFile } }),
    () => clientPlan({ cert: { file: rsa.certFile }, key: { file: ec.keyFile } }, 'a.test'),
  ]) {
    const error = refused(call, 'ERR_TLS_KEY_MISMATCH', rsa.certFile);
    assert.ok(error.message.includes(ec.keyFile));
    assert.ok(error.hint);
  }
  // The intermediate in front of our own is the same mistake.
  refused(() => serverPlan({ cert: ec.chain + ec.leaf, key: ec.key }), 'ERR_TLS_KEY_MISMATCH');
});

test('a weak key is refused on every Node line', () => {
  const weak = it.issue({ name: 'weak.test', key: 'rsa1024' });
  const error = refused(() => serverPlan({ cert: weak.cert, key: weak.key }), 'ERR_TLS_CERTIFICATE', 'too small');
  assert.match(error.hint!, /2048/);
});

test('the key may stand beside the certificate in one PEM text', () => {
  serverPlan({ cert: ec.cert + ec.key });
  serverPlan({ cert: { file: it.file('pem', ec.key + ec.cert) } });
  const encrypted = it.encryptedKey(ec, SECRET).content;
  serverPlan({ cert: ec.cert + encrypted, passphrase: SECRET });
  refused(() => serverPlan({ cert: ec.cert + encrypted, passphrase: 'wrong' }), 'ERR_TLS_PASSPHRASE');
  refused(() => serverPlan({ cert: ec.cert + rsa.key }), 'ERR_TLS_KEY_MISMATCH');
  for (const cert of [ec.cert, new X509Certificate(ec.leaf), new X509Certificate(ec.leaf).raw])
    assert.match(refused(() => serverPlan({ cert }), 'ERR_TLS_KEY', 'no private key').hint!, /`key`/);
});

test('PKCS#12 gives key, certificate and chain, and opens with its passphrase only', () => {
  for (const one of [ec, rsa, it.client]) {
    const { file, content } = it.pkcs12(one, SECRET);
    serverPlan({ pfx: { file }, passphrase: SECRET });
    clientPlan({ pfx: content, passphrase: SECRET }, 'a.test');
    for (const passphrase of ['', 'wrong', `${SECRET}x`])
      refused(() => serverPlan({ pfx: content, passphrase }), 'ERR_TLS_PASSPHRASE', 'tls.pfx');
    assert.ok(refused(() => serverPlan({ pfx: { file } }), 'ERR_TLS_PASSPHRASE', file).hint);
  }
  serverPlan({ pfx: it.pkcs12(ec, '').content });
  serverPlan({ pfx: it.pkcs12(ec, '').content, passphrase: '' });
});

test('PKCS#12 without a key, without a certificate, or of garbage is refused', () => {
  const base = ['pkcs12', '-export', '-passout', `pass:${SECRET}`];
  const noKey = made([...base, '-nokeys', '-in', ec.certFile], 'p12');
  refused(() => serverPlan({ pfx: noKey, passphrase: SECRET }), 'ERR_TLS_KEY', 'no private key');
  const noCert = made([...base, '-nocerts', '-inkey', ec.keyFile, '-in', ec.leafFile], 'p12');
  refused(() => serverPlan({ pfx: noCert, passphrase: SECRET }), 'ERR_TLS_CERTIFICATE', 'no certificate');
  const whole = it.pkcs12(ec, SECRET).content;
  for (const pfx of [Buffer.alloc(0), Buffer.from('garbage'), whole.subarray(0, -9), Buffer.from(ec.cert), pkcs8(ec)])
    refused(() => serverPlan({ pfx, passphrase: SECRET }), 'ERR_TLS_INVALID', 'tls.pfx');
  refused(() => serverPlan({ pfx: whole.toString('latin1'), passphrase: SECRET }), 'ERR_TLS_INVALID', 'is bytes');
  refused(() => serverPlan({ pfx: new X509Certificate(ec.leaf) }), 'ERR_TLS_INVALID', 'is bytes');
});

test('what is equal is made once: connections share a context whatever form their options have', () => {
  const { context } = clientPlan({ ca: { file: it.root.certFile } }, 'a.test');
  for (let i = 0; i < 1000; i++)
    assert.equal(clientPlan({ ca: { file: it.root.certFile } }, `${i}.test`).context, context);
  assert.equal(clientPlan({ ca: it.root.cert }, 'b.test').context, context);
  assert.equal(clientPlan({ ca: Buffer.from(it.root.cert), alpn: ['h2'] }, 'b.test').context, context);
  assert.notEqual(clientPlan({ ca: it.root.cert, minVersion: 'TLSv1.3' }, 'a.test').context, context);
  assert.notEqual(clientPlan({ ca: it.intermediate.cert }, 'a.test').context, context);
  assert.equal(clientPlan({}, 'a.test').context, clientPlan({}, 'b.test').context);
});

test('a file that has changed is read again, however old what it was', (t) => {
  const cert = it.file('pem', ec.cert);
  const key = it.file('pem', ec.key);
  const options = { cert: { file: cert }, key: { file: key } };
  const other = it.issue({ name: 'other.test' });
  // Only files that were not changed lately are known again without reading.
  const { now } = Date;
  t.mock.method(Date, 'now', () => now() + 60_000);
  const { context } = serverPlan(options);
  assert.equal(serverPlan(options).context, context);
  writeFileSync(cert, other.cert);
  refused(() => serverPlan(options), 'ERR_TLS_KEY_MISMATCH');
  writeFileSync(key, other.key);
  assert.notEqual(serverPlan(options).context, context);
  writeFileSync(cert, ec.cert);
  writeFileSync(key, ec.key);
  assert.equal(serverPlan(options).context, context);
  rmSync(key);
  refused(() => serverPlan(options), 'ENOENT', key);
});

test('a file that changes twice in one tick of the clock is read each time', () => {
  const file = it.file('pem', '');
  const digests = new Set<string>();
  for (let i = 1000; i < 1500; i++) {
    writeFileSync(file, `${i}`);
    digests.add(materialOf('tls.cert', { file }).digest);
  }
  assert.equal(digests.size, 500);
});

test('bytes that were changed after the call change nothing', () => {
  const cert = Buffer.from(ec.cert);
  const { context } = serverPlan({ cert, key: ec.key });
  cert.fill(0);
  refused(() => serverPlan({ cert, key: ec.key }), 'ERR_TLS_CERTIFICATE');
  assert.equal(serverPlan({ cert: ec.cert, key: ec.key }).context, context);
});

test('nobody is ever asked for a passphrase, not even at a terminal', async (t) => {
  const program = `
    const { serverPlan } = await import(${JSON.stringify(plan)});
    for (const options of JSON.parse(process.argv[1]))
      try { serverPlan(options); } catch (error) { console.log(error.code); }
  `;
  const file = (one: { file: string }): { file: string } => ({ file: one.file });
  const traditional = it.file('key', made(['ec', '-aes256', '-in', ec.keyFile, ...pass]));
  const options = [
    { cert: ec.cert, key: file(it.encryptedKey(ec, SECRET)) },
    { cert: ec.cert, key: { file: traditional } },
    { pfx: file(it.pkcs12(ec, SECRET)) },
  ];
  const python = startPython(
    t,
    `
import pty
pid, terminal = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
output = b''
while True:
    try: part = os.read(terminal, 4096)
    except OSError: break
    if not part: break
    output += part
say(output.split())
`,
    { args: [process.execPath, '--input-type=module', '-e', program, JSON.stringify(options)] },
  );
  const code = `b'ERR_TLS_PASSPHRASE'`;
  assert.equal(await python.line(), `[${code}, ${code}, ${code}]`);
  await python.end();
});
