// Accepts connections with berkeley and holds them, nothing else: what an idle one costs while nobody reads.

import { listen, type AsyncConn } from 'berkeley';
import { serve } from './support.js';

const held: AsyncConn[] = [];

const listener = await listen('127.0.0.1:0');
serve(listener.address.port!, () => held.length);
for await (const conn of listener) held.push(conn);
