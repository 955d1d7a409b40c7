// Owns a worker of the soak: some connections in a thread of its own, and then an end, or none until somebody makes it.

import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import * as net from 'berkeley';
import * as sync from 'berkeley/sync';
import { Draw } from '../draw.js';

const { how, target, seed } = workerData as { how: string; target: string; seed: number };
const limit = { timeout: '30s' } as const;
const draw = new Draw(seed);
const kept: unknown[] = [];

for (let i = 0; i < 3; i++) {
  const { connect } = how === 'promises' ? net : (sync as unknown as typeof net);
  const conn = await connect(target, limit);
  await conn.write('echo\n');
  const data = draw.bytes(draw.between(1, 30_000));
  await conn.write(data, limit);
  assert.deepEqual(await conn.readExact(data.length, limit), data);
  if (how === 'left') kept.push(conn, sync.listen('127.0.0.1:0'), sync.socketPair('dgram'), sync.lookup('localhost'));
  else await conn.close();
}
const last = sync.connect(target, limit);
last.write('stall\n');
const waiting = how === 'left' ? sync.share(last) && net.share(last).read() : null;
parentPort!.postMessage('done');
if (how === 'stalled') last.read();
else if (how !== 'left') last.abort();
await waiting;
