// Owns the suite under sanitizers: which tests run under which, and that silence means something. It must not know how the
// addons are compiled (sanitized/tree.mjs), nor how reports are read (sanitized/reports.mjs).
//
//   node scripts/sanitizers.mjs [address|undefined|thread|fuzz …] [part of a path …]
//
// address, undefined   AddressSanitizer with its leak check and UndefinedBehaviorSanitizer, in one build
// thread               ThreadSanitizer
// fuzz                 what the fuzzers have kept, once more, or ten minutes of each (fuzz.mjs)
// part of a path       the tests to run instead of those that are chosen below
// BERKELEY_HEAVY       the whole suite, in place of what the check has time for (npm run trust -- --by-hand sanitizers)
// NODE_UNDER_TEST      another node binary to run it with
//
// Needs g++, addr2line, patchelf and setarch. The exit code is 1 when a test failed or something was reported.

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readReports } from './sanitized/reports.mjs';
import { place, root, sanitizedTree } from './sanitized/tree.mjs';

const heavy = process.env.BERKELEY_HEAVY !== undefined;
const words = process.argv.slice(2);
const kinds = ['address', 'thread', 'fuzz'];
const asked = words.map((word) => (word === 'undefined' ? 'address' : word)).filter((word) => kinds.includes(word));
const parts = words.filter((word) => !kinds.includes(word) && word !== 'undefined');
const node = process.env.NODE_UNDER_TEST ?? process.execPath;

/** What runs under each: the words for scripts/test.mjs, for each run. `planted` is what it must see. */
const plans = {
  address: {
    planted: ['useAfterFree', 'overflow', 'undefinedBehaviour', 'leak', 'leakOpenssl', 'leakReference'],
    inCheck: [['/native/', '/message/', '/kernel/close', '/kernel/descriptors', '/net/lookup', 'trust/environments']],
    byHand: [['trust/environments'], ['/'], ['--thread', '/kernel/', '/net/', '/udp/', '/message/']],
  },
  thread: {
    planted: ['race'],
    inCheck: [['/native/tls-workers', '/net/lookup', '/net/hung-lookup', 'trust/environments']],
    byHand: [
      ['trust/environments'],
      ['/native/', '/kernel/', '/net/', '/udp/', '/message/'],
      ['--thread', '/kernel/', '/net/', '/udp/', '/message/'],
    ],
  },
};

/**
 * Not run under a sanitizer, because they measure the memory of the process, and it keeps back and surrounds what is allocated. The
 * plain suite holds what they hold.
 */
const unfit = ['native/tls-memory', 'kernel/leaks', 'kernel/datagram-leaks'];

const failures = [];
for (const kind of kinds.filter((one) => asked.length === 0 || asked.includes(one))) {
  if (kind === 'fuzz') replay();
  else check(kind);
}
for (const failure of failures) console.error(`sanitizers: ${failure}`);
if (failures.length > 0) process.exitCode = 1;

function check(kind) {
  const began = Date.now();
  const made = sanitizedTree(kind, node);
  for (const name of unfit) rmSync(join(made.tree, 'build', 'test', `${name}.test.js`), { force: true });
  console.log(`${kind}: compiled in ${seconds(began)} s`);
  const plan = plans[kind];
  const seen = plan.planted.filter((mistake) => sees(made, mistake));
  console.log(`${kind}: of what is planted it sees: ${seen.join(', ')}`);
  if (seen.length < plan.planted.length) failures.push(`${kind}: does not see all that is planted`);
  const runs = parts.length > 0 ? [parts] : heavy ? plan.byHand : plan.inCheck;
  for (const run of runs) suite(kind, made, run);
  console.log(`${kind}: ${seconds(began)} s`);
}

function suite(kind, { tree, node: sanitized }, run) {
  const logs = emptyLogs();
  const began = Date.now();
  const command = [process.execPath, join(tree, 'scripts', 'test.mjs'), '--test-timeout=900000', ...run];
  const { status, stdout } = spawnSync('setarch', ['-R', ...command], {
    cwd: tree,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, ...options(logs), NODE_UNDER_TEST: sanitized },
  });
  const { found, foreign } = readReports(logs);
  const [, passed = 'no'] = /^. pass (\d+)/m.exec(stdout) ?? [];
  console.log(
    `${kind}: ${run.join(' ')}: ${passed} tests passed in ${seconds(began)} s; reports about our code: ${found.length}, about others: ${foreign}`,
  );
  if (status !== 0) {
    // The reporter names what failed once more at the end.
    console.error(stdout.slice(stdout.indexOf('failing tests:')));
    failures.push(`${kind}: tests failed in ${run.join(' ')}`);
  }
  report(kind, found);
}

function report(kind, found) {
  for (const text of found) console.error(`\n${text}\n`);
  if (found.length > 0) failures.push(`${kind}: ${found.length} reports`);
}

/** One planted mistake in a process of its own: it must be found by the way by which those of the suite would be. */
function sees({ tree, node: sanitized }, mistake) {
  const logs = emptyLogs();
  const addon = join(tree, 'native', 'build', 'Release', 'berkeley_planted.node');
  const program = `require(${JSON.stringify(addon)}).${mistake}(Buffer.allocUnsafeSlow(100))`;
  spawnSync('setarch', ['-R', sanitized, '-e', program], { env: { ...process.env, ...options(logs) } });
  const { found } = readReports(logs);
  return found.some((text) => text.includes('planted.cc'));
}

function emptyLogs() {
  const logs = join(place, 'logs');
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  return logs;
}

/**
 * Reports go to files, since tests read what their children print. A leak does not change the exit code, because Node has some of
 * its own; everything else ends the process.
 */
function options(logs) {
  // Some tests preload a library, and the sanitizer's is not the first then. That matters for one that stands in for malloc.
  // With whole paths: the frames are looked up afterwards, those of our code alone.
  const common = `log_path=${logs}/report:symbolize=0:stack_trace_format="    #%n %p (%m+%o)"`;
  return {
    ASAN_OPTIONS: `${common}:detect_leaks=1:verify_asan_link_order=0:exitcode=97:handle_sigill=1:allocator_may_return_null=1`,
    LSAN_OPTIONS: 'exitcode=0',
    TSAN_OPTIONS: `${common}:exitcode=0:history_size=4`,
  };
}

function replay() {
  const script = join(root, 'scripts', 'fuzz.mjs');
  const { status } = spawnSync(process.execPath, heavy ? [script, '--for=600'] : [script], { stdio: 'inherit' });
  if (status !== 0) failures.push('fuzz: see above');
}

function seconds(since) {
  return ((Date.now() - since) / 1000).toFixed(0);
}
