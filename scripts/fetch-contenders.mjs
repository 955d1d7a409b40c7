// Owns the fetching of other runtimes: Node lines, Bun and Deno, from the npm registry into .contenders/, which git ignores.
// contenders.json says what they are; bench/runtimes.ts and .ci/run use them. Nothing calls this at installation.
//
//   node scripts/fetch-contenders.mjs [--paths] [NAME …]     NAME: node-20, node-22, node-24, node-26, bun, deno
//
// Without names it is all but the Node line that runs this. It says where each is and what version; with --paths it says
// nothing but the paths, one a line, in the order of the names.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
for (const name of named.length > 0 ? named : Object.keys(table).filter((one) => one !== own)) {
  const binary = fetch(name);
  const version = execFileSync(binary, ['--version'], { encoding: 'utf8' }).split('\n', 1)[0];
  console.log(paths ? binary : `${name}: ${version}, ${binary}`);
}

function fetch(name) {
  const { package: packages, line, binary } = table[name];
  const wanted = packages[process.arch];
  if (process.platform !== 'linux' || wanted === undefined) {
    console.error(`${name} is not fetched for ${process.platform} on ${process.arch}`);
    process.exit(1);
  }
  const folder = join(root, '.contenders', name);
  mkdirSync(folder, { recursive: true });
  const options = ['--no-save', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', ['install', '--prefix', folder, ...options, `${wanted}@${line}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const path = join(folder, 'node_modules', wanted, binary);
  if (!existsSync(path)) {
    console.error(`${wanted}@${line} has no ${binary}`);
    process.exit(1);
  }
  return path;
}
