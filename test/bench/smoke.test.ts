// The benchmark runs: a few cases with hardly any time for each, once.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';
import type { Run } from '../../bench/result.js';
import { root } from '../docs/pages.js';

const bench = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, [`${root}build/bench/main.js`, ...args]);

test('a run measures every contender of the cases it is told', async () => {
  const only = '^echo, 64 B on 1 |one core|^UDP, echo, 64 B, 64 in flight$|^UDP, one way|^lines|a relay';
  const short = ['--seconds', '0.02', '--patience', '0', '--rounds', '1'];
  const { stdout } = await bench('--json', ...short, '--only', only);
  const run = JSON.parse(stdout) as Run;
  assert.equal(run.runtimes.own, `Node ${process.versions.node}`);
  assert.equal(run.results.length, 6);
  for (const { case: name, contenders, skipped } of run.results) {
    assert.deepEqual(skipped, []);
    assert.ok(contenders.length >= 3, name);
    for (const { contender, rounds, timesC, median } of contenders) {
      const who = `${name}, ${contender}`;
      assert.equal(rounds.length, 1, who);
      assert.ok(median['cpuUs']! >= 0 && median['cpuUs']! < 1e6, who);
      assert.ok(median['residentMiB']! > 0.5 && median['residentMiB']! < 1000, who);
      if (contender.startsWith('berkeley') && !name.startsWith('lines')) assert.ok(timesC!.median > 0, who);
    }
  }
});

test('who is not known, and what cannot be read, is told with the usage', async () => {
  await assert.rejects(bench('--against', 'perl'), { code: 1, stderr: /nobody is called perl;.*\n\nUsage: /s });
  await assert.rejects(bench('--seconds', 'x'), { code: 1, stderr: /--seconds takes seconds/ });
  await assert.rejects(bench('--only', 'nothing of the kind'), { code: 1, stderr: /no case matches/ });
});
