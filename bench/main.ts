// The command: reads the arguments, takes the contenders of each case in turns, prints what came out.

import { writeFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { parseArgs } from 'node:util';
import { chosen, GROUPS, readGroups, runtimeOf, USUAL, type Group } from './against.js';
import { CASES, type Case, type Contender } from './cases.js';
import { BenchError, bundle, compile, cores, version } from './programs.js';
import { bePatient, quiet } from './quiet.js';
import { CROWDED, summarize, type Result, type Run, type Sample, type Skipped } from './result.js';
import {
  measureIdle,
  measureImport,
  measureLoad,
  measureReading,
  measureRoundTrip,
  measureSending,
  type Pace,
} from './run.js';
import { findRuntime, OWN, OWN_NAME } from './runtimes.js';
import { table } from './table.js';

const USUAL_PACE: Pace = { warmMs: 1500, seconds: 1.5, roundTrips: 20_000, mib: 512 };
const QUICK: Pace = { warmMs: 1000, seconds: 0.5, roundTrips: 5_000, mib: 128 };

const USAGE = `Usage: npm run bench -- [--against LIST] [--rounds N] [--only PATTERN] [--quick] [--json | --out FILE]

  --against LIST  who takes part, with commas; ${USUAL.join(',')} unless told. Besides:
                  node22 and the like, other lines of Node; bun and deno, with their own ways to use sockets;
                  berkeley@26, berkeley@bun and the like, berkeley on them; all. See npm run bench:fetch
  --rounds N      how often each contender has its turn; 5 unless told
  --only PATTERN  only the cases whose name the regular expression matches
  --quick         shorter turns: rougher figures
  --seconds S     how long a turn is measured, instead of ${USUAL_PACE.seconds} or, quick, ${QUICK.seconds}
  --patience S    how long all turns together may wait for other processes to rest; 60 unless told
  --json          one JSON object with every sample, instead of tables
  --out FILE      that object into a file, besides tables: npm run bench:report takes such files
`;

/** How often a turn in which other processes ran is repeated. */
const REPEATS = 1;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));
try {
  await main();
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const wanted = readArguments();
  const overTls = wanted.cases.some(({ tls }) => tls);
  const overUdp = wanted.cases.some(({ kind }) => kind === 'datagram-echo' || kind === 'sending');
  bundle();
  compile([
    ...['epoll-echo', 'load', 'blocking-client', 'line-source'],
    ...(wanted.cases.some(({ kind }) => kind === 'churn') ? ['churn-load'] : []),
    ...(wanted.cases.some(({ kind, tls }) => kind === 'bulk' && !tls) ? ['bulk-server', 'bulk-load'] : []),
    ...(wanted.cases.some(({ kind }) => kind === 'carry') ? ['carry', 'carry-load'] : []),
    ...(overUdp ? ['udp-echo', 'udp-load', 'udp-sink', 'udp-send'] : []),
    ...(overTls ? ['tls-server', 'tls-load', 'tls-bulk'] : []),
  ]);
  const groups = present(wanted.groups);
  const run: Omit<Run, 'results'> = {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    kernel: `${type()} ${/^\d+\.\d+/.exec(release())?.[0] ?? ''}`,
    arch: process.arch,
    cores,
    runtimes: runtimesOf(groups),
    openssl: overTls ? { C: version('tls-server'), node: process.versions.openssl } : null,
    rounds: wanted.rounds,
    pace: wanted.pace,
    command: commandOf(process.argv.slice(2)),
    date: new Date().toISOString().slice(0, 10),
  };
  const results: Result[] = [];
  if (!wanted.json) process.stdout.write(`${heading(run)}\n`);
  for (const c of wanted.cases) {
    const contenders = chosen(c, groups);
    if (contenders.length === 0) continue;
    const skipped: Skipped[] = [];
    const result = summarize(c, await takeTurns(c, contenders, wanted, skipped), skipped);
    results.push(result);
    if (!wanted.json) process.stdout.write(`${table(result)}\n`);
  }
  const json = `${JSON.stringify({ ...run, results } satisfies Run)}\n`;
  if (wanted.json) process.stdout.write(json);
  if (wanted.out !== '') writeFileSync(wanted.out, json);
  if (results.length === 0) throw new BenchError('none of those who take part has a program for these cases');
}

/** The groups whose runtime is there. Of the others a line says so. */
function present(groups: readonly Group[]): readonly Group[] {
  return groups.filter((group) => {
    const on = runtimeOf(group);
    const there = on === null || findRuntime(on) !== null;
    if (!there)
      process.stderr.write(`${group} is skipped: ${on} is not there, or does not run (npm run bench:fetch)\n`);
    return there;
  });
}

function runtimesOf(groups: readonly Group[]): Record<string, string> {
  const others = groups.map(runtimeOf).filter((on) => on !== null);
  return { own: OWN.version, ...Object.fromEntries(others.map((on) => [on, findRuntime(on)!.version])) };
}

/** Every round lets each contender run once, and each round begins with another one. Who fails is out, and reported. */
async function takeTurns(
  c: Case,
  contenders: readonly Contender[],
  { rounds, pace }: { rounds: number; pace: Pace },
  skipped: Skipped[],
): Promise<Map<Contender, Sample[]>> {
  const samples = new Map(contenders.map((contender) => [contender, [] as Sample[]]));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(round + i) % contenders.length]!;
      const before = samples.get(contender);
      if (before === undefined) continue;
      progress(`${c.name}: round ${round + 1} of ${rounds}, ${contender.name}`);
      try {
        before.push(await undisturbed(() => measure(c, contender, pace)));
      } catch (error) {
        if (!(error instanceof BenchError) || !isGuest(contender)) throw error;
        skipped.push({ contender: contender.name, why: error.message.trim() });
        samples.delete(contender);
      }
    }
  }
  progress('');
  return samples;
}

/** Whether the benchmark goes on without it: a runtime may not have, or not master, what a case asks for. */
function isGuest({ program }: Contender): boolean {
  return 'js' in program && program.on !== undefined;
}

/** Waits for a quiet machine, and repeats a turn in which other processes ran. */
async function undisturbed(turn: () => Promise<Sample>): Promise<Sample> {
  for (let left = REPEATS; ; left--) {
    await quiet();
    const sample = await turn();
    if (left === 0 || !('crowded' in sample) || sample.crowded < CROWDED) return sample;
  }
}

function measure(c: Case, contender: Contender, pace: Pace): Promise<Sample> {
  if (c.kind === 'import') return measureImport(contender);
  if (c.kind === 'sending') return measureSending(c, contender, pace);
  if (c.kind === 'reading') return measureReading(c, contender, pace);
  if (c.kind === 'round-trip') return measureRoundTrip(c, contender, pace);
  return c.kind === 'idle' ? measureIdle(c, contender) : measureLoad(c, contender, pace);
}

interface Wanted {
  readonly groups: readonly Group[];
  readonly rounds: number;
  readonly cases: readonly Case[];
  readonly pace: Pace;
  readonly json: boolean;
  readonly out: string;
}

function readArguments(): Wanted {
  const { values } = (() => {
    try {
      return parseArgs({
        options: {
          against: { type: 'string', default: USUAL.join() },
          rounds: { type: 'string', default: '5' },
          only: { type: 'string', default: '' },
          quick: { type: 'boolean', default: false },
          seconds: { type: 'string', default: '' },
          patience: { type: 'string', default: '60' },
          json: { type: 'boolean', default: false },
          out: { type: 'string', default: '' },
          help: { type: 'boolean', short: 'h', default: false },
        },
      });
    } catch (error) {
      throw new BenchError(`${(error as Error).message}\n\n${USAGE}`);
    }
  })();
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const groups = readGroups(values.against, OWN_NAME);
  if (typeof groups === 'string') {
    throw new BenchError(`nobody is called ${groups}; there are all, ${GROUPS.join(', ')}\n\n${USAGE}`);
  }
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new BenchError(`--rounds takes a whole number from 1\n\n${USAGE}`);
  const cases = CASES.filter((c) => pattern(values.only).test(c.name));
  if (cases.length === 0) {
    throw new BenchError(`no case matches ${values.only}; there are:\n${CASES.map((c) => `  ${c.name}`).join('\n')}`);
  }
  const pace = values.quick ? QUICK : USUAL_PACE;
  bePatient(positive('--patience', values.patience));
  const seconds = values.seconds === '' ? pace.seconds : positive('--seconds', values.seconds);
  return { groups, rounds, cases, pace: stretched(pace, seconds / pace.seconds), json: values.json, out: values.out };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (text !== '' && value >= 0 && value <= 3600) return value;
  throw new BenchError(`${option} takes seconds, up to 3600\n\n${USAGE}`);
}

function stretched({ warmMs, seconds, roundTrips, mib }: Pace, by: number): Pace {
  return {
    warmMs: Math.ceil(warmMs * by),
    seconds: seconds * by,
    roundTrips: Math.ceil(roundTrips * by),
    mib: Math.ceil(mib * by),
  };
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    throw new BenchError((error as Error).message);
  }
}

function heading({ cpu, kernel, rounds, runtimes, openssl }: Omit<Run, 'results'>): string {
  const pinned = cores
    ? `measured on core ${cores.measured}, counterpart on core ${cores.counterpart}`
    : 'not pinned (taskset and two cores are needed): expect noise';
  const lines = [
    Object.values(runtimes).join(', '),
    `${cpu}, ${kernel}, ${pinned}; ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}`,
    ...(openssl === null ? [] : [`C has ${openssl.C}, Node OpenSSL ${openssl.node}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** How to run the same again, wherever its samples shall go. */
function commandOf(words: readonly string[]): string {
  const kept = words.filter((word, i) => word !== '--json' && word !== '--out' && words[i - 1] !== '--out');
  return ['npm run bench --', ...kept.map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[\w./:@,=-]+$/.test(word) ? word : `'${word}'`;
}

/** One line that is written over, where a person may be looking. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
