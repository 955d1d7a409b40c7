// Owns the usual way with node:net to take a stream, with an answer of one byte for each MiB, or to give as many MiB as four bytes
// ask for.

import { createServer, type AddressInfo } from 'node:net';
import { receive, send } from './node-streams.js';
import { serve } from './support.js';

let connections = 0;

const server = createServer({ noDelay: true }, (socket) => {
  connections++;
  socket.on('close', () => connections--);
  if (process.argv[2] === 'receive') receive(socket);
  else send(socket);
});
server.listen(0, '127.0.0.1', () => serve((server.address() as AddressInfo).port, () => connections));
