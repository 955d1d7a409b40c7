// Forgets sockets of every class, each with what its case keeps, and says what was closed. The argument is the colour.

import { readdirSync, readlinkSync } from 'node:fs';
import type * as Promises from 'berkeley';
import * as promises from 'berkeley';
import { colours } from '../../real/colours.js';
import { secured } from '../life-operations.js';

const [name, cert, key] = process.argv.slice(2) as [string, string, string];
const { net } = colours.find((colour) => colour.name === name)!;
const other = colours.find((colour) => colour.name !== name)!.net;

interface Case {
  readonly what: string;
  /** Opens, forgets, and returns what is kept. */
  readonly make: () => unknown;
  /** How many descriptors are open while what is kept is kept, and for how many a warning comes. */
  readonly stay: number;
  readonly warned: number;
}

const noise = Buffer.alloc(64 << 20);
const filled = async (conn: Promises.AsyncConn): Promise<void> => {
  try {
    await conn.write(noise, { timeout: 1 });
  } catch {
    // What is wanted: the queue is full.
  }
};
/** Waits for what is opened, and keeps none of it. */
const forget = async (opened: unknown): Promise<void> => {
  await opened;
};
const both = async (): Promise<[Promises.Listener<'async'>, Promises.AsyncConn, Promises.AsyncConn]> => {
  const listener = await net.listen('127.0.0.1:0');
  return [listener, await net.connect(listener.address), await listener.accept()];
};

const cases: Case[] = [
  { what: 'connections of TCP', make: () => forget(both()), stay: 0, warned: 3 },
  {
    what: 'a connection with what it has not sent',
    make: () => filled(net.pair()[0]),
    stay: 0,
    warned: 2,
  },
  {
    what: 'a connection with SO_LINGER of a minute, and what it has not sent',
    make: async () => {
      const [listener, client, accepted] = await both();
      client.linger = 60_000;
      await filled(client);
      // Somebody must have the other end, or there is nothing to wait for.
      const kept = accepted.socket.detach();
      listener.close();
      return kept;
    },
    stay: 1,
    warned: 1,
  },
  {
    what: 'a listener on a path',
    make: () => forget(net.listen(`unix:@berkeley-${process.pid}-forgotten`)),
    stay: 0,
    warned: 1,
  },
  { what: 'UDP', make: () => forget(net.udp('127.0.0.1:0')), stay: 0, warned: 1 },
  {
    what: 'a pair of plain sockets, one of them a copy',
    make: () => forget(net.socketPair('seqpacket')[0].dup()),
    stay: 0,
    warned: 3,
  },
  {
    what: 'both ends of TLS',
    make: async () => {
      const [a, b] = await secured({ cert, key });
      (globalThis as { kept?: unknown[] }).kept!.length = 0;
      if (name === 'blocking') await forget([net.share(a), net.share(b)]);
    },
    stay: 0,
    warned: 2,
  },
  { what: 'a connection of which the socket is kept', make: () => net.pair()[0].socket, stay: 1, warned: 1 },
  {
    what: 'a connection of which the other colour is kept',
    make: () => other.share(net.pair()[0]),
    stay: 1,
    warned: 1,
  },
  {
    what: 'a connection of which both colours are forgotten',
    make: () => forget(other.share(net.pair()[0])),
    stay: 0,
    warned: 2,
  },
  {
    what: 'a connection of which frames are kept',
    make: () => net.pair()[0].framed(promises.codecs.lines()),
    stay: 1,
    warned: 1,
  },
  { what: 'a connection of which the queue of events is kept', make: () => net.pair()[0].events(), stay: 0, warned: 2 },
  {
    what: 'a connection of which a function of its own is kept',
    make: () => {
      const off: unknown[] = [];
      net.pair()[0].on('read', () => off.push(1));
      return off;
    },
    stay: 0,
    warned: 2,
  },
  {
    what: 'a connection that was closed',
    make: () => forget(Promise.all(net.pair().map((conn) => conn.close()))),
    stay: 0,
    warned: 0,
  },
  {
    what: 'a socket that was given away',
    make: () => net.socketPair('stream').map((socket) => socket.detach()),
    stay: 2,
    warned: 0,
  },
];
if (name === 'promises')
  cases.push(
    {
      what: 'a relay that goes on',
      make: () => {
        const [a, b] = net.pair();
        const [c, d] = net.pair();
        return [a, d, net.relay(b, c)];
      },
      stay: 4,
      warned: 0,
    },
    {
      what: 'a listener that accepts',
      make: async () => [(await net.listen('127.0.0.1:0')).accept()],
      stay: 1,
      warned: 0,
    },
    {
      what: 'a socket that UDP is awaited on',
      make: async () => [(await net.udp('127.0.0.1:0')).recv()],
      stay: 1,
      warned: 0,
    },
    {
      what: 'a read that has ended, and that nobody looked at',
      make: async () => {
        const [a, b] = net.pair();
        const reading = a.read();
        await b.write('x');
        await reading;
      },
      stay: 0,
      warned: 2,
    },
    {
      what: 'a read whose limit has passed',
      make: () =>
        net
          .pair()[0]
          .read(1, { timeout: 1 })
          .catch(() => undefined),
      stay: 0,
      warned: 2, // prettier-ignore
    },
  );

let warnings: { code?: string; detail?: string }[] = [];
process.removeAllListeners('warning');
process.on('warning', (warning) => warnings.push(warning as { code?: string }));
net.setDefaults({ traceLeaks: true });
// Opens what the library keeps for itself.
const [warm, up] = promises.pair();
await Promise.all([warm.read(), up.write('x')]);
warm.abort();
up.abort();
await secured({ cert, key }).then((conns) => {
  for (const conn of conns) conn.abort();
});

const held: unknown[] = [];
const found = [];
for (const { what, make, stay, warned } of cases) {
  await turn();
  warnings = [];
  const before = descriptors();
  held.push(await make());
  // Some more than is needed: a second warning would be one too many.
  let slowest = 0;
  for (let i = 0; i < 400 && (warnings.length < warned || descriptors() > before + stay); i++)
    slowest = Math.max(slowest, await turn());
  for (let i = 0; i < 4; i++) slowest = Math.max(slowest, await turn());
  const traced = warnings.filter(
    ({ code, detail }) =>
      code === 'BERKELEY_LEAK' && /forgotten-all\.js:\d+|life-operations\.js:\d+/.test(detail ?? ''),
  );
  found.push({
    what,
    stay: descriptors() - before,
    warned: warnings.length,
    traced: traced.length,
    froze: slowest > 10_000,
  });
}
process.stdout.write(
  JSON.stringify({
    found,
    wanted: cases.map(({ what, stay, warned }) => ({ what, stay, warned, traced: warned, froze: false })),
  }),
);
process.exit(held.length > 0 ? 0 : 1);

function descriptors(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

/** Collects, and lets the loop turn. Returns for how long that took. */
async function turn(): Promise<number> {
  const begun = performance.now();
  global.gc!();
  await new Promise((resolve) => setTimeout(resolve, 3));
  return performance.now() - begun;
}
