// An echo server on all cores: each worker thread has a listener of its own on the one port (SO_REUSEPORT), and the kernel
// deals the connections out. SIGINT or SIGTERM ends it: what waits in a queue is still taken, what is open is served to its end.
//
//   node build/examples/workers-on-one-port.js TARGET [THREADS]     as many threads as there are cores, unless told

import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, threadId, Worker, workerData } from 'node:worker_threads';
import { listen, socket, SocketError, type AsyncConn } from 'berkeley';

if (isMainThread) await start();
else await work(workerData as string);

async function start(): Promise<void> {
  const [target, threads = String(availableParallelism())] = process.argv.slice(2);
  if (target === undefined) {
    console.log('usage: workers-on-one-port TARGET [THREADS]');
    return;
  }
  // Bound and not listening: it holds the port, whoever comes and goes, and no connection is given to it.
  using place = await socket().bind(target, { reusePort: true });
  const at = place.getsockname().toString();
  const workers = Array.from(
    { length: Number(threads) },
    () => new Worker(new URL(import.meta.url), { workerData: at }),
  );
  const ended = workers.map((worker) => once(worker, 'exit'));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  console.log(`listening on ${at}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      for (const worker of workers) worker.postMessage('stop');
    });
  await Promise.all(ended);
}

async function work(at: string): Promise<void> {
  const stop = new AbortController();
  const listener = await listen(at, { reusePort: true });
  parentPort!.once('message', () => stop.abort());
  parentPort!.postMessage('ready');
  let served = 0;
  try {
    for (;;) void echo(await listener.accept({ signal: stop.signal })).then(() => served++);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  // What is in this listener's queue when it is closed is reset, so nothing may be left there.
  for (let conn; (conn = await listener.tryAccept()) !== null;) void echo(conn).then(() => served++);
  listener.close();
  process.on('exit', () => console.log(`thread ${threadId} has served ${served}`));
}

async function echo(conn: AsyncConn): Promise<void> {
  try {
    for await (const piece of conn) await conn.write(piece);
    await conn.close();
  } catch (error) {
    conn[Symbol.dispose]();
    if (!(error instanceof SocketError)) throw error;
  }
}
