// Owns the check of the package as users get it: what is in the tarball, and that it installs with scripts off and works,
// with its optional package left out.
// It must not know how the package is built.
//
//   node scripts/check-package.mjs [another node binary …]

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selfSigned } from '../dist/cli/self-signed.js';

/** Files that a user needs. */
const needed = [
  'package.json',
  'README.md',
  'LICENSE',
  'dist/promises/index.js',
  'dist/promises/index.d.ts',
  'dist/sync/index.js',
  'dist/sync/index.d.ts',
  'dist/cli/main.js',
  ...['fatscript', 'magnolia', 'chapel', 'blade', 'qore'].map((name) => `dist/dialects/${name}/index.js`),
  'native/build/Release/berkeley.node',
  'native/build/Release/berkeley_tls.node',
];

/** What must not be there, and why. */
const unwanted = [
  [/^binding\.gyp$/, 'npm would run node-gyp rebuild on every installation'],
  [/^(compiled|src|test|bench|examples|scripts|\.ci)\//, 'it is for the checkout only'],
  [/\.tsbuildinfo$/, 'it is a leftover of the compiler'],
  [/^native\/build\/(?!Release\/berkeley(_tls)?\.node$)/, 'it is a leftover of the build'],
];

/** Both colours, in one thread: the kernel completes a connection that nobody has accepted yet. */
const trial = `
import assert from 'node:assert/strict';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { bind, connect as dial } from 'berkeley/dialects/fatscript';
for (const net of [promises, sync]) {
  const listener = await net.listen('127.0.0.1:0');
  const client = await net.connect(listener.address, { timeout: '10s' });
  const server = await listener.accept({ timeout: '10s' });
  await client.writeLine('from the package');
  assert.equal(await server.readLine({ timeout: '10s' }), 'from the package');
  await client.close();
  assert.equal(await server.read(), null);
  await server.close();
  listener.close();
}
const tls = { cert: { file: 'certificate.pem' }, key: { file: 'key.pem' } };
const listener = await promises.listen('127.0.0.1:0', { tls });
const accepted = listener.accept({ timeout: '10s' });
const [client, server] = await Promise.all([
  promises.connect(listener.address, { tls: { ca: tls.cert }, timeout: '10s' }),
  accepted.then((conn) => conn.handshake({ timeout: '10s' }).then(() => conn)),
]);
await client.writeLine('under TLS');
assert.equal(await server.readLine({ timeout: '10s' }), 'under TLS');
assert.equal(client.tls.authorized, true);
await Promise.all([client.close(), server.close()]);
listener.close();
const dialect = bind(0);
const caller = dial('127.0.0.1', dialect.port);
const callee = dialect.accept(10_000);
callee.send('in a dialect');
assert.equal(caller.receive(99).toString(), 'in a dialect');
for (const one of [caller, callee, dialect]) one.close();
console.log('works on Node.js ' + process.version + ', ' + client.tls.version);
`;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'berkeley-package-'));
const breaches = [];
try {
  // The checkout is built already; --ignore-scripts keeps `prepare` from building it again.
  const [pack] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder));
  console.log(`${pack.filename}: ${pack.files.length} files, ${pack.size} bytes, ${pack.unpackedSize} unpacked`);
  checkFiles(pack.files.map((file) => file.path));
  install(join(folder, pack.filename));
  const { cert, key } = await selfSigned(['127.0.0.1']);
  writeFileSync(join(folder, 'certificate.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key);
  for (const node of [process.execPath, ...process.argv.slice(2)]) {
    execFileSync(node, ['trial.mjs'], { cwd: folder, stdio: 'inherit', timeout: 60_000 });
    const help = execFileSync(node, ['node_modules/.bin/berkeley', '--help'], { cwd: folder, encoding: 'utf8' });
    if (!help.startsWith('Usage: berkeley')) breaches.push(`berkeley --help says ${help}`);
  }
  checkWithoutOptional();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const breach of breaches) console.error(breach);
if (breaches.length > 0) process.exitCode = 1;

/** What needs the optional package says so, and nothing else fails. */
function checkWithoutOptional() {
  const berkeley = (...words) =>
    spawnSync(process.execPath, ['node_modules/.bin/berkeley', ...words], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
    });
  const listen = berkeley('listen', '--tls', '127.0.0.1:0');
  if (listen.status !== 1 || !listen.stderr.includes("'node-forge'"))
    breaches.push(`berkeley listen --tls ends with ${listen.status} and says ${listen.stderr}`);
  const tour = berkeley('tour');
  if (tour.status !== 0 || !tour.stdout.includes("skipped: the optional package 'node-forge'"))
    breaches.push(`berkeley tour ends with ${tour.status} and says ${tour.stdout}${tour.stderr}`);
}

function checkFiles(paths) {
  for (const path of needed) if (!paths.includes(path)) breaches.push(`${path} is missing from the package`);
  for (const path of paths) {
    for (const [pattern, reason] of unwanted)
      if (pattern.test(path)) breaches.push(`${path} is in the package: ${reason}`);
  }
}

function install(tarball) {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(folder, 'trial.mjs'), trial);
  npm(folder, 'install', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', tarball);
  const installed = JSON.parse(readFileSync(join(folder, 'node_modules', 'berkeley', 'package.json'), 'utf8'));
  for (const name of ['preinstall', 'install', 'postinstall']) {
    if (installed.scripts?.[name] !== undefined) breaches.push(`the package has the script ${name}`);
  }
}

function npm(cwd, ...args) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
