// Owns the fast way with berkeley: a loop for each connection, `readInto` a buffer of its own, `write` what came.

import { listen, type AsyncConn } from 'berkeley';
import { listenOptions, serve } from './support.js';

// As large as the buffer of the C server, so that a message never fills it: a full buffer says nothing about the rest.
const BUFFER = 64 * 1024;

let connections = 0;

async function echo(conn: AsyncConn): Promise<void> {
  connections++;
  const buffer = Buffer.allocUnsafeSlow(BUFFER);
  for (let n; (n = await conn.readInto(buffer)) > 0;) await conn.write(buffer.subarray(0, n));
  await conn.close();
  connections--;
}

const listener = await listen('127.0.0.1:0', listenOptions());
serve(listener.address.port!, () => connections);
for await (const conn of listener) void echo(conn);
