// Ends workers in the middle of operations, and says what stayed. The arguments are the seed, the number of workers and the scene.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as net from 'berkeley';
import { openFiles } from '../../support/open-files.js';
import { blocked } from '../life-blocked.js';
import { operations, type Scene } from '../life-operations.js';
import { oneOf, randomOf } from '../life-random.js';

const [seed, count] = process.argv.slice(2, 4).map(Number) as [number, number];
const scene = JSON.parse(process.argv[4]!) as Scene;
const random = randomOf(seed);
/** So many workers at once: they open and close descriptors beside each other. */
const LANES = 3;

// What the library and Node keep for themselves is there from the first time on.
const [warm, other] = net.pair();
await warm.read(1, { timeout: 1 }).catch(() => undefined);
warm.abort();
other.abort();
await end(['accept', 'lookup', 'TLS: nobody answers'], 5);
const before = ours();

let done = 0;
let slowest = 0;
const used = new Set<string>();
await Promise.all(
  Array.from({ length: LANES }, async () => {
    while (done < count) {
      done++;
      const names = plan();
      for (const name of names) used.add(name);
      // A quarter are ended while they still load the library or begin.
      slowest = Math.max(slowest, await end(names, random() < 0.25 ? null : random() * 20, random() * 80));
    }
  }),
);
const begun = performance.now();
let left = more();
while (left.length > 0 && performance.now() - begun < 10_000) {
  await new Promise((go) => setTimeout(go, 5));
  left = more();
}
process.stdout.write(`${JSON.stringify({ slowest, used: used.size, left })}\n`);

/** What is open now and was not: by its kind and not by its number, which may be another one. */
function more(): string[] {
  const rest = [...before];
  return ours().filter((file) => {
    const place = rest.indexOf(file);
    if (place >= 0) rest.splice(place, 1);
    return place < 0;
  });
}

/** What is open, but for the modules that a worker was just reading: those Node leaves open when it is terminated. */
function ours(): string[] {
  return openFiles()
    .map((file) => file.replace(/^\d+ /, '').replace(/:\[\d+\]$/, ''))
    .filter((file) => !file.endsWith('.js'));
}

/** Four operations, and for every other worker one that blocks it. */
function plan(): string[] {
  const names = Array.from({ length: 4 }, () => oneOf(random, Object.keys(operations)));
  if (random() < 0.5) names.push(`blocked: ${oneOf(random, Object.keys(blocked))}`);
  return [...new Set(names)];
}

/** Begins a worker and ends it: so long after it has begun its operations, or, for null, so long after it runs at all. Returns for how long that took. */
async function end(names: readonly string[], afterBegun: number | null, afterOnline = 0): Promise<number> {
  // What is going on when the process dies is its last word.
  process.stderr.write(`${names.join(', ')}\n`);
  const workerData: Scene = { ...scene, seed: Math.floor(random() * 0x7fff_ffff), names };
  const worker = new Worker(new URL('./mortal.js', import.meta.url), { workerData });
  const said: unknown[] = [];
  worker.on('message', (message) => said.push(message));
  worker.on('error', (error) => said.push(error.stack));
  await once(worker, afterBegun === null ? 'online' : 'message');
  await new Promise((go) => setTimeout(go, afterBegun ?? afterOnline));
  const begun = performance.now();
  await worker.terminate();
  const wrong = said.filter((message) => message !== 'begun');
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return performance.now() - begun;
}
