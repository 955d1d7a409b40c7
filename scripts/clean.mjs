// Owns the list of what a build leaves behind, and removes it. What npm installed stays.

import { rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
for (const folder of ['compiled', 'dist', 'build', join('native', 'build'), join('native', 'prebuilt')])
  rmSync(join(root, folder), { recursive: true, force: true });
