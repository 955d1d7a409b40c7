// Owns the echo with berkeley whose every read and write has a limit, in the way that the argument names.

import { listen, type AsyncConn, type Op } from 'berkeley';
import { serve } from './support.js';

const BUFFER = 64 * 1024;
const LIMIT = 30_000;

let connections = 0;

const limits: Record<string, (signal: AbortSignal) => Op> = {
  timeout: () => ({ timeout: LIMIT }),
  deadline: () => ({ deadline: Date.now() + LIMIT }),
  signal: (signal) => ({ signal }),
};
const limit = limits[process.argv[2] ?? ''];
const echo = limit === undefined ? without : (conn: AsyncConn) => within(conn, limit);

async function without(conn: AsyncConn): Promise<void> {
  connections++;
  const buffer = Buffer.allocUnsafeSlow(BUFFER);
  for (let n; (n = await conn.readInto(buffer)) > 0;) await conn.write(buffer.subarray(0, n));
  await conn.close();
  connections--;
}

/** Each connection has a signal of its own, as one that ends with its request has. */
async function within(conn: AsyncConn, limit: (signal: AbortSignal) => Op): Promise<void> {
  connections++;
  const { signal } = new AbortController();
  const buffer = Buffer.allocUnsafeSlow(BUFFER);
  for (let n; (n = await conn.readInto(buffer, limit(signal))) > 0;)
    await conn.write(buffer.subarray(0, n), limit(signal));
  await conn.close();
  connections--;
}

const listener = await listen('127.0.0.1:0');
serve(listener.address.port!, () => connections);
for await (const conn of listener) void echo(conn);
