// Owns how the addons are built: node-gyp, on native/, only when a source is newer than one of the files. It must not know what
// the sources contain.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'native');
const products = ['berkeley.node', 'berkeley_tls.node'].map((name) => join(folder, 'build', 'Release', name));

if (process.platform !== 'linux') {
  console.log(`native: nothing is built on ${process.platform}; berkeley runs on Linux only so far`);
} else if (upToDate()) {
  console.log('native: up to date');
} else {
  build();
}

function upToDate() {
  if (!products.every((product) => existsSync(product))) return false;
  const built = Math.min(...products.map((product) => statSync(product).mtimeMs));
  return [folder, join(folder, 'tls')]
    .flatMap((place) => readdirSync(place, { withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .every((entry) => statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs <= built);
}

function build() {
  const started = process.hrtime.bigint();
  const command = [nodeGyp(), 'rebuild', '-C', folder, '--jobs', 'max', ...nodedir()];
  const { status, error, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  if (status === 0 && products.every((product) => existsSync(product))) {
    const seconds = Number((process.hrtime.bigint() - started) / 100_000_000n) / 10;
    console.log(`native: built for ${process.platform}-${process.arch} in ${seconds} s`);
    return;
  }
  console.error(stdout ?? '', stderr ?? '', error ?? '');
  console.error('native: the build failed. It needs a C++17 compiler, make and python3.');
  process.exitCode = 1;
}

function nodeGyp() {
  try {
    return createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  } catch {
    console.error('native: node-gyp is missing. Run npm install first.');
    process.exit(1);
  }
}

/** Headers that are installed need no download. */
function nodedir() {
  if (process.env.npm_config_nodedir) return [`--nodedir=${process.env.npm_config_nodedir}`];
  const beside = join(dirname(process.execPath), '..');
  return existsSync(join(beside, 'include', 'node', 'node_api.h')) ? [`--nodedir=${beside}`] : [];
}
