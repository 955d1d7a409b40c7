// Owns the tests of who is trusted: Node's list and what is added to it, this machine's, one's own. The other end is a
// Python whose certificate nobody knows but us.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import * as promises from 'berkeley';
import type { TlsOptions } from 'berkeley';
import { pki } from '../support/pki.js';
import { startPython, type Python } from '../support/python.js';
import { clientPlan, loadTls, refused } from './room.js';

const it = pki();
const stranger = it.issue({ name: 'Other root', ca: true, issuer: 'self' });
const UNKNOWN = 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';

async function server(t: TestContext): Promise<{ python: Python; port: number }> {
  const python = startPython(
    t,
    `
import ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(('127.0.0.1', 0))
say(listener.getsockname()[1])
while True:
    s = listener.accept()[0]
    try: context.wrap_socket(s, server_side=True)
    except OSError: pass
`,
    { args: [it.server.certFile, it.server.keyFile] },
  );
  return { python, port: Number(await python.line()) };
}

/** 'OK', or why the certificate is not trusted. */
async function verdict(port: number, tls: TlsOptions): Promise<string> {
  try {
    const conn = await promises.connect('127.0.0.1', port, { tls });
    const { verifyCode } = conn.tls!;
    conn.abort();
    return verifyCode;
  } catch (error) {
    assert.ok(error instanceof promises.CertificateError, String(error));
    return error.code;
  }
}

/** Runs the body with these variables; undefined is absent. */
async function withEnvironment(variables: Record<string, string | undefined>, body: () => unknown): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  setVariables(Object.entries(variables));
  try {
    await body();
  } finally {
    setVariables(before);
  }
}

function setVariables(variables: readonly (readonly [name: string, value: string | undefined])[]): void {
  for (const [name, value] of variables) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

function folder(name: string): string {
  const path = join(it.dir, name);
  mkdirSync(path, { recursive: true });
  return path;
}

const nothing = { SSL_CERT_FILE: undefined, SSL_CERT_DIR: undefined };

test("one's own CAs stand in place of the usual ones, in every form", async (t) => {
  const { port } = await server(t);
  assert.equal(await verdict(port, {}), UNKNOWN);
  for (const ca of [
    it.root.cert,
    [it.root.cert],
    { file: it.root.certFile },
    it.root.x509,
    it.root.x509.raw,
    [stranger.cert, it.root.x509],
    stranger.cert + it.root.cert,
  ])
    assert.equal(await verdict(port, { ca }), 'OK');
  assert.equal(await verdict(port, { ca: stranger.cert }), UNKNOWN);
});

test("'system' is SSL_CERT_FILE and SSL_CERT_DIR where they are set, and nothing else then", async (t) => {
  const { port } = await server(t);
  const ca = { store: 'system' } as const;
  const mixed = folder('mixed');
  execFileSync('cp', [it.root.certFile, join(mixed, 'root.pem')]);
  execFileSync(
    'sh',
    ['-c', 'echo "no certificate" > readme; echo "-----BEGIN CERTIFICATE-----" > torn.pem; mkdir -p sub'],
    {
      cwd: mixed,
    },
  );
  const table: [file: string | undefined, folders: string | undefined, wanted: string][] = [
    [it.root.certFile, undefined, 'OK'],
    [stranger.certFile, undefined, UNKNOWN],
    [undefined, mixed, 'OK'],
    [undefined, `${folder('empty')}:${mixed}:`, 'OK'],
    [stranger.certFile, mixed, 'OK'],
    [stranger.certFile, folder('empty'), UNKNOWN],
    ['', mixed, 'OK'],
  ];
  for (const [SSL_CERT_FILE, SSL_CERT_DIR, wanted] of table)
    await withEnvironment({ SSL_CERT_FILE, SSL_CERT_DIR }, async () => {
      assert.equal(await verdict(port, { ca }), wanted, `${SSL_CERT_FILE} ${SSL_CERT_DIR}`);
    });
  // The other lists do not look at them.
  await withEnvironment({ SSL_CERT_FILE: it.root.certFile }, async () => {
    assert.equal(await verdict(port, {}), UNKNOWN);
    assert.equal(await verdict(port, { ca: { store: 'bundled' } }), UNKNOWN);
  });
});

test("'system' without certificates is an error before anything connects", async () => {
  const make = (): unknown => clientPlan({ ca: { store: 'system' } }, 'a.test');
  await withEnvironment({ ...nothing, SSL_CERT_FILE: join(it.dir, 'no') }, () => {
    assert.equal(refused(make, 'ENOENT', join(it.dir, 'no')).errno, 2);
  });
  for (const SSL_CERT_DIR of [folder('empty'), join(it.dir, 'no')])
    await withEnvironment({ ...nothing, SSL_CERT_DIR }, () => {
      assert.match(refused(make, 'ERR_TLS_CERTIFICATE', 'no certificates of CAs').hint!, /SSL_CERT_FILE/);
    });
});

const debian = '/etc/ssl/certs/ca-certificates.crt';
test(
  "'system' is the distribution's file where nothing is set",
  { skip: !existsSync(debian) && 'not Debian' },
  async () => {
    const make = (): unknown => clientPlan({ ca: { store: 'system' } }, 'a.test').context;
    let found: unknown;
    await withEnvironment(nothing, () => (found = make()));
    // What is made of the same file is the same.
    await withEnvironment({ ...nothing, SSL_CERT_FILE: debian }, () => assert.equal(make(), found));
    await withEnvironment({ ...nothing, SSL_CERT_FILE: it.root.certFile }, () => assert.notEqual(make(), found));
  },
);

/** Each line is options; what comes of them is printed. Blocking, so that it is the whole program. */
const child = `
import { connect, setDefaults } from ${JSON.stringify(new URL('../../../dist/sync/index.js', import.meta.url).href)};
import * as tls from 'node:tls';
const [port, text, list] = process.argv.slice(1);
if (list !== undefined) tls.setDefaultCACertificates(JSON.parse(list));
for (const options of JSON.parse(text)) {
  try {
    const conn = connect('127.0.0.1', Number(port), { tls: options });
    console.log(conn.tls.verifyCode);
    conn.abort();
  } catch (error) { console.log(error.code); }
}
`;

async function inChild(
  port: number,
  options: TlsOptions[],
  env: NodeJS.ProcessEnv,
  ...more: string[]
): Promise<string[]> {
  const words = ['--input-type=module', '-e', child, String(port), JSON.stringify(options), ...more];
  const { stdout } = await promisify(execFile)(process.execPath, words, { env: { ...process.env, ...env } });
  return stdout.trim().split('\n');
}

test("'default' is Node's list with NODE_EXTRA_CA_CERTS, 'bundled' the list alone", async (t) => {
  const { port } = await server(t);
  const lists: TlsOptions[] = [{}, { ca: { store: 'default' } }, { ca: { store: 'bundled' } }];
  const extra = (file: string): NodeJS.ProcessEnv => ({ NODE_EXTRA_CA_CERTS: file });
  assert.deepEqual(await inChild(port, lists, extra(it.root.certFile)), ['OK', 'OK', UNKNOWN]);
  const both = it.file('pem', stranger.cert + it.root.cert);
  assert.deepEqual(await inChild(port, lists, extra(both)), ['OK', 'OK', UNKNOWN]);
  assert.deepEqual(await inChild(port, lists, extra(stranger.certFile)), [UNKNOWN, UNKNOWN, UNKNOWN]);
  assert.deepEqual(await inChild(port, lists, extra(join(it.dir, 'no'))), [UNKNOWN, UNKNOWN, UNKNOWN]);
});

const { setDefaultCACertificates } = (await import('node:tls')) as { setDefaultCACertificates?: unknown };
test(
  'what a program makes the default of Node is ours as well',
  { skip: setDefaultCACertificates === undefined && 'this Node cannot' },
  async (t) => {
    const { port } = await server(t);
    assert.deepEqual(await inChild(port, [{}, { ca: { store: 'bundled' } }], {}, JSON.stringify([it.root.cert])), [
      'OK',
      UNKNOWN,
    ]);
  },
);

test('a store is made once and shared by all contexts that need it', () => {
  const binding = loadTls() as { storeNew: (...words: unknown[]) => unknown };
  const { storeNew } = binding;
  let stores = 0;
  binding.storeNew = (...words) => {
    stores++;
    return storeNew(...words);
  };
  try {
    const contexts = new Set<unknown>();
    const ca = { store: 'bundled' } as const;
    // Names that nobody has used yet, so that each makes a context.
    for (const groups of ['X25519', 'P-256', 'P-384', 'P-521', 'X448'])
      for (const minVersion of ['TLSv1.2', 'TLSv1.3'] as const)
        for (let i = 0; i < 10; i++) contexts.add(clientPlan({ ca, groups, minVersion }, `${i}.test`).context);
    assert.equal(contexts.size, 10);
    assert.ok(stores <= 1, `${stores} stores`);
  } finally {
    binding.storeNew = storeNew;
  }
});

test('many lists of CAs do not stay, and each is right', async (t) => {
  const { port } = await server(t);
  for (let i = 0; i < 20; i++)
    for (const { cert } of [it.root, stranger]) clientPlan({ ca: Array<string>(1 + i).fill(cert) }, 'a.test');
  assert.equal(await verdict(port, { ca: [it.root.cert] }), 'OK');
  assert.equal(await verdict(port, { ca: [stranger.cert] }), UNKNOWN);
});

test('a server tells its clients which CAs it was given, and does not list the usual ones', async () => {
  const { certFile, keyFile } = it.server;
  const own = { cert: { file: certFile }, key: { file: keyFile }, clientCert: 'request' } as const;
  for (const [ca, names] of [
    [
      [it.root.cert, stranger.cert],
      ['Other root', 'Test root'],
    ],
    [{ store: 'bundled' }, []],
  ] as const) {
    const listener = await promises.listen('127.0.0.1:0', { tls: { ...own, ca: ca as NonNullable<TlsOptions['ca']> } });
    const client = promisify(execFile)('openssl', [
      's_client',
      '-tls1_2',
      '-connect',
      `127.0.0.1:${listener.address.port}`,
    ]);
    client.child.stdin!.end();
    const conn = await listener.accept();
    assert.equal((await conn.handshake()).peer, null);
    await conn.close();
    listener.close();
    const { stdout } = await client;
    const list = /Acceptable client certificate CA names\n([^]*?)Client Certificate Types/.exec(stdout)?.[1] ?? '';
    assert.deepEqual([...list.matchAll(/CN = (.*)/g)].map(([, name]) => name).toSorted(), names);
    assert.equal(/No client certificate CA names sent/.test(stdout), names.length === 0);
  }
});
