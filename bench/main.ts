// The command: reads the arguments, takes the contenders of each case in turns, prints what came out.

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { CASES, type Case, type Contender } from './cases.js';
import { BenchError, compile, cores, version } from './programs.js';
import { quiet } from './quiet.js';
import { CROWDED, summarize, type Result, type Sample } from './result.js';
import { measureIdle, measureLoad, measureReading, measureRoundTrip, measureSending, type Pace } from './run.js';
import { table } from './table.js';

const USAGE = `Usage: npm run bench -- [--rounds N] [--only PATTERN] [--quick] [--json]

  --rounds N      how often each contender has its turn; 5 unless told
  --only PATTERN  only the cases whose name the regular expression matches
  --quick         shorter turns: rougher figures
  --json          one JSON object with every sample, instead of tables
`;

const USUAL: Pace = { warmMs: 1500, seconds: 1.5, roundTrips: 20_000, mib: 512 };
const QUICK: Pace = { warmMs: 1000, seconds: 0.5, roundTrips: 5_000, mib: 128 };

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
  compile([
    ...['epoll-echo', 'load', 'blocking-client', 'line-source'],
    ...(wanted.cases.some(({ kind }) => kind === 'carry') ? ['carry', 'carry-load'] : []),
    ...(overUdp ? ['udp-echo', 'udp-load', 'udp-sink', 'udp-send'] : []),
    ...(overTls ? ['tls-server', 'tls-load', 'tls-bulk'] : []),
  ]);
  const openssl = overTls ? { C: version('tls-server'), node: process.versions.openssl } : undefined;
  const results: Result[] = [];
  if (!wanted.json)
    process.stdout.write(
      `${heading(wanted.rounds)}\n${openssl ? `C has ${openssl.C}, Node OpenSSL ${openssl.node}\n` : ''}\n`,
    );
  for (const c of wanted.cases) {
    const result = summarize(c, await takeTurns(c, wanted.rounds, wanted.pace));
    results.push(result);
    if (!wanted.json) process.stdout.write(`${table(result)}\n`);
  }
  if (!wanted.json) return;
  process.stdout.write(
    `${JSON.stringify({ node: process.version, arch: process.arch, cpu: cpus()[0]?.model, cores, openssl, rounds: wanted.rounds, results })}\n`,
  );
}

/** Every round lets each contender run once, and each round begins with another one. */
async function takeTurns(c: Case, rounds: number, pace: Pace): Promise<Map<Contender, Sample[]>> {
  const samples = new Map(c.contenders.map((contender) => [contender, [] as Sample[]]));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < c.contenders.length; i++) {
      const contender = c.contenders[(round + i) % c.contenders.length]!;
      progress(`${c.name}: round ${round + 1} of ${rounds}, ${contender.name}`);
      samples.get(contender)!.push(await undisturbed(() => measure(c, contender, pace)));
    }
  }
  progress('');
  return samples;
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
  if (c.kind === 'sending') return measureSending(c, contender, pace);
  if (c.kind === 'reading') return measureReading(c, contender, pace);
  if (c.kind === 'round-trip') return measureRoundTrip(c, contender, pace);
  return c.kind === 'idle' ? measureIdle(c, contender) : measureLoad(c, contender, pace);
}

function readArguments(): { rounds: number; cases: readonly Case[]; pace: Pace; json: boolean } {
  const { values } = (() => {
    try {
      return parseArgs({
        options: {
          rounds: { type: 'string', default: '5' },
          only: { type: 'string', default: '' },
          quick: { type: 'boolean', default: false },
          json: { type: 'boolean', default: false },
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
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new BenchError(`--rounds takes a whole number from 1\n\n${USAGE}`);
  const cases = CASES.filter((c) => pattern(values.only).test(c.name));
  if (cases.length === 0) {
    throw new BenchError(`no case matches ${values.only}; there are:\n${CASES.map((c) => `  ${c.name}`).join('\n')}`);
  }
  return { rounds, cases, pace: values.quick ? QUICK : USUAL, json: values.json };
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text, 'i');
  } catch (error) {
    throw new BenchError((error as Error).message);
  }
}

function heading(rounds: number): string {
  const pinned = cores
    ? `measured on core ${cores.measured}, counterpart on core ${cores.counterpart}`
    : 'not pinned (taskset and two cores are needed): expect noise';
  return `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, ${pinned}; ${rounds === 1 ? 'one round' : `medians of ${rounds} rounds`}`;
}

/** One line that is written over, where a person may be looking. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
