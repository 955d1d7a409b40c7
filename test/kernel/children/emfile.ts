// Runs with few descriptors: accepts until there are none left, looks at what that costs, and goes on when some are free.

import { colours, failureOf, type Conn } from '../../real/colours.js';

const colour = colours.find(({ name }) => name === process.argv[2])!;
const { net } = colour;
const limit = { timeout: '10s' } as const;

const listener = await net.listen('127.0.0.1:0');
say({ port: listener.address.port });

let emfile = 0;
let served = 0;
let cpu: number | null = null;
const others: string[] = [];
let open: Conn[] = [];
while (served < 400) {
  const conn = await next();
  if (conn !== null) {
    open.push(conn);
    if (++served < 400) continue;
  } else {
    emfile++;
    // The connection stays in the queue, and asking again gets the same answer at once.
    if ((await next()) !== null) throw new Error('accept found a descriptor');
    if (cpu === null) await whileFull();
  }
  // Frees all of them, one reading after the other.
  for (const conn of open) {
    const line = await conn.readLine(limit);
    await conn.write(`${line}!`);
    await conn.close();
  }
  open = [];
}
listener.close();
say({ emfile, others, cpu: colour.name === 'promises' ? cpu : null, served });

/** The next connection, or null for EMFILE. */
async function next(): Promise<Conn | null> {
  try {
    return await listener.accept(limit);
  } catch (error) {
    if ((error as { code: string }).code === 'EMFILE') return null;
    throw error;
  }
}

/** Nothing may run while the listener is ready and cannot be served. */
async function whileFull(): Promise<void> {
  for (const call of [
    () => net.connect(listener.address, limit),
    () => net.listen('127.0.0.1:0'),
    () => net.socket(),
    () => net.pair(),
    () => net.lookup('localhost'),
  ])
    others.push((await failureOf(call)).code);
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const { user, system } = process.cpuUsage(before);
  cpu = (user + system) / 1000;
}

function say(found: object): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
