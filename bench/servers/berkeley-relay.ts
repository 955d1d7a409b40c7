// Joins each two connections that come, with berkeley.

import { listen, relay, type AsyncConn } from 'berkeley';
import { serve } from './support.js';

let connections = 0;
let first: AsyncConn | null = null;

const listener = await listen('127.0.0.1:0');
serve(listener.address.port!, () => connections);
for await (const conn of listener) {
  connections++;
  if (first === null) first = conn;
  else {
    void relay(first, conn).catch(() => undefined);
    first = null;
  }
}
