// Does everything that waits while signals arrive. The arguments are the colour, a server and a black hole.

import { colours } from '../../real/colours.js';

const { net } = colours.find(({ name }) => name === process.argv[2])!;
const port = Number(process.argv[3]);
const hole = Number(process.argv[4]);
const limit = { timeout: '10s' } as const;
const steps: { step: string; result: string; late: number | null }[] = [];

let signalled = 0;
process.on('SIGUSR2', () => signalled++);
say('ready');
while (signalled === 0) await new Promise((resolve) => setTimeout(resolve, 5));

const listener = await net.listen('127.0.0.1:0');
const [left, right] = net.pair();
await right.write('12345');

await expires('limit of accept', (timeout) => listener.accept({ timeout }));
await expires('limit of readExact', (timeout) => left.readExact(10, { timeout }));
await expires('limit of connect', (timeout) => net.connect('127.0.0.1', hole, { timeout }));
await expires('limit of connect with a race', (timeout) =>
  net.connect('127.0.0.1', hole, { timeout, attemptTimeout: 60 }),
);
await works('tryAccept', async () => (await listener.tryAccept(80)) === null);
await works('waitReadable', async () => !(await right.waitReadable({ timeout: 80 })));
await works('select', async () => (await net.select([[right, { read: true }]], { timeout: 80 })).length === 0);
await works(
  'what was there before is still there',
  async () => (await left.readExact(5, limit)).toString() === '12345',
);
await works('connect', async () => {
  for (let i = 0; i < 50; i++) (await net.connect('127.0.0.1', port, limit)).abort();
  return true;
});
await works('connect by name', async () => {
  for (let i = 0; i < 20; i++) (await net.connect('localhost', port, { ...limit, family: 'ipv4' })).abort();
  return true;
});
await works('accept', async () => {
  const asking = await net.connect('127.0.0.1', port, limit);
  await asking.writeLine(`back ${listener.address.port}`);
  const conn = await listener.accept(limit);
  const got = await conn.readAll(limit);
  asking.abort();
  conn.abort();
  return got.toString() === 'here';
});
await works('readExact', async () => {
  const conn = await net.connect('127.0.0.1', port, limit);
  await conn.writeLine('drip');
  const got = await conn.readExact(100, limit);
  conn.abort();
  return got.toString() === '0123456789'.repeat(10);
});
await works('write', async () => {
  const conn = await net.connect('127.0.0.1', port, limit);
  await conn.writeLine('sink', { eol: '\n' });
  await conn.write(Buffer.alloc(8 << 20), limit);
  const got = await conn.readAll(limit);
  conn.abort();
  return got.toString() === String(8 << 20);
});
listener.close();
left.abort();
right.abort();
say(steps);
// A blocked thread handles its signals now.
await new Promise((resolve) => setTimeout(resolve, 50));
say({ signalled });
process.exit();

/** Five times, because a busy machine may be late once; a limit that signals make longer is late each time. */
async function expires(step: string, call: (timeout: number) => unknown): Promise<void> {
  let late = Infinity;
  let result = 'ok';
  for (let i = 0; i < 5; i++) {
    const begun = performance.now();
    try {
      await call(120);
      result = 'it did not end at its limit';
      break;
    } catch (error) {
      result = (error as { code?: string }).code ?? String(error);
    }
    late = Math.min(late, performance.now() - begun - (step.endsWith('race') ? 60 : 120));
  }
  steps.push({ step, result, late });
}

async function works(step: string, call: () => Promise<boolean>): Promise<void> {
  try {
    steps.push({ step, result: (await call()) ? 'ok' : 'wrong', late: null });
  } catch (error) {
    steps.push({ step, result: (error as { code?: string }).code ?? String(error), late: null });
  }
}

function say(found: unknown): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
