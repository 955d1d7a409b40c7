// Runs with few descriptors: serves more clients than it can have open, as programs do. When it first cannot accept, the clients
// are silent, and it says how much processor time a second takes.
//
//   starved-server.js COLOUR COUNT CERTIFICATE KEY      the last two empty for plaintext

import { readFileSync } from 'node:fs';
import { colours, type Conn } from '../../real/colours.js';

const [, , name, count, cert, key] = process.argv;
const { net } = colours.find((colour) => colour.name === name)!;
const limit = { timeout: '60s' } as const;

const tls = cert === '' ? {} : { tls: { cert: readFileSync(cert!), key: readFileSync(key!) } };
const listener = await net.listen('127.0.0.1:0', { backlog: 512, ...tls });
const open = new Set<Conn>();
let most = 0;
let refusals = 0;
let served = 0;
let left = (): void => undefined;
const serving = new WeakMap<Conn, Promise<void>>();
say({ port: listener.address.port });

// The rest must not find any refusal.
const rest = 20;
while (served + open.size < Number(count) - rest) await next();
for (const conn of open) await serve(conn);
while (open.size > 0) await new Promise<void>((go) => (left = go));
const before = refusals;
say({ served, most, refusals });
while (served + open.size < Number(count)) await next();
for (const conn of open) await serve(conn);
while (open.size > 0) await new Promise<void>((go) => (left = go));
listener.close();
say({ served, refusals: refusals - before });

/** Takes the next client, or makes room for it. */
async function next(): Promise<void> {
  try {
    const conn = await listener.accept(limit);
    open.add(conn);
    most = Math.max(most, open.size);
    // Everybody at once.
    if (name === 'promises') void serve(conn);
  } catch (error) {
    if ((error as { code: string }).code !== 'EMFILE') throw error;
    if (refusals++ === 0) await measure();
    if (name === 'promises') await new Promise<void>((go) => (left = go));
    else for (const conn of open) await serve(conn);
  }
}

/** Answers a line, once. */
function serve(conn: Conn): Promise<void> {
  let going = serving.get(conn);
  if (going === undefined) serving.set(conn, (going = answer(conn)));
  return going;
}

async function answer(conn: Conn): Promise<void> {
  const line = await conn.readLine(limit);
  await conn.write(`${line}!\n`, limit);
  await conn.close();
  served++;
  open.delete(conn);
  left();
}

/** The listener is ready all the time and nobody can be accepted, and every client that is open is waited for. */
async function measure(): Promise<void> {
  const began = performance.now();
  const used = process.cpuUsage();
  await new Promise((go) => setTimeout(go, 1000));
  const { user, system } = process.cpuUsage(used);
  say({ share: (user + system) / 1000 / (performance.now() - began) });
}

function say(found: object): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
