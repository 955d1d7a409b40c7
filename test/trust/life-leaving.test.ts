// Owns the ways in which a program ends inside of what the library calls: process.exit, and errors that nobody catches. Node's
// own end must come of it, with its code and its report, and never a crash.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pki } from '../support/pki.js';
import { oneOf, randomOf } from './life-random.js';
import { seed, size } from './size.js';

const program = fileURLToPath(new URL('children/leave.js', import.meta.url));
const { server } = pki();
const { certFile, keyFile } = server;
const names = JSON.parse(
  execFileSync(process.execPath, [program, 'names', '', certFile, keyFile], { encoding: 'utf8' }),
) as string[];

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly said: string;
  readonly wrong: string;
}

type Reactor = 'uv' | 'thread';

function run(way: string, name: string, reactor: Reactor): Promise<End> {
  const words = ['--expose-gc', program, way, name, certFile, keyFile];
  const env = { ...process.env, ...(reactor === 'thread' ? { BERKELEY_REACTOR: 'thread' } : {}) };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, words, { env, timeout: 100_000 }, (_, said, wrong) =>
      resolve({ code: child.exitCode, signal: child.signalCode, said, wrong }),
    );
  });
}

/** The check ends each program once, on a reactor that the seed draws; by hand it is both. */
const random = randomOf(seed);
const both: readonly Reactor[] = ['uv', 'thread'];
function programs(): [name: string, reactor: Reactor][] {
  return names.flatMap((name) =>
    (size(1, 2) === 2 ? both : [oneOf(random, both)]).map((one) => [name, one] as [string, Reactor]),
  );
}

/** Two at a time. Returns what the programs did wrong. */
async function runAll(way: string, judge: (end: End) => void): Promise<string[]> {
  const queue = programs();
  const failed: string[] = [];
  async function lane(): Promise<void> {
    for (let next; (next = queue.shift()) !== undefined;) {
      const end = await run(way, ...next);
      try {
        judge(end);
      } catch (error) {
        failed.push(`${next.join(', reactor ')}: ${String(error)}\n${JSON.stringify(end)}`);
      }
    }
  }
  await Promise.all([lane(), lane()]);
  return failed;
}

test(`process.exit ends the program with its code, in each of ${names.length} places`, async () => {
  const failed = await runAll('exit', ({ code, signal, wrong }) => {
    assert.deepEqual({ code, signal, wrong }, { code: 7, signal: null, wrong: '' });
  });
  assert.deepEqual(failed, []);
});

test(`an error that nobody catches ends the program with 1, and Node reports it, in each of ${names.length} places`, async () => {
  const failed = await runAll('throw', ({ code, signal, wrong }) => {
    assert.deepEqual({ code, signal }, { code: 1, signal: null });
    assert.match(wrong, /planned/);
    assert.match(wrong, /leave\.js:\d+/);
  });
  assert.deepEqual(failed, []);
});

for (const reactor of both)
  test(`an error that is caught leaves the library whole, in each of ${names.length} places (reactor: ${reactor})`, async () => {
    const { code, signal, said, wrong } = await run('stay', '', reactor);
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, wrong);
    const whole = { left: true, told: true, text: 'still', word: 'here', limit: 'ETIMEDOUT', heard: '5' };
    assert.deepEqual(
      JSON.parse(said),
      names.map((name) => ({ name, ...whole })),
    );
  });
