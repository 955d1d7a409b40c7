// Owns how the addons are built: node-gyp, on native/, only when a source is newer than one of the files. It must not know what
// the sources contain.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'native');
const addons = ['berkeley.node', 'berkeley_tls.node'];

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) buildNative();

/** Brings native/build/ up to date; the exit code says whether it is. */
export function buildNative() {
  if (process.platform !== 'linux') {
    console.log(`native: nothing is built on ${process.platform}; berkeley runs on Linux only so far`);
  } else if (areNewer(productsOf(folder))) {
    console.log('native: up to date');
  } else {
    buildIn(folder, process.arch);
  }
}

/** Whether all of the files are there and newer than every source. */
export function areNewer(products) {
  if (!products.every((product) => existsSync(product))) return false;
  const built = Math.min(...products.map((product) => statSync(product).mtimeMs));
  return sources().every((source) => statSync(join(folder, source)).mtimeMs <= built);
}

/** What the addons are built of, below native/. */
export function sources() {
  return ['.', 'tls'].flatMap((place) =>
    readdirSync(join(folder, place), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(place, entry.name)),
  );
}

/** The addons that a build of `place` makes. */
export function productsOf(place) {
  return addons.map((name) => join(place, 'build', 'Release', name));
}

/** Builds the sources in `place`. False when that failed, which was told then. */
export function buildIn(place, arch, env = {}) {
  const started = process.hrtime.bigint();
  const command = [nodeGyp(), 'rebuild', '-C', place, `--arch=${arch}`, '--jobs', 'max', ...nodedir()];
  const options = { encoding: 'utf8', env: { ...process.env, ...env } };
  const { status, error, stdout, stderr } = spawnSync(process.execPath, command, options);
  if (status === 0 && productsOf(place).every((product) => existsSync(product))) {
    const seconds = Number((process.hrtime.bigint() - started) / 100_000_000n) / 10;
    console.log(`native: built for ${process.platform}-${arch} in ${seconds} s`);
    return true;
  }
  console.error(stdout ?? '', stderr ?? '', error ?? '');
  console.error(`native: the build for ${arch} failed. It needs a C++17 compiler, make and python3.`);
  process.exitCode = 1;
  return false;
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
