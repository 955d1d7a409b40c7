// Tries ports of a host, at most fifty at a time, and says what each of them answers.
//
//   node build/examples/port-prober.js HOST PORT|FROM-TO…
//   node build/examples/port-prober.js localhost 22 80 8000-8100

import { connect, lookup, SocketError } from 'berkeley';

const [host, ...words] = process.argv.slice(2);
if (host === undefined || words.length === 0) {
  console.log('usage: port-prober HOST PORT|FROM-TO…');
  process.exit();
}

const ports = words.flatMap((word) => {
  const [from = NaN, to = from] = word.split('-').map(Number);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
});

// One lookup for all of them.
const [address] = await lookup(host, 0, { timeout: '5s' });
if (address === undefined) throw new Error(`${host} has no address`);
const results = new Map<number, string>();
const queue = ports.values();
await Promise.all(
  Array.from({ length: 50 }, async () => {
    for (const port of queue) results.set(port, await probe(address.address, port));
  }),
);
for (const port of ports) console.log(`${port} ${results.get(port) ?? ''}`);

async function probe(ip: string, port: number): Promise<string> {
  const begun = performance.now();
  try {
    const conn = await connect(ip, port, { timeout: '2s' });
    conn.abort();
    return `open (${(performance.now() - begun).toFixed(1)} ms)`;
  } catch (error) {
    if (!(error instanceof SocketError)) throw error;
    return error.code === 'ECONNREFUSED' ? 'closed' : error.code;
  }
}
