// What is written of recorded runs: the goals, the tables, the chart, and where it goes.

import assert from 'node:assert/strict';
import test from 'node:test';
import { CASES } from '../../bench/cases.js';
import { found, GOALS, isMet, reached } from '../../bench/goals.js';
import { CHARTED, drawn, goals, machine, summary, tables } from '../../bench/markdown.js';
import { textOf } from '../docs/pages.js';
import { madeUp } from './made-up.js';

const run = madeUp();
const rowOf = (text: string, start: string): string[] =>
  text
    .split('\n')
    .find((line) => line.startsWith(`| ${start}`))!
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

test('every goal, and every bar of the chart, is about a case and a contender that there are', () => {
  for (const { case: name, ours } of [...GOALS, ...CHARTED]) {
    const c = CASES.find((one) => one.name === name);
    assert.ok(c, name);
    assert.ok(
      c.contenders.some((contender) => contender.name === ours),
      `${name}: ${ours}`,
    );
  }
});

test('every goal has a figure for berkeley on either Node', () => {
  for (const goal of GOALS)
    for (const on of ['node20', 'node26'] as const)
      assert.ok(reached([run], goal, on, 'berkeley'), `${goal.what}, ${on}`);
});

test('a goal is held against C in the same round, or against what the same Node has itself', () => {
  const [readInto] = GOALS;
  assert.deepEqual(reached([run], readInto!, 'node26', 'berkeley'), { median: 1.25, min: 1.25, max: 1.5625 });
  assert.equal(reached([run], readInto!, 'bun', 'own')!.median, 1.5);
  const file = GOALS.find(({ what }) => what === 'a file to one client')!;
  assert.deepEqual(reached([run], file, 'node20', 'berkeley'), { median: 0.625, min: 0.625, max: 0.625 });
  assert.equal(reached([run], file, 'deno', 'own')!.median, 1.5);
  const gso = GOALS.find(({ least }) => least)!;
  assert.equal(reached([run], gso, 'node26', 'berkeley')!.median, 1.6);
  assert.equal(isMet(gso, { median: 4.9, min: 0, max: 0 }), false);
  assert.equal(isMet(gso, { median: 5, min: 0, max: 0 }), true);
  assert.equal(isMet(file, { median: 0.31, min: 0, max: 0 }), false);
});

test('what has no figure in any run has none', () => {
  assert.equal(reached([madeUp([])], GOALS[0]!, 'node26', 'berkeley'), null);
  assert.match(goals([madeUp([])]), /\| ≤ 1.05 × C +\| – +\| – /);
  const limits = GOALS.find(({ what }) => what.includes('timeout'))!;
  assert.equal(reached([run], limits, 'bun', 'own'), null);
});

test('of two runs with one case the last counts', () => {
  const nine = { median: 9, min: 9, max: 9 };
  const results = run.results.map((result) => {
    return { ...result, contenders: result.contenders.map((figures) => ({ ...figures, timesC: nine })) };
  });
  const other = { ...run, results };
  assert.equal(reached([other, run], GOALS[0]!, 'node26', 'berkeley')!.median, 1.25);
  assert.deepEqual(reached([run, other], GOALS[0]!, 'node26', 'berkeley'), nine);
  const later = madeUp(CASES.filter(({ kind }) => kind === 'idle'));
  const texts = tables([run, later]).match(/^### /gm)!;
  assert.equal(texts.length, CASES.length);
});

test('the Node that ran the benchmark goes by its line', () => {
  const [result] = run.results;
  assert.equal(found(run, result!, 'node20', 'berkeley readInto')!.contender, 'berkeley readInto');
  assert.equal(found(run, result!, 'node26', 'berkeley readInto')!.contender, 'berkeley readInto @26');
  assert.equal(found(run, result!, 'node26', null)!.contender, 'node:net @26');
  assert.equal(found({ ...run, runtimes: { own: 'Node 26.1.0' } }, result!, 'node20', null), undefined);
});

test('the table of goals tells whether they are met, with the spread', () => {
  assert.deepEqual(rowOf(goals([run]), 'echo, 64 B on 50 connections, `readInto`'), [
    ...['echo, 64 B on 50 connections, `readInto`', '≤ 1.05 × C'],
    ...['**1.25** ✗ (1.25–1.56)', '**1.25** ✗ (1.25–1.56)', '2.00', '1.50', '3.00'],
  ]);
  assert.deepEqual(rowOf(goals([run]), 'an idle connection').slice(1, 3), ['≤ 1.5 KiB', '**1.25** ✓ (1.25–1.56)']);
  assert.equal(rowOf(goals([run]), 'a file to one client')[4], '1');
});

test('the machine, the versions and the commands are told', () => {
  const text = machine([run, { ...run, command: 'npm run bench -- --only x' }]);
  assert.match(text, /a processor, Linux 6.18, x64, .*; 2026-01-02\./);
  assert.match(text, /Bun 1.4.5, Deno 2.9.6, Node 20.20.2, Node 26.10.0/);
  assert.match(text, /```sh\nnpm run bench -- --against all\nnpm run bench -- --only x\n```/);
});

test('the front page has the same figures as the table of goals', () => {
  assert.deepEqual(rowOf(summary([run]), 'echo, 64 B, 50 connections').slice(1), ['1.25', '2.00', '1.50', '3.00']);
});

test('the chart is SVG that says its figures, for light and dark', () => {
  const svg = drawn([run]);
  assert.match(svg, /^<svg [^>]*><style>@media \(prefers-color-scheme: dark\)/);
  for (const text of [
    'node:\\*, Node 26.10.0',
    'Bun 1.4.5',
    'Deno 2.9.6',
    '1.25',
    '2.00',
    '1.50',
    '3.00',
    'UDP echo, 64 B',
  ])
    assert.match(svg, new RegExp(`>${text}`), text);
  assert.ok(svg.trimEnd().endsWith('</svg>'));
  assert.doesNotMatch(drawn([madeUp([])]), />1.25</);
});

test('the pages have the markers between which the report writes', () => {
  for (const [page, names] of [
    ['docs/performance.md', ['machine', 'goals', 'tables']],
    ['README.md', ['summary']],
  ] as const)
    for (const name of names) {
      const text = textOf(page);
      const [from, to] = [text.indexOf(`<!-- bench:${name} -->`), text.indexOf(`<!-- bench:${name} ends -->`)];
      assert.ok(from >= 0 && to > from, `${page}: ${name}`);
    }
});
