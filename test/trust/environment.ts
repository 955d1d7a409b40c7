// Owns what a worker of environments.test.ts does: everything that native code takes part in, all at once and without end, in
// its own environment. It must not know when it ends.

import { parentPort, workerData } from 'node:worker_threads';
import type * as Promises from 'berkeley';
import type * as Sync from 'berkeley/sync';

const { cert, key, ca } = workerData as { cert: string; key: string; ca: string };
const load = (name: string): Promise<unknown> =>
  import(new URL(`../../../dist/${name}/index.js`, import.meta.url).href);
const net = (await load('promises')) as typeof Promises;
const sync = (await load('sync')) as typeof Sync;

const plain = await net.listen('127.0.0.1:0');
const secure = await net.listen('127.0.0.1:0', { tls: { cert, key } });
const datagrams = await net.udp('127.0.0.1:0');
const [left, right] = net.socketPair('seqpacket');
// They wait for ever.
const idle = net.pair();
for (const conn of idle) void conn.read();
void net.udp('127.0.0.1:0').then((socket) => socket.recv());

async function echo(listener: Promises.Listener<'async'>): Promise<never> {
  for (;;) {
    const conn = await listener.accept();
    void (async () => {
      for (let piece; (piece = await conn.read()) !== null;) await conn.write(piece);
      await conn.close();
    })().catch(() => conn.abort());
  }
}

async function talk(to: string, options?: Promises.ConnectOptions): Promise<void> {
  const conn = await net.connect(to, options);
  await conn.write(Buffer.alloc(40_000, 'x'));
  await conn.readExact(40_000, { timeout: '1h' });
  await conn.close();
}

async function message(): Promise<void> {
  await left.sendMsg({ data: 'x', meta: { fds: [plain.sockets[0]!.fd] } });
  // Every other one is left to the collector.
  const { meta } = (await right.recvMsg())!;
  if (Math.random() < 0.5) for (const fd of meta.fds ?? []) net.adopt(fd).close();
}

async function datagram(): Promise<void> {
  await Promise.all([datagrams.send('hello', datagrams.localAddr), datagrams.recv()]);
}

function blocking(): void {
  const [one, other] = sync.pair();
  one.write('hello\n');
  other.readLine({ timeout: '1h' });
  one.close();
  other.close();
  sync.lookup('127.0.0.1');
}

async function forEver(body: () => Promise<unknown>): Promise<never> {
  for (;;) {
    await body();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

for (const listener of [plain, secure]) void echo(listener);
for (const body of [
  () => talk(plain.address.toString()),
  () => talk(secure.address.toString(), { tls: { ca, serverName: 'localhost' } }),
  message,
  datagram,
  () => net.lookup('localhost'),
  () => net.reverse('127.0.0.1'),
  // Most of them are given up in the middle.
  () => net.lookup('localhost', undefined, { timeout: 0 }).catch(() => null),
])
  void forEver(body);
void forEver(() => {
  blocking();
  parentPort!.postMessage('turn');
  return Promise.resolve();
});
