// Gives a file with berkeley: each byte that comes is answered by all of it.

import { listen, type AsyncConn } from 'berkeley';
import { openFile } from './file-support.js';
import { serve } from './support.js';

const fd = openFile();
let connections = 0;

async function give(conn: AsyncConn): Promise<void> {
  connections++;
  const request = Buffer.alloc(1);
  while ((await conn.readInto(request)) > 0) await conn.writeFile(fd, { offset: 0 });
  await conn.close();
  connections--;
}

const listener = await listen('127.0.0.1:0');
serve(listener.address.port!, () => connections);
for await (const conn of listener) void give(conn).catch(() => undefined);
