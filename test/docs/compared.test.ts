// Owns the test that the comparison is what was found: the table of the README and docs/compared.md say what the programs of
// probes/ have answered. Whether they still answer so is the check's business (scripts/probes.mjs --check).

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { root, textOf } from './pages.js';

interface Results {
  readonly columns: Record<string, { readonly version: string }>;
  readonly rows: Record<
    string,
    Record<string, { readonly verdict: string; readonly why: string; readonly program: string }>
  >;
}
const results = JSON.parse(readFileSync(`${root}probes/results.json`, 'utf8')) as Results;

test('the table of the README and docs/compared.md are what the probes have answered', () => {
  const { status, stderr } = spawnSync(process.execPath, [`${root}scripts/probes.mjs`, '--pages', '--check'], {
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
});

test('every cell has a verdict, a reason, and a program that exists', () => {
  const columns = Object.keys(results.columns);
  assert.deepEqual(columns.toSorted(), ['berkeley', 'bun', 'deno', 'node', 'python']);
  assert.ok(Object.keys(results.rows).length >= 20);
  for (const [row, cells] of Object.entries(results.rows)) {
    assert.deepEqual(Object.keys(cells).toSorted(), columns.toSorted(), row);
    for (const [column, { verdict, why, program }] of Object.entries(cells)) {
      assert.match(verdict, /^(yes|partly|no)$/, `${row}, ${column}`);
      assert.ok(why.length > 5, `${row}, ${column}`);
      assert.ok(existsSync(`${root}probes/${program}`), program);
    }
  }
});

test('the README says which versions were asked', () => {
  const page = textOf('README.md');
  for (const { version } of Object.values(results.columns)) assert.ok(page.includes(version), version);
});
