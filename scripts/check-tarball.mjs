// Owns what must be in the package, and what must not. npm runs it after it has packed: what it packs is known only then, and a package
// without a platform's addons must not be published. It must not know how any of it is made.
//
//   node scripts/check-tarball.mjs

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { addons, faultsOf, platforms, prebuiltPath, root } from './prebuilt.mjs';

/** Files that a user needs. */
const needed = [
  'package.json',
  'README.md',
  'LICENSE',
  'native/binding.gyp',
  'dist/cli/main.js',
  ...Object.keys(platforms).flatMap((platform) => addons.map((addon) => prebuiltPath(platform, addon))),
  ...entries(),
];

/** What must not be there, and why. */
const unwanted = [
  [/^binding\.gyp$/, 'npm would run node-gyp rebuild on every installation'],
  [/^(compiled|src|test|bench|examples|scripts|\.ci)\//, 'it is for the checkout only'],
  [/\.(tsbuildinfo|map|new)$/, 'it is a leftover of the compiler'],
  [/^native\/build\//, 'it is a leftover of the build'],
  [/^docs\/.*\.(png|mjs|ts)$/, 'it is for the site'],
];

/** What npm would run where the package is installed, or ask its user about. */
const unwantedScripts = ['preinstall', 'install', 'postinstall', 'prepare'];

/** Unpacked bytes. What makes it larger than this should be meant. */
const most = 3_000_000;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const command = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [pack] = JSON.parse(
    execFileSync('npm', command, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const breaches = [...breachesOf(pack), ...faultsOf(root)];
  for (const breach of breaches) console.error(`check-tarball: ${breach}`);
  if (breaches.length > 0) process.exit(1);
}

/** All that is wrong with a package, by what npm tells of it as JSON. */
export function breachesOf({ files, unpackedSize }) {
  const paths = files.map((file) => file.path);
  const breaches = needed.filter((path) => !paths.includes(path)).map((path) => `${path} is missing from the package`);
  for (const path of paths)
    for (const [pattern, reason] of unwanted)
      if (pattern.test(path)) breaches.push(`${path} is in the package: ${reason}`);
  for (const name of unwantedScripts)
    if (manifest().scripts?.[name] !== undefined) breaches.push(`package.json has the script ${name}`);
  if (unpackedSize > most) breaches.push(`the package is ${unpackedSize} bytes unpacked, which is above ${most}`);
  return breaches;
}

/** Every file that package.json promises; for a pattern, each that the sources have. */
function entries() {
  const { exports: promised } = manifest();
  const dialects = ['blade', 'chapel', 'fatscript', 'magnolia', 'qore'];
  return Object.values(promised)
    .flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)))
    .flatMap((path) => (path.includes('*') ? dialects.map((name) => path.replace('*', name)) : [path]))
    .map((path) => path.replace(/^\.\//, ''));
}

function manifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}
