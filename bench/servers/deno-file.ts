// Gives a file with Deno.listen: each byte that comes is answered by all of it, piped from the file.

import { readlinkSync } from 'node:fs';
import { deno, type DenoConn } from './deno.js';
import { openFile } from './file-support.js';
import { serve } from './support.js';

const path = `/proc/self/fd/${openFile()}`;
readlinkSync(path); // It has a path, though it has no name.
let connections = 0;

const listener = deno.listen({ hostname: '127.0.0.1', port: 0 });
serve(listener.addr.port, () => connections);
for await (const conn of listener) void give(conn);

async function give(conn: DenoConn): Promise<void> {
  connections++;
  conn.setNoDelay?.(true);
  const request = new Uint8Array(1);
  while ((await conn.read(request)) !== null) {
    const file = await deno.open(path);
    await file.readable.pipeTo(conn.writable, { preventClose: true });
  }
  connections--;
  conn.close();
}
