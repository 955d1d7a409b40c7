// Shares a port with berkeley: a listener of this process alone, or of each of its worker threads. Idiomatic echo.
//
// Arguments: PORT [THREADS]. Prints the port, serves until its standard input ends.

import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { listen, type AsyncConn } from 'berkeley';

if (!isMainThread) parentPort!.postMessage(await share(Number(workerData)));
else {
  let [port, threads] = process.argv.slice(2).map(Number) as [number, number?];
  if (threads === undefined) port = await share(port);
  else
    for (; threads > 0; threads--) {
      const worker = new Worker(new URL(import.meta.url), { workerData: port });
      [port] = (await once(worker, 'message')) as [number];
    }
  process.stdout.write(`${port}\n`);
  process.stdin.on('end', () => process.exit(0)).resume();
}

async function share(port: number): Promise<number> {
  const listener = await listen(`127.0.0.1:${port}`, { reusePort: true });
  void serve(listener);
  return listener.address.port!;
}

async function serve(listener: AsyncIterable<AsyncConn>): Promise<void> {
  for await (const conn of listener) void echo(conn);
}

async function echo(conn: AsyncConn): Promise<void> {
  for await (const piece of conn) await conn.write(piece);
  await conn.close();
}
