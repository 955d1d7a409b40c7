// Owns made-up samples of the benchmark, for tests of what is made of them.

import type { Contender, EchoCase } from '../../bench/cases.js';
import type { LoadSample } from '../../bench/run.js';

export const echo: EchoCase = {
  kind: 'echo',
  name: 'an echo',
  rival: 'node:net',
  connections: 1,
  size: 64,
  contenders: [
    { name: 'C', program: { c: 'echo' } },
    { name: 'berkeley', program: { js: 'b' }, goal: 1.5, rivalGoal: 0.5 },
    { name: 'node:net', program: { js: 'n' } },
    { name: 'berkeley @26', program: { js: 'b', on: 'node26' }, goal: 1.5 },
    { name: 'node:net @26', program: { js: 'n', on: 'node26' } },
    { name: 'Bun.listen', program: { js: 'bun', on: 'bun' } },
    { name: 'berkeley @bun', program: { js: 'b', on: 'bun' } },
  ],
};

export function load(cpuUs: number, more: Partial<LoadSample> = {}): LoadSample {
  const rest = { perSecond: 1e6 / cpuUs, p50Us: 10, p99Us: 20, busy: 1, crowded: 0, lost: 0, residentMiB: 50 };
  return { cpuUs, ...rest, ...more };
}

/** Rounds of an echo, for each contender so many microseconds. */
export function rounds(figures: Readonly<Record<string, readonly number[]>>): Map<Contender, LoadSample[]> {
  const called = (name: string): Contender => echo.contenders.find((one) => one.name === name)!;
  return new Map(Object.entries(figures).map(([name, values]) => [called(name), values.map((us) => load(us))]));
}
