// Owns the tests of what the environment of a process may not change: what is trusted and how strong it has to be. What it may
// change is in trust.test.ts.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
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
