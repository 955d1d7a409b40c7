// Owns how the addons that travel in the package are made: for each platform in native/prebuilt/, cross-built with Debian's
// compiler where it is not this one. npm runs it before it packs. It must not know what the sources contain.
//
//   node scripts/prebuild.mjs                  what is older than its sources
//   BERKELEY_PLATFORMS=linux-x64 npm pack      a package for some platforms only: for one's own use

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { areNewer, buildIn, buildNative, productsOf, sources } from './build-native.mjs';
import { addons, faultsOf, platforms, prebuiltPath, root } from './prebuilt.mjs';

if (process.platform !== 'linux') fail('the addons of the package are built on Linux');
for (const [name, platform] of Object.entries(platforms)) prebuild(name, platform);
const faults = faultsOf(root);
if (faults.length > 0) fail(faults.join('\nprebuild: '));

function prebuild(name, platform) {
  const products = addons.map((addon) => join(root, prebuiltPath(name, addon)));
  if (areNewer(products)) return console.log(`prebuild: ${name} is up to date`);
  if (platform.arch === process.arch) {
    buildNative();
    if (process.exitCode) process.exit();
    take(productsOf(join(root, 'native')), products, platform);
  } else {
    crossBuild(platform, (built) => take(built, products, platform));
  }
}

/** In a copy of the sources, because native/build/ belongs to this machine. */
function crossBuild(platform, use) {
  const { arch, tools } = platform;
  if (spawnSync(`${tools}g++`, ['--version']).error !== undefined)
    fail(
      `there is no ${tools}g++ to build for ${arch}: on Debian, apt install g++-${tools.slice(0, -1).replace('_', '-')}. ` +
        `For a package of your own without ${arch}: BERKELEY_PLATFORMS=linux-${process.arch} npm pack`,
    );
  const place = mkdtempSync(join(tmpdir(), 'berkeley-native-'));
  try {
    for (const source of sources()) cpSync(join(root, 'native', source), join(place, source));
    // What the compiler is told by the environment is meant for this machine.
    const env = { CC: `${tools}gcc`, CXX: `${tools}g++`, AR: `${tools}ar`, CFLAGS: '', CXXFLAGS: '', LDFLAGS: '' };
    if (!buildIn(place, arch, env)) process.exit(1);
    use(productsOf(place));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** In one step, so that nobody finds half a file. */
function take(built, products, { tools }) {
  for (const [i, product] of products.entries()) {
    mkdirSync(dirname(product), { recursive: true });
    const { status, stderr, error } = spawnSync(`${tools}strip`, ['-o', `${product}.new`, built[i]], {
      encoding: 'utf8',
    });
    if (status !== 0) fail(`${tools}strip ${basename(product)}: ${error?.message ?? stderr}`);
    renameSync(`${product}.new`, product);
  }
}

function fail(why) {
  console.error(`prebuild: ${why}`);
  process.exit(1);
}
