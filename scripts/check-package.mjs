// Owns the check of the package as users get it: packs it, installs it with scripts off and without its optional package, and has each runtime
// run the smoke program. It must not know how the package is built.
//
//   node scripts/check-package.mjs [--write] [another runtime's binary …]
//
// --write puts what came of it into docs/platforms.md. A Node for arm64 is run by qemu-aarch64-static.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../dist/cli/self-signed.js';
import { breachesOf } from './check-tarball.mjs';
import { runtimeOf, smoke } from './package/runtimes.mjs';
import { differences, write } from './package/table.mjs';
import { faultsOf, root } from './prebuilt.mjs';

const page = join(root, 'docs', 'platforms.md');
const words = process.argv.slice(2);
const binaries = [process.execPath, ...words.filter((word) => word !== '--write')];

const folder = mkdtempSync(join(tmpdir(), 'berkeley-package-'));
const breaches = [];
try {
  const tarball = pack();
  await install(tarball);
  checkMetadata(tarball);
  breaches.push(...faultsOf(join(folder, 'node_modules', 'berkeley')));
  await checkRuntimes();
  checkWithoutOptional();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const breach of breaches) console.error(breach);
if (breaches.length > 0) process.exitCode = 1;

/** With npm's own scripts, as whoever publishes it does. */
function pack() {
  const [made] = JSON.parse(npm(root, 'pack', '--json', '--no-foreground-scripts', '--pack-destination', folder));
  console.log(`${made.filename}: ${made.files.length} files, ${made.size} bytes, ${made.unpackedSize} unpacked`);
  breaches.push(...breachesOf(made));
  return join(folder, made.filename);
}

async function install(tarball) {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  npm(folder, 'install', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', tarball);
  const installed = JSON.parse(readFileSync(join(folder, 'node_modules', 'berkeley', 'package.json'), 'utf8'));
  for (const name of ['preinstall', 'install', 'postinstall']) {
    if (installed.scripts?.[name] !== undefined) breaches.push(`the package has the script ${name}`);
  }
  for (const name of ['smoke.mjs', 'smoke-worker.mjs'])
    cpSync(join(root, 'scripts', 'package', name), join(folder, name));
  const { cert, key } = await selfSigned(['127.0.0.1']);
  writeFileSync(join(folder, 'certificate.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key);
}

/** All of the program works on Node; what of it does elsewhere is what the page says. */
async function checkRuntimes() {
  const listed = execFileSync(process.execPath, ['smoke.mjs', '--list'], { cwd: folder, encoding: 'utf8' });
  const parts = listed.trim().split('\n');
  const results = await Promise.all(
    binaries.map(async (binary) => {
      const runtime = await runtimeOf(binary);
      const outcomes = await smoke(runtime, folder, parts);
      const failed = [...outcomes].filter(([, outcome]) => outcome !== 'ok').map(([part, why]) => `${part}: ${why}`);
      console.log(`${runtime.name} (${runtime.version}): ${outcomes.size - failed.length} of ${parts.length} parts`);
      for (const line of failed) console.log(`  ${line}`);
      if (runtime.isNode) {
        breaches.push(...failed.map((line) => `${runtime.name}: ${line}`));
        const help = execFileSync(
          runtime.start[0],
          [...runtime.start.slice(1), 'node_modules/.bin/berkeley', '--help'],
          {
            cwd: folder,
            encoding: 'utf8',
          },
        );
        if (!help.startsWith('Usage: berkeley')) breaches.push(`${runtime.name}: berkeley --help says ${help}`);
      }
      return [runtime.name, outcomes];
    }),
  );
  if (words.includes('--write')) write(page, results);
  else
    breaches.push(
      ...differences(page, results).map((line) => `docs/platforms.md: ${line}; --write brings it up to date`),
    );
}

/** What package.json promises, as bundlers and TypeScript read it. Modules of ECMAScript only: docs/guide/packaging.md. */
function checkMetadata(tarball) {
  for (const command of [
    ['publint', 'run', tarball, '--strict'],
    ['attw', tarball, '--profile', 'esm-only', '--no-emoji'],
  ]) {
    const { status, stdout, stderr } = spawnSync('npx', ['--no-install', ...command], { cwd: root, encoding: 'utf8' });
    if (status !== 0) breaches.push(`${command[0]}: ${stdout}${stderr}`);
  }
}

/** What needs the optional package says so, and nothing else fails. */
function checkWithoutOptional() {
  const berkeley = (...args) =>
    spawnSync(process.execPath, ['node_modules/.bin/berkeley', ...args], {
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

function npm(cwd, ...args) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
