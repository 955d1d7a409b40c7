// Owns the suite under injected faults: builds the injector of test/support/fault/, and runs the files of the conformance suite
// under it, with each seed. It must not know what is tested, nor how a fault is made.
//
//   node scripts/faults.mjs --build      builds the injector, and says where it is
//   node scripts/faults.mjs [--seeds N] [--seed S] [--record FILE] [--jobs N] [--thread] [part of a path …]
//
// --seeds N       so many seeds: 10, or 200 with BERKELEY_HEAVY. They begin with --seed, BERKELEY_SEED, or 1
// --seed S        the first seed: with --seeds 1 and the path of a file, exactly what has failed
// --record FILE   what was run is written there, a line each. What has passed by it is not run again: a long run may be stopped and
//                 taken up, and the figures at its end are those of all lines. What has failed and passed since is not counted as failed
// --jobs N        so many processes at once: three for each processor, because most of a run is waiting
// --thread        the reactor waits on its helper thread (BERKELEY_REACTOR=thread)
// part of a path  the files that have one of the parts in their path, instead of conformance
// NODE_UNDER_TEST another node binary to run them with
//
// Nobody may notice the faults of a seed: transfers are short, calls answer EINTR, EAGAIN and ECONNABORTED, readiness is late or comes
// for nothing. Every test has to pass unchanged. The exit code is 1 when one failed, with the command that repeats it. Calls that fail for
// good are the business of test/trust/faults-*.

import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle } from './bundle.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const sources = join(root, 'test', 'support', 'fault');
const library = join(root, 'build', 'fault', 'fault.so');
/** Of one process, for each of its seeds: where two hundred are run, something else has the processors. */
const limit = process.env['BERKELEY_HEAVY'] === undefined ? 120_000 : 900_000;
/** Seeds that share a process, and with it the start of everything. */
const batch = 5;

/** Builds the injector if it is older than its sources, and says where it is. */
export function buildInjector() {
  const files = readdirSync(sources).map((name) => join(sources, name));
  const newest = Math.max(...files.map((file) => statSync(file).mtimeMs));
  if (existsSync(library) && statSync(library).mtimeMs > newest) return library;
  mkdirSync(dirname(library), { recursive: true });
  const flags = ['-std=gnu11', '-O2', '-g', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-pthread'];
  const code = files.filter((file) => file.endsWith('.c'));
  // Under another name first: a process that has it loaded must not see it change.
  const fresh = `${library}.${process.pid}`;
  const { status } = spawnSync('gcc', [...flags, '-o', fresh, ...code, '-ldl'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the injector was not built');
  renameSync(fresh, library);
  return library;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2));

async function main(words) {
  if (words[0] === '--build') {
    console.log(buildInjector());
    return;
  }
  const value = (name) => {
    const at = words.indexOf(name);
    return at < 0 ? null : words.splice(at, 2)[1];
  };
  const number = (name) => {
    const text = value(name);
    return text === null ? null : Number(text);
  };
  const count = number('--seeds') ?? (process.env['BERKELEY_HEAVY'] === undefined ? 10 : 200);
  const first = number('--seed') ?? Number(process.env['BERKELEY_SEED'] ?? 1);
  const most = number('--jobs') ?? 3 * availableParallelism();
  const record = value('--record');
  const thread = words.includes('--thread');
  const parts = words.filter((word) => word !== '--thread');
  const files = testFiles(parts.length === 0 ? ['conformance'] : parts);
  buildInjector();
  await bundle();

  const done =
    record !== null && existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n').map(JSON.parse) : [];
  const passed = pairsPassed(done);
  const jobs = [];
  for (let from = 0; from < count; from += batch)
    for (const file of files) {
      const seeds = Array.from({ length: Math.min(batch, count - from) }, (_, i) => first + from + i).filter(
        (seed) => !passed.has(`${seed} ${file}`),
      );
      if (seeds.length > 0) jobs.push({ seeds, file });
    }
  const runs = jobs.reduce((sum, { seeds }) => sum + seeds.length, 0);
  console.log(`faults: ${count} seeds from ${first}, ${files.length} files, ${runs} runs`);
  const began = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-faults-'));
  let next = 0;
  const work = async () => {
    for (let at = next++; at < jobs.length; at = next++) {
      const job = jobs[at];
      const log = join(folder, `${at}`);
      const { failed, output } = await run(job, log, thread);
      const line = { ...job, failed, counts: existsSync(log) ? counts(readFileSync(log, 'utf8')) : {} };
      done.push(line);
      if (record !== null) appendFileSync(record, `${JSON.stringify(line)}\n`);
      if (failed.length > 0) console.log(`${output}\nfaults: FAILED, again with: ${again(line, thread)}\n`);
    }
  };
  await Promise.all(Array.from({ length: most }, work));
  rmSync(folder, { recursive: true });
  report(done, ((Date.now() - began) / 1000).toFixed(0), thread);
}

/** The compiled tests that have one of the parts in their path, and whose source still exists. */
function testFiles(parts) {
  const files = readdirSync(join(root, 'build', 'test'), { recursive: true })
    .filter((name) => name.endsWith('.test.js') && existsSync(join(root, 'test', name.replace(/\.js$/, '.ts'))))
    .filter((name) => parts.some((part) => join('test', name).includes(part)))
    .sort();
  if (files.length === 0) throw new Error(`no compiled test has ${parts.join(' or ')} in its path`);
  return files;
}

/** The pairs of a seed and a file that have passed in a process in which nothing failed. */
function pairsPassed(done) {
  return new Set(
    done
      .filter(({ failed }) => failed.length === 0)
      .flatMap(({ file, seeds }) => seeds.map((seed) => `${seed} ${file}`)),
  );
}

/** The commands that repeat what has failed. */
function again({ failed, file }, thread) {
  const words = `${thread ? '--thread ' : ''}${file.replace(/\.js$/, '')}`;
  return failed.map((seed) => `node scripts/faults.mjs --seeds 1 --seed ${seed} ${words}`).join('\n  ');
}

function report(done, seconds, thread) {
  const totals = new Map();
  for (const { counts } of done)
    for (const [name, times] of Object.entries(counts)) totals.set(name, (totals.get(name) ?? 0) + times);
  const calls = totals.get('calls') ?? 0;
  totals.delete('calls');
  const injected = [...totals.values()].reduce((sum, one) => sum + one, 0);
  const runs = done.reduce((sum, { seeds }) => sum + seeds.length, 0);
  console.log(`faults: ${runs} runs in ${seconds} s: ${calls} calls, ${injected} faults`);
  for (const [name, times] of [...totals].sort()) console.log(`  ${name.toLowerCase().replaceAll('_', ' ')} ${times}`);
  const passed = pairsPassed(done);
  const failed = done
    .map((line) => ({ ...line, failed: line.failed.filter((seed) => !passed.has(`${seed} ${line.file}`)) }))
    .filter((line) => line.failed.length > 0);
  if (failed.length > 0)
    console.error(`faults: what failed:\n  ${failed.map((line) => again(line, thread)).join('\n  ')}`);
  else if (injected === 0) console.error('faults: nothing was injected');
  if (failed.length > 0 || injected === 0) process.exitCode = 1;
}

/** One file under some seeds, in a process of its own. */
function run({ seeds, file }, log, thread) {
  const control = `${log}.control`;
  writeFileSync(control, Buffer.alloc(64));
  const env = {
    ...process.env,
    LD_PRELOAD: library,
    BERKELEY_FAULT_SEED: `${seeds[0]}`,
    BERKELEY_FAULT_LOG: log,
    BERKELEY_FAULT_CONTROL: control,
    ...(thread ? { BERKELEY_REACTOR: 'thread' } : {}),
  };
  const node = process.env['NODE_UNDER_TEST'] ?? process.execPath;
  const built = join(root, 'build', 'test');
  const words = [join(built, 'support', 'seeds.js'), ...seeds.map(String), join(built, file)];
  const child = spawn(node, ['--test-reporter=spec', ...words], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const pieces = [];
  child.stdout.on('data', (piece) => pieces.push(piece));
  child.stderr.on('data', (piece) => pieces.push(piece));
  const most = limit * seeds.length;
  const timer = setTimeout(() => {
    pieces.push(Buffer.from(`\nfaults: not at its end after ${most / 1000} s\n`));
    child.kill('SIGKILL');
  }, most);
  return new Promise((go) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code !== 0) pieces.push(Buffer.from(`\nfaults: ended with ${code ?? signal}\n`));
      const output = Buffer.concat(pieces).toString();
      go({ failed: code === 0 ? [] : failedSeeds(output, seeds), output });
    });
  });
}

/** The seeds behind whose title something failed; if none has, the last one that was begun. */
function failedSeeds(output, seeds) {
  const failed = new Set();
  let last = seeds[0];
  for (const line of output.split('\n')) {
    const title = /under seed (\d+)/.exec(line);
    if (title) last = Number(title[1]);
    // What failed is listed once more at the end.
    else if (line.startsWith('✖ failing tests')) break;
    else if (line.startsWith('✖')) failed.add(last);
  }
  return failed.size > 0 ? [...failed] : [last];
}

/** Adds up lines of `NAME=count NAME=count`, one of each process. */
function counts(text) {
  const totals = {};
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const [name, count] = word.split('=');
    totals[name] = (totals[name] ?? 0) + Number(count);
  }
  return totals;
}
