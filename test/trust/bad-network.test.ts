// Owns the streams over a bad network: everything arrives, whole and in order, whatever is lost, late, doubled, damaged and
// out of order below. All of them go at the same time.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import { congestion, enterNetwork, far, startFar, startLink, type Link } from '../support/link.js';
import { carry, errandTo, farEnd, type Carried, type Errand, type Kind } from './bad-network-kit.js';
import { seed, size } from './size.js';

enterNetwork();
const link = await startLink(seed);

const MiB = 1 << 20;
/** A twentieth is lost, of both directions, and the rest comes late, in no order, sometimes twice or damaged. In the check the delay is that of both ways together. */
const BAD = { loss: 0.05, delay: [size(25, 50), size(15, 30)], reorder: 0.02, duplicate: 0.02, corrupt: 0.01 } as const;

test('what goes both ways at once over a bad network arrives whole, in both colours, with and without TLS', async (t) => {
  // Without BBR a connection takes each lost packet for a crowded network, and crawls.
  const bytes = congestion === 'bbr' ? size(8 * MiB, 256 * MiB) : 256 * 1024;
  if (congestion !== 'bbr') t.diagnostic(`no BBR here, so only ${bytes} bytes by ${congestion}`);
  await link.set('both', { ...BAD, rate: [size(12, 6) * MiB, 256 * 1024] });
  const python = startFar(link, farEnd());
  const ports = (await python.value('ports')) as Record<Kind, number>;
  const cases: readonly [name: string, host: string, kind: Kind][] = [
    ['promises', far.ipv4, 'plain'],
    ['blocking', far.ipv6, 'plain'],
    ['promises', far.ipv6, 'TLSv1.2'],
    ['blocking', far.ipv4, 'TLSv1.3'],
    ['promises', far.ipv4, 'starttls'],
    ['blocking', far.ipv6, 'starttls'],
  ];
  const done = await Promise.allSettled(
    cases.map(async ([colour, host, kind]) => {
      const errand = errandTo(host, ports[kind], kind, bytes);
      const carried = await (colour === 'promises' ? carry(promises, errand) : inWorker(errand));
      return [`${kind}, ${colour}, ${host}`, carried] as const;
    }),
  );
  assert.deepEqual(await python.value('wrong'), []);
  for (const result of done) {
    if (result.status === 'rejected') throw result.reason;
    const [what, { ms, retransmitted, tls }] = result.value;
    t.diagnostic(
      `${what} ${tls}: ${bytes / MiB} MiB each way in ${(ms / 1000).toFixed(1)} s, ${retransmitted} segments sent again`,
    );
  }
  await report(t, link);
});

async function inWorker(errand: Errand): Promise<Carried> {
  const worker = new Worker(new URL('bad-network-worker.js', import.meta.url), { workerData: errand });
  const [carried] = (await once(worker, 'message')) as [Carried];
  await once(worker, 'exit');
  return carried;
}

async function report(t: TestContext, over: Link): Promise<void> {
  for (const [way, n] of Object.entries(await over.counts())) {
    const kinds = ['packets', 'lost', 'duplicated', 'corrupted', 'overflowed'] as const;
    t.diagnostic(`${way}: ${kinds.map((kind) => `${n[kind]} ${kind}`).join(', ')} (seed ${seed})`);
    for (const kind of kinds.slice(1, 4)) assert.ok(n[kind] > 0, `nothing was ${kind}`);
  }
}
