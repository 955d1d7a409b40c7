// Owns the usual way with node:tls: what arrives is written back; or, told so by the argument behind the files, answers
// one byte for each MiB, or as many MiB as four bytes ask for.

import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { receive, send } from './node-streams.js';
import { serve } from './support.js';

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
