// Forgets sockets and collects garbage until they were found. The argument is the colour.

import { readdirSync } from 'node:fs';
import { colours, type Conn } from '../../real/colours.js';

const { name, net } = colours.find((colour) => colour.name === process.argv[2])!;

interface Warned extends Error {
  code: string;
  detail: string;
}
let warnings: Warned[] = [];
process.removeAllListeners('warning');
process.on('warning', (warning) => warnings.push(warning as Warned));

// Opens what the library keeps for itself.
const [warm, up] = net.pair();
if (name === 'promises') setImmediate(() => void up.write('x'));
else await up.write('x');
await warm.read();
warm.abort();
up.abort();

const found = [];
for (const traceLeaks of [false, true]) {
  net.setDefaults({ traceLeaks });
  warnings = [];
  const before = descriptors();
  await forget();
  if (descriptors() !== before + 5) throw new Error('five sockets are open');
  await collect(() => warnings.length >= 5);
  found.push({
    descriptors: descriptors() - before,
    warnings: warnings.map(({ code, message, detail }) => ({ code, message, detail })),
  });
}
say(found);

warnings = [];
let read = '';
if (name === 'promises') {
  const { waiting, other } = forgetWaiting();
  for (let i = 0; i < 20; i++) await turn();
  await other.write('still read');
  read = (await waiting)?.toString() ?? 'nothing';
  const counted = warnings.length;
  other.abort();
  say({ read, warnings: counted });
} else say({ read, warnings: 0 });

/** A listener, a client, an accepted connection and two plain sockets. */
async function forget(): Promise<void> {
  const listener = await net.listen('127.0.0.1:0');
  if (name === 'promises') {
    // Opened by the reactor's hand, long after the calls.
    const accepting = listener.accept();
    await net.connect('localhost', listener.address.port!, { family: 'ipv4' });
    await accepting;
  } else {
    await net.connect(listener.address);
    await listener.accept();
  }
  net.socketPair('dgram');
}

/** Nobody holds the connection, only the promise of its read. */
function forgetWaiting(): { waiting: Promise<Buffer | null>; other: Conn } {
  const [forgotten, other] = net.pair();
  return { waiting: forgotten.read(), other };
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

async function collect(done: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !done(); i++) await turn();
}

async function turn(): Promise<void> {
  global.gc!();
  await new Promise((resolve) => setTimeout(resolve, 5));
}

function say(what: unknown): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
