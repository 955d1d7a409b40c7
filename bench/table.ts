// Owns how results look to a person. Pure.

import type { Case } from './cases.js';
import { CROWDED, type Figures, type Result, type Spread } from './result.js';

type Column = readonly [title: string, cell: (f: Figures) => string];

const number =
  (key: string, digits: number): Column[1] =>
  ({ median }) => {
    const value = median[key];
    return value === null || value === undefined ? '' : value.toFixed(digits);
  };
const ratio = (spread: Spread | undefined): string => (spread ? spread.median.toFixed(2) : '');
const range = (spread: Spread | undefined): string =>
  spread ? `${spread.min.toFixed(2)}–${spread.max.toFixed(2)}` : '';
const goal = ({ goal, met }: Figures): string => (goal === undefined ? '' : `≤ ${goal} ${met === true ? '✓' : '✗'}`);
const ahead = ({ timesRival, rivalGoal, ahead }: Figures): string => {
  if (!timesRival) return '';
  if (rivalGoal === Infinity) return ratio(timesRival);
  const wanted = rivalGoal === undefined ? '' : ` ≤ ${rivalGoal}`;
  return `${ratio(timesRival)}${wanted} ${ahead === true ? '✓' : '✗'}`;
};

const COLUMNS: Record<Case['kind'], (rival: string) => readonly Column[]> = {
  echo: (rival) => [...load('message', rival), ...LATENCY, BUSY],
  handshake: (rival) => [...load('handshake', rival), ...LATENCY, BUSY],
  'datagram-echo': (rival) => [...load('datagram', rival), ...LATENCY, BUSY],
  sending: (rival) => [...load('datagram', rival), BUSY],
  reading: (rival) => [
    ['CPU ns each', ({ median }) => ((median['cpuUs'] ?? 0) * 1000).toFixed(1)],
    [`× ${rival}`, ahead],
    ['spread', (f) => range(f.timesRival)],
    ['per second', number('perSecond', 0)],
  ],
  bulk: (rival) => [...load('MiB', rival), BUSY],
  carry: (rival) => [...load('MiB', rival), BUSY],
  'round-trip': (rival) => [['wall µs', number('wallUs', 2)], ...versus(rival), ['CPU µs', number('cpuUs', 2)]],
  idle: (rival) => [
    ['connections', number('connections', 0)],
    ['resident KiB each', number('residentKiB', 2)],
    ['goal', goal],
    [`× ${rival}`, ahead],
    ['of it V8 KiB', number('heapKiB', 2)],
  ],
};

const LATENCY: readonly Column[] = [
  ['p50 µs', number('p50Us', 0)],
  ['p99 µs', number('p99Us', 0)],
];
const BUSY: Column = ['busy', ({ median }) => `${((median['busy'] ?? 0) * 100).toFixed(0)} %`];

const versus = (rival: string): readonly Column[] => [
  ['× C', (f) => ratio(f.timesC)],
  ['spread', (f) => range(f.timesC)],
  ['goal', goal],
  [`× ${rival}`, ahead],
  ['spread', (f) => range(f.timesRival)],
];
const load = (what: string, rival: string): readonly Column[] => [
  [`CPU µs/${what}`, number('cpuUs', 2)],
  ...versus(rival),
  [`${what}s/s`, number('perSecond', 0)],
];

/** A result as lines of text: the name of the case, the column titles, and a line for each contender. */
export function table(result: Result): string {
  const columns: readonly Column[] = [['', (f) => f.contender], ...COLUMNS[result.kind](result.rival)];
  const rows = [columns.map(([title]) => title), ...result.contenders.map((f) => columns.map(([, cell]) => cell(f)))];
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  const crowded = Math.max(...result.contenders.map(({ median }) => median['crowded'] ?? 0));
  if (crowded > CROWDED)
    lines.push(`other processes ran on these cores (${(crowded * 100).toFixed(0)} %): rough figures`);
  for (const { contender, rounds } of result.contenders) {
    const lost = rounds.reduce((sum, sample) => sum + ('lost' in sample ? sample.lost : 0), 0);
    if (lost > 0) lines.push(`${contender}: ${lost} datagrams were lost`);
  }
  return [result.case, ...lines.map((line) => `  ${line}`), ''].join('\n');
}
