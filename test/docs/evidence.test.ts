// Owns the test that the evidence exists: every test that SECURITY names beside a promise, every file and every step that
// docs/reliability.md names beside a figure, and the way to both from the README.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { root } from './pages.js';

const security = read('SECURITY.md');
const reliability = read('docs/reliability.md');

test('every promise of SECURITY names tests that exist', () => {
  const promises = security.slice(security.indexOf('## What is promised'), security.indexOf('## The environment'));
  const rows = promises.split('\n').filter((line) => /^\| (?!promise|-)/.test(line));
  assert.ok(rows.length >= 20, `${rows.length} promises`);
  for (const row of rows) {
    const [, promise, tests] = row.split(' | ').map((cell) => cell.replace(/^\||\|$/g, '').trim());
    const named = [...(tests ?? promise)!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
    assert.ok(named.length > 0, row);
    let folder = '';
    for (const name of named) {
      // Within a cell the folder is written once.
      if (name.includes('/')) folder = name.slice(0, name.lastIndexOf('/') + 1);
      const path = name.includes('/') ? name : folder + name;
      assert.ok(existsSync(root + path), `${path}, beside "${promise}"`);
      assert.match(path, /^test\/.*(\.test\.ts|\/)$|^scripts\/.*\.mjs$/, path);
    }
  }
});

test('every file that is named beside a figure or a promise exists, and every step can be run', () => {
  const steps = [...readdirSync(`${root}test/trust`), ...readdirSync(`${root}scripts`)].join(' ');
  for (const page of [security, reliability]) {
    for (const [, path] of page.matchAll(/`((?:test|scripts|src|native|docs|bench)\/[^`\s*…<]*)`/g))
      assert.ok(existsSync(root + path!), path);
    for (const [, words] of page.matchAll(/npm run trust -- ([^`|]*)/g)) {
      const name = words!.split(' ').find((word) => /^[a-z]/.test(word));
      if (name !== undefined) assert.ok(steps.includes(name), `npm run trust -- ${words}`);
    }
  }
});

test('the README leads to SECURITY and to the figures of reliability', () => {
  const readme = read('README.md');
  assert.match(readme, /\]\(SECURITY\.md\)/);
  assert.match(readme, /\]\(docs\/reliability\.md\)/);
});

function read(page: string): string {
  return readFileSync(root + page, 'utf8');
}
