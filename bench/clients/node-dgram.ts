// Owns sending with node:dgram as fast as it goes: a connected socket, so that no name is looked up, and a few sends under
// way at any time, each followed by another when it is done.

import { createSocket } from 'node:dgram';
import { measureSending, readArguments } from './support.js';

const UNDER_WAY = 64;

const { port, size } = readArguments();
const message = Buffer.alloc(size, 'x');
const socket = createSocket('udp4');
await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
await measureSending(send);
socket.close();

function send(count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let begun = 0;
    let done = 0;
    const next = (): void => {
      begun++;
      socket.send(message, sent);
    };
    const sent = (error: Error | null): void => {
      if (error) reject(error);
      else if (++done === count) resolve();
      else if (begun < count) next();
    };
    while (begun < Math.min(UNDER_WAY, count)) next();
  });
}
