// Owns what an import costs: a program that imports something and one that does nothing take turns, each from its start to its end,
// and the medians are subtracted.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const TURNS = 15;

const what = process.argv[2]!;
const empty = timed('empty');
const importing = timed(what);
for (let i = 0; i < TURNS; i++) {
  empty.run();
  importing.run();
}
const importMs = importing.ms() - empty.ms();
const importMiB = importing.mib() - empty.mib();
process.stdout.write(`${JSON.stringify({ importMs, importMiB, emptyMs: empty.ms() })}\n`);

function timed(name: string): { run(): void; ms(): number; mib(): number } {
  const path = fileURLToPath(new URL(`import/${name}.js`, import.meta.url));
  const ms: number[] = [];
  const mib: number[] = [];
  const run = (): void => {
    const begun = performance.now();
    const { status, stdout, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8' });
    ms.push(performance.now() - begun);
    if (status !== 0) throw new Error(stderr);
    mib.push(Number(stdout) / 1024 / 1024);
  };
  run(); // Brings the files into memory.
  ms.length = mib.length = 0;
  return { run, ms: () => median(ms), mib: () => median(mib) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
