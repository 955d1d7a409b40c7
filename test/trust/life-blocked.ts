// Owns what a thread may be blocked in when it is ended: the operations of life-operations.ts in the blocking colour. It must
// not know when the end comes, nor look at it.

import * as net from 'berkeley/sync';
import type { Operation, Scene } from './life-operations.js';

const narrow = { options: [[net.options.SO_SNDBUF, 8192]] as net.OptionSetting[] };
const kept: unknown[] = [];

export const blocked: Record<string, Operation> = {
  accept: () => net.listen('127.0.0.1:0').accept(),
  tryAccept: () => net.listen(`unix:@berkeley-life-${process.pid}-${Math.random()}`).tryAccept('1h'),
  connect: ({ hole }) => net.connect(hole),
  'connect by name': ({ silent }) => forever(() => net.connect('localhost', Number(silent.split(':')[1])).abort()),
  lookup: () => forever(() => net.lookup('localhost', Math.floor(Math.random() * 60_000))),
  read: ({ silent }) => net.connect(silent).read(),
  readExact: ({ silent }) => net.connect(silent).readExact(10, { timeout: '1h' }),
  'for of a flood': ({ flood }) => {
    for (const piece of net.connect(flood)) kept[0] = piece;
  },
  'write with a full buffer': ({ silent }) => net.connect(silent, narrow).write(Buffer.alloc(1 << 20)),
  echo: ({ echo }) => {
    const conn = net.connect(echo);
    forever(() => {
      conn.write('there and back\n');
      conn.readLine();
    });
  },
  writeFile: ({ silent, file }) => net.connect(silent, narrow).writeFile(file),
  relay: ({ flood, silent }) => net.relay(net.connect(flood), net.connect(silent, narrow)),
  'TLS: nobody answers': ({ silent }) => net.connect(silent, { tls: { verify: false } }),
  'TLS: handshakes in a loop': (scene) => forever(() => secure(scene).close()),
  'TLS: read': (scene) => secure(scene).read(),
  'TLS: echo': (scene) => {
    const conn = secure(scene);
    forever(() => {
      conn.write(Buffer.alloc(20_000));
      conn.readExact(20_000);
    });
  },
  'TLS: accepted and silent': ({ cert, key }) => {
    const listener = net.listen('127.0.0.1:0', { tls: { cert, key } });
    kept.push(net.connect(listener.address));
    return listener.accept().handshake();
  },
  'UDP: receive': () => net.udp('127.0.0.1:0').recv(),
  'UDP: batches': () => {
    const socket = net.udp('127.0.0.1:0');
    const to = socket.localAddr;
    forever(() => {
      socket.sendMany(Array.from({ length: 16 }, () => ({ data: 'x', to })));
      socket.recvMany(64);
    });
  },
  recvMsg: () => {
    const pair = net.socketPair('seqpacket');
    kept.push(pair);
    return pair[0].recvMsg();
  },
  select: () => {
    const pairs = Array.from({ length: 10 }, () => net.pair());
    kept.push(pairs);
    return net.select(pairs.map(([a]) => [a, { read: true }]));
  },
  poll: () => net.socket('ipv4', 'dgram').poll({ priority: true }),
  'close with a limit': () => {
    const pair = net.pair();
    kept.push(pair);
    pair[0].close({ timeout: '1h' });
  },
  waitFlushed: ({ silent }) => {
    const conn = net.connect(silent, narrow);
    try {
      conn.write(Buffer.alloc(1 << 20), { timeout: 1 });
    } catch {
      // What is waited for.
    }
    conn.waitFlushed();
  },
};

function secure({ secure, cert }: Scene): net.SyncConn {
  return net.connect(secure, { tls: { ca: cert } });
}

/** The blocking colour runs no JavaScript between two rounds, so a worker is ended by the round's own waiting. */
function forever(round: () => unknown): never {
  for (;;) round();
}
