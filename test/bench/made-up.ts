// Owns recorded runs that nobody has run: every case, every contender, with figures that follow from their names, for tests of
// what is written of them.

import { chosen, GROUPS } from '../../bench/against.js';
import { CASES, type Case } from '../../bench/cases.js';
import { summarize, type Run, type Sample } from '../../bench/result.js';
import { load } from './samples.js';

/** What the contenders of a made-up run take, C taking 1. */
export const TAKES = { C: 1, berkeley: 1.25, node: 2, Bun: 1.5, Deno: 3 } as const;

const ROUNDS = 3;

/** A run on Node 20, with everybody. The last of three rounds is a quarter dearer for all but C. */
export function madeUp(cases: readonly Case[] = CASES): Run {
  const groups = GROUPS.filter((group) => !group.endsWith('node20'));
  return {
    ...{ cpu: 'a processor', kernel: 'Linux 6.18', arch: 'x64', cores: { measured: 0, counterpart: 1 } },
    runtimes: { own: 'Node 20.20.2', node26: 'Node 26.10.0', bun: 'Bun 1.4.5', deno: 'Deno 2.9.6' },
    openssl: { C: 'OpenSSL 3.0.19', node: '3.0.19' },
    rounds: ROUNDS,
    pace: { warmMs: 1, seconds: 1, roundTrips: 1, mib: 1 },
    command: 'npm run bench -- --against all',
    date: '2026-01-02',
    results: cases.map((c) => {
      const samples = chosen(c, groups).map(
        (contender) =>
          [contender, Array.from({ length: ROUNDS }, (_, round) => sample(c, contender.name, round))] as const,
      );
      return summarize(c, new Map(samples));
    }),
  };
}

function sample(c: Case, name: string, round: number): Sample {
  const who = Object.keys(TAKES).find((one) => name.startsWith(one)) as keyof typeof TAKES | undefined;
  const takes = TAKES[who ?? 'node'] * (round === ROUNDS - 1 && who !== 'C' ? 1.25 : 1);
  if (c.kind === 'idle') return { connections: 10_000, residentKiB: takes, heapKiB: null };
  if (c.kind === 'import') return { importMs: takes, importMiB: takes };
  if (c.kind === 'round-trip') return { wallUs: takes, cpuUs: takes, p50Us: 1, p99Us: 2, residentMiB: 3 };
  return load(takes);
}
