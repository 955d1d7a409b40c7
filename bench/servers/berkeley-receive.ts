// Takes a stream with berkeley, and answers one byte for each MiB.

import { listen, type AsyncConn } from 'berkeley';
import { listenOptions, serve } from './support.js';

const MIB = 1024 * 1024;

let connections = 0;

async function receive(conn: AsyncConn): Promise<void> {
  connections++;
  const buffer = Buffer.allocUnsafeSlow(256 * 1024);
  let bytes = 0;
  for (let n; (n = await conn.readInto(buffer)) > 0; bytes += n) {
    const whole = Math.floor((bytes + n) / MIB) - Math.floor(bytes / MIB);
    if (whole > 0) await conn.write('+'.repeat(whole));
  }
  await conn.close();
  connections--;
}

const listener = await listen('127.0.0.1:0', listenOptions());
serve(listener.address.port!, () => connections);
for await (const conn of listener) void receive(conn);
