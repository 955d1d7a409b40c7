// Sends and receives datagrams by the ten thousand and says by how much that made the process grow. The argument is the colour.

import { closeSync, openSync, readdirSync } from 'node:fs';
import { colours, type Socket } from '../../real/colours.js';

const { net } = colours.find(({ name }) => name === process.argv[2])!;
const TOGETHER = 50;
const ROUNDS = 16_000 / TOGETHER;
/** How long a datagram may take. The kernel drops some, even on the loopback interface, when others flood it. */
const LATE = 5000;
const LOST = Symbol('lost');
const found: object[] = [];

const receiver = net.socket('ipv4', 'dgram');
const sender = net.socket('ipv4', 'dgram');
await receiver.bind('127.0.0.1:0');
await sender.bind('127.0.0.1:0');
const to = receiver.getsockname();
const from = sender.getsockname();
const data = Buffer.alloc(1100, 'x');
const batch = Array.from({ length: TOGETHER }, (_, i) => ({ data: i % 2 === 0 ? data : data.subarray(0, 64), to }));

await look('one by one', async () => {
  for (let i = 0; i < TOGETHER; i++) await sender.sendTo(data, to);
  for (let i = 0; i < TOGETHER; i++) {
    const one = await unlessLost(() => receiver.recvFrom(undefined, { timeout: LATE }));
    if (one === LOST) break;
    check(one);
  }
});
await look('in batches', async () => {
  for (let sent = 0; sent < TOGETHER;) sent += await sender.sendMany(batch.slice(sent));
  for (let left = TOGETHER; left > 0;) {
    const some = await unlessLost(() => receiver.recvMany(left, { timeout: LATE }));
    if (some === LOST) break;
    some.forEach(check);
    left -= some.length;
  }
});
await look('received before they come', async () => {
  const early = Array.from({ length: TOGETHER }, () =>
    unlessLost(() => receiver.recvFrom(undefined, { timeout: LATE })),
  );
  await sender.sendMany(batch);
  for (const each of early) {
    const one = await each;
    if (one !== LOST) check(one);
  }
});
receiver.close();
sender.close();

const [left, right] = net.socketPair('dgram') as [Socket, Socket];
const file = openSync('/dev/null', 'r');
await look('with descriptors', async () => {
  for (let i = 0; i < 4; i++) {
    await left.sendMsg({ data, meta: { fds: [file, file] } });
    const message = await right.recvMsg();
    if (message === null) throw new Error('no message');
    // Half of them nobody takes.
    if (i % 2 === 0) for (const fd of message.meta.fds!) closeSync(fd);
  }
});
closeSync(file);
left.close();
right.close();
process.stdout.write(`${JSON.stringify(found)}\n`);

async function unlessLost<T>(receive: () => T | Promise<T>): Promise<T | typeof LOST> {
  try {
    return await receive();
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') return LOST;
    throw error;
  }
}

function check(datagram: { data: Buffer; from: { port?: number } } | null): void {
  if (datagram?.from.port !== from.port) throw new Error('a datagram of somebody else');
}

async function look(what: string, once: () => Promise<void>): Promise<void> {
  // A blocking receive that nobody has sent anything for would wait for ever.
  if (what.startsWith('received before') && process.argv[2] === 'blocking') return;
  // The first fill caches and pools, and let V8 compile.
  for (let i = 0; i < ROUNDS / 2; i++) await once();
  const before = await measure();
  for (let i = 0; i < ROUNDS; i++) await once();
  const between = await measure();
  for (let i = 0; i < ROUNDS; i++) await once();
  const after = await measure();
  found.push({
    what,
    descriptors: after.descriptors - before.descriptors,
    // What leaks grows both times; what is compiled or cached meanwhile does not.
    heap: Math.min(between.heap - before.heap, after.heap - between.heap),
    memory: Math.min(between.memory - before.memory, after.memory - between.memory),
  });
}

async function measure(): Promise<{ descriptors: number; heap: number; memory: number }> {
  for (let i = 0; i < 3; i++) {
    global.gc!();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { descriptors: readdirSync('/proc/self/fd').length, heap: heapUsed + external, memory: rss };
}
