// Owns the worker that echoes, in one of three ways: both colours of the library, and node:net. It must not know who asks.

import { createServer, type AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import * as promises from '../../promises/index.js';
import * as sync from '../../sync/index.js';

export const ways = ['promises', 'blocking', 'node:net'] as const;
export type Way = (typeof ways)[number];

if (parentPort !== null) await serve(workerData as Way);

/** Tells its port, and serves until the thread is ended. */
async function serve(way: Way): Promise<void> {
  const tell = (port: number | undefined): void => parentPort?.postMessage(port);
  if (way === 'node:net') {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1', () => tell((server.address() as AddressInfo).port));
    return;
  }
  if (way === 'blocking') {
    const listener = sync.listen('127.0.0.1:0');
    tell(listener.address.port);
    const conn = listener.accept();
    for (const piece of conn) conn.write(piece);
    conn.close();
    listener.close();
    return;
  }
  const listener = await promises.listen('127.0.0.1:0');
  tell(listener.address.port);
  for await (const conn of listener) void echo(conn).catch(() => conn[Symbol.dispose]());
}

async function echo(conn: Awaited<ReturnType<typeof promises.connect>>): Promise<void> {
  for await (const piece of conn) await conn.write(piece);
  await conn.close();
}
