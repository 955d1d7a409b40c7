// Owns how results look to a person. Pure.

import type { Case } from './cases.js';
import { CROWDED, type Figures, type Result, type Spread } from './result.js';

type Column = readonly [title: string, cell: (f: Figures) => string];

/** What stands for a number of so many digits. */
const thousands = (value: number | null | undefined): string => {
  if (value === null || value === undefined) return '';
  return value < 10_000
    ? value.toFixed(0)
    : value < 1e7
      ? `${(value / 1e3).toFixed(0)}k`
      : `${(value / 1e6).toFixed(1)}M`;
};

const number =
  (key: string, digits: number): Column[1] =>
  ({ median }) => {
    const value = median[key];
    return value === null || value === undefined ? '' : value.toFixed(digits);
  };
const ratio = (spread: Spread | undefined): string => (spread ? spread.median.toFixed(2) : '');
const range = (spread: Spread | undefined): string =>
  spread ? `${spread.min.toFixed(2)}–${spread.max.toFixed(2)}` : '';
const versusC = ({ timesC, goal, met }: Figures): string => wanted(ratio(timesC), goal, met);
const versusRival = ({ timesRival, rivalGoal, ahead }: Figures): string =>
  wanted(ratio(timesRival), rivalGoal === Infinity ? undefined : rivalGoal, timesRival ? ahead : undefined);
const wanted = (value: string, goal: number | undefined, met: boolean | undefined): string =>
  value + (goal === undefined || met === undefined ? '' : ` ≤ ${goal} ${met ? '✓' : '✗'}`);

const SECONDS: Column = ['per s', ({ median }) => thousands(median['perSecond'])];
const LATENCY: readonly Column[] = [
  ['p50 µs', number('p50Us', 0)],
  ['p99 µs', number('p99Us', 0)],
];
const MEMORY: Column = ['MiB', number('residentMiB', 0)];
const BUSY: Column = ['busy', ({ median }) => `${((median['busy'] ?? 0) * 100).toFixed(0)} %`];
const VERSUS: readonly Column[] = [
  ['× C', versusC],
  ['spread', (f) => range(f.timesC)],
  ['× rival', versusRival],
];
const LOAD: readonly Column[] = [['CPU µs', number('cpuUs', 2)], ...VERSUS, SECONDS];

const COLUMNS: Record<Case['kind'], readonly Column[]> = {
  echo: [...LOAD, ...LATENCY, MEMORY, BUSY],
  churn: [...LOAD, ...LATENCY, MEMORY, BUSY],
  handshake: [...LOAD, ...LATENCY, MEMORY, BUSY],
  'datagram-echo': [...LOAD, ...LATENCY, MEMORY, BUSY],
  sending: [...LOAD, MEMORY, BUSY],
  reading: [
    ['CPU ns', ({ median }) => ((median['cpuUs'] ?? 0) * 1000).toFixed(1)],
    ['× rival', versusRival],
    ['spread', (f) => range(f.timesRival)],
    SECONDS,
    MEMORY,
  ],
  bulk: [...LOAD, MEMORY, BUSY],
  carry: [...LOAD, MEMORY, BUSY],
  'round-trip': [['wall µs', number('wallUs', 2)], ...VERSUS, ['CPU µs', number('cpuUs', 2)], ...LATENCY, MEMORY],
  import: [
    ['wall ms', (f) => wanted(number('importMs', 1)(f), f.goal, f.met)],
    ['MiB', number('importMiB', 1)],
  ],
  idle: [
    ['connections', number('connections', 0)],
    ['KiB each', (f) => wanted(number('residentKiB', 2)(f), f.goal, f.met)],
    ['× rival', versusRival],
    ['of it V8 KiB', number('heapKiB', 2)],
  ],
};

/** What the figures are for. */
const UNIT: Record<Case['kind'], string> = {
  echo: 'message',
  churn: 'connection',
  handshake: 'handshake',
  'datagram-echo': 'datagram',
  sending: 'datagram',
  reading: 'line or number',
  bulk: 'MiB',
  carry: 'MiB',
  'round-trip': 'round trip',
  import: 'import',
  idle: 'connection',
};

/** A result as rows of cells: the column titles, then a row for each contender. */
export function cells(result: Result): string[][] {
  const columns: readonly Column[] = [
    [`for each ${UNIT[result.kind]}`, (f) => f.contender],
    ...COLUMNS[result.kind].filter(([, cell]) => result.contenders.some((f) => cell(f) !== '')),
  ];
  return [columns.map(([title]) => title), ...result.contenders.map((f) => columns.map(([, cell]) => cell(f)))];
}

/** What has to be said below a table: other processes, lost datagrams, who is out. */
export function remarks({ contenders, skipped }: Result): string[] {
  const lines: string[] = [];
  const crowded = Math.max(0, ...contenders.map(({ median }) => median['crowded'] ?? 0));
  if (crowded > CROWDED)
    lines.push(`other processes ran on these cores (${(crowded * 100).toFixed(0)} %): rough figures`);
  for (const { contender, rounds } of contenders) {
    const lost = rounds.reduce((sum, sample) => sum + ('lost' in sample ? sample.lost : 0), 0);
    if (lost > 0) lines.push(`${contender}: ${lost} datagrams were lost`);
  }
  return [...lines, ...skipped.map(({ contender, why }) => `${contender} is out: ${why.replace(/\s+/g, ' ')}`)];
}

/** A result as lines of text: the name of the case, the column titles, and a line for each contender. */
export function table(result: Result): string {
  const rows = cells(result);
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  return [result.case, ...[...lines, ...remarks(result)].map((line) => `  ${line}`), ''].join('\n');
}
