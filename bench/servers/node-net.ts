// Owns the usual way with node:net: what arrives is written back.

import { createServer, type AddressInfo } from 'node:net';
import { serve } from './support.js';

let connections = 0;

const server = createServer({ noDelay: true }, (socket) => {
  connections++;
  socket.on('data', (piece) => socket.write(piece)).on('close', () => connections--);
});
server.listen(0, '127.0.0.1', () => serve((server.address() as AddressInfo).port, () => connections));
