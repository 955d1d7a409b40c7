// Owns the usual way with Bun.listen, in the clear or, where there are files for it, over TLS: what arrives is written back;
// or, told so by the last argument, one byte for each MiB is answered, or as many MiB as four bytes ask for.

import { readFileSync } from 'node:fs';
import { bun, type BunSocket } from './bun.js';
import { flush, send, type Unsent } from './bun-unsent.js';
import { serve, tlsAndMode } from './support.js';

interface State extends Unsent {
  bytes: number;
  /** How many pieces are still to be given. */
  left: number;
}

const MIB = 1024 * 1024;
const CHUNK = new Uint8Array(64 * 1024).fill(120);

const { files, mode } = tlsAndMode();
const tls = files && { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') };
const work = { echo: send, receive, give }[mode] ?? send;
let connections = 0;

const server = bun.listen<State>({
  hostname: '127.0.0.1',
  port: 0,
  ...(tls && { tls }),
  socket: {
    open(socket) {
      connections++;
      socket.data = { pieces: [], bytes: 0, left: 0 };
      socket.setNoDelay(true);
    },
    data(socket, bytes) {
      work(socket, bytes);
    },
    drain: (socket) => {
      if (flush(socket)) giveOn(socket);
    },
    close: () => connections--,
    error: () => undefined,
  },
});
serve(server.port, () => connections);

function receive(socket: BunSocket<State>, bytes: Uint8Array): void {
  const { data } = socket;
  const whole = Math.floor((data.bytes + bytes.length) / MIB) - Math.floor(data.bytes / MIB);
  data.bytes += bytes.length;
  if (whole > 0) send(socket, Buffer.alloc(whole, '+'));
}

function give(socket: BunSocket<State>, request: Uint8Array): void {
  socket.data.left = (new DataView(request.buffer, request.byteOffset).getUint32(0) * MIB) / CHUNK.length;
  giveOn(socket);
}

function giveOn(socket: BunSocket<State>): void {
  const { data } = socket;
  while (data.left > 0) {
    data.left--;
    if (!send(socket, CHUNK)) return;
  }
}
