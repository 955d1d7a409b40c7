// Joins each two connections that come, with Bun.listen: what arrives at one is written to the other, which says when it is
// too much.

import { bun, type BunSocket } from './bun.js';
import { flush, send, type Unsent } from './bun-unsent.js';
import { serve } from './support.js';

interface State extends Unsent {
  peer: BunSocket<State> | null;
}

let connections = 0;
let first: BunSocket<State> | null = null;

const server = bun.listen<State>({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    open(socket) {
      connections++;
      socket.setNoDelay(true);
      socket.data = { pieces: [], peer: first };
      if (first === null) first = socket;
      else {
        first.data.peer = socket;
        first = null;
      }
    },
    data(socket, bytes) {
      const { peer } = socket.data;
      if (peer !== null && !send(peer, bytes)) socket.pause();
    },
    drain(socket) {
      if (flush(socket)) socket.data.peer?.resume();
    },
    close(socket) {
      connections--;
      socket.data.peer?.end();
    },
    error: () => undefined,
  },
});
serve(server.port, () => connections);
