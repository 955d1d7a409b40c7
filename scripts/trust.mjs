// Owns the long checks of docs/reliability.md, in their order: the suite under injected faults and under sanitizers, and the
// tests in test/trust/. It must not know what they look for.
//
//   node scripts/trust.mjs [--by-hand] [name …]
//
// --by-hand   the sizes of the figures in docs/reliability.md instead of those of the check (BERKELEY_HEAVY)
// name        only the steps that have one of the names: faults, sanitizers, or a part of a file in test/trust/
//
// BERKELEY_SEED, where it is not given, is that of the day. The exit code is 1 when a step failed; all are run.

import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const words = process.argv.slice(2);
const byHand = words.includes('--by-hand');
const names = words.filter((word) => !word.startsWith('-'));
// Another one every day, and the same for everybody on that day: what fails can be repeated.
const seed = process.env.BERKELEY_SEED ?? String(Math.floor(Date.now() / 86_400_000) * 10);
const env = { ...process.env, BERKELEY_SEED: seed, ...(byHand ? { BERKELEY_HEAVY: '1' } : {}) };

const wanted = steps().filter(([name]) => names.length === 0 || names.some((part) => name.includes(part)));
if (wanted.length === 0) {
  console.error(
    `no step is called ${names.join(' or ')}: ${steps()
      .map(([name]) => name)
      .join(', ')}`,
  );
  process.exit(1);
}
console.log(`trust: BERKELEY_SEED=${seed}`);
const failed = [];
// Most steps measure time, or fill the machine, and are alone. The soak takes its time on less than one processor, and inputs
// only compute, so these go beside each other.
const computing = wanted.filter(([name]) => name.startsWith('inputs-'));
const soaking = wanted.filter(([name]) => name === 'soak');
const alone = wanted.filter((step) => !computing.includes(step) && !soaking.includes(step));
for (const step of alone) await run(step, 'inherit');
await Promise.all([runEach(soaking), runEach(computing)]);
if (failed.length > 0) {
  console.error(`\ntrust: failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}

async function runEach(steps) {
  for (const step of steps) await run(step, 'pipe');
}

/** What is piped is printed in one piece at the end. */
async function run([name, ...command], output) {
  const began = Date.now();
  const title = `\n--- trust: ${name}`;
  if (output === 'inherit') console.log(title);
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['inherit', output, output], env });
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece) => printed.push(piece));
  const [status] = await once(child, 'close');
  if (output === 'pipe') console.log(`${title}\n${Buffer.concat(printed)}`);
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  console.log(`--- trust: ${name}: ${status === 0 ? 'passed' : 'FAILED'} after ${seconds} s`);
  if (status !== 0) failed.push(name);
}

/** Each step by its name and the words for node. */
function steps() {
  const scripts = ['faults', 'sanitizers']
    .map((name) => [name, join('scripts', `${name}.mjs`)])
    .filter(([, file]) => existsSync(join(root, file)));
  const tests = readdirSync(join(root, 'test', 'trust'), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => {
      const file = join('build', 'test', 'trust', name.replace(/\.ts$/, '.js'));
      const limit = `--test-timeout=${byHand ? 7_200_000 : 300_000}`;
      return [name.replace(/\.test\.ts$/, ''), '--test', '--test-reporter=spec', limit, file];
    });
  return [...scripts, ...tests];
}
