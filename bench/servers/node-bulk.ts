// Owns the usual way with node:net to take a stream, with an answer of one byte for each MiB, or to give as many MiB as four bytes
// ask for.

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { serve } from './support.js';

const MIB = 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

let connections = 0;

const server = createServer({ noDelay: true }, (socket) => {
  connections++;
  socket.on('close', () => connections--);
  if (process.argv[2] === 'receive') receive(socket);
  else send(socket);
});
server.listen(0, '127.0.0.1', () => serve((server.address() as AddressInfo).port, () => connections));

function receive(socket: Socket): void {
  let bytes = 0;
  socket.on('data', (piece: Buffer) => {
    const whole = Math.floor((bytes + piece.length) / MIB) - Math.floor(bytes / MIB);
    bytes += piece.length;
    if (whole > 0) socket.write('+'.repeat(whole));
  });
}

function send(socket: Socket): void {
  let left = 0;
  const go = (): void => {
    while (left > 0) {
      left -= CHUNK.length;
      if (!socket.write(CHUNK)) return;
    }
  };
  socket.on('data', (request: Buffer) => {
    left = request.readUInt32BE() * MIB;
    go();
  });
  socket.on('drain', go);
}
