// Runs with few descriptors: receives messages with five descriptors while none is free, one, and so on, and says what has come.
//
//   starved-rights.js COLOUR

import { closeSync } from 'node:fs';
import { constants } from 'berkeley';
import { colours } from '../../real/colours.js';
import { fill, lacking } from './fill.js';

const { net } = colours.find(({ name }) => name === process.argv[2])!;
const limit = { timeout: '20s' } as const;

const [one, two] = net.socketPair('seqpacket');
await one.send('.');
await two.recv(1, limit);
for (let free = 0; free <= 6; free++) {
  const fillers = fill();
  for (const fd of fillers.splice(0, free)) closeSync(fd);
  // Sending needs none.
  await one.sendMsg({ data: 'five', meta: { fds: [0, 1, 2, 0, 1] } }, limit);
  const message = (await two.recvMsg(limit))!;
  const fds = message.meta.fds ?? [];
  for (const fd of fds) closeSync(fd);
  const truncated = (message.flags & constants.MSG_CTRUNC!) !== 0;
  const found = { free, data: message.data.toString(), fds: fds.length, truncated, left: await lacking(free) };
  process.stdout.write(`${JSON.stringify(found)}\n`);
  for (const fd of fillers) closeSync(fd);
}
one.close();
two.close();
