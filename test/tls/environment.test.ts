// Owns the tests of what the environment of a process may not change: what is trusted and how strong it has to be. What it may
// change is in trust.test.ts.

import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { pki } from '../support/pki.js';
import { OpensslServer } from './openssl-server.js';

const it = pki();
const root = fileURLToPath(new URL('../../../', import.meta.url));
const server = new OpensslServer(it.server, ['-rev']);
after(() => server.stop());

/** Weakens all that OpenSSL is configured by a file, wherever Node or OpenSSL look for it. */
const weak = it.file(
  'weak.cnf',
  ['nodejs_conf = all', 'openssl_conf = all', '[all]', 'ssl_conf = modules', '[modules]', 'system_default = weak']
    .concat(['[weak]', 'VerifyMode = None', 'MinProtocol = TLSv1', 'CipherString = ALL:@SECLEVEL=0', ''])
    .join('\n'),
);

const weakened = {
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  OPENSSL_CONF: weak,
  BERKELEY_TLS_VERIFY: 'false',
};

/** All that Node, OpenSSL and other programs heed. Those that Node itself names for what it trusts are not among them. */
const worst = {
  ...weakened,
  NODE_OPTIONS: '--tls-min-v1.0 --tls-cipher-list=ALL:@SECLEVEL=0',
  SSL_CERT_FILE: it.root.certFile,
  SSL_CERT_DIR: dirname(it.root.certFile),
  SSLKEYLOGFILE: it.file('keys.log', ''),
  NODE_DEBUG: 'tls',
};

for (const [colour, name] of [
  ['promises', 'berkeley'],
  ['blocking', 'berkeley/sync'],
] as const) {
  test(`no variable of the environment makes an untrusted certificate good (${colour})`, async () => {
    const port = await server.port();
    assert.equal(outcome(name, port, '{}', weakened), 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  });

  test(`node:tls, by the way, is switched off so, and what we ask for is obeyed (${colour})`, async () => {
    const port = await server.port();
    assert.equal(
      outcome(name, port, `{ ca: ${JSON.stringify(it.root.cert)}, serverName: 'localhost' }`, weakened),
      'connected',
    );
    assert.equal(run(nodeProgram(port), weakened), 'connected');
    assert.notEqual(run(nodeProgram(port), {}), 'connected');
  });
}

test('nothing in the environment of a client or a server trusts, weakens or writes secrets down', async (t) => {
  const port = await server.port();
  for (const name of ['berkeley', 'berkeley/sync'])
    assert.match(outcome(name, port, '{}', worst), /(^|\n)UNABLE_TO_GET_ISSUER_CERT_LOCALLY$/);
  const small = it.issue({ name: 'localhost', key: 'rsa1024' });
  const program = `import { listen } from 'berkeley';
const identity = (cert, key) => ({ tls: { cert: { file: cert }, key: { file: key } } });
console.log(await listen(0, identity(${JSON.stringify([small.certFile, small.keyFile]).slice(1, -1)})).catch(({ code }) => code));
const listener = await listen('127.0.0.1:0', identity(${JSON.stringify([it.server.certFile, it.server.keyFile]).slice(1, -1)}));
console.log(listener.address.port);
for await (const conn of listener) await conn.handshake().then(({ version }) => console.log(version), ({ code }) => console.log(code)).finally(() => conn.abort());`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    env: { ...process.env, ...worst, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines: AsyncIterator<string, undefined> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value ?? 'nothing';
  assert.match(await next(), /^ERR_TLS_WEAK|^ERR_TLS/);
  const at = `127.0.0.1:${await next()}`;
  const shake = (...words: string[]) =>
    new Promise<number>((resolve) => {
      const anything = ['-cipher', 'ALL:@SECLEVEL=0', '-CAfile', it.root.certFile];
      const client = execFile(
        'openssl',
        ['s_client', '-connect', at, ...anything, ...words],
        { timeout: 20_000 },
        (error) => resolve(error === null ? 0 : 1),
      );
      client.stdin!.end();
    });
  for (const old of ['-tls1', '-tls1_1']) {
    assert.equal(await shake(old), 1, old);
    assert.match(await next(), /^ERR_TLS/, old);
  }
  await shake('-tls1_2');
  assert.equal(await next(), 'TLSv1.2');
  assert.equal(readFileSync(worst.SSLKEYLOGFILE, 'utf8'), '');
});

/** How a connection of a process with these variables ends: the code of its error, or 'connected'. */
function outcome(name: string, port: number, tls: string, variables: Record<string, string>): string {
  return run(
    `import { connect } from '${name}';
try {
  const conn = await connect('127.0.0.1:${port}', { tls: ${tls}, timeout: '15s' });
  conn.abort();
  console.log('connected');
} catch (error) {
  console.log(error.code);
}`,
    variables,
  );
}

function nodeProgram(port: number): string {
  return `import { connect } from 'node:tls';
const socket = connect({ port: ${port}, host: '127.0.0.1' }, () => { console.log('connected'); socket.destroy(); });
socket.on('error', (error) => { console.log(error.code); });`;
}

function run(program: string, variables: Record<string, string>): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    env: { ...process.env, ...variables, NODE_NO_WARNINGS: '1' },
    encoding: 'utf8',
    timeout: 30_000,
  });
  return stdout.trim() === '' ? stderr : stdout.trim();
}
