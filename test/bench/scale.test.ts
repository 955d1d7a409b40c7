// The benchmark of one port on two cores runs: once, with hardly any messages.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import test from 'node:test';
import { promisify } from 'node:util';
import { root } from '../docs/pages.js';

test('a run measures one server and two of every contender', async (t) => {
  if (availableParallelism() < 2) {
    t.skip('needs two cores');
    return;
  }
  const words = ['--rounds', '1', '--messages', '400', '--only', 'C,|berkeley|cluster', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, [`${root}build/bench/scale.js`, ...words]);
  const run = JSON.parse(stdout) as { contenders: { name: string }[]; samples: Record<string, number>[][][] };
  assert.deepEqual(
    run.contenders.map(({ name }) => name),
    ['C, processes', 'berkeley, processes', 'berkeley, workers', 'node:cluster'],
  );
  for (const [one, two, ...more] of run.samples) {
    assert.deepEqual([one!.length, two!.length, more], [1, 1, []]);
    for (const { cpuUs, perSecond, share } of [...one!, ...two!]) {
      assert.ok(cpuUs! > 0 && cpuUs! < 1e5, String(cpuUs));
      assert.ok(perSecond! > 0 && share! >= 0.5 && share! <= 1);
    }
  }
});
