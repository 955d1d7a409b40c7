// Owns what a prebuilt addon is: for which platforms there are some, where they stand, and what they must be like to load wherever Node does.
// It must not know how they are built: scripts/prebuild.mjs.

import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** By their folders. `machine` is readelf(1)'s word for the processor, `tools` the beginning of the names of Debian's compiler. */
const all = {
  'linux-x64': { arch: 'x64', machine: 'Advanced Micro Devices X86-64', tools: 'x86_64-linux-gnu-' },
  'linux-arm64': { arch: 'arm64', machine: 'AArch64', tools: 'aarch64-linux-gnu-' },
};

const wanted = process.env.BERKELEY_PLATFORMS?.split(',') ?? Object.keys(all);
for (const name of wanted)
  if (!Object.hasOwn(all, name))
    throw new Error(`BERKELEY_PLATFORMS: ${name} is not one of ${Object.keys(all).join(', ')}`);

/** All of them, but where the environment says that fewer will do. */
export const platforms = Object.fromEntries(wanted.map((name) => [name, all[name]]));

export const addons = ['berkeley.node', 'berkeley_tls.node'];

/** Below the root of the package. */
export function prebuiltPath(platform, addon) {
  return `native/prebuilt/${platform}/${addon}`;
}

/** What Node's own binaries need: an addon that needs more would not load where Node runs. */
const glibc = 28;

/** All that keeps the addons below `folder` from being shipped, one line each. */
export function faultsOf(folder) {
  return Object.keys(platforms).flatMap((platform) =>
    addons.flatMap((addon) => {
      const path = prebuiltPath(platform, addon);
      const file = join(folder, path);
      if (!existsSync(file)) return [`${path} is missing`];
      return faults(file, platforms[platform]).map((fault) => `${path}: ${fault}`);
    }),
  );
}

function faults(file, { machine }) {
  const found = [];
  const read = (...words) => execFileSync('readelf', ['--wide', ...words, file], { encoding: 'utf8' });
  if (!read('--file-header').includes(`Machine:                           ${machine}`))
    found.push(`it is not for ${machine}`);
  const dynamic = read('--dynamic');
  const libraries = [...dynamic.matchAll(/\(NEEDED\).*\[(.*)\]/g)].map((match) => match[1]);
  // libc and what belonged to it before 2.34.
  const foreign = libraries.filter((name) => !/^(lib(c|dl|pthread|m)\.so\.\d|ld-linux-.*)$/.test(name));
  if (foreign.length > 0) found.push(`it needs ${foreign.join(', ')}`);
  // What OpenSSL and the resolver's threads call must stay, and a missing symbol be an error of loading.
  for (const flag of ['NODELETE', 'NOW'])
    if (!new RegExp(`Flags:.*\\b${flag}\\b`).test(dynamic)) found.push(`it lacks -z ${flag.toLowerCase()}`);
  const versions = [...read('--version-info').matchAll(/\bGLIBC_2\.(\d+)/g)].map((match) => Number(match[1]));
  if (versions.length === 0) found.push('it names no version of glibc');
  else if (Math.max(...versions) > glibc)
    found.push(`it asks for glibc 2.${Math.max(...versions)}: native/glibc_versions.h`);
  if (/ \.(symtab|debug_info) /.test(read('--sections'))) found.push('it is not stripped');
  if (statSync(file).size > 512 * 1024) found.push(`it is ${statSync(file).size} bytes`);
  return found;
}
