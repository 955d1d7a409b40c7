// Owns the fast way with berkeley for datagrams: a batch in with `recvMany`, a batch out with `sendMany`.

import { udp, type Message } from 'berkeley';
import { serve } from './support.js';

const BATCH = 64;

const socket = await udp('127.0.0.1:0');
serve(socket.localAddr.port!, () => 0);
for (;;) {
  const datagrams = await socket.recvMany(BATCH);
  await socket.sendMany(datagrams.map(({ data, from }): Message => ({ data, to: from })));
}
