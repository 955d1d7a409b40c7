// Runs with few descriptors and takes all of them while a worker of it has done nothing yet; then frees them. The worker waits in both
// colours each time, and says what that came to.

import { closeSync } from 'node:fs';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import * as net from 'berkeley';
import * as sync from 'berkeley/sync';
import { fill } from './fill.js';

if (isMainThread) await main();
else work();

async function main(): Promise<void> {
  const worker = new Worker(new URL(import.meta.url));
  const next = (): Promise<unknown> => new Promise((go) => worker.once('message', go));
  await next();
  const fillers = fill();
  for (const each of ['without', 'with']) {
    if (each === 'with') for (const fd of fillers) closeSync(fd);
    const found = next();
    worker.postMessage(each);
    process.stdout.write(`${JSON.stringify(await found)}\n`);
  }
  await worker.terminate();
}

function work(): void {
  const [one, other] = net.pair();
  parentPort!.on('message', () => void said());
  parentPort!.postMessage('ready');
  async function said(): Promise<void> {
    const waiting = one.readLine({ timeout: '20s' }).catch(reason);
    await other.write('it works\n');
    const first = await waiting;
    // What the first was refused is still there.
    const blocking = sync.share(one);
    if (first !== 'it works') blocking.readLine();
    other.write('it works\n').catch(reason);
    parentPort!.postMessage({ waiting: first, blocking: blocking.readLine({ timeout: '20s' }) });
  }
}

function reason(error: unknown): string {
  const { code, syscall } = error as net.SocketError;
  return `${code} ${syscall}`;
}
