// Owns what a server of Node does with a stream, over TCP and over TLS alike: it takes it, with an answer of one byte for each MiB, or
// gives as many MiB as four bytes ask for.

import type { Socket } from 'node:net';

const MIB = 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

export function receive(socket: Socket): void {
  let bytes = 0;
  socket.on('data', (piece: Buffer) => {
    const whole = Math.floor((bytes + piece.length) / MIB) - Math.floor(bytes / MIB);
    bytes += piece.length;
    if (whole > 0) socket.write('+'.repeat(whole));
  });
}

export function send(socket: Socket): void {
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
