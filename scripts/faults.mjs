// Owns the suite under injected faults: builds the injector of test/support/fault/, and runs the files of the conformance suite
// under it, once for each seed. It must not know what is tested, nor how a fault is made.
//
//   node scripts/faults.mjs --build      builds the injector, and says where it is
//   node scripts/faults.mjs [--seeds N] [--share N] [--seed S] [--hard N] [part of a path …]
//
// --seeds N       so many seeds: 10, or 200 with BERKELEY_HEAVY. They begin with --seed, BERKELEY_SEED, or 1
// --share N       of all pairs of a seed and a file every N-th: 3, or all with BERKELEY_HEAVY, --seed or a path, so that every file meets
//                 three or four of ten seeds where time is short
// --seed S        the first seed: with --seeds 1 and the path of a file, exactly what has failed
// --hard N        N of 10,000 calls fail for good besides. What was to be done fails then, so only the files of test/trust/ can pass
// part of a path  the files that have one of the parts in their path, instead of conformance
//
// Nobody may notice the faults of a seed: transfers are short, calls answer EINTR, EAGAIN and ECONNABORTED, readiness is late or comes
// for nothing. Every test has to pass unchanged. The exit code is 1 when one failed, with the command that repeats it.

import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import {
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
const limit = 120_000;

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
  const option = (name) => {
    const at = words.indexOf(name);
    return at < 0 ? null : Number(words.splice(at, 2)[1]);
  };
  const count = option('--seeds') ?? (process.env['BERKELEY_HEAVY'] === undefined ? 10 : 200);
  const chosen = words.includes('--seed');
  const first = option('--seed') ?? Number(process.env['BERKELEY_SEED'] ?? 1);
  const hard = option('--hard');
  const share =
    option('--share') ?? (chosen || process.env['BERKELEY_HEAVY'] !== undefined || words.length > 0 ? 1 : 3);
  const parts = words.length === 0 ? ['conformance'] : words;
  const built = join(root, 'build', 'test');
  const files = readdirSync(built, { recursive: true })
    .filter((name) => name.endsWith('.test.js') && existsSync(join(root, 'test', name.replace(/\.js$/, '.ts'))))
    .filter((name) => parts.some((part) => join('test', name).includes(part)))
    .sort();
  if (files.length === 0) throw new Error(`no compiled test has ${parts.join(' or ')} in its path`);
  buildInjector();
  await bundle();

  const jobs = [];
  for (let i = 0; i < count; i++)
    files.forEach((file, at) => (first + i + at) % share === 0 && jobs.push({ seed: first + i, file }));
  console.log(`faults: ${count} seeds from ${first}, ${files.length} files, ${jobs.length} runs`);
  const began = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'berkeley-faults-'));
  const totals = new Map();
  const failed = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < jobs.length; at = next++) {
      const job = jobs[at];
      const log = join(folder, `${at}`);
      const { passed, output } = await run(job, log, hard);
      if (existsSync(log)) add(readFileSync(log, 'utf8'), totals);
      if (passed) continue;
      const again = `node scripts/faults.mjs --seeds 1 --seed ${job.seed}${hard === null ? '' : ` --hard ${hard}`} ${job.file.replace(/\.js$/, '')}`;
      failed.push(again);
      console.log(`${output}\nfaults: FAILED, again with: ${again}\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  rmSync(folder, { recursive: true });

  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  const calls = totals.get('calls') ?? 0;
  totals.delete('calls');
  const injected = [...totals.values()].reduce((sum, one) => sum + one, 0);
  console.log(`faults: ${jobs.length} runs in ${seconds} s: ${calls} calls, ${injected} faults`);
  for (const [name, times] of [...totals].sort()) console.log(`  ${name.toLowerCase().replaceAll('_', ' ')} ${times}`);
  if (failed.length > 0) {
    console.error(`faults: ${failed.length} of ${jobs.length} runs failed:\n  ${failed.join('\n  ')}`);
    process.exitCode = 1;
  } else if (injected === 0) {
    console.error('faults: nothing was injected');
    process.exitCode = 1;
  }
}

/** One file under one seed, in a process of its own. */
function run({ seed, file }, log, hard) {
  const control = `${log}.control`;
  writeFileSync(control, Buffer.alloc(32));
  const env = {
    ...process.env,
    LD_PRELOAD: library,
    BERKELEY_FAULT_SEED: `${seed}`,
    BERKELEY_FAULT_LOG: log,
    BERKELEY_FAULT_CONTROL: control,
    ...(hard === null ? {} : { BERKELEY_FAULT_HARD: `${hard}` }),
  };
  const child = spawn(process.execPath, ['--test-reporter=spec', join(root, 'build', 'test', file)], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pieces = [];
  child.stdout.on('data', (piece) => pieces.push(piece));
  child.stderr.on('data', (piece) => pieces.push(piece));
  const timer = setTimeout(() => {
    pieces.push(Buffer.from(`\nfaults: not at its end after ${limit / 1000} s\n`));
    child.kill('SIGKILL');
  }, limit);
  return new Promise((go) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code !== 0) pieces.push(Buffer.from(`\nfaults: ended with ${code ?? signal}\n`));
      go({ passed: code === 0, output: Buffer.concat(pieces).toString() });
    });
  });
}

/** Adds up lines of `NAME=count NAME=count`. */
function add(text, totals) {
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const [name, count] = word.split('=');
    totals.set(name, (totals.get(name) ?? 0) + Number(count));
  }
}
