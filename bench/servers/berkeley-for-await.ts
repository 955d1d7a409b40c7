// Owns the idiomatic way with berkeley: `for await` over what arrives, a fresh Buffer for each piece, and `write`.

import { listen, type AsyncConn } from 'berkeley';
import { listenOptions, serve } from './support.js';

let connections = 0;

async function echo(conn: AsyncConn): Promise<void> {
  connections++;
  for await (const piece of conn) await conn.write(piece);
  await conn.close();
  connections--;
}

const listener = await listen('127.0.0.1:0', listenOptions());
serve(listener.address.port!, () => connections);
for await (const conn of listener) void echo(conn);
