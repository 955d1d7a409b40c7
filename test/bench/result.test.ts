// What samples amount to: medians, ratios round by round, goals.

import assert from 'node:assert/strict';
import test from 'node:test';
import { median, summarize, type Figures, type Result } from '../../bench/result.js';
import { echo, rounds } from './samples.js';

const figures = (result: Result, name: string): Figures => result.contenders.find((one) => one.contender === name)!;

test('the median of an even number of values is the middle of the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 1, 4, 2]), 3);
});

test('ratios are those of each round, and their median is not the ratio of medians', () => {
  const result = summarize(echo, rounds({ C: [1, 2, 4], berkeley: [2, 2, 12], 'node:net': [4, 4, 8] }));
  const berkeley = figures(result, 'berkeley');
  assert.deepEqual(berkeley.timesC, { median: 2, min: 1, max: 3 });
  assert.deepEqual(berkeley.timesRival, { median: 0.5, min: 0.5, max: 1.5 });
  assert.equal(berkeley.median['cpuUs'], 2);
  assert.equal(figures(result, 'C').timesC, undefined);
  assert.equal(figures(result, 'node:net').timesRival, undefined);
});

test('a goal is met when the median ratio is at most the goal', () => {
  const goals = (us: number): unknown[] => {
    const berkeley = figures(summarize(echo, rounds({ C: [2], berkeley: [us], 'node:net': [6] })), 'berkeley');
    return [berkeley.met, berkeley.ahead];
  };
  assert.deepEqual(goals(3), [true, true]);
  assert.deepEqual(goals(3.1), [false, false]);
});

test('without C nothing is said of a goal against it', () => {
  const berkeley = figures(summarize(echo, rounds({ berkeley: [3], 'node:net': [6] })), 'berkeley');
  assert.equal(berkeley.timesC, undefined);
  assert.equal(berkeley.met, undefined);
  assert.equal(berkeley.ahead, true);
});

test('the rival is the one on the same runtime', () => {
  const all = { C: [1], berkeley: [2], 'node:net': [4], 'berkeley @26': [2], 'node:net @26': [3] };
  const result = summarize(echo, rounds({ ...all, 'Bun.listen': [2], 'berkeley @bun': [3] }));
  assert.equal(figures(result, 'berkeley').timesRival!.median, 0.5);
  assert.equal(figures(result, 'berkeley @26').timesRival!.median, 2 / 3);
  assert.equal(figures(result, 'berkeley @bun').timesRival!.median, 1.5);
  const { 'node:net @26': _, ...without } = all;
  assert.equal(figures(summarize(echo, rounds(without)), 'berkeley @26').timesRival!.median, 0.5);
});

test('figures say what ran them', () => {
  const result = summarize(echo, rounds({ C: [1], berkeley: [2], 'berkeley @26': [2], 'Bun.listen': [2] }));
  assert.deepEqual(
    result.contenders.map(({ on }) => on),
    [null, 'own', 'node26', 'bun'],
  );
});
