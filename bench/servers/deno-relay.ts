// Joins each two connections that come, with Deno.listen: one piped to the other, both ways.

import { deno, type DenoConn } from './deno.js';
import { serve } from './support.js';

let connections = 0;
let first: DenoConn | null = null;

const listener = deno.listen({ hostname: '127.0.0.1', port: 0 });
serve(listener.addr.port, () => connections);
for await (const conn of listener) {
  connections++;
  conn.setNoDelay?.(true);
  if (first === null) first = conn;
  else {
    void first.readable.pipeTo(conn.writable).catch(() => undefined);
    void conn.readable.pipeTo(first.writable).catch(() => undefined);
    first = null;
  }
}
