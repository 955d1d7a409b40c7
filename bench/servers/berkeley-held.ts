// Accepts connections with berkeley and holds them, nothing else: what an idle one costs while nobody reads.

import { listen, type AsyncConn } from 'berkeley';
import { listenOptions, serve } from './support.js';

const held: AsyncConn[] = [];

const options = listenOptions();
const listener = await listen('127.0.0.1:0', options);
serve(listener.address.port!, () => held.length);
for await (const conn of listener) void hold(conn);

async function hold(conn: AsyncConn): Promise<void> {
  if (options.tls) await conn.handshake();
  held.push(conn);
}
