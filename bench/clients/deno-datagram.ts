// Owns sending with Deno.listenDatagram as fast as it goes: one datagram after the other, since it has no batches.

import { deno, type DenoAddress } from '../servers/deno.js';
import { measureSending, readArguments } from './support.js';

const { port, size } = readArguments();
const message = new Uint8Array(size).fill(120);
const to: DenoAddress = { transport: 'udp', hostname: '127.0.0.1', port };
const socket = deno.listenDatagram({ transport: 'udp', hostname: '127.0.0.1', port: 0 });
await measureSending(async (count) => {
  for (let left = count; left > 0; left--) await socket.send(message, to);
});
socket.close();
