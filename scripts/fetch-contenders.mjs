// Owns the fetching of other runtimes: Node lines, Bun and Deno, from the npm registry into .contenders/, which git ignores.
// contenders.json says what they are; bench/runtimes.ts and .ci/run use them. Nothing calls this at installation.
//
//   node scripts/fetch-contenders.mjs [--paths] [NAME …]     NAME: node-20, node-22, node-24, node-26, bun, deno,
//                                                             node-20-arm64
//
// Without names it is all but the Node line that runs this, and what this processor would have to emulate. It says where each is and what version; with --paths it says
// nothing but the paths, one a line, in the order of the names.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const table = JSON.parse(readFileSync(join(root, 'scripts', 'contenders.json'), 'utf8'));
const own = `node-${process.versions.node.split('.')[0]}`;

const words = process.argv.slice(2);
const paths = words.includes('--paths');
const named = words.filter((word) => word !== '--paths');
const unknown = named.filter((name) => !Object.hasOwn(table, name));
if (unknown.length > 0) {
  console.error(`no such contender: ${unknown.join(', ')}; there are ${Object.keys(table).join(', ')}`);
  process.exit(2);
}
const usual = Object.keys(table).filter((name) => name !== own && table[name].emulated !== true);
const names = named.length > 0 ? named : usual;
// Most of it is waiting for the registry.
const binaries = await Promise.all(names.map(fetch));
for (const [i, binary] of binaries.entries()) {
  console.log(paths ? binary : `${names[i]}: ${versionOf(names[i], binary)}, ${binary}`);
}

function versionOf(name, binary) {
  if (table[name].emulated) return 'emulated';
  return execFileSync(binary, ['--version'], { encoding: 'utf8' }).split('\n', 1)[0];
}

async function fetch(name) {
  const { package: packages, line, binary, emulated } = table[name];
  const wanted = packages[process.arch];
  if (process.platform !== 'linux' || wanted === undefined) {
    console.error(`${name} is not fetched for ${process.platform} on ${process.arch}`);
    process.exit(1);
  }
  const folder = join(root, '.contenders', name);
  mkdirSync(folder, { recursive: true });
  const options = ['--no-save', '--no-audit', '--no-fund', '--silent'];
  // npm refuses a package for another processor.
  if (emulated) options.push('--force');
  await promisify(execFile)('npm', ['install', '--prefix', folder, ...options, `${wanted}@${line}`]);
  const path = join(folder, 'node_modules', wanted, binary);
  if (!existsSync(path)) {
    console.error(`${wanted}@${line} has no ${binary}`);
    process.exit(1);
  }
  return path;
}
