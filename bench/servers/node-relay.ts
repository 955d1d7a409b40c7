// Joins each two connections that come, with node:net: one piped to the other, both ways.

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { serve } from './support.js';

let connections = 0;
let first: Socket | null = null;

const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
  connections++;
  socket.on('error', () => undefined);
  if (first === null) first = socket;
  else {
    first.pipe(socket).pipe(first);
    first = null;
  }
});
server.listen(0, '127.0.0.1', () => serve((server.address() as AddressInfo).port, () => connections));
