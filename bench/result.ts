// Owns what the samples of all rounds amount to: medians, ratios round by round, and whether the goals are met. Pure.

import { isBerkeley } from './against.js';
import { YARDSTICK, type Case, type Contender } from './cases.js';
import type { LoadSample, IdleSample, ImportSample, Pace, RoundTripSample, SendingSample } from './run.js';
import type { RuntimeName } from './runtimes.js';

/** The share of a turn from which on other processes count as a disturbance. */
export const CROWDED = 0.03;

export type Sample = LoadSample | RoundTripSample | IdleSample | ImportSample | SendingSample;

/** The median of something over the rounds, and how far the rounds are apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Figures {
  readonly contender: string;
  /** What ran it: 'own' is the Node that ran the benchmark, `null` stands for C. */
  readonly on: RuntimeName | 'own' | null;
  /** The median over the rounds of every figure of the samples. */
  readonly median: Readonly<Record<string, number | null>>;
  /** The figure that counts divided by that of C in the same round. Absent for memory. */
  readonly timesC?: Spread;
  /** The figure that counts divided by that of the rival in the same round: below 1 is ahead. */
  readonly timesRival?: Spread;
  readonly goal?: number;
  /** Whether the goal is met: `goal` against `timesC`, or against the resident KiB of a connection, or the ms of an import. */
  readonly met?: boolean;
  readonly rivalGoal?: number;
  /** Whether berkeley is as far ahead of the rival as it shall be. */
  readonly ahead?: boolean;
  readonly rounds: readonly Sample[];
}

export interface Result {
  readonly case: string;
  readonly kind: Case['kind'];
  readonly rival: string;
  readonly contenders: readonly Figures[];
  readonly skipped: readonly Skipped[];
}

/** Who took part and could not go on. */
export interface Skipped {
  readonly contender: string;
  readonly why: string;
}

/** What `--json` prints. */
export interface Run {
  readonly cpu: string;
  readonly kernel: string;
  readonly arch: string;
  readonly cores: Readonly<Record<'measured' | 'counterpart', number>> | null;
  /** What each was that ran a contender. */
  readonly runtimes: Readonly<Partial<Record<RuntimeName | 'own', string>>>;
  readonly openssl: { readonly C: string; readonly node: string } | null;
  readonly rounds: number;
  readonly pace: Pace;
  readonly command: string;
  readonly date: string;
  readonly results: readonly Result[];
}

/** The figure that counts: processor time of a server or of what sends, wall time for a blocking round trip and an import, memory for an idle connection. */
export function counting(sample: Sample): number {
  if ('importMs' in sample) return sample.importMs;
  if ('residentKiB' in sample) return sample.residentKiB;
  return 'wallUs' in sample ? sample.wallUs : sample.cpuUs;
}

/** What `samples`, one list of rounds for each contender that took part, amount to. */
export function summarize(
  c: Case,
  samples: ReadonlyMap<Contender, readonly Sample[]>,
  skipped: readonly Skipped[] = [],
): Result {
  const all = [...samples.keys()];
  const yardstick = all.find(({ name }) => name.startsWith(YARDSTICK));
  const contenders = [...samples].map(([contender, rounds]): Figures => {
    const timesC = c.kind === 'idle' || !yardstick ? undefined : ratio(rounds, samples.get(yardstick)!);
    const rival = isBerkeley(contender) ? rivalOf(contender, c.rival, all) : undefined;
    const timesRival = rival && rival !== contender ? ratio(rounds, samples.get(rival)!) : undefined;
    const { rivalGoal } = contender;
    const held = c.kind === 'idle' || c.kind === 'import' ? median(rounds.map(counting)) : timesC?.median;
    return {
      contender: contender.name,
      on: 'c' in contender.program ? null : (contender.program.on ?? 'own'),
      median: medians(rounds),
      ...(timesC && contender.name !== YARDSTICK ? { timesC } : {}),
      ...(timesRival && { timesRival, ahead: timesRival.median <= (rivalGoal ?? 1) }),
      ...(rivalGoal === undefined ? {} : { rivalGoal }),
      ...(contender.goal === undefined ? {} : { goal: contender.goal }),
      ...(contender.goal === undefined || held === undefined ? {} : { met: held <= contender.goal }),
      rounds,
    };
  });
  return { case: c.name, kind: c.kind, rival: c.rival, contenders, skipped };
}

/** Whom berkeley has to be ahead of: itself without a limit where that is the case; what the runtime that it runs on has itself, else what Node has. */
function rivalOf({ program }: Contender, name: string, all: readonly Contender[]): Contender | undefined {
  const on = (one: Contender): RuntimeName | undefined => ('js' in one.program ? one.program.on : undefined);
  const own = 'js' in program ? program.on : undefined;
  const called = all.filter((one) => one.name.startsWith(name));
  const same = called.find((one) => on(one) === own);
  if (same) return same;
  if (own === 'bun' || own === 'deno') return all.find((one) => !isBerkeley(one) && on(one) === own);
  return called.find((one) => on(one) === undefined);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

function ratio(rounds: readonly Sample[], base: readonly Sample[]): Spread {
  return spreadOf(rounds.map((sample, i) => counting(sample) / counting(base[i]!)));
}

function medians(rounds: readonly Sample[]): Record<string, number | null> {
  const entries = Object.keys(rounds[0]!).map((key): [string, number | null] => {
    const values = rounds.map((sample) => (sample as unknown as Record<string, number | null>)[key] ?? null);
    const numbers = values.filter((value) => value !== null);
    return [key, numbers.length === 0 ? null : median(numbers)];
  });
  return Object.fromEntries(entries);
}
