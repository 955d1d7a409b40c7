// Owns a thread of the load: as many blocking connections as it is told, all open at once, each served in turn.

import { parentPort, workerData } from 'node:worker_threads';
import type { AsyncConn, Conn } from 'berkeley';
import * as sync from 'berkeley/sync';
import { carryOut } from './carry-out.js';
import { planOf } from './plan.js';

const { ids, seed, ipv6, targets } = workerData as {
  ids: number[];
  seed: number;
  ipv6: boolean;
  targets: Record<string, string>;
};

const { signal } = new AbortController();
const plans = ids.map((id) => planOf(seed, id, { ipv6, blocking: true }));
const conns: Conn<'sync'>[] = [];
for (const plan of plans) {
  const conn = sync.connect(targets[plan.transport]!, { timeout: '5m' });
  conn.write(`${plan.id} plain 0\n`);
  conns.push(conn);
}
parentPort!.postMessage('open');
parentPort!.once('message', () => void work());

async function work(): Promise<void> {
  for (const [i, plan] of plans.entries()) {
    const { written, read } = await carryOut(conns[i] as unknown as AsyncConn, plan, signal);
    parentPort!.postMessage({
      id: plan.id,
      written: { n: written.n, sha256: written.sha256 },
      read: { n: read.n, sha256: read.sha256 },
    });
  }
}
