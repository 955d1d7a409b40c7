// Gives a stream with berkeley: a request of four bytes, big endian, is answered by so many MiB.

import { listen, type AsyncConn } from 'berkeley';
import { listenOptions, serve } from './support.js';

const CHUNK = Buffer.alloc(64 * 1024, 'x');
const CHUNKS_IN_MIB = (1024 * 1024) / CHUNK.length;

let connections = 0;

async function send(conn: AsyncConn): Promise<void> {
  connections++;
  const request = Buffer.alloc(4);
  while ((await conn.readInto(request)) === request.length) {
    for (let left = request.readUInt32BE() * CHUNKS_IN_MIB; left > 0; left--) await conn.write(CHUNK);
  }
  await conn.close();
  connections--;
}

const listener = await listen('127.0.0.1:0', listenOptions());
serve(listener.address.port!, () => connections);
for await (const conn of listener) void send(conn);
