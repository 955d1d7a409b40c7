// Owns the usual way with node:tls: what arrives is written back; or, told so by the argument behind the files, answers
// one byte for each MiB, or as many MiB as four bytes ask for.

import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { serve } from './support.js';

const MIB = 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

const [cert, key, mode = 'echo'] = process.argv.slice(2) as [cert: string, key: string, mode?: string];
const work = { echo, receive, send }[mode] ?? echo;
let connections = 0;

const server = createServer({ cert: readFileSync(cert), key: readFileSync(key), noDelay: true }, (socket) => {
  connections++;
  socket.on('close', () => connections--);
  work(socket);
});
server.listen(0, '127.0.0.1', () => serve((server.address() as AddressInfo).port, () => connections));

function echo(socket: TLSSocket): void {
  socket.on('data', (piece: Buffer) => socket.write(piece));
}

function receive(socket: TLSSocket): void {
  let bytes = 0;
  socket.on('data', (piece: Buffer) => {
    const whole = Math.floor((bytes + piece.length) / MIB) - Math.floor(bytes / MIB);
    bytes += piece.length;
    if (whole > 0) socket.write('+'.repeat(whole));
  });
}

function send(socket: TLSSocket): void {
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
