// Owns what a thread may be in the middle of when it is ended: operations that go on for ever, by their names, in the promise
// colour. It must not know when the end comes, nor look at it.

import type { AsyncConn } from 'berkeley';
import * as net from 'berkeley';
import * as magnolia from 'berkeley/dialects/magnolia';

/** Where the other ends are, and what they are shown. */
export interface Scene {
  /** Accepts and never reads. */
  readonly silent: string;
  /** Sends for ever. */
  readonly flood: string;
  /** Sends back what comes. */
  readonly echo: string;
  /** The same over TLS. */
  readonly secure: string;
  /** Nobody answers a SYN. */
  readonly hole: string;
  /** A file of some MiB. */
  readonly file: string;
  readonly cert: string;
  readonly key: string;
  readonly seed: number;
  readonly names: readonly string[];
}

export type Operation = (scene: Scene, random: () => number) => unknown;

/** Small buffers, so that a full one is soon full. */
const narrow = { options: [[net.options.SO_SNDBUF, 8192]] as net.OptionSetting[] };
/** An end that is merely forgotten would be collected, and so closed, before its time. */
const kept: unknown[] = ((globalThis as { kept?: unknown[] }).kept = []);

export const operations: Record<string, Operation> = {
  accept: async () => (await net.listen('127.0.0.1:0')).accept(),
  'accept in a loop': async () => {
    const listener = await net.listen('127.0.0.1:0');
    void forever(async () => (await net.connect(listener.address)).abort());
    for await (const conn of listener) await conn.close();
  },
  'accept on a path': async () => {
    const listener = await net.listen(`unix:@berkeley-life-${process.pid}-${Math.random()}`);
    void forever(async () => (await net.connect(listener.address)).close());
    await forever(async () => (await listener.accept()).close());
  },
  connect: ({ hole }) => net.connect(hole),
  'connect in a race': ({ hole, silent }) =>
    forever(async () => {
      const conn = await net.connect('localhost', Number(silent.split(':')[1]), { attemptDelay: 1 });
      conn.abort();
      await net.connect(hole, { timeout: 2 }).catch(() => undefined);
    }),
  lookup: () => forever(() => net.lookup('localhost', Math.floor(Math.random() * 60_000))),
  reverse: () => forever(() => net.reverse('127.0.0.1')),
  read: async ({ silent }) => (await net.connect(silent)).read(),
  'read of a limit': async ({ silent }) => {
    const conn = await net.connect(silent);
    await forever(() => conn.readExact(10, { timeout: 1 }).catch(() => undefined));
  },
  'read of a signal': async ({ silent }) => {
    const conn = await net.connect(silent);
    await forever(async () => {
      const { signal } = hurried();
      await conn.readLine({ signal }).catch(() => undefined);
    });
  },
  'for await of a flood': async ({ flood }) => {
    for await (const piece of await net.connect(flood)) kept[0] = piece;
  },
  'readLine of a flood': async ({ flood }) => {
    const conn = await net.connect(flood);
    await forever(() => conn.readLine());
  },
  'write with a full buffer': async ({ silent }) => (await net.connect(silent, narrow)).write(Buffer.alloc(1 << 20)),
  echo: async ({ echo }) => {
    const conn = await net.connect(echo);
    await forever(async () => {
      await conn.write('there and back\n');
      await conn.readLine();
    });
  },
  writeFile: async ({ silent, file }) => (await net.connect(silent, narrow)).writeFile(file),
  'writeFile in a loop': async ({ file }) => {
    const [a, b] = net.pair();
    void forever(() => b.readExact(65_536));
    await forever(() => a.writeFile(file));
  },
  relay: async ({ flood, silent }) => net.relay(await net.connect(flood), await net.connect(silent, narrow)),
  'relay of a flood': async ({ flood }) => {
    const [a, b] = net.pair();
    void forever(() => b.readExact(100_000));
    await net.relay(a, await net.connect(flood));
  },
  'TLS: nobody answers': async ({ silent }) => net.connect(silent, { tls: { verify: false } }),
  'TLS: a flight is cut': (scene, random) => cutHandshake(scene, Math.floor(random() * 4000)),
  'TLS: handshakes in a loop': (scene, random) =>
    forever(async () => {
      const [client, server] = await secured(scene, random() < 0.5 ? 'TLSv1.2' : 'TLSv1.3');
      client.abort();
      server.abort();
    }),
  'TLS: read': async (scene) => (await net.connect(scene.secure, { tls: { ca: scene.cert } })).read(),
  'TLS: echo': async ({ secure, cert }) => {
    const conn = await net.connect(secure, { tls: { ca: cert } });
    await forever(async () => {
      await conn.write(Buffer.alloc(20_000));
      await conn.readExact(20_000);
    });
  },
  'TLS: write with a full buffer': async (scene) => {
    const [client] = await secured(scene);
    await client.write(Buffer.alloc(4 << 20));
  },
  'TLS: stopTls': async (scene) => {
    const [client] = await secured(scene);
    await client.stopTls();
  },
  'TLS: accepted and silent': async ({ cert, key }) => {
    const listener = await net.listen('127.0.0.1:0', { tls: { cert, key } });
    kept.push(await net.connect(listener.address));
    await (await listener.accept()).handshake();
  },
  'UDP: receive': async () => (await net.udp('127.0.0.1:0')).recv(),
  'UDP: batches': async () => {
    const socket = await net.udp('127.0.0.1:0');
    const to = socket.localAddr;
    void forever(() => socket.sendMany(Array.from({ length: 32 }, () => ({ data: Buffer.alloc(1200), to }))));
    await forever(() => socket.recvMany(64));
  },
  'UDP: for await': async () => {
    const socket = await net.udp('127.0.0.1:0');
    void forever(() => socket.send('x', socket.localAddr));
    for await (const { data } of socket) kept[0] = data;
  },
  recvMsg: () => {
    const pair = net.socketPair('seqpacket');
    kept.push(pair);
    return pair[0].recvMsg();
  },
  'recvMsg with descriptors': () => {
    const [a, b] = net.socketPair('seqpacket');
    void forever(() => a.sendMsg({ data: 'x', meta: { fds: [a.fd, b.fd] } }));
    // What nobody takes is collected, or left for the end.
    return forever(async () => (kept[0] = await b.recvMsg()));
  },
  select: () => {
    const pairs = Array.from({ length: 10 }, () => net.pair());
    kept.push(pairs);
    return net.select(pairs.map(([a]) => [a, { read: true }]));
  },
  poll: () => {
    const socket = net.socket('ipv4', 'dgram');
    return socket.poll({ priority: true });
  },
  'events of a queue': async ({ echo }) => {
    const queue = net.eventQueue();
    const conn = await net.connect(echo, { queue });
    void forever(async () => {
      await conn.write('x');
      await conn.read();
    });
    for await (const event of queue) kept[0] = event;
  },
  'waitFlushed and close': async ({ silent }) => {
    const conn = await net.connect(silent, narrow);
    void conn.write(Buffer.alloc(1 << 20)).catch(() => undefined);
    await conn.close({ timeout: '1h' });
  },
  'pairs that nobody closes': () =>
    forever(async () => {
      const [a, b] = net.pair();
      await a.write('x');
      await b.read();
    }),
  'a dialect': () =>
    new Promise((resolve) => {
      const listening = magnolia.listen('127.0.0.1:0', (socket) => resolve(socket));
      kept.push(listening);
    }),
};

/** A pair of which both ends have shaken hands. */
export async function secured(
  { cert, key }: Pick<Scene, 'cert' | 'key'>,
  version: net.TlsVersion = 'TLSv1.3',
): Promise<[AsyncConn, AsyncConn]> {
  const [client, server] = net.pair();
  await Promise.all([
    client.startTls({ verify: false, maxVersion: version }),
    server.startTls({ server: true, cert, key, maxVersion: version }),
  ]);
  kept.push(server);
  return [client, server];
}

/** A handshake between two ends of which only so many bytes are let through, whoever sends them. */
async function cutHandshake({ cert, key }: Scene, bytes: number): Promise<unknown> {
  const [client, one] = net.pair();
  const [server, other] = net.pair();
  let left = bytes;
  async function carry(from: AsyncConn, to: AsyncConn): Promise<void> {
    for (let piece; left > 0 && (piece = await from.read(Math.min(left, 16_384))) !== null;) {
      left -= piece.length;
      await to.write(piece);
    }
  }
  kept.push(one, other);
  void carry(one, other);
  void carry(other, one);
  await Promise.all([client.startTls({ verify: false }), server.startTls({ server: true, cert, key })]);
  return client.read();
}

async function forever(round: () => unknown): Promise<never> {
  for (;;) {
    await round();
    // A loop that never lets the others in would be all that is tested.
    await new Promise((turn) => setImmediate(turn));
  }
}

/** A signal that comes in the next turn or in the one after. */
function hurried(): AbortController {
  const controller = new AbortController();
  setImmediate(() => setImmediate(() => controller.abort()));
  return controller;
}
