// Does each kind of operation in rounds of so many, and says by how much the process has grown from one round to the next. The
// arguments are the colour, how many, a certificate, its key, and a file.

import { getHeapStatistics } from 'node:v8';
import type * as Promises from 'berkeley';
import { codecs } from 'berkeley';
import { colours } from '../../real/colours.js';
import { openFiles } from '../../support/open-files.js';

const [name, many, cert, key, file] = process.argv.slice(2) as [string, string, string, string, string];
const { net } = colours.find((colour) => colour.name === name)!;
const isPromises = name === 'promises';

interface Kind {
  readonly what: string;
  readonly once: () => unknown;
  /** This kind is so much slower than the others. */
  readonly slow?: number;
  /** Two ends that wait for each other cannot be in one blocked thread. */
  readonly onlyPromises?: boolean;
}

const listener = await net.listen('127.0.0.1:0');
const [left, right] = net.pair();
const udp = await net.udp('127.0.0.1:0');
const channel = net.socketPair('seqpacket');
const { signal } = new AbortController();
const codec = codecs.lengthPrefixed('u16');
const noted: number[] = [0];
process.removeAllListeners('warning');

const kinds: Kind[] = [
  {
    what: 'connect, accept, echo, close',
    once: async () => {
      const client = await net.connect(listener.address);
      const conn = await listener.accept();
      await client.write('hello');
      await conn.write((await conn.readExact(5)).subarray(0));
      await client.readExact(5);
      await client.close();
      await conn.close();
    },
  },
  {
    what: 'pairs, read and written in every way',
    once: async () => {
      const [a, b] = net.pair();
      await a.write('a line\nand more\0');
      await b.readLine();
      await b.readUntil('\0');
      await a.writeNum('u32', 7);
      await b.readNum('u32');
      await a.framed(codec).write(Buffer.from('a frame'));
      await b.framed(codec).read();
      await a.write(Buffer.alloc(5000));
      await b.readInto(Buffer.alloc(5000));
      await a.closeWrite();
      await b.readAll();
      b.abort();
      a.abort();
    },
  },
  {
    what: 'a limit that passes',
    once: async () => {
      try {
        await left.read(1, { timeout: 0 });
      } catch {
        // As was meant.
      }
    },
  },
  {
    what: 'a limit that does not pass, and a signal that does not come',
    once: async () => {
      await right.write('x');
      await left.readExact(1, isPromises ? { timeout: '1h', signal } : { timeout: '1h' });
    },
  },
  {
    what: 'a signal that comes',
    onlyPromises: true,
    once: async () => {
      const controller = new AbortController();
      const reading = left.read(1, { signal: controller.signal, timeout: '1h' }).catch(() => undefined);
      controller.abort();
      await reading;
    },
  },
  { what: 'a lookup', once: () => net.lookup('localhost', 80), slow: 4 },
  {
    what: 'datagrams, one by one and in batches',
    once: async () => {
      const to = udp.localAddr;
      await udp.send('x', to);
      await udp.recv();
      await udp.sendMany([{ data: 'x', to }, { data: 'y', to }]); // prettier-ignore
      await udp.recvMany(8);
    },
  },
  {
    what: 'messages with descriptors, taken and not taken',
    once: async () => {
      await channel[0].sendMsg({ data: 'x', meta: { fds: [channel[0].fd] } });
      const message = await channel[1].recvMsg();
      for (const fd of message!.meta.fds ?? []) net.adopt(fd).close();
    },
  },
  {
    what: 'select and poll',
    once: async () => {
      await net.select([[left, { read: true }], [right, { write: true }]]); // prettier-ignore
      await left.socket.poll({ write: true });
    },
  },
  {
    what: 'listeners and queues of events',
    once: async () => {
      const [a, b] = net.pair();
      const queue = a.events();
      const off = a.on('read', ({ bytes }) => (noted[0] = bytes));
      await b.write('x');
      await a.read();
      off();
      a.on('closed', () => (noted[0] = 1));
      b.abort();
      await a.close();
      queue.close();
    },
  },
  {
    what: 'the other colour, copies, given away and taken back',
    once: async () => {
      const [a, b] = net.pair();
      for (const colour of colours) colour.net.share(a).socket.dup().close();
      net.conn(net.adopt(a.socket.detach())).abort();
      await b.close();
    },
  },
  {
    what: 'files and relays',
    once: async () => {
      const [a, b] = net.pair();
      const [c, d] = net.pair();
      await a.writeFile(file);
      await a.closeWrite();
      await d.closeWrite();
      await net.relay(b, c);
      await d.readAll();
      for (const conn of [a, b, c, d]) conn.abort();
    },
    slow: 2,
  },
  {
    what: 'for await that is left',
    once: async () => {
      await right.write('x');
      for await (const piece of left) if (piece.length > 0) break;
    },
  },
  {
    what: 'TLS: handshake, echo, end',
    onlyPromises: true,
    slow: 8,
    once: async () => {
      const [a, b] = net.pair();
      await Promise.all([a.startTls({ verify: false }), b.startTls({ server: true, cert, key })]);
      await a.write('x');
      await b.read();
      await b.write('y');
      await a.read();
      await Promise.all([a.stopTls(), b.stopTls()]);
      a.abort();
      b.abort();
    },
  },
  {
    what: 'TLS: handshakes that fail',
    onlyPromises: true,
    slow: 8,
    once: async () => {
      const [a, b] = net.pair();
      await Promise.allSettled([a.startTls({ serverName: 'other.test' }), b.startTls({ server: true, cert, key })]);
      a.abort();
      b.abort();
    },
  },
  { what: 'sockets that are forgotten', once: () => void (noted[0] = net.pair().length), slow: 4 },
];

interface Size {
  readonly heap: number;
  readonly handles: number;
  readonly outside: number;
  readonly files: number;
}

/** The first of them fill caches, and have functions compiled. */
const EARLY = 4;
const ROUNDS = EARLY + 5;

const found = [];
for (const { what, once, slow = 1, onlyPromises = false } of kinds) {
  if (onlyPromises && !isPromises) continue;
  const count = Math.ceil(Number(many) / slow);
  const sizes: Size[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < count; i++) await once();
    sizes.push(await measure());
  }
  // What stays of each operation stays each time; what is compiled, cached or thrown away meanwhile does not.
  const usual = (of: (size: Size) => number): number =>
    sizes
      .slice(EARLY)
      .map((size, i) => of(size) - of(sizes[EARLY + i - 1]!))
      .sort((one, other) => one - other)[Math.floor((ROUNDS - EARLY) / 2)]!;
  found.push({
    ...{ what, count, heap: usual(({ heap }) => heap), handles: usual(({ handles }) => handles) },
    ...{ outside: usual(({ outside }) => outside), files: usual(({ files }) => files) },
  });
}
process.stdout.write(JSON.stringify(found));
const all: Promises.AsyncConn[] = [left, right];
for (const conn of all) conn.abort();
for (const each of [listener, udp, ...channel]) each.close();

/** What is left when collecting brings nothing any more: finalizers have turns of their own, and free what is collected later. */
async function measure(): Promise<Size> {
  let heap = Infinity;
  for (let vain = 0; vain < 3; vain++) {
    global.gc!();
    await new Promise((turn) => setTimeout(turn, 1));
    const { heapUsed } = process.memoryUsage();
    if (heapUsed < heap - 200) vain = 0;
    heap = Math.min(heap, heapUsed);
  }
  const { external, arrayBuffers } = process.memoryUsage();
  const { used_global_handles_size: handles } = getHeapStatistics();
  return { heap, handles, outside: external + arrayBuffers, files: openFiles().length };
}
