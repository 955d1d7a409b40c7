// The examples in a dialect: each is a whole conversation that needs nobody else, ends by itself, and tells what it does.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { root } from '../docs/pages.js';
import { example } from './program.js';

const folder = `${root}examples/dialects`;
const names = existsSync(folder) ? readdirSync(folder).map((name) => name.replace(/\.ts$/, '')) : [];
const dialects = readdirSync(`${root}src/dialects`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test('every dialect has an example', () => {
  const without = dialects.filter((dialect) => !names.some((name) => name.startsWith(`${dialect}-`)));
  assert.deepEqual(without, []);
});

for (const name of names) {
  test(`${name} runs to its end and says something`, { timeout: 20_000 }, async (t) => {
    assert.match(await example(t, `dialects/${name}`).ends(), /\S/);
  });
}
