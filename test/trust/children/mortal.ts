// A worker that begins operations, says so, and is ended from outside.

import { parentPort, workerData } from 'node:worker_threads';
import { blocked } from '../life-blocked.js';
import { operations, type Scene } from '../life-operations.js';
import { randomOf } from '../life-random.js';

const scene = workerData as Scene;
const random = randomOf(scene.seed);

for (const name of scene.names.filter((name) => name in operations))
  Promise.resolve(operations[name]!(scene, random)).then(
    () => fail(name, 'has ended'),
    (error: unknown) => fail(name, String((error as Error).stack)),
  );
// They go as far as their first wait.
await new Promise((turn) => setTimeout(turn, 2 + random() * 5));
parentPort!.postMessage('begun');
for (const name of scene.names.filter((name) => name.startsWith('blocked: '))) {
  try {
    blocked[name.slice('blocked: '.length)]!(scene, random);
    fail(name, 'has ended');
  } catch (error) {
    fail(name, String((error as Error).stack));
  }
}

/** None of them may end by itself, well or badly. */
function fail(name: string, how: string): void {
  parentPort!.postMessage(`${name}: ${how}`);
}
