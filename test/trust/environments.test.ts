// Owns the test of many environments that end in the middle of everything native code does. scripts/sanitizers.mjs runs it, too: there
// it is the memory of their ends that counts. It must not know what is going on in them.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import * as net from 'berkeley';
import { openFiles } from '../support/open-files.js';
import { pki } from '../support/pki.js';
import { seed, size } from './size.js';

const { server, root } = pki();
const workerData = { cert: server.cert, key: server.key, ca: root.cert };

/** A generator of numbers below 1 (mulberry32): one seed, one sequence. */
function random(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

test('environments end in the middle of everything, and leave nothing open', async (t) => {
  const count = size(16, 200);
  const next = random(seed);
  let turns = 0;
  const oneEnds = async (last: number, reactor: string): Promise<void> => {
    const env = { ...process.env, BERKELEY_REACTOR: reactor };
    const worker = new Worker(new URL('./environment.js', import.meta.url), { workerData, env });
    // The first turns come while modules of the others are still loading.
    for (let turn = 0; turn < last; turn++, turns++) await once(worker, 'message');
    await worker.terminate();
  };
  // What a process opens once.
  for (const conn of net.pair()) await conn.close();
  const before = openFiles();
  for (let ended = 0; ended < count; ended += 4)
    await Promise.all([1, 2, 3, 4].map(() => oneEnds(Math.floor(next() * 30), next() < 0.5 ? 'thread' : 'uv')));
  t.diagnostic(`${count} environments ended after ${turns} turns, seed ${seed}`);
  const after = openFiles();
  const left = after.filter((file) => !before.includes(file) && /socket:|eventpoll|timerfd/.test(file));
  assert.deepEqual(left, [], `seed ${seed}`);
});
