// Who takes part in a case: what --against says.

import assert from 'node:assert/strict';
import test from 'node:test';
import { chosen, GROUPS, readGroups, runtimeOf, USUAL, type Group } from '../../bench/against.js';
import { CASES, type Case } from '../../bench/cases.js';

const echo = CASES.find(({ name }) => name === 'echo, 64 B on 50 connections')!;
const names = (c: Case, groups: readonly Group[]): string[] => chosen(c, groups).map(({ name }) => name);

test('a list names groups, in its order, each once, and a line of Node by its number alone', () => {
  assert.deepEqual(readGroups('bun, C,bun,berkeley@26,node24', 'node20'), ['bun', 'c', 'berkeley@node26', 'node24']);
});

test('a list with a word that is no group is answered by that word', () => {
  assert.equal(readGroups('c,perl', 'node20'), 'perl');
  assert.equal(readGroups('', 'node20'), '');
  assert.equal(readGroups('c@26', 'node20'), 'c@26');
});

test('the line of Node that runs the benchmark takes part once, however it is called', () => {
  assert.deepEqual(readGroups('node,node20,berkeley@20,berkeley', 'node20'), ['node', 'berkeley']);
  const all = readGroups('all', 'node22');
  assert.ok(Array.isArray(all));
  assert.equal(all.length, GROUPS.length - 2);
  assert.ok(!all.includes('node22') && !all.includes('berkeley@node22'));
});

test('without a list a case is C, berkeley and what Node has, on the Node that runs', () => {
  assert.deepEqual(names(echo, USUAL), [
    'C',
    'berkeley readInto',
    'berkeley for await',
    'node:net',
    'bare calls',
    'bare calls, await',
  ]);
});

test('other runtimes bring the same programs, with the runtime behind the name, or their own ones', () => {
  assert.deepEqual(names(echo, ['node26', 'bun', 'berkeley@deno']), [
    'node:net @26',
    'bare calls @26',
    'bare calls, await @26',
    'Bun.listen',
    'berkeley readInto @deno',
    'berkeley for await @deno',
  ]);
  const [moved] = chosen(echo, ['node26']);
  assert.deepEqual(moved!.program, { js: 'servers/node-net', on: 'node26' });
});

test('goals go with berkeley to other lines of Node, and not to other runtimes', () => {
  const goal = chosen(echo, ['berkeley'])[0]!.goal;
  assert.ok(goal !== undefined && goal > 1);
  assert.equal(chosen(echo, ['berkeley@node26'])[0]!.goal, goal);
  assert.equal(chosen(echo, ['berkeley@bun'])[0]!.goal, undefined);
});

test('every contender of every case is in a group, and no two of a case have one name', () => {
  const [here, elsewhere] = [
    GROUPS.filter((group) => runtimeOf(group) === null || group === 'bun' || group === 'deno'),
    GROUPS,
  ];
  for (const c of CASES) {
    assert.deepEqual(names(c, here).sort(), c.contenders.map(({ name }) => name).sort(), c.name);
    const all = names(c, elsewhere);
    assert.equal(new Set(all).size, all.length, c.name);
  }
});
