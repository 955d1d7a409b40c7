// Sends every datagram back to whoever sent it, many at a time, and tells how many there were. SIGINT or SIGTERM ends it.
//
//   node build/examples/udp-echo.js TARGET
//   node build/examples/udp-echo.js :7000

import { udp } from 'berkeley';

const [target] = process.argv.slice(2);
if (target === undefined) {
  console.log('usage: udp-echo TARGET');
  process.exit();
}

// Answers come from the address that the question was sent to, also on a machine with several.
const socket = await udp(target, { meta: ['local'] });
console.log(`listening on ${socket.localAddr.toString()}`);

let ended = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    ended = true;
    socket.close();
  });

let count = 0;
try {
  for (;;) {
    const datagrams = await socket.recvMany(64);
    count += await socket.sendMany(
      datagrams.map(({ data, from, meta: { local } }) => ({ data, to: from, meta: local ? { local } : {} })),
    );
  }
} catch (error) {
  if (!ended) throw error;
}
console.log(`${count} datagrams were sent back`);
