// Owns the fuzzers of the addons' C++: how they are compiled and run. What they try is in test/support/fuzz/, what was found worth
// keeping in test/support/fuzz/corpus/.
//
//   node scripts/fuzz.mjs [calls|tls …]                tries what is kept, and as much again a little changed (g++)
//   node scripts/fuzz.mjs --for=SECONDS [calls|tls …]  libFuzzer for so long each, then keeps what reaches more (clang++)
//
// calls   berkeley.node: sequences of calls with arguments of any kind, on a simulated kernel
// tls     berkeley_tls.node: bytes on the wire, conversations that are changed on the way, certificates and other files
//
// Both with AddressSanitizer and UndefinedBehaviorSanitizer. BERKELEY_SEED repeats what was changed.

import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const place = join(root, 'build', 'fuzz');
const sources = join(root, 'test', 'support', 'fuzz');

/** `times`: how many inputs are made of those that are kept. `longest`: bytes of an input. */
const targets = {
  calls: { folder: 'native', defines: [], libraries: [], times: 100_000, longest: 2000 },
  // OpenSSL's library of the system has the interface of the one in Node.
  tls: {
    folder: join('native', 'tls'),
    defines: ['-DBERKELEY_FUZZ_TLS'],
    libraries: ['-l:libssl.so.3', '-l:libcrypto.so.3'],
    times: 1000,
    longest: 6000,
  },
};
/** Of all that libFuzzer finds worth keeping, so much is kept for each. */
const mostBytes = 90 * 1024;

const words = process.argv.slice(2);
const duration = words.find((word) => word.startsWith('--for='))?.slice('--for='.length);
const names = words.filter((word) => !word.startsWith('-'));
const seed = process.env.BERKELEY_SEED ?? String(Math.floor(Math.random() * 0x7fff_ffff));

mkdirSync(place, { recursive: true });
const chosen = names.length > 0 ? names : Object.keys(targets);
if (duration === undefined) {
  // Compiled side by side, which is what takes the time.
  const more = ['-fsanitize=address,undefined', join(sources, 'replay.cc')];
  const programs = await Promise.all(chosen.map((name) => compile('g++', name, more)));
  chosen.forEach((name, index) => replay(name, programs[index]));
} else {
  for (const name of chosen)
    search(name, await compile('clang++', name, ['-fsanitize=fuzzer,address,undefined']), duration);
}

function replay(name, program) {
  const { status, stdout, stderr } = run(program, [seed, String(targets[name].times), corpusOf(name)]);
  console.log(`fuzz ${name}: seed ${seed}: ${stdout.trim()}`);
  if (status === 0) return;
  console.error(stderr);
  process.exitCode = 1;
}

function search(name, program, seconds) {
  const found = join(place, `found-${name}`);
  mkdirSync(found, { recursive: true });
  const limits = [`-max_len=${targets[name].longest}`, '-timeout=20', `-artifact_prefix=${place}/`];
  const began = run(program, [
    ...limits,
    `-max_total_time=${seconds}`,
    '-len_control=0',
    '-print_final_stats=1',
    found,
    corpusOf(name),
  ]);
  console.log(began.stderr.split('\n').slice(-40).join('\n'));
  if (began.status !== 0) process.exitCode = 1;
  const merged = join(place, `merged-${name}`);
  rmSync(merged, { recursive: true, force: true });
  mkdirSync(merged);
  run(program, [...limits, '-merge=1', merged, corpusOf(name), found]);
  keep(name, merged);
}

/** The shortest first: they are those that a person may look at. */
function keep(name, merged) {
  const files = readdirSync(merged).map((file) => ({ file, size: statSync(join(merged, file)).size }));
  files.sort((one, other) => one.size - other.size);
  const corpus = corpusOf(name);
  for (const file of readdirSync(corpus)) rmSync(join(corpus, file));
  let bytes = 0;
  let count = 0;
  for (const { file, size } of files) {
    if (bytes + size > mostBytes) break;
    bytes += size;
    count += 1;
    copyFileSync(join(merged, file), join(corpus, file));
  }
  console.log(`fuzz ${name}: ${count} of ${files.length} inputs are kept, ${bytes} bytes`);
}

function corpusOf(name) {
  const corpus = join(sources, 'corpus', name);
  mkdirSync(corpus, { recursive: true });
  return corpus;
}

async function compile(compiler, name, more) {
  const { folder, defines, libraries } = targets[name];
  const program = join(place, `${name}-${compiler}`);
  const beside = process.env.npm_config_nodedir ?? join(dirname(process.execPath), '..');
  const own = readdirSync(join(root, folder)).filter((file) => file.endsWith('.cc'));
  const command = [
    ...['-std=c++17', '-O1', '-g', '-fno-sanitize-recover=all', '-D_GNU_SOURCE', '-DNAPI_VERSION=8', ...defines],
    ...['-w', `-I${join(beside, 'include', 'node')}`, '-include', join(sources, 'kernel.h')],
    ...more,
    ...own.map((file) => join(root, folder, file)),
    ...['runtime.cc', 'kernel.cc', `${name}.cc`].map((file) => join(sources, file)),
    ...libraries,
    ...['-o', program],
  ];
  try {
    await promisify(execFile)(compiler, command);
    return program;
  } catch (error) {
    console.error(error.stderr || error.message);
    process.exit(1);
  }
}

/** The address space is not shuffled: old sanitizers do not find their place in that of new kernels. */
function run(program, words) {
  return spawnSync('setarch', ['-R', program, ...words], { encoding: 'utf8', cwd: place, maxBuffer: 1 << 28 });
}
