// Owns the worker that serves the tour: one listener for each transport, the service chosen by the first line of each
// connection. It must not know what the tour does with it.
//
//   echo      sends back what comes, to the end
//   hash N    takes N bytes and answers with their SHA-256 as a line
//   send N    sends N bytes and ends

import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type { AsyncConn } from '../../contract/conn.js';
import type { Listener } from '../../contract/listener.js';
import { SocketError } from '../../error/socket-error.js';
import { listen } from '../../promises/index.js';
import { oneLine } from '../report.js';
import { payload } from './payload.js';
import { limit, type Transport } from './tour-step.js';

/** Where to listen. */
export type Wanted = readonly (readonly [Transport, string])[];
/** Where it listens, or why not. */
export type Serving = readonly { transport: Transport; at: string | null; why: string | null }[];

const port = parentPort;
if (port === null) throw new Error('this file is a worker of the tour');

const listeners: Listener<'async'>[] = [];
const serving: { transport: Transport; at: string | null; why: string | null }[] = [];
for (const [transport, at] of workerData as Wanted) {
  try {
    const listener = await listen(at);
    listeners.push(listener);
    serving.push({ transport, at: listener.address.toString(), why: null });
  } catch (error) {
    serving.push({ transport, at: null, why: oneLine(error) });
  }
}
for (const listener of listeners) void serveAll(listener);

// Any message means that the tour is over: with the listeners closed nothing is left to wait for, and the thread ends.
port.once('message', () => {
  for (const listener of listeners) listener.close();
});
port.postMessage(serving);

async function serveAll(listener: Listener<'async'>): Promise<void> {
  for await (const conn of listener) void serve(conn);
}

async function serve(conn: AsyncConn): Promise<void> {
  try {
    const [service, size] = ((await conn.readLine(limit)) ?? '').split(' ');
    if (service === 'echo') await echo(conn);
    else if (service === 'hash') await hash(conn, Number(size));
    else if (service === 'send') await conn.write(payload(Number(size)), limit);
    await conn.close();
  } catch (error) {
    conn.abort();
    if (!(error instanceof SocketError)) throw error;
  }
}

async function echo(conn: AsyncConn): Promise<void> {
  for await (const piece of conn) await conn.write(piece, limit);
}

async function hash(conn: AsyncConn, size: number): Promise<void> {
  const digest = createHash('sha256');
  const buffer = Buffer.alloc(64 * 1024);
  for (let left = size; left > 0;) {
    const n = await conn.readInto(buffer.subarray(0, Math.min(left, buffer.length)), limit);
    if (n === 0) break;
    digest.update(buffer.subarray(0, n));
    left -= n;
  }
  await conn.writeLine(digest.digest('hex'), { eol: '\n', ...limit });
}
