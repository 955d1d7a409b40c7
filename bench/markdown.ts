// Owns what is written of recorded runs: the goals, the tables, what they were measured on. Pure.

import { chart, type Bars } from './chart.js';
import { GOALS, isMet, reached, type Goal } from './goals.js';
import type { Run, Spread } from './result.js';
import type { RuntimeName } from './runtimes.js';
import { cells, remarks } from './table.js';

const NEWEST: RuntimeName = 'node26';
const OLDEST: RuntimeName = 'node20';
const NONE = '–';

/** The machine, what ran on it, and the commands. */
export function machine(runs: readonly Run[]): string {
  const all = (of: (run: Run) => string): string => [...new Set(runs.map(of))].join('; ');
  const versions = new Set(runs.flatMap(({ runtimes }) => Object.values(runtimes)));
  const openssl = all((run) => (run.openssl ? `C has ${run.openssl.C}` : '')).replace(/^; |; $/g, '');
  const cores = all((run) =>
    run.cores
      ? `each measured on core ${run.cores.measured}, what it talks to on core ${run.cores.counterpart}`
      : 'on cores that the system chose',
  );
  return [
    `Measured on ${all((run) => `${run.cpu}, ${run.kernel}, ${run.arch}`)}, ${cores}; ${all((run) => run.date)}.`,
    `${[...versions].sort().join(', ')}. ${openssl ? `${openssl}.` : ''} ${capital(all(({ rounds }) => (rounds === 1 ? 'one round' : `medians of ${rounds} rounds`)))}.`,
    '',
    '```sh',
    ...runs.map(({ command }) => command),
    '```',
  ].join('\n');
}

/** Every goal, with what was reached on the oldest and the newest Node, and what the others reach. */
export function goals(runs: readonly Run[]): string {
  const newest = (on: RuntimeName): string => versionOf(runs, on);
  const head = ['', 'goal', ...[NEWEST, OLDEST].map((on) => `berkeley, ${newest(on)}`)];
  const rows = GOALS.map((goal) => [
    ...[goal.what, `${goal.least ? '≥' : '≤'} ${goal.limit}${unitOf(goal)}`],
    ...[NEWEST, OLDEST].map((on) => judged(goal, reached(runs, goal, on, 'berkeley'))),
    ...([NEWEST, 'bun', 'deno'] as const).map((on) => plain(goal, reached(runs, goal, on, 'own'))),
  ]);
  return markdown([[...head, `node:*, ${newest(NEWEST)}`, newest('bun'), newest('deno')], ...rows]);
}

/** A table for each case, as the last run that has it says. */
export function tables(runs: readonly Run[]): string {
  const last = new Map(runs.flatMap(({ results }) => results.map((result) => [result.case, result] as const)));
  const sections = [...last.values()].map((result) => {
    const [head, ...rows] = cells(result);
    const below = remarks(result).map((line) => `- ${line}`);
    return [`### ${capital(result.case)}`, '', markdown([head!, ...rows]), ...(below.length > 0 ? ['', ...below] : [])];
  });
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

/** What the front page says. */
export function summary(runs: readonly Run[]): string {
  const versions = [NEWEST, 'bun', 'deno'].map((on) => versionOf(runs, on as RuntimeName));
  const rows = CHARTED.map(({ label, case: name, ours, over }) => {
    const goal: Goal = { what: label, case: name, ours, figure: { over }, limit: Infinity };
    const figures = ([NEWEST, 'bun', 'deno'] as const).map((on) => plain(goal, reached(runs, goal, on, 'own')));
    return [label.replace('\n', ' '), plain(goal, reached(runs, goal, NEWEST, 'berkeley')), ...figures];
  });
  return markdown([['processor time, C = 1', 'berkeley', `node:*, ${versions[0]}`, ...versions.slice(1)], ...rows]);
}

/** The chart: on the newest Node, what berkeley takes beside what Node, Bun and Deno have themselves. */
export function drawn(runs: readonly Run[]): string {
  const kinds = [
    ['berkeley', NEWEST, 'berkeley'],
    [`node:*, ${versionOf(runs, NEWEST)}`, NEWEST, 'own'],
    [versionOf(runs, 'bun'), 'bun', 'own'],
    [versionOf(runs, 'deno'), 'deno', 'own'],
  ] as const;
  const bars = kinds.map(([name, on, whose]): Bars => {
    const values = CHARTED.map(({ label, case: of, ours, over }) => {
      return (
        reached(runs, { what: label, case: of, ours, figure: { over }, limit: Infinity }, on, whose)?.median ?? null
      );
    });
    return { name, values };
  });
  const wide = bars.flatMap(({ values }) => values.filter((value) => value !== null));
  const labels = CHARTED.map(({ label }) => label);
  return chart(labels, bars, Math.min(4, Math.ceil(Math.max(1.5, ...wide) * 2) / 2));
}

interface Charted {
  readonly label: string;
  readonly case: string;
  readonly ours: string;
  readonly over: 'C';
}
const charted = (label: string, of: string, ours: string): Charted => ({ label, case: of, ours, over: 'C' });

/** What is drawn, and shown on the front page. */
export const CHARTED: readonly Charted[] = [
  charted('echo, 64 B,\n50 connections', 'echo, 64 B on 50 connections', 'berkeley readInto'),
  charted('echo, 16 KiB,\n20 connections', 'echo, 16 KiB on 20 connections', 'berkeley readInto'),
  charted('connect, one byte,\nclose', 'connections that come and go, 64 at a time', 'berkeley for await'),
  charted('UDP echo, 64 B', 'UDP, echo, 64 B, 64 in flight', 'berkeley recvMany'),
  charted('TLS echo, 64 B,\n50 connections', 'TLS, echo, 64 B on 50 connections', 'berkeley readInto'),
  charted('TLS handshake', 'TLS, full handshakes, 20 at a time', 'berkeley'),
  charted('relay', 'a relay of one stream', 'berkeley'),
  charted('file', 'a file to one client', 'berkeley'),
];

function versionOf(runs: readonly Run[], on: RuntimeName): string {
  for (const { runtimes } of runs.toReversed()) {
    const own = runtimes.own ?? '';
    const version = runtimes[on] ?? (own.startsWith(`Node ${on.replace('node', '')}.`) ? own : undefined);
    if (version !== undefined) return version;
  }
  return { bun: 'Bun', deno: 'Deno' }[on as string] ?? on.replace('node', 'Node ');
}

function unitOf({ figure }: Goal): string {
  if ('unit' in figure) return ` ${figure.unit}`;
  if ('growthFrom' in figure) return '';
  if ('perSecondOver' in figure) return ' × node';
  return figure.over === 'C' ? ' × C' : figure.over === 'node' ? ' × node' : '';
}

function judged(goal: Goal, spread: Spread | null): string {
  if (spread === null) return NONE;
  const range = spread.min === spread.max ? '' : ` (${digits(spread.min)}–${digits(spread.max)})`;
  return `**${digits(spread.median)}** ${isMet(goal, spread) ? '✓' : '✗'}${range}`;
}

function plain({ figure }: Goal, spread: Spread | null): string {
  const itself = ('over' in figure && figure.over === 'node') || 'perSecondOver' in figure;
  if (spread === null) return NONE;
  return itself && spread.min === 1 && spread.max === 1 ? '1' : digits(spread.median);
}

const digits = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function markdown(rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const [head, ...others] = rows;
  return [line(head!), line(head!.map((_, i) => (i === 0 ? '---' : '--:'))), ...others.map(line)].join('\n');
}
