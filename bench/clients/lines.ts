// Owns reading lines as fast as they come, in the way that the last argument names: berkeley's `readLine` with promises or
// blocking, or node:readline over node:net.

import { connect as connectNode } from 'node:net';
import { createInterface } from 'node:readline';
import { connect } from 'berkeley';
import { connect as connectBlocking } from 'berkeley/sync';
import { measureSending, readArguments } from './support.js';

const { port } = readArguments();
const to = { host: '127.0.0.1', port };
const way = process.argv.at(-1);
if (way === 'promises') {
  const conn = await connect(to);
  await measureSending(async (count) => {
    for (let i = 0; i < count; i++) if ((await conn.readLine()) === null) throw new Error('the lines have ended');
  });
  conn.abort();
} else if (way === 'blocking') {
  const conn = connectBlocking(to);
  await measureSending((count) => {
    for (let i = 0; i < count; i++) if (conn.readLine() === null) throw new Error('the lines have ended');
    return Promise.resolve();
  });
  conn.abort();
} else if (way === 'for await') {
  const socket = connectNode(to);
  const lines = createInterface({ input: socket, crlfDelay: Infinity })[Symbol.asyncIterator]();
  await measureSending(async (count) => {
    for (let i = 0; i < count; i++) if ((await lines.next()).done) throw new Error('the lines have ended');
  });
  process.exit();
} else {
  const socket = connectNode(to);
  let left = 0;
  let done = (): void => undefined;
  // What comes between two rounds counts for the next one: nothing is read that is not counted.
  createInterface({ input: socket, crlfDelay: Infinity }).on('line', () => {
    if (--left === 0) done();
  });
  await measureSending((count) => {
    left += count;
    return left > 0 ? new Promise((resolve) => (done = resolve)) : Promise.resolve();
  });
  socket.destroy();
}
