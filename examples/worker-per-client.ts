// Each client is served by a thread of its own, in the blocking colour: the main thread accepts, gives the descriptor up,
// and the worker takes it over. Clients send numbers, one a line, and get the sum so far.
//
//   node build/examples/worker-per-client.js TARGET [CLIENTS]     ends after so many clients, or with SIGINT or SIGTERM

import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { listen } from 'berkeley';
import { adopt, conn as toConn } from 'berkeley/sync';

if (isMainThread) await accept();
else serve(workerData as number);

async function accept(): Promise<void> {
  const [target, most = 'Infinity'] = process.argv.slice(2);
  if (target === undefined) {
    console.log('usage: worker-per-client TARGET [CLIENTS]');
    return;
  }
  const listener = await listen(target);
  console.log(`listening on ${listener.address.toString()}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => listener.close());
  let clients = 0;
  for await (const conn of listener) {
    // Nothing was read from it yet, so there is nothing in its buffer that would be lost.
    const descriptor = conn.socket.detach();
    const worker = new Worker(new URL(import.meta.url), { workerData: descriptor });
    worker.on('error', (error) => console.error(error.message));
    if (++clients >= Number(most)) listener.close();
  }
}

function serve(descriptor: number): void {
  using conn = toConn(adopt(descriptor));
  let sum = 0;
  for (let line; (line = conn.readLine()) !== null;) {
    sum += Number(line);
    conn.writeLine(String(sum));
  }
  console.log(`a client's sum: ${sum}`);
}
