// Owns which checks of the sources there are: rooms, eslint and prettier, beside each other. It must not know what they look for.
//
//   node scripts/lint.mjs
//
// All are run to their end. The exit code is 1 when one complained.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const checks = [
  ['scripts/rooms.mjs'],
  ['node_modules/eslint/bin/eslint.js', '.'],
  ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
];

const codes = await Promise.all(
  checks.map(async (words) => {
    const [code] = await once(spawn(process.execPath, words, { cwd: root, stdio: 'inherit' }), 'close');
    return code;
  }),
);
if (codes.some((code) => code !== 0)) process.exitCode = 1;
