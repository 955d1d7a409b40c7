// Gives a file with Bun.listen: each byte that comes is answered by all of it, read piece by piece as there is room. Bun has
// no call that sends a file over such a socket.

import { read } from 'node:fs';
import { bun, type BunSocket } from './bun.js';
import { flush, send, type Unsent } from './bun-unsent.js';
import { FILE_BYTES, openFile } from './file-support.js';
import { serve } from './support.js';

interface State extends Unsent {
  at: number;
}

const PIECE = 256 * 1024;
const fd = openFile();
let connections = 0;

const server = bun.listen<State>({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    open(socket) {
      connections++;
      socket.setNoDelay(true);
      socket.data = { pieces: [], at: FILE_BYTES };
    },
    data(socket) {
      socket.data.at = 0;
      give(socket);
    },
    drain(socket) {
      if (flush(socket)) give(socket);
    },
    close: () => connections--,
    error: () => undefined,
  },
});
serve(server.port, () => connections);

function give(socket: BunSocket<State>): void {
  const { data } = socket;
  if (data.at >= FILE_BYTES) return;
  read(fd, Buffer.allocUnsafe(PIECE), 0, PIECE, data.at, (error, count, piece) => {
    if (error !== null) throw error;
    data.at += count;
    if (send(socket, piece.subarray(0, count))) give(socket);
  });
}
