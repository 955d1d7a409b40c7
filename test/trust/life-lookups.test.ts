// Owns the ends of workers and programs that wait for names which nobody resolves: getaddrinfo(3) cannot be cancelled, and must
// hold nobody up. Each test is a program of its own.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { folder } from '../net/kit.js';
import { slowNames } from '../net/slow-names.js';

const library = slowNames(after);

/** The most lookups that anybody waits for at a time: more than these are in a queue. */
const CAP = 16;

interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const entry = (colour: string): string => new URL(`../../../dist/${colour}/index.js`, import.meta.url).href;

/**
 * In `hang(count)` the program has lookups that hang: a promise waits in the thread that asks, a blocking call in a worker of
 * its own. A connect asks for both families, so that nine of them are more than the cap.
 */
function run(t: TestContext, colour: string, body: string): Ended {
  const account = join(folder(t), 'account');
  writeFileSync(account, '');
  const asking = `
    import * as net from ${JSON.stringify(entry(colour))};
    import { workerData } from 'node:worker_threads';
    const wait = (name) => net.connect(name, 80);
    for (const name of workerData.names) wait(name)${colour === 'promises' ? '.catch(() => undefined)' : ''};`;
  const program = `
    import { once } from 'node:events';
    import { readdirSync, readlinkSync, statSync } from 'node:fs';
    import { setTimeout as pause } from 'node:timers/promises';
    import { Worker } from 'node:worker_threads';
    import * as net from ${JSON.stringify(entry(colour))};
    // What Node opens for itself are files.
    const fds = () => readdirSync('/proc/self/fd').filter((fd) => {
      try { return /socket:|anon_inode/.test(readlinkSync('/proc/self/fd/' + fd)); } catch { return false; }
    }).length;
    const named = (count) => Array.from({ length: count }, (_, i) => 'hung' + i + '.example');
    const asking = new URL(${JSON.stringify(`data:text/javascript,${encodeURIComponent(asking)}`)});
    const ask = (names, then = '') => {
      const worker = new Worker(then === '' ? asking : new URL(asking.href + encodeURIComponent(then)), { workerData: { names } });
      worker.on('error', (error) => { throw error; });
      return worker;
    };
    const hanging = async (count) => { while (statSync(${JSON.stringify(account)}).size < count) await pause(2); };
    ${body}`;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 60_000,
    killSignal: 'SIGKILL',
    env: { ...process.env, LD_PRELOAD: library, SLOW_NAMES: account },
  });
  return { status, signal, stdout, stderr };
}

for (const colour of ['promises', 'sync']) {
  test(`workers that wait for names are terminated, their lookups stop no others, and the program ends by itself (${colour})`, (t) => {
    const ended = run(
      t,
      colour,
      `await net.lookup('localhost', 80);
       const [warm] = net.pair(); await warm.waitReadable({ timeout: 1 });
       const before = fds();
       const workers = ${colour === 'promises' ? 'named(3).map(() => ask(named(9)))' : 'named(9).map((name) => ask([name]))'};
       await hanging(${CAP});
       const begun = performance.now();
       const codes = await Promise.all(workers.map((worker) => worker.terminate()));
       const ms = performance.now() - begun;
       const other = await net.lookup('localhost', 80, { timeout: 10_000 });
       console.log(JSON.stringify({ codes: [...new Set(codes)], ms, found: other.length > 0, left: fds() - before }));`,
    );
    assert.deepEqual([ended.status, ended.signal, ended.stderr], [0, null, '']);
    const { codes, ms, found, left } = JSON.parse(ended.stdout) as Record<string, unknown>;
    assert.deepEqual({ codes, found }, { codes: [1], found: true });
    // Nine threads may come to their end one after the other, on a busy machine; the lookups take an hour.
    assert.ok((ms as number) < 20_000, `${ms as number} ms`);
    assert.ok((left as number) <= 0, `${left as number} left`);
  });

  const ends: Record<string, readonly [end: string, status: number | null, signal: string | null, stderr: RegExp]> = {
    'process.exit': ['process.exit(7)', 7, null, /^$/],
    'an error that nobody catches': [`throw new Error('planned')`, 1, null, /Error: planned/],
    'a signal': [`process.kill(process.pid, 'SIGTERM'); await pause(60_000)`, null, 'SIGTERM', /^$/],
  };
  for (const [how, [end, status, signal, stderr]] of Object.entries(ends))
    test(`${how} ends a program that waits for names (${colour})`, (t) => {
      const waits =
        colour === 'promises'
          ? `for (const name of named(9)) net.connect(name, 80).catch(() => undefined); await hanging(${CAP});`
          : `ask(['hung.example']); await hanging(2);`;
      const ended = run(t, colour, `${waits}\n${end};`);
      assert.deepEqual([ended.status, ended.signal], [status, signal], ended.stderr);
      assert.match(ended.stderr, stderr);
    });
}

test('process.exit in a worker that waits for names ends the worker alone, with its code', (t) => {
  const ended = run(
    t,
    'promises',
    `const worker = ask(named(9), "setTimeout(() => process.exit(3), 20)");
     const [code] = await once(worker, 'exit');
     console.log(code, (await net.lookup('localhost', 80, { timeout: 10_000 })).length > 0);`,
  );
  assert.deepEqual(ended, { status: 0, signal: null, stdout: '3 true\n', stderr: '' });
});
