// Owns the idiomatic way with berkeley for datagrams: `for await` over what arrives, and `send`.

import { udp } from 'berkeley';
import { serve } from './support.js';

const socket = await udp('127.0.0.1:0');
serve(socket.localAddr.port!, () => 0);
for await (const { data, from } of socket) await socket.send(data, from);
