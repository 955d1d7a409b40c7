// Owns sending with berkeley as fast as it goes: in pieces that the kernel cuts (gso), in batches (many), or one datagram
// after the other (one).

import { udp, type Message } from 'berkeley';
import { measureSending, readArguments } from './support.js';

const PIECE = 65507;
const AT_ONCE = 64;

const { port, size } = readArguments();
const socket = await udp('127.0.0.1:0', { connect: `127.0.0.1:${port}` });
const send = { gso, many, one }[process.argv[6] ?? ''] ?? one;
await measureSending(send);
socket.close();

async function gso(count: number): Promise<void> {
  const fit = Math.min(Math.floor(PIECE / size), AT_ONCE); // The kernel cuts into 64 at most.
  const piece = Buffer.alloc(fit * size, 'x');
  const options = { meta: { segment: size } };
  for (let left = count; left > 0; left -= fit)
    await socket.send(left < fit ? piece.subarray(0, left * size) : piece, undefined, options);
}

async function many(count: number): Promise<void> {
  const data = Buffer.alloc(size, 'x');
  const batch = Array.from({ length: AT_ONCE }, (): Message => ({ data }));
  for (let left = count; left > 0; left -= AT_ONCE)
    await socket.sendMany(left < AT_ONCE ? batch.slice(0, left) : batch);
}

async function one(count: number): Promise<void> {
  const data = Buffer.alloc(size, 'x');
  for (let left = count; left > 0; left--) await socket.send(data);
}
