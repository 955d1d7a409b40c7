// Owns the goals as docs/performance.md lists them: which figure of which case each is about, and what it amounts to in runs
// that were recorded. Pure.

import { isBerkeley } from './against.js';
import { counting, spreadOf, type Figures, type Result, type Run, type Spread } from './result.js';
import type { RuntimeName } from './runtimes.js';

export interface Goal {
  readonly what: string;
  readonly case: string;
  /** The contender of berkeley that it is about. */
  readonly ours: string;
  readonly figure: Figure;
  readonly limit: number;
  /** Set where more is better. */
  readonly least?: true;
}

/**
 * What is looked at: the figure that counts, divided by that of C, of what the Node line has itself, or of berkeley without a
 * limit; what one processor second gives, divided by that of Node; a median as it is; the ratio to C, divided by that in
 * another case.
 */
type Figure =
  | { readonly over: 'C' | 'node' | 'berkeley without' }
  | { readonly perSecondOver: 'node' }
  | { readonly median: string; readonly unit: string }
  | { readonly growthFrom: string };

const overC = { over: 'C' } as const;
const overNode = { over: 'node' } as const;
const echo = (what: string, name: string, readInto: number, forAwait: number): Goal[] => [
  { what: `${what}, \`readInto\``, case: name, ours: 'berkeley readInto', figure: overC, limit: readInto },
  { what: `${what}, \`for await\``, case: name, ours: 'berkeley for await', figure: overC, limit: forAwait },
];
const trip = (cores: string): Goal => ({
  what: `blocking round trip, ${cores}`,
  case: `blocking round trip, 64 B, ${cores}`,
  ours: 'berkeley/sync',
  figure: overC,
  limit: 1.03,
});
const stream = (what: 'receives' | 'sends', ours: string, how: string): Goal => ({
  what: `one stream, the server ${what}${how}`,
  case: `one stream, the server ${what}`,
  ours,
  figure: overC,
  limit: 1.08,
});
const tls = (what: string, ours: string, limit: number, more = ''): Goal => ({
  what: `TLS, ${what}${more}`,
  case: `TLS, ${what}`,
  ours,
  figure: overNode,
  limit,
});
const carried = (what: string): Goal => ({ what, case: what, ours: 'berkeley', figure: overNode, limit: 0.3 });
const limited = (by: string, limit: number): Goal => ({
  what: `an echo with a ${by}, ÷ without`,
  case: 'limits, echo of 64 B on 50 connections',
  ours: `berkeley ${by}`,
  figure: { over: 'berkeley without' },
  limit,
});
const imported = (median: string, unit: string, limit: number): Goal => ({
  what: `\`import 'berkeley'\`, over an empty program`,
  case: 'import, over an empty program',
  ours: 'berkeley',
  figure: { median, unit },
  limit,
});

export const GOALS: readonly Goal[] = [
  ...echo('echo, 64 B on 50 connections', 'echo, 64 B on 50 connections', 1.05, 1.1),
  ...echo('echo, 64 B on 500 connections', 'echo, 64 B on 500 connections', 1.05, 1.1),
  ...echo('echo, 16 KiB on 20 connections', 'echo, 16 KiB on 20 connections', 1.08, 1.25),
  {
    what: 'an echo on 10,000 connections, ÷ C, over that on 10',
    case: 'scale, echo of 64 B on 10,000 connections',
    ours: 'berkeley for await',
    figure: { growthFrom: 'scale, echo of 64 B on 10 connections' },
    limit: 1.15,
  },
  trip('one core'),
  trip('two cores'),
  {
    what: 'connect, one byte, close',
    case: 'connections that come and go, 64 at a time',
    ours: 'berkeley for await',
    figure: overC,
    limit: 1.15,
  },
  stream('receives', 'berkeley', ''),
  stream('sends', 'berkeley', ''),
  stream('receives', 'berkeley/sync', ', blocking'),
  stream('sends', 'berkeley/sync', ', blocking'),
  {
    what: 'UDP echo, 64 B, `recvMany`',
    case: 'UDP, echo, 64 B, 64 in flight',
    ours: 'berkeley recvMany',
    figure: overC,
    limit: 1.12,
  },
  {
    what: 'UDP one way with GSO, datagrams for a processor second',
    case: 'UDP, one way, 1200 B, the client sends',
    ours: 'berkeley GSO',
    figure: { perSecondOver: 'node' },
    limit: 5,
    least: true,
  },
  tls('full handshakes, 20 at a time', 'berkeley', 0.85),
  tls('echo, 64 B on 50 connections', 'berkeley readInto', 0.65, ', `readInto`'),
  tls('echo, 64 B on 50 connections', 'berkeley for await', 0.65, ', `for await`'),
  tls('one stream, the server receives', 'berkeley', 0.75),
  tls('one stream, the server sends', 'berkeley', 0.75),
  carried('a relay of one stream'),
  carried('a file to one client'),
  limited('timeout', 1.05),
  limited('deadline', 1.05),
  limited('signal', 1.15),
  {
    what: 'an idle connection of 10,000, held',
    case: 'idle accepted connections, memory',
    ours: 'berkeley, held',
    figure: { median: 'residentKiB', unit: 'KiB' },
    limit: 1.5,
  },
  imported('importMs', 'ms', 12),
  imported('importMiB', 'MiB', 4),
];

/** What a run says of a goal for one runtime: for berkeley there, or for what that runtime has itself. */
export function reached(runs: readonly Run[], goal: Goal, on: RuntimeName, whose: 'berkeley' | 'own'): Spread | null {
  // The last run that has it.
  for (const run of runs.toReversed()) {
    const result = run.results.find((one) => one.case === goal.case);
    const figures = result && found(run, result, on, whose === 'own' ? null : goal.ours);
    const spread = figures && amount(run, result, figures, goal, on, whose);
    if (spread) return spread;
  }
  return null;
}

export function isMet({ limit, least }: Goal, { median }: Spread): boolean {
  return least ? median >= limit : median <= limit;
}

/** The contender of that name, whatever runs it; or, without a name, what the runtime has itself. */
export function found(run: Run, { contenders }: Result, on: RuntimeName, name: string | null): Figures | undefined {
  const here = contenders.filter((one) => one.on !== null && runtimeName(run, one.on) === on);
  if (name === null) return here.find(({ contender }) => !isBerkeley({ name: contender }));
  return here.find(({ contender }) => contender.replace(/ @.*/, '') === name);
}

function runtimeName({ runtimes }: Run, on: RuntimeName | 'own'): RuntimeName {
  return on === 'own' ? (`node${/\d+/.exec(runtimes.own ?? '')?.[0] ?? ''}` as RuntimeName) : on;
}

function amount(
  run: Run,
  result: Result,
  { contender, rounds, timesC, median }: Figures,
  { figure, ours }: Goal,
  on: RuntimeName,
  whose: 'berkeley' | 'own',
): Spread | null {
  if ('median' in figure) {
    const values = rounds.map((sample) => (sample as unknown as Record<string, number | null>)[figure.median] ?? NaN);
    return Number.isFinite(median[figure.median]) ? spreadOf(values) : null;
  }
  if ('growthFrom' in figure) {
    const first = run.results.find((one) => one.case === figure.growthFrom);
    const before = first && found(run, first, on, whose === 'own' ? null : ours)?.timesC;
    return before && timesC ? spreadOf([timesC.median / before.median]) : null;
  }
  if ('over' in figure && figure.over === 'C') return timesC ?? null;
  if ('over' in figure && figure.over === 'berkeley without') {
    const base = found(run, result, on, figure.over);
    return base && contender !== base.contender ? ratios(rounds, base.rounds) : null;
  }
  // Bun and Deno are held against the newest Node.
  const base = found(run, result, on.startsWith('node') ? on : 'node26', null);
  if (!base) return null;
  return 'over' in figure ? ratios(rounds, base.rounds) : ratios(base.rounds, rounds);
}

function ratios(rounds: Figures['rounds'], base: Figures['rounds']): Spread {
  return spreadOf(rounds.map((sample, i) => counting(sample) / counting(base[i]!)));
}
