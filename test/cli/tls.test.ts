// Owns the tests of `berkeley tls`: its facts against what openssl says of the same server, and its exit codes.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { daysFromNow, pki, type Issued } from '../support/pki.js';
import { berkeley, python, type Running } from './command.js';
import { opensslPin, opensslServer, pythonTls } from './tls-peers.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };
const trusted = (): string[] => ['--ca', pki().root.certFile];

/** What --json prints, as far as the tests look at it. */
interface Printed {
  readonly target: string;
  readonly address: string | null;
  readonly starttls: string | null;
  readonly milliseconds: { readonly connect: number; readonly handshake: number };
  readonly tls: Readonly<Record<string, unknown>> | null;
  readonly chain: readonly Readonly<Record<string, unknown>>[];
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
    readonly alert: string | null;
  } | null;
  readonly exitCode: number;
}

async function examine(t: TestContext, ...words: string[]): Promise<Printed> {
  const command = berkeley(t, 'tls', '--json', ...words);
  const code = await command.ended();
  const printed = JSON.parse(command.out.toString()) as Printed;
  assert.equal(printed.exitCode, code, command.err);
  assert.equal(command.err, '');
  return printed;
}

test('tls --json tells what openssl tells of version, cipher, group and protocol', LIMIT, async (t) => {
  const groups = ['-groups', 'P-384', '-alpn', 'h2,http/1.1'];
  for (const [words, version, cipher] of [
    [['-tls1_3', '-ciphersuites', 'TLS_CHACHA20_POLY1305_SHA256'], 'TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'],
    [['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES256-GCM-SHA384'], 'TLSv1.2', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'],
  ] as const) {
    const { target } = await opensslServer(t, pki().server, ...words, ...groups, '-naccept', '1');
    const found = await examine(t, ...trusted(), '--alpn', 'http/1.1,h2', target);
    assert.equal(found.exitCode, 0);
    assert.equal(found.error, null);
    assert.equal(found.target, target);
    assert.equal(found.address, target.replace('localhost', '127.0.0.1'));
    assert.ok(found.milliseconds.connect > 0 && found.milliseconds.handshake > 0);
    assert.deepEqual(found.tls, {
      version,
      cipher,
      group: found.tls!['group'],
      alpn: 'h2',
      serverName: 'localhost',
      resumed: false,
      resumable: true,
      authorized: true,
      verifyCode: 'OK',
      pinned: null,
      ocsp: null,
    });
    assert.match(String(found.tls['group']), /^(P-384|secp384r1)$/);
  }
});

test('tls --json tells what openssl tells of every certificate of the chain', LIMIT, async (t) => {
  const one = pki().issue({
    name: 'facts.test',
    subject: ['C = DE', 'O = "Müller, Söhne + Co"', 'CN = facts.test'],
    san: [
      'DNS:facts.test',
      'DNS:*.facts.test',
      'IP:192.0.2.1',
      'IP:2001:db8::1',
      'email:a@facts.test',
      'URI:https://facts.test/a',
    ],
    key: 'rsa2048',
    notAfter: daysFromNow(7.5),
  });
  const { target } = await opensslServer(t, one, '-naccept', '1');
  const found = await examine(t, ...trusted(), '--sni', 'facts.test', target);
  assert.equal(found.exitCode, 0);
  assert.equal(found.chain.length, 2);
  const [leaf, intermediate] = found.chain;
  assert.equal(leaf!['daysLeft'], 7);
  assert.equal(leaf!['key'], 'RSA 2048');
  assert.equal(intermediate!['key'], 'EC P-256');
  assert.match(String(leaf!['subject']), /^C=DE, O=M.+ller.*, CN=facts\.test$/);
  assert.deepEqual(leaf!['names'], [
    'facts.test',
    '*.facts.test',
    '192.0.2.1',
    '2001:db8::1',
    'email:a@facts.test',
    'URI:https://facts.test/a',
  ]);
  for (const [at, pem] of [one.leaf, one.chain].entries()) {
    const facts = found.chain[at]!;
    assert.equal(facts['pin'], opensslPin(pem));
    const said = pki().run(
      ['x509', '-noout', '-dates', '-dateopt', 'iso_8601', '-serial', '-fingerprint', '-sha256'],
      pem,
    );
    const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'mi').exec(said)![1]!;
    assert.equal(facts['validFrom'], value('notBefore').replace(' ', 'T'));
    assert.equal(facts['validTo'], value('notAfter').replace(' ', 'T'));
    assert.equal(facts['serialNumber'], value('serial'));
    assert.equal(facts['fingerprint256'], value('sha256 Fingerprint').replaceAll(':', '').toLowerCase());
  }
});

test('tls shows the same on a screen of 80 columns, with the days that are left', LIMIT, async (t) => {
  const many = pki().issue({
    name: 'many.test',
    san: ['DNS:many.test', 'IP:127.0.0.1', ...Array.from({ length: 40 }, (_, i) => `DNS:name-${i}.many.test`)],
    notAfter: daysFromNow(12.5),
  });
  const { target } = await opensslServer(t, many, '-tls1_3', '-naccept', '1');
  const command = berkeley(t, 'tls', ...trusted(), target.replace('localhost', '127.0.0.1'));
  assert.equal(await command.ended(), 0, command.err);
  const text = command.out.toString();
  assert.match(text, /^127\.0\.0\.1:\d+, connected in [\d.]+ ms, handshake in [\d.]+ ms\n/);
  assert.match(text, /^ {2}version +TLSv1\.3$/m);
  assert.match(text, /^ {2}cipher +TLS_\w+$/m);
  assert.match(text, /^ {2}name +none sent$/m);
  assert.match(text, /^ {2}session +new, and can be resumed$/m);
  assert.match(text, /^ {2}verdict +the certificate is valid$/m);
  assert.match(text, /^ {2}0 +CN=many\.test$/m);
  assert.match(text, /^ {2}1 +CN=Test intermediate$/m);
  assert.match(text, /and \d+ more$/m);
  assert.match(text, /, 12 days\s+left$/m);
  assert.ok(text.includes(`sha256/${opensslPin(many.leaf)}`));
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
});

const refused: [title: string, code: string, make: () => { certificate: Issued; words: string[] }][] = [
  [
    'has expired',
    'CERT_HAS_EXPIRED',
    () => ({
      certificate: pki().issue({ name: 'localhost', notBefore: daysFromNow(-9), notAfter: daysFromNow(-2.5) }),
      words: trusted(),
    }),
  ],
  [
    'is for another host',
    'HOSTNAME_MISMATCH',
    () => ({ certificate: pki().server, words: [...trusted(), '--sni', 'other.test'] }),
  ],
  ['is signed by a stranger', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', () => ({ certificate: pki().server, words: [] })],
  [
    'signs itself',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    () => ({ certificate: pki().issue({ name: 'localhost', issuer: 'self' }), words: trusted() }),
  ],
  [
    'has another key than the pinned one',
    'ERR_TLS_PIN',
    () => ({ certificate: pki().server, words: [...trusted(), '--pin', pki().client.pin] }),
  ],
];

for (const [title, code, make] of refused) {
  test(`tls shows all facts of a certificate that ${title}, and ends with 6`, LIMIT, async (t) => {
    const { certificate, words } = make();
    const { target } = await opensslServer(t, certificate, '-naccept', '2');
    const found = await examine(t, ...words, target);
    assert.equal(found.exitCode, 6);
    assert.equal(found.error?.code, code);
    assert.ok(found.error.hint !== null && found.error.hint.length > 10);
    assert.equal(found.tls!['authorized'], code === 'ERR_TLS_PIN');
    assert.equal(found.tls!['verifyCode'], code === 'ERR_TLS_PIN' ? 'OK' : code);
    assert.equal(found.tls!['version'], 'TLSv1.3');
    assert.equal(found.chain[0]!['pin'], opensslPin(certificate.leaf));
    if (code === 'CERT_HAS_EXPIRED') assert.equal(found.chain[0]!['daysLeft'], -3);

    const command = berkeley(t, 'tls', ...words, target);
    assert.equal(await command.ended(), 6);
    assert.match(command.out.toString(), new RegExp(`^  verdict +NO: ${code}: `, 'm'));
    assert.ok(command.out.toString().includes(opensslPin(certificate.leaf)));
  });
}

test('tls --insecure ends with 0 and still says what is wrong', LIMIT, async (t) => {
  const { target } = await opensslServer(t, pki().server, '-naccept', '1');
  const command = berkeley(t, 'tls', '--insecure', target);
  assert.equal(await command.ended(), 0, command.err);
  assert.match(
    command.out.toString(),
    /^ {2}verdict +accepted as told, though it is not valid:\s+UNABLE_TO_GET_ISSUER_CERT_LOCALLY$/m,
  );
});

test('tls tells a stapled OCSP response and what it says', LIMIT, async (t) => {
  for (const status of ['good', 'revoked'] as const) {
    const { content, file } = pki().ocsp(pki().server, { status });
    const { target } = await opensslServer(t, pki().server, '-status_file', file, '-naccept', '1');
    const found = await examine(t, ...trusted(), target);
    const ocsp = found.tls!['ocsp'] as { bytes: number; status: string; nextUpdate: string };
    assert.equal(ocsp.bytes, content.length);
    assert.equal(ocsp.status, status);
    const days = (Date.parse(ocsp.nextUpdate) - Date.now()) / 86_400_000;
    assert.ok(days > 2.9 && days < 3.1, ocsp.nextUpdate);
  }
});

test('what a certificate says moves no cursor and turns no text', LIMIT, async (t) => {
  const escape = String.fromCharCode(27);
  const evil = pki().issue({
    name: 'evil',
    subject: [`O = a${escape}[31mred`, 'CN = \u202Egnp.exe'],
    san: [`DNS:a${escape}[2Jb`, 'DNS:localhost'],
    issuer: 'self',
  });
  const { target } = await opensslServer(t, evil, '-naccept', '2');
  for (const words of [[], ['--json']]) {
    const command = berkeley(t, 'tls', ...words, '--insecure', target);
    assert.equal(await command.ended(), 0, command.err);
    const text = command.out.toString();
    assert.match(text, /gnp\.exe/);
    assert.match(text, /\[2Jb/);
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  }
});

test('tls hears the refusal of a TLS 1.3 server that wants our certificate, and ends with 5', LIMIT, async (t) => {
  const words = ['-tls1_3', '-Verify', '2', '-verify_return_error', '-CAfile', pki().root.certFile, '-naccept', '2'];
  const { target } = await opensslServer(t, pki().server, ...words);
  const found = await examine(t, ...trusted(), target);
  assert.equal(found.exitCode, 5);
  assert.equal(found.error?.alert, 'certificate_required');
  assert.match(found.error.hint ?? '', /--cert/);
  assert.equal(found.chain.length, 2);

  const { certFile, keyFile } = pki().client;
  assert.equal((await examine(t, ...trusted(), '--cert', certFile, '--key', keyFile, target)).exitCode, 0);
});

test('tls without --sni says that nothing was checked on a Unix socket', LIMIT, async (t) => {
  const path = pki().file('sock', '');
  const server = python(
    t,
    [
      'import ssl',
      'context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(sys.argv[1], sys.argv[2])',
      'os.unlink(sys.argv[3]); l = socket.socket(socket.AF_UNIX); l.bind(sys.argv[3]); l.listen(); say("ready")',
      'for _ in range(2):',
      '    s, _ = l.accept(); s = context.wrap_socket(s, server_side=True); s.unwrap().close()',
    ].join('\n'),
    ...[pki().server.certFile, pki().server.keyFile, path],
  );
  await server.says(/ready/);
  const nameless = await examine(t, ...trusted(), `unix:${path}`);
  assert.equal(nameless.exitCode, 6);
  assert.equal(nameless.error?.code, 'ERR_TLS_SERVER_NAME');
  assert.equal((await examine(t, ...trusted(), '--sni', 'example.test', path)).exitCode, 0);
});

test('tls --starttls shakes hands after the dialogue', LIMIT, async (t) => {
  const { target } = await pythonTls(t, {
    before: 's.sendall(b"+OK hi\\r\\n"); line(s); s.sendall(b"+OK begin\\r\\n")',
    script: 's.unwrap()',
  });
  const found = await examine(t, '--starttls', 'pop3', ...trusted(), target);
  assert.equal(found.exitCode, 0);
  assert.equal(found.starttls, 'pop3');
  assert.equal(found.tls!['serverName'], 'localhost');

  const without = await pythonTls(t, { before: 's.sendall(b"-ERR go away\\r\\n")', script: '' });
  const failed = await examine(t, '--starttls', 'pop3', ...trusted(), without.target);
  assert.equal(failed.exitCode, 5);
  assert.equal(failed.error?.code, 'STARTTLS');
  assert.equal(failed.tls, null);
});

test('tls tells the classes of failure apart by its exit code', LIMIT, async (t) => {
  const plain = python(
    t,
    'l = socket.create_server(("127.0.0.1", 0)); say("port", l.getsockname()[1], "")\n' +
      's, _ = l.accept(); s.recv(1); s.sendall(b"HTTP/1.1 400 Bad Request\\r\\n\\r\\n"); s.shutdown(1); read_all(s)',
  );
  const silent = python(
    t,
    'l = socket.create_server(("127.0.0.1", 0)); say("port", l.getsockname()[1], ""); s, _ = l.accept(); read_all(s)',
  );
  const port = async (server: Running): Promise<string> => (await server.says(/port (\d+) /))[1]!;
  // Bound and not listening: the kernel refuses, and nobody else can take the port.
  const holder = python(
    t,
    's = socket.socket(); s.bind(("127.0.0.1", 0)); say("port", s.getsockname()[1], ""); sys.stdin.read()',
  );
  const closed = await examine(t, `127.0.0.1:${await port(holder)}`);
  assert.deepEqual([closed.exitCode, closed.error?.code], [4, 'ECONNREFUSED']);
  const name = await examine(t, 'no.such.name.invalid:443');
  assert.equal(name.exitCode, 3);
  const http = await examine(t, `127.0.0.1:${await port(plain)}`);
  assert.deepEqual([http.exitCode, http.error?.code], [5, 'ERR_TLS_PROTOCOL']);
  assert.ok(http.address !== null && http.tls === null);
  const late = await examine(t, '--timeout', '300ms', `127.0.0.1:${await port(silent)}`);
  assert.deepEqual([late.exitCode, late.error?.code], [7, 'ETIMEDOUT']);
  const screen = berkeley(t, 'tls', 'no.such.name.invalid:443');
  assert.equal(await screen.ended(), 3);
  assert.match(screen.out.toString(), /^no\.such\.name\.invalid:443\n {2}verdict +NO: getaddrinfo E/);
});
