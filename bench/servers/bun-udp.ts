// Owns the usual way with Bun.udpSocket: what arrives is sent back to where it came from.

import { bun } from './bun.js';
import { serve } from './support.js';

const socket = await bun.udpSocket({
  hostname: '127.0.0.1',
  port: 0,
  // Where the kernel has no room the datagram is lost, as UDP may; the load counts that.
  socket: { data: (self, bytes, port, address) => void self.send(bytes, port, address) },
});
serve(socket.port, () => 0);
