// Fails in every way 500 times and says by how much that made the process grow. The arguments are the colour and the port
// of a black hole.

import { getEventListeners } from 'node:events';
import { readdirSync } from 'node:fs';
import { colours } from '../../real/colours.js';

const colour = colours.find(({ name }) => name === process.argv[2])!;
const { net } = colour;
const hole = Number(process.argv[3]);
const found: object[] = [];

// Bound and not listening: nobody else gets the port, and connecting to it is refused.
const nobody = net.socket();
await nobody.bind('127.0.0.1:0');
const refused = nobody.getsockname();
const taken = await net.listen('127.0.0.1:0');

await look('refused', () => net.connect(refused));
await look('timed out', () => net.connect('127.0.0.1', hole, { timeout: 2 }));
// A service that nobody has fails in getaddrinfo(3) like a name, and asks no name server.
await look('unresolvable', () => net.connect('127.0.0.1', 'no-such-service'));
await look('failed listen', () => net.listen(['127.0.0.1:0', taken.address]));
await look('failed Unix listen', () => net.listen(['127.0.0.1:0', 'unix:/no/such/folder/socket']));
await look('failed bind before connect', () => net.connect(refused, { local: '198.51.100.7' }));
if (colour.name === 'promises') {
  await look('aborted', () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    return net.connect('127.0.0.1', hole, { signal: controller.signal });
  });
  const { signal } = new AbortController();
  await look('one signal for all', () => net.connect(refused, { signal }), 1);
  await new Promise((turn) => setImmediate(turn));
  if (getEventListeners(signal, 'abort').length > 0) throw new Error('listeners stayed on the signal');
}
nobody.close();
taken.close();
process.stdout.write(`${JSON.stringify(found)}\n`);

async function look(what: string, call: () => unknown, together = 50): Promise<void> {
  // The first hundred fill caches, tables and pools.
  await fail(call, 100, together);
  const before = await measure();
  const codes = await fail(call, 500, together);
  const between = await measure();
  await fail(call, 500, together);
  const after = await measure();
  found.push({
    what,
    codes,
    descriptors: after.descriptors - before.descriptors,
    // What leaks grows both times; what is compiled or cached meanwhile does not.
    heap: Math.min(between.heap - before.heap, after.heap - between.heap),
    memory: Math.min(between.memory - before.memory, after.memory - between.memory),
  });
}

/** Several together, so that the promise colour has many at once. */
async function fail(call: () => unknown, times: number, together: number): Promise<Record<string, number>> {
  const codes: Record<string, number> = {};
  async function once(): Promise<void> {
    let code = 'none';
    try {
      await call();
    } catch (error) {
      code = (error as { code?: string }).code ?? String(error);
    }
    codes[code] = (codes[code] ?? 0) + 1;
  }
  for (let done = 0; done < times; done += together) await Promise.all(Array.from({ length: together }, once));
  return codes;
}

async function measure(): Promise<{ descriptors: number; heap: number; memory: number }> {
  for (let i = 0; i < 3; i++) {
    global.gc!();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { descriptors: readdirSync('/proc/self/fd').length, heap: heapUsed, memory: rss };
}
