// Owns sending with Bun.udpSocket as fast as it goes: a connected socket and `sendMany` in batches.

import { bun } from '../servers/bun.js';
import { measureSending, readArguments } from './support.js';

const AT_ONCE = 64;

const { port, size } = readArguments();
const message = new Uint8Array(size).fill(120);
const batch = Array.from({ length: AT_ONCE }, () => message);
let roomAgain = (): void => undefined;
const socket = await bun.udpSocket({
  connect: { hostname: '127.0.0.1', port },
  socket: { drain: () => roomAgain() },
});
await measureSending(send);
socket.close();

async function send(count: number): Promise<void> {
  for (let left = count; left > 0;) {
    const sent = socket.sendMany(left < AT_ONCE ? batch.slice(0, left) : batch);
    left -= sent;
    if (sent === 0) await new Promise<void>((resolve) => (roomAgain = resolve));
  }
}
