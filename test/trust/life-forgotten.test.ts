// Owns what is collected without having been closed, of every class: it is closed, it is told once and with its place, the loop is
// not frozen by it, and nothing that is still awaited, or that somebody holds by another handle, is taken away.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pki } from '../support/pki.js';
import { size } from './size.js';

const program = fileURLToPath(new URL('children/forgotten-all.js', import.meta.url));

for (const colour of ['promises', 'blocking'])
  for (const reactor of colour === 'promises' || size(1, 2) === 2 ? ['uv', 'thread'] : ['uv'])
    test(`10. what is forgotten is closed and told of once, in every class, and nothing else (${colour}, reactor: ${reactor})`, () => {
      const { cert, key } = pki().server;
      const said = execFileSync(process.execPath, ['--expose-gc', program, colour, cert, key], {
        encoding: 'utf8',
        env: { ...process.env, ...(reactor === 'thread' ? { BERKELEY_REACTOR: 'thread' } : {}) },
      });
      const { found, wanted } = JSON.parse(said) as { found: object[]; wanted: object[] };
      assert.ok(wanted.length >= 15);
      assert.deepEqual(found, wanted);
    });
