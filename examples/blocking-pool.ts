// A pool of threads that serve in the blocking colour, one client each at a time. The main thread accepts and puts the
// connections into a queue, which is a socket: whoever is free takes the next one. When all are busy and the queue is full, the
// main thread waits, and clients wait in the kernel's backlog. Clients send lines, and get each back with its letters sorted.
//
//   node build/examples/blocking-pool.js TARGET [THREADS] [CLIENTS]     four threads unless told; ends after so many clients

import { once } from 'node:events';
import { isMainThread, threadId, Worker, workerData } from 'node:worker_threads';
import { listen, socketPair, type AsyncConn } from 'berkeley';
import { adopt, conn as toConn, SocketError, type SyncConn } from 'berkeley/sync';

if (isMainThread) await accept();
else work(workerData as number);

async function accept(): Promise<void> {
  const [target, threads = '4', clients = 'Infinity'] = process.argv.slice(2);
  if (target === undefined) {
    console.log('usage: blocking-pool TARGET [THREADS] [CLIENTS]');
    return;
  }
  const listener = await listen(target);
  // Messages stay whole, and a socket that is on its way in one is the kernel's: should all the threads die, it is closed.
  const [queue, theirs] = socketPair('seqpacket');
  const ended = Array.from({ length: Number(threads) }, () =>
    once(new Worker(new URL(import.meta.url), { workerData: theirs.dup().detach() }), 'exit'),
  );
  theirs.close();
  console.log(`listening on ${listener.address.toString()}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => listener.close());
  let left = Number(clients);
  for await (const conn of listener) {
    await deal(conn);
    if (--left === 0) listener.close();
  }
  queue.close();
  await Promise.all(ended);

  async function deal(conn: AsyncConn): Promise<void> {
    // At least one byte, since an empty message would be the end.
    await queue.sendMsg({ data: '.', meta: { fds: [conn.socket.fd] } });
    // Ours only. The connection goes on in the thread.
    await conn.close();
  }
}

function work(descriptor: number): void {
  using queue = adopt(descriptor);
  let served = 0;
  for (let message; (message = queue.recvMsg()) !== null; served++) {
    for (const fd of message.meta.fds ?? []) serve(toConn(adopt(fd)));
  }
  console.log(`thread ${threadId} has served ${served}`);
}

function serve(conn: SyncConn): void {
  try {
    for (let line; (line = conn.readLine({ timeout: '1m' })) !== null;)
      conn.writeLine(Array.from(line).sort().join(''));
    conn.close();
  } catch (error) {
    conn[Symbol.dispose]();
    if (!(error instanceof SocketError)) throw error;
  }
}
