// Owns the soak: everything that programs do with sockets, mixed by chance, for a minute, or for half an hour by hand. At quiet
// moments descriptors, handles, listeners and sockets are what they were, and memory does not grow.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { socket } from 'berkeley';
import { openFiles } from '../support/open-files.js';
import { temporaryFolder } from '../support/launch.js';
import { pki } from '../support/pki.js';
import { Draw } from './draw.js';
import { seed, size } from './size.js';
import { otherParts } from './soak/other-parts.js';
import { startPeer } from './soak/peer.js';
import { sample, settle, socketsOn, type Sample } from './soak/sample.js';
import type { Part, Stage } from './soak/stage.js';
import { streamParts } from './soak/stream-parts.js';

const DURATION = size(60_000, 1_800_000);
/** Parts that go on at the same time. */
const LANES = 6;
/** Parts of a round besides one of each. */
const MORE = 40;
/** Every line of the table, in milliseconds. */
const LINE = DURATION / 12;
/** So much of the time programs warm up: code is compiled, tables and caches fill. */
const WARM = 0.25;
/** What the medians of the first and the last third after that may differ by. One connection that stays is some 3,000 bytes. */
const HEAP = 1 << 20;
const EXTERNAL = 1 << 20;
/** It goes up and down by what is freed and not yet given back: buffers of 16 MiB, and the heaps of workers. */
const RSS = 64 << 20;

const parts: Record<string, Part> = { ...streamParts, ...otherParts };
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

test(`for ${DURATION / 1000} s of everything at once nothing is lost and nothing stays`, async (t) => {
  const stage = await setTheStage(t);
  const warnings = new Map<string, number>();
  const onWarning = ({ name }: Error): void => void warnings.set(name, (warnings.get(name) ?? 0) + 1);
  // What is forgotten is meant to be; the warnings are counted, and not printed.
  process.removeAllListeners('warning').on('warning', onWarning);
  // The threads of the file system are those of the process from the first use on.
  await stat('/');
  await settle();
  const first = sample(stage.signal, stage.peer.ports);

  const draw = new Draw(seed);
  const done = new Map<string, number>();
  const samples: (Sample & { readonly at: number })[] = [];
  let quiet: { sample: Sample; files: string[] } | null = null;
  const begun = performance.now();
  for (let round = 0; samples.length < 4 || performance.now() - begun < DURATION; round++) {
    await play(draw, stage, done, round);
    const now = await atRest(stage, quiet);
    quiet ??= { sample: now, files: openFiles() };
    samples.push({ ...now, at: performance.now() - begun });
  }
  const total = [...done.values()].reduce((a, b) => a + b, 0);
  t.diagnostic(`seed ${seed}: ${samples.length} rounds, ${total} parts`);
  t.diagnostic([...done].map(([name, n]) => `${name} ${n}`).join(', '));
  t.diagnostic(`warnings: ${[...warnings].map(([name, n]) => `${name} ${n}`).join(', ')}`);
  for (const line of table(samples)) t.diagnostic(line);

  // Threads that look names up end after five idle seconds.
  await until(() => sample(stage.signal, stage.peer.ports).threads <= first.threads, 'the threads have ended');
  const warm = samples.filter(({ at }) => at > samples.at(-1)!.at * WARM);
  const third = Math.ceil(warm.length / 3);
  for (const [what, bound] of [
    ['heap', HEAP],
    ['external', EXTERNAL],
    ['rss', RSS],
  ] as const) {
    const early = median(warm.slice(0, third).map((each) => each[what]));
    const late = median(warm.slice(-third).map((each) => each[what]));
    t.diagnostic(`${what}: from ${kib(early)} to ${kib(late)} KiB`);
    assert.ok(late - early < bound, `${what} grew by ${late - early} bytes (seed ${seed})`);
  }
  assert.deepEqual([...warnings], [['SocketLeakWarning', done.get('forgotten')]]);
});

/** Plays one of each part, and some more, in an order that chance decides. */
async function play(draw: Draw, stage: Stage, done: Map<string, number>, round: number): Promise<void> {
  const names = Object.keys(parts);
  const left = [...names, ...Array.from({ length: MORE }, () => draw.pick(names))].map((name) => ({
    name,
    draw: draw.child(),
    rank: draw.below(1e9),
  }));
  left.sort((a, b) => a.rank - b.rank);
  const failures: Error[] = [];
  async function lane(): Promise<void> {
    for (let next; (next = left.pop()) !== undefined;) {
      try {
        await parts[next.name]!({ ...stage, draw: next.draw });
      } catch (error) {
        left.length = 0;
        failures.push(new Error(`${next.name} in round ${round} (seed ${seed})`, { cause: error }));
        return;
      }
      done.set(next.name, (done.get(next.name) ?? 0) + 1);
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane));
  if (failures.length > 0) throw failures[0]!;
}

/** A sample, when everything that ends by itself has ended: the other ends, and what is collected. */
async function atRest(stage: Stage, quiet: { sample: Sample; files: string[] } | null): Promise<Sample> {
  let last: Sample | null = null;
  const isQuiet = async (): Promise<boolean> => {
    await settle();
    const now = sample(stage.signal, stage.peer.ports);
    const like = quiet?.sample ?? last ?? now;
    const same = (['descriptors', 'handles', 'listeners'] as const).every((what) => now[what] === like[what]);
    const settled = last !== null && same && now.sockets === 0;
    last = now;
    return settled;
  };
  await until(isQuiet, async () =>
    [
      `it is as quiet as before (seed ${seed}): ${JSON.stringify([quiet?.sample, last])}`,
      openFiles().filter((file) => !quiet?.files.includes(file)),
      ...socketsOn(stage.peer.ports),
      await stage.peer.threads(),
    ].join('\n'),
  );
  return last!;
}

async function setTheStage(t: TestContext): Promise<Stage> {
  const path = join(temporaryFolder(t), 'file');
  writeFileSync(path, new Draw(1).bytes(600_000));
  const bytes = readFileSync(path);
  return {
    draw: new Draw(seed),
    peer: await startPeer(t, hasIpv6),
    pki: pki(),
    deadPort: await deadPort(t),
    file: { path, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
    signal: new AbortController().signal,
  };
}

/** A port of 127.0.0.1 that is nobody's: bound, and not listening. */
async function deadPort(t: TestContext): Promise<number> {
  const holder = await socket().bind('127.0.0.1:0');
  t.after(() => holder.close());
  return holder.getsockname().port!;
}
function table(samples: readonly (Sample & { at: number })[]): string[] {
  const lines = ['seconds  descriptors  handles  listeners  threads  heap KiB  external KiB  RSS KiB'];
  let next = 0;
  for (const { at, descriptors, handles, listeners, threads, heap, external, rss } of samples) {
    if (at < next) continue;
    next = at + LINE;
    const cells = [Math.round(at / 1000), descriptors, handles, listeners, threads, kib(heap), kib(external), kib(rss)];
    lines.push(cells.join('  '));
  }
  return lines;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function kib(bytes: number): number {
  return Math.round(bytes / 1024);
}

async function until(isSo: () => boolean | Promise<boolean>, what: string | (() => Promise<string>)): Promise<void> {
  for (const begun = performance.now(); !(await isSo());) {
    if (performance.now() - begun > 30_000) assert.fail(`never: ${typeof what === 'string' ? what : await what()}`);
    await new Promise((go) => setTimeout(go, 20));
  }
}
