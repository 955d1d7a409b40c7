// Owns what the samples of all rounds amount to: medians, ratios round by round, and whether the goals are met. Pure.

import { YARDSTICK, type Case, type Contender } from './cases.js';
import type { LoadSample, IdleSample, RoundTripSample, SendingSample } from './run.js';

/** The share of a turn from which on other processes count as a disturbance. */
export const CROWDED = 0.03;

export type Sample = LoadSample | RoundTripSample | IdleSample | SendingSample;

/** The median of something over the rounds, and how far the rounds are apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Figures {
  readonly contender: string;
  /** The median over the rounds of every figure of the samples. */
  readonly median: Readonly<Record<string, number | null>>;
  /** The figure that counts divided by that of C in the same round. Absent for memory. */
  readonly timesC?: Spread;
  /** The figure that counts divided by that of the rival in the same round: below 1 is ahead. */
  readonly timesRival?: Spread;
  readonly goal?: number;
  /** Whether the goal is met: `goal` against `timesC`, or against the resident KiB of a connection. */
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
}

/** The figure that counts: processor time of a server or of what sends, wall time for a blocking round trip, memory for an idle connection. */
export function counting(sample: Sample): number {
  if ('residentKiB' in sample) return sample.residentKiB;
  return 'wallUs' in sample ? sample.wallUs : sample.cpuUs;
}

/** What `samples`, one list of rounds for each contender of the case, amount to. */
export function summarize(c: Case, samples: ReadonlyMap<Contender, readonly Sample[]>): Result {
  const named = (name: string): readonly Sample[] | undefined =>
    [...samples].find(([contender]) => contender.name.startsWith(name))?.[1];
  const yardstick = named(YARDSTICK);
  const rival = named(c.rival);
  const contenders = [...samples].map(([contender, rounds]): Figures => {
    const timesC = c.kind === 'idle' || !yardstick ? undefined : ratio(rounds, yardstick);
    const timesRival = rival && contender.name.startsWith('berkeley') ? ratio(rounds, rival) : undefined;
    const { rivalGoal } = contender;
    const held = timesC?.median ?? median(rounds.map(counting));
    return {
      contender: contender.name,
      median: medians(rounds),
      ...(timesC && contender.name !== YARDSTICK ? { timesC } : {}),
      ...(timesRival && { timesRival, ahead: timesRival.median <= (rivalGoal ?? 1) }),
      ...(rivalGoal === undefined ? {} : { rivalGoal }),
      ...(contender.goal === undefined ? {} : { goal: contender.goal, met: held <= contender.goal }),
      rounds,
    };
  });
  return { case: c.name, kind: c.kind, rival: c.rival, contenders };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function ratio(rounds: readonly Sample[], base: readonly Sample[]): Spread {
  const ratios = rounds.map((sample, i) => counting(sample) / counting(base[i]!));
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}

function medians(rounds: readonly Sample[]): Record<string, number | null> {
  const entries = Object.keys(rounds[0]!).map((key): [string, number | null] => {
    const values = rounds.map((sample) => (sample as unknown as Record<string, number | null>)[key] ?? null);
    const numbers = values.filter((value) => value !== null);
    return [key, numbers.length === 0 ? null : median(numbers)];
  });
  return Object.fromEntries(entries);
}
