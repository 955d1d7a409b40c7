// Leaves the program in the middle of a function or a continuation that the library has called. The arguments are the
// way and the place. Ways are `exit`, `throw`, and `stay`, which throws in one place after the other, catches what comes of it, and says whether the
// library still works. `names` says which places there are.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import * as net from 'berkeley';
import * as magnolia from 'berkeley/dialects/magnolia';
import * as sync from 'berkeley/sync';

const [way, place, certFile, keyFile] = process.argv.slice(2) as [Way, string, string, string];
const cert = readFileSync(certFile, 'utf8');
const key = readFileSync(keyFile, 'utf8');
let left = 0;

type Way = 'exit' | 'throw' | 'stay' | 'names';

function leave(): never {
  left++;
  if (way === 'exit') process.exit(7);
  throw new Error('planned');
}

const server = { server: true, cert, key };
const bad: net.Codec<Buffer, Buffer> = { maxFrame: 10, encode: leave, decode: leave };

/** Each leaves once; what it then returns or fails with is nobody's. */
const places: Record<string, () => unknown> = {
  'behind a read': async () => {
    const [a, b] = net.pair();
    await Promise.all([a.read().then(leave), b.write('x')]);
  },
  'behind an accept': async () => {
    const listener = await net.listen('127.0.0.1:0');
    await Promise.all([listener.accept().then(leave), net.connect(listener.address)]);
  },
  'behind a lookup': () => net.lookup('localhost').then(leave),
  'behind a limit': async () => {
    const [a, b] = net.pair();
    await a.read(1, { timeout: 1 }).catch(leave);
    b.abort();
  },
  'in a listener of the signal': async () => {
    const controller = new AbortController();
    const [a, b] = net.pair();
    const reading = a.read(1, { signal: controller.signal });
    // Before and behind the library's own.
    controller.signal.addEventListener('abort', leave);
    setImmediate(() => controller.abort());
    await reading.finally(() => b.abort());
  },
  'behind the end of a signal': async () => {
    const [a, b] = net.pair();
    await a.read(1, { signal: AbortSignal.timeout(1) }).catch(leave);
    b.abort();
  },
  'in for await': async () => {
    const [a, b] = net.pair();
    await b.write('x');
    for await (const piece of a) leave.call(piece);
  },
  'in for await of a listener': async () => {
    const listener = await net.listen('127.0.0.1:0');
    void net.connect(listener.address);
    for await (const conn of listener) leave.call(conn);
  },
  'in a function for "read"': async () => {
    const [a, b] = net.pair();
    a.on('read', leave);
    await Promise.all([a.read(), b.write('x')]);
  },
  'in a function for "read", blocking': () => {
    const [a, b] = sync.pair();
    a.on('read', leave);
    b.write('x');
    a.readExact(1);
  },
  'in a function for "connected"': async () => {
    const listener = await net.listen('127.0.0.1:0');
    await net.connect(listener.address, { on: { connected: leave } });
  },
  'in a function for "attemptFailed", blocking': async () => {
    try {
      sync.connect('unix:@berkeley-nobody-there', { on: { attemptFailed: leave } });
    } catch {
      // The connect is what has failed; the function's error comes by itself.
    }
    await new Promise((turn) => setTimeout(turn, 100));
  },
  'in a function for "closed"': async () => {
    const [a] = net.pair();
    a.on('closed', leave);
    await a.close();
  },
  'in a function for "closed", of abort': () => {
    const [a] = sync.pair();
    a.on('closed', leave);
    a.abort();
  },
  'behind an event of a queue': async () => {
    const [a] = net.pair();
    const queue = a.events();
    a.abort();
    for await (const event of queue) leave.call(event);
  },
  'in a subscriber of a channel': async () => {
    subscribe('berkeley:sent', leave);
    const [a] = net.pair();
    await a.write('x');
    await new Promise((turn) => setImmediate(turn));
  },
  'in a codec': async () => {
    const [a, b] = net.pair();
    await b.write('x');
    await a.framed(bad).read();
  },
  'in a codec, blocking': () => {
    const [a, b] = sync.pair();
    b.write('x');
    a.framed(bad).read();
  },
  'in encode of a codec': async () => {
    const [a] = net.pair();
    await a.framed(bad).write(Buffer.from('x'));
  },
  'in a resolver': () => net.connect('somewhere:1', { lookup: { lookup: leave } }),
  'in a resolver, blocking': () => sync.connect('somewhere:1', { lookup: { lookup: leave } }),
  'in verify': () => shake({ verify: leave }, server),
  'in sni': () => shake({ serverName: 'a.test', verify: false }, { ...server, sni: leave }),
  'in keylog': () => shake({ verify: false, keylog: leave }, server),
  'in keylog of a server': () => shake({ verify: false }, { ...server, keylog: leave }),
  'behind a handshake that fails': () => shake({ serverName: 'localhost' }, server).catch(leave),
  'in a warning of something forgotten': async () => {
    process.on('warning', leave);
    (() => net.pair())();
    for (let i = 0; i < 200 && left === 0; i++) {
      global.gc!();
      await new Promise((turn) => setTimeout(turn, 2));
    }
  },
  'in a callback of a dialect': async () => {
    const listener = await net.listen('127.0.0.1:0');
    magnolia.connect(listener.address.toString(), leave);
    await listener.accept();
    while (left === 0) await new Promise((turn) => setImmediate(turn));
  },
  'in a function of the program, with calls waiting': async () => {
    const [a, b] = net.pair();
    const listener = await net.listen('127.0.0.1:0');
    const waiting = [
      a.read(),
      b.readLine(),
      listener.accept(),
      net.lookup('localhost'),
      b.write(Buffer.alloc(1 << 24)),
    ];
    await new Promise((turn) => setImmediate(turn));
    await Promise.resolve()
      .then(leave)
      .finally(() => {
        a.abort();
        b.abort();
        listener.close();
        return Promise.allSettled(waiting);
      });
  },
};

if (way === 'names') process.stdout.write(JSON.stringify(Object.keys(places)));
else if (way === 'stay') {
  const found: object[] = [];
  for (const name of Object.keys(places)) found.push(await stay(name));
  process.stdout.write(JSON.stringify(found));
} else {
  // What ends the program is the place, and not that nothing is left to wait for.
  setTimeout(() => undefined, 60_000);
  if (way === 'exit') process.removeAllListeners('warning');
  await places[place]!();
  await new Promise(() => undefined);
}

async function shake(client: net.TlsOptions, accepting: net.TlsOptions & { server: boolean }): Promise<void> {
  const [a, b] = net.pair();
  const results = await Promise.allSettled([a.startTls(client), b.startTls(accepting)]);
  // Whichever of the two asked.
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (reasons.length > 0) throw new AggregateError(reasons);
}

/** Whether somebody was told of the error, and what the library can do afterwards. */
async function stay(name: string): Promise<object> {
  left = 0;
  let uncaught = 0;
  const onUncaught = (error: Error): void => {
    if (error.message === 'planned') uncaught++;
    else throw error;
  };
  process.on('uncaughtException', onUncaught);
  let failed = false;
  try {
    await places[name]!();
  } catch {
    failed = true;
  }
  await new Promise((turn) => setImmediate(turn));
  process.removeListener('uncaughtException', onUncaught);
  process.removeListener('warning', leave);
  unsubscribe('berkeley:sent', leave);
  // Both colours, with what was disturbed: events, a handshake, a limit.
  const [a, b] = net.pair();
  const heard: number[] = [];
  a.on('read', ({ bytes }) => heard.push(bytes));
  await Promise.all([a.startTls({ verify: false }), b.startTls(server)]);
  await b.write('still');
  const text = String(await a.readExact(5, { timeout: '10s' }));
  const [c, d] = sync.pair();
  d.write('here');
  const word = String(c.readExact(4, { timeout: '10s' }));
  const limit = await a.read(1, { timeout: 1 }).catch((error: unknown) => (error as net.SocketError).code);
  await new Promise((turn) => setImmediate(turn));
  for (const conn of [a, b, c, d]) conn.abort();
  return { name, left: left > 0, told: uncaught > 0 || failed, text, word, limit, heard: heard.join() };
}
