// Runs with few descriptors: makes one kind of call with none free, with one, with two, and so on until it succeeds, and says what
// each try came to.
//
//   starved-calls.js COLOUR CALL FILE

import { closeSync } from 'node:fs';
import { colours, type Conn } from '../../real/colours.js';
import { fill, lacking } from './fill.js';

const [, , name, call, file] = process.argv;
const { net } = colours.find((colour) => colour.name === name)!;
const limit = { timeout: '20s' } as const;
const MOST = 12;

interface Closing {
  close(): unknown;
}

const listener = await net.listen('127.0.0.1:0');
const { port } = listener.address;
const [one, other] = net.pair();
const [near, far] = net.socketPair('seqpacket');

/** What each call opens, so that it can be closed. */
const calls: Record<string, () => Promise<Closing[]>> = {
  socket: async () => [await net.socket()],
  pair: async () => [...(await net.pair())],
  dup: async () => [await near.dup()],
  listen: async () => [await net.listen('127.0.0.1:0')],
  'listen on a name': async () => [await net.listen('localhost:0', limit as object)],
  udp: async () => [await net.udp('127.0.0.1:0')],
  connect: async () => [await net.connect({ host: '127.0.0.1', port: port! }, limit)],
  'connect to a name': async () => [await net.connect({ host: 'localhost', port: port! }, limit)],
  'connect to the second of two': async () => {
    // Nobody listens on the first.
    const found = ['127.0.0.9', '127.0.0.1'].map((host) => net.address({ host, port: port! }));
    const lookup = { lookup: () => (name === 'promises' ? Promise.resolve(found) : found) as Promise<typeof found> };
    return [await net.connect('anything:1', { ...limit, lookup })];
  },
  lookup: async () => {
    await net.lookup('localhost', 80, limit);
    return [];
  },
  reverse: async () => {
    await net.reverse('127.0.0.1', limit);
    return [];
  },
  writeFile: async () => {
    const n = await one.writeFile(file!, limit);
    if ((await other.readExact(n, limit)).length !== n) throw new Error('the file did not arrive');
    return [];
  },
};

const tries: { free: number; code: string | null; syscall?: string | undefined; left: number }[] = [];
// What is opened once, and stays: the reactor, the file of hosts.
await close(await calls[call!]!());
if (name === 'promises') await one.waitReadable({ timeout: 1 });
for (let free = 0; free <= MOST; free++) {
  const fillers = fill();
  for (const fd of fillers.splice(0, free)) closeSync(fd);
  let code: string | null = null;
  let syscall: string | undefined;
  let opened: Closing[] = [];
  try {
    opened = await calls[call!]!();
  } catch (error) {
    ({ code, syscall } = error as { code: string; syscall?: string });
  }
  await close(opened);
  tries.push({ free, code, syscall, left: await lacking(free) });
  for (const fd of fillers) closeSync(fd);
  // One more: the first success may be luck.
  if (code === null && tries.at(-2)?.code === null) break;
}
process.stdout.write(`${JSON.stringify(tries)}\n`);
for (const each of [listener, near, far]) each.close();
for (const each of [one, other] as Conn[]) each.abort();

async function close(opened: readonly Closing[]): Promise<void> {
  for (const each of opened) await each.close();
  for (let conn; (conn = await listener.tryAccept()) !== null;) conn.abort();
}
