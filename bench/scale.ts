// The benchmark of one port on two cores: what a message costs when one server has the port, and when two share it. A command
// of its own, because nothing can be left to the load alone here: servers and loads have both cores together.
//
//   node build/bench/scale.js [--rounds N] [--messages N] [--only PATTERN] [--json]
//
// Two loads, one pinned to each core, keep a message of 64 bytes in flight on each of their connections, 100 for each server, so
// that two have as much to do each as one alone, and sleep while they wait. Processes that serve are pinned to a core each, threads are not. The processor time of everything that serves is
// read before and after a fixed number of messages. What 1 → 2 adds for C is the machine's: the same loads on busier cores.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BINARIES, bundle, compile } from './programs.js';

type Child = ChildProcessByStdio<Writable, Readable, null>;

interface Contender {
  readonly name: string;
  /** The commands of so many servers, behind each the port is put: 0 for the first, and then the one that it has chosen. */
  readonly servers: (count: number) => readonly (readonly string[])[];
  /** Behind the port. */
  readonly more?: (count: number) => readonly string[];
}

interface Sample {
  readonly cpuUs: number;
  readonly perSecond: number;
  /** What the busiest thread has of the processor time of the two busiest. */
  readonly share: number;
}

const CONNECTIONS = 100;
const SIZE = 64;
const here = dirname(fileURLToPath(import.meta.url));
const js = (name: string): string[] => [process.execPath, join(here, 'scale', `${name}.js`)];
const each =
  (command: readonly string[]) =>
  (count: number): string[][] =>
    Array.from({ length: count }, (_, core) => ['taskset', '-c', String(core), ...command]);

const CONTENDERS: readonly Contender[] = [
  { name: 'C, processes', servers: each([join(BINARIES, 'epoll-echo')]) },
  { name: 'berkeley, processes', servers: each(js('berkeley')) },
  { name: 'berkeley, workers', servers: () => [js('berkeley')], more: (count) => [String(count)] },
  { name: 'node:net reusePort, processes', servers: each(js('node')) },
  { name: 'node:cluster', servers: () => [js('node')], more: (count) => [String(count)] },
];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '150000' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});
const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
/** `reusePort` came with 23.1 and 22.12; before, it is ignored, and the second server finds the port taken. */
const nodeShares = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
const contenders = CONTENDERS.filter(
  ({ name }) => new RegExp(values.only, 'i').test(name) && (nodeShares || !name.includes('reusePort')),
);

bundle();
compile(['epoll-echo', 'load']);
const samples = contenders.map(() => [[], []] as [Sample[], Sample[]]);
for (let round = 0; round < Number(values.rounds); round++)
  for (const [i, contender] of contenders.entries())
    for (const count of [1, 2]) samples[i]![count - 1]!.push(await measure(contender, count, Number(values.messages)));

if (values.json) process.stdout.write(`${JSON.stringify({ node: process.version, contenders, samples })}\n`);
else show();

async function measure(contender: Contender, count: number, messages: number): Promise<Sample> {
  const running: Child[] = [];
  try {
    let port = '0';
    for (const command of contender.servers(count)) {
      const server = start([...command, port, ...(contender.more?.(count) ?? [])]);
      running.push(server);
      port = await line(server);
    }
    await load(port, count, messages / 4);
    const before = spent(running);
    const begun = performance.now();
    await load(port, count, messages);
    const total = 2 * count * messages;
    const seconds = (performance.now() - begun) / 1000;
    const each = spent(running).map(({ task, ns }) => ns - (before.find((b) => b.task === task)?.ns ?? 0));
    const ns = each.reduce((sum, one) => sum + one, 0);
    const [first = 0, second = 0] = each.sort((a, b) => b - a);
    return { cpuUs: ns / 1000 / total, perSecond: total / seconds, share: first / (first + second) };
  } finally {
    for (const server of running) await stop(server);
  }
}

/** On each core so many messages for each server, over connections of its own. */
async function load(port: string, count: number, messages: number): Promise<void> {
  const loads = [0, 1].map((core) =>
    start([
      ...[
        'taskset',
        '-c',
        String(core),
        join(BINARIES, 'load'),
        port,
        'echo',
        String(CONNECTIONS * count),
        String(SIZE),
        '1',
      ],
      ...['--messages', String(Math.round(messages * count))],
    ]),
  );
  // Together: what a process has said when it ends, and nobody has listened for, is lost.
  await Promise.all(loads.map(line));
  for (const one of loads) await stop(one);
}

function start(command: readonly string[]): Child {
  return spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function line(child: Child): Promise<string> {
  const lines = createInterface({ input: child.stdout });
  for await (const one of lines) return one;
  throw new Error('a program of the benchmark has ended early');
}

async function stop(child: Child): Promise<void> {
  const gone = new Promise((go) => child.once('exit', go));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin.end();
  await gone;
}

/** The processor time of every thread of these processes and their children. */
function spent(children: readonly Child[]): { task: string; ns: number }[] {
  return children
    .flatMap(({ pid }) => family(String(pid)))
    .flatMap((pid) =>
      readdirSync(`/proc/${pid}/task`).map((task) => ({
        task,
        ns: Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[0]),
      })),
    );
}

function family(pid: string): string[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return [pid, ...(children === '' ? [] : children.split(' ').flatMap(family))];
}

function show(): void {
  const rows = contenders.map(({ name }, i) => {
    const [one, two] = samples[i]!;
    const growth = one.map(({ cpuUs }, round) => two[round]!.cpuUs / cpuUs);
    const cpu = (list: Sample[]): string => median(list.map(({ cpuUs }) => cpuUs)).toFixed(2);
    const rate = (list: Sample[]): string => median(list.map(({ perSecond }) => perSecond)).toFixed(0);
    const spread = `${Math.min(...growth).toFixed(2)}–${Math.max(...growth).toFixed(2)}`;
    const share = `${(median(two.map(({ share }) => share)) * 100).toFixed(0)} %`;
    return [name, cpu(one), cpu(two), median(growth).toFixed(2), spread, rate(one), rate(two), share];
  });
  const head = [
    'Node ' + process.version,
    'CPU µs, 1',
    'CPU µs, 2',
    '2 ÷ 1',
    'spread',
    'msg/s, 1',
    'msg/s, 2',
    'busiest of 2',
  ];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  for (const row of [head, ...rows])
    process.stdout.write(
      `${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}\n`,
    );
}

function median(list: readonly number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
