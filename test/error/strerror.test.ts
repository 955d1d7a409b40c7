// The words for errors. Python, which asks the C library, is the judge.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants } from 'node:os';
import test from 'node:test';
import { interpreter } from '../support/python.js';
import type * as Strerror from '../../src/error/strerror.js';

const file = new URL('../../../compiled/error/strerror.js', import.meta.url).href;
// Teaches the room the names that Node has not.
await import(new URL('../../../compiled/native/load.js', import.meta.url).href);
const { strerror, words } = (await import(file)) as typeof Strerror;

test('strerror says of every number what the C library says', () => {
  const program = 'import json, os\nprint(json.dumps([os.strerror(n) for n in range(200)]))';
  const env = { ...process.env, LC_ALL: 'C' };
  const said = JSON.parse(
    execFileSync(interpreter(), ['-I', '-S', '-c', program], { encoding: 'utf8', env }),
  ) as string[];
  assert.equal(said.length, 200);
  assert.deepEqual(
    said.map((_, n) => strerror(n)),
    said,
  );
});

test('strerror of a name that is no errno is null, whatever the name', () => {
  assert.equal(words('ECONNREFUSED'), 'Connection refused');
  assert.equal(strerror(constants.errno.ECONNREFUSED), 'Connection refused');
  for (const name of ['ERR_LIMIT', 'ENOTFOUND', '', '__proto__', 'toString']) assert.equal(words(name), null);
});
