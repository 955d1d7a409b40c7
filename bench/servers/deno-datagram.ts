// Owns the usual way with Deno.listenDatagram: `for await` over what arrives, and `send`.

import { deno } from './deno.js';
import { serve } from './support.js';

const socket = deno.listenDatagram({ transport: 'udp', hostname: '127.0.0.1', port: 0 });
serve(socket.addr.port, () => 0);
for await (const [bytes, from] of socket) await socket.send(bytes, from);
