// Owns how the suite is run: which compiled test files, by which node, on which half of the reactor. It must not know
// what is tested.
//
//   node scripts/test.mjs [--thread] [--without=ROOM,ROOM] [part of a path …] [option of node --test …]
//
// --thread          the reactor waits on its helper thread instead of in Node's loop (BERKELEY_REACTOR=thread)
// --without=ROOMS   leaves rooms of test/ out: --without=cli,docs
// part of a path    runs only the files whose path has one of the parts in it
// --other, -o       goes to node --test as it is; write options with their value in one word (--test-name-pattern=close)
// NODE_UNDER_TEST   another node binary to run the suite with
//
// test/trust/ is run by scripts/trust.mjs, and here only when a part of a path asks for it. What the compiler made is bundled first, when it is newer: the public names are what is shipped. The exit code is that of node.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const words = process.argv.slice(2);
const thread = words.includes('--thread');
const parts = words.filter((word) => !word.startsWith('-'));
const options = words.filter((word) => word.startsWith('-') && word !== '--thread' && !word.startsWith('--without='));
const without = words.flatMap((word) => (word.startsWith('--without=') ? word.slice(10).split(',') : []));
for (const room of without) {
  if (existsSync(join(root, 'test', room))) continue;
  console.error(`there is no room ${room} in test/`);
  process.exit(1);
}

const files = testFiles()
  .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
  .filter(
    (file) => !file.startsWith(join('build', 'test', 'trust', '/')) || parts.some((part) => part.includes('trust')),
  )
  .filter((file) => !without.some((room) => file.startsWith(join('build', 'test', room, '/'))));
if (files.length === 0) {
  console.error(
    parts.length === 0 ? 'no compiled tests: run npm run build' : `no test has ${parts.join(' or ')} in its path`,
  );
  process.exit(1);
}

await bundle();
const node = process.env['NODE_UNDER_TEST'] ?? process.execPath;
// The reporter that names what failed once more at the end: the last lines of a long log are those that are read.
// One more at a time than there are processors, because tests wait for their peers.
const fixed = [
  '--test',
  '--test-reporter=spec',
  `--test-concurrency=${availableParallelism() + 1}`,
  '--test-timeout=120000',
];
const result = spawnSync(node, [...fixed, ...options, ...files], {
  cwd: root,
  stdio: 'inherit',
  env: thread ? { ...process.env, BERKELEY_REACTOR: 'thread' } : process.env,
});
if (result.error) console.error(`cannot run ${node}: ${result.error.message}`);
process.exitCode = result.status ?? 1;

/** The compiled tests whose source still exists: what a deleted test left behind in build/ is not run. */
function testFiles() {
  const built = join(root, 'build', 'test');
  if (!existsSync(built)) return [];
  return readdirSync(built, { recursive: true })
    .filter((name) => name.endsWith('.test.js') && existsSync(join(root, 'test', name.replace(/\.js$/, '.ts'))))
    .sort()
    .map((name) => join('build', 'test', name));
}
