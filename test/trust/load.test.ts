// Owns the load: thousands of connections that are open at once, each with its own mixture of everything, and a hash of what
// went each way at each end. When all are over nothing of them is left.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { listen, type AsyncConn, connect } from 'berkeley';
import * as sync from 'berkeley/sync';
import { until } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { carryOut, type Outcome } from './load/carry-out.js';
import { startEcho, type Account, type Echo } from './load/echo.js';
import { hashOf, planOf, type Plan } from './load/plan.js';
import { seed, size } from './size.js';
import { sample, settle } from './soak/sample.js';

/** As many as this process and Python may have open, and no more than are asked for. */
const hard = Number(/^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))![1]);
const COUNT = Math.min(size(5000, 10_000), hard - 1000);
/** Those before, so that tables have grown, the reactor has started and TLS is loaded. */
const WARMING = size(500, COUNT);
/** What may be left of each, in bytes; an open one is some 3,000. After a small warming it is tables and compiled code. */
const LEFT = size(600, 200);
const WORKERS = 2;
/** Of these, one in so many is a blocking connection in a worker. */
const BLOCKING = 100;
/** Dials that go on at the same time. */
const DIALS = 500;
const ipv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const limit = { timeout: '5m' } as const;

/** What a connection came to, here or in a worker. */
type Ours = { readonly [K in 'written' | 'read']: { readonly n: number; readonly sha256: string } };

test(`${COUNT} connections at once in every kind of operation: each end has what the other sent`, async (t) => {
  assert.ok(COUNT >= 2000, `this process may open ${hard} files`);
  const echo = await startEcho(t, seed, ipv6);
  const { signal } = new AbortController();
  const ports = { tcp: echo.tcp4, tcp6: echo.tcp6 };
  await cycle(echo, WARMING, 1_000_000, signal);
  await settle();
  const before = sample(signal, ports);
  const begun = performance.now();
  const { most, bytes, ended } = await cycle(echo, COUNT, 0, signal);
  const seconds = (performance.now() - begun) / 1000;
  await until(() => sample(signal, ports).sockets === 0, 'the kernel has no socket of them');
  await settle();
  await until(() => sample(signal, ports).descriptors <= before.descriptors, 'all descriptors are closed');
  await settle();
  const after = sample(signal, ports);
  t.diagnostic(`seed ${seed}: ${COUNT} connections, ${most} at once, ${seconds.toFixed(1)} s`);
  t.diagnostic(`${(bytes / 1e6).toFixed(0)} MB compared, ${ended} calls ended by a limit or a signal`);
  t.diagnostic(`before ${JSON.stringify(before)}`);
  t.diagnostic(`after ${JSON.stringify(after)}`);
  assert.equal(most, COUNT);
  for (const what of ['descriptors', 'handles', 'listeners'] as const) assert.equal(after[what], before[what], what);
  const grown = after.heap + after.external - before.heap - before.external;
  assert.ok(grown < LEFT * COUNT, `${grown} bytes more than before`);
});

/** Opens all, then has all of them work at the same time, and compares. The numbers of the connections begin with `first`. */
async function cycle(
  echo: Echo,
  count: number,
  first: number,
  signal: AbortSignal,
): Promise<{ most: number; bytes: number; ended: number }> {
  const ids = Array.from({ length: count }, (_, i) => first + i);
  const blocking = ids.filter((id) => id % BLOCKING === 0);
  const plans = new Map(ids.map((id) => [id, planOf(seed, id, { ipv6, blocking: id % BLOCKING === 0 })]));
  const own = [...plans.values()].filter(({ id }) => id % BLOCKING !== 0);
  const threads = await startWorkers(echo, blocking);
  const before = readdirSync('/proc/self/fd').length;
  const conns = await openAll(echo, own, signal);
  assert.equal(readdirSync('/proc/self/fd').length, before + own.length);

  const outcomes = new Map<number, Outcome>();
  const theirs = Promise.all(threads.map(({ work }) => work()));
  await Promise.all(
    own.map(async (plan) => {
      try {
        outcomes.set(plan.id, await serve(conns.get(plan.id)!, plan, signal));
      } catch (error) {
        throw new Error(`connection ${JSON.stringify({ ...plan, segments: plan.segments.length })} (seed ${seed})`, {
          cause: error,
        });
      }
    }),
  );
  const found = new Map<number, Ours>([...outcomes, ...(await theirs).flat()]);
  const accounts: Account[] = [];
  let most = 0;
  // What we have reset may still be on its way there.
  for (const begun = performance.now(); accounts.length < count;) {
    const report = await echo.report();
    accounts.push(...report.accounts);
    most = Math.max(most, report.most);
    assert.ok(performance.now() - begun < 20_000, `${accounts.length} of ${count} are over at the other end`);
  }
  let bytes = 0;
  for (const account of accounts) {
    compare(plans.get(account.id)!, found.get(account.id)!, account);
    bytes += account.received + account.sent;
  }
  assert.equal(new Set(accounts.map(({ id }) => id)).size, count);
  for (const { manner, id } of own)
    assert.equal(outcomes.get(id)!.code !== null, manner === 'their reset', `connection ${id}`);
  return { most, bytes, ended: [...outcomes.values()].reduce((sum, { ended }) => sum + ended, 0) };
}

async function openAll(echo: Echo, plans: readonly Plan[], signal: AbortSignal): Promise<Map<number, AsyncConn>> {
  const conns = new Map<number, AsyncConn>();
  const accepted = plans.filter(({ transport }) => transport === 'accepted');
  const dialled = plans.filter(({ transport }) => transport !== 'accepted');
  const listener = await listen('127.0.0.1:0');
  echo.dial(listener.address.port!, accepted.length);
  for (const plan of accepted) conns.set(plan.id, await listener.accept(limit));
  listener.close();
  const left = [...dialled];
  async function lane(): Promise<void> {
    for (let plan; (plan = left.pop()) !== undefined;)
      conns.set(plan.id, await connect(targetOf(echo, plan), { ...limit, signal }));
  }
  await Promise.all(Array.from({ length: DIALS }, lane));
  return conns;
}

async function serve(conn: AsyncConn, plan: Plan, signal: AbortSignal): Promise<Outcome> {
  const how = plan.secure ? 'tls' : plan.manner === 'their reset' ? 'reset' : 'plain';
  await conn.write(`${plan.id} ${how} ${plan.cut}\n`, limit);
  if (plan.secure) {
    assert.equal((await conn.readExact(1, limit)).toString(), '+');
    await conn.startTls({ ca: pki().root.cert, serverName: 'localhost', ...limit });
  }
  // A few are blocking calls in this thread, on the same connection.
  const face = plan.manner === 'in turn' && plan.id % 500 === 1 ? (sync.share(conn) as unknown as AsyncConn) : conn;
  return carryOut(face, plan, signal);
}

/** Every end of a whole stream has the same; of one that was cut, the beginning of it. */
function compare(plan: Plan, ours: Ours, account: Account): void {
  const which = `connection ${plan.id}, ${plan.transport}, ${plan.manner} (seed ${seed})`;
  if (plan.manner.endsWith('reset')) {
    assert.equal(account.receivedHash, hashOf(plan, account.received), `${which}: what the peer received`);
    assert.equal(account.sentHash, hashOf(plan, account.sent), `${which}: what the peer sent`);
    assert.equal(ours.read.sha256, hashOf(plan, ours.read.n), `${which}: what we read`);
    assert.ok(ours.read.n <= account.sent, which);
    return;
  }
  assert.equal(account.end, 'end', which);
  assert.equal(ours.written.n, plan.size, which);
  assert.equal(ours.written.sha256, hashOf(plan, plan.size), which);
  assert.deepEqual([account.received, account.receivedHash], [ours.written.n, ours.written.sha256], which);
  assert.deepEqual([ours.read.n, ours.read.sha256], [account.sent, account.sentHash], which);
  assert.equal(account.sent, account.received, which);
}

/** Threads that have their connections open, and the call that has them work. */
async function startWorkers(echo: Echo, ids: readonly number[]): Promise<{ work: () => Promise<[number, Ours][]> }[]> {
  const targets = { tcp4: targetOf(echo, 'tcp4'), tcp6: targetOf(echo, 'tcp6'), unix: targetOf(echo, 'unix') };
  return Promise.all(
    Array.from({ length: WORKERS }, async (_, n) => {
      const mine = ids.filter((id) => (id / BLOCKING) % WORKERS === n);
      const thread = new Worker(new URL('load/worker.js', import.meta.url), {
        workerData: { ids: mine, seed, ipv6, targets },
      });
      await once(thread, 'message');
      return {
        async work() {
          const done: [number, Ours][] = [];
          thread.on('message', (one: Ours & { id: number }) => void done.push([one.id, one]));
          const exit = once(thread, 'exit');
          thread.postMessage('go');
          await exit;
          assert.equal(done.length, mine.length);
          return done;
        },
      };
    }),
  );
}

function targetOf(echo: Echo, plan: Plan | 'tcp4' | 'tcp6' | 'unix'): string {
  const [transport, id] = typeof plan === 'string' ? [plan, 0] : [plan.transport, plan.id];
  if (transport === 'unix') return `unix:${echo.path}`;
  // Each address has ports of its own.
  return transport === 'tcp6' ? `[::1]:${echo.tcp6}` : `127.0.0.${1 + (id % 4)}:${echo.tcp4}`;
}
