// Takes a stream with berkeley in the idiomatic way, and answers one byte for each MiB.

import { listen, type AsyncConn } from 'berkeley';
import { serve } from './support.js';

const MIB = 1024 * 1024;

let connections = 0;

async function receive(conn: AsyncConn): Promise<void> {
  connections++;
  let bytes = 0;
  for await (const piece of conn) {
    const whole = Math.floor((bytes + piece.length) / MIB) - Math.floor(bytes / MIB);
    bytes += piece.length;
    if (whole > 0) await conn.write('+'.repeat(whole));
  }
  await conn.close();
  connections--;
}

const listener = await listen('127.0.0.1:0');
serve(listener.address.port!, () => connections);
for await (const conn of listener) void receive(conn);
