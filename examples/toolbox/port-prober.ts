// Tries ports of a host, fifty at a time in one thread that blocks, and says which are open: connects begin, and select tells which
// of them have come to an end.
//
//   node build/examples/toolbox/port-prober.js HOST PORT|FROM-TO…
//   node build/examples/toolbox/port-prober.js localhost 22 80 8000-8100

import { lookup, select, socket, SocketError, TimeoutError, type Address, type Socket } from 'berkeley/sync';

interface Probe {
  readonly port: number;
  readonly socket: Socket<'sync'>;
  readonly begun: number;
}

const PATIENCE = 2000;
const [host, ...words] = process.argv.slice(2);
if (host === undefined || words.length === 0) console.log('usage: port-prober HOST PORT|FROM-TO…');
else {
  try {
    // One lookup for all of them.
    const [address] = lookup(host, 0, { timeout: '5s' });
    const ports = words.flatMap(portsOf);
    const results = probe(address!, ports);
    for (const port of ports) console.log(`${port} ${results.get(port) ?? ''}`);
    if (![...results.values()].some((result) => result.startsWith('open'))) process.exitCode = 1;
  } catch (error) {
    const { message, hint } = error as SocketError;
    console.error(hint ? `${message}: ${hint}` : message);
    process.exitCode = 2;
  }
}

function portsOf(word: string): number[] {
  const [from = NaN, to = from] = word.split('-').map(Number);
  if (!(from > 0 && to >= from && to < 65_536)) throw new Error(`${word} is no port`);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function probe({ address, family }: Address, ports: readonly number[]): Map<number, string> {
  const results = new Map<number, string>();
  const queue = [...new Set(ports)];
  let open: Probe[] = [];
  while (queue.length > 0 || open.length > 0) {
    for (const port of queue.splice(0, 50 - open.length))
      open.push({ port, socket: socket(family), begun: performance.now() });
    open = open.filter((one) => {
      const result = look(one, `${family === 'ipv6' ? `[${address}]` : address}:${one.port}`);
      if (result === null) return true;
      results.set(one.port, result);
      one.socket[Symbol.dispose]();
      return false;
    });
    if (open.length > 0)
      select(
        open.map((one) => [one.socket, { write: true }]),
        { timeout: 100 },
      );
  }
  return results;
}

/** Null while nothing is known. A connect whose limit is spent goes on in the kernel, and is asked again by the next call. */
function look({ socket, begun }: Probe, target: string): string | null {
  const spent = performance.now() - begun;
  try {
    socket.connect(target, { timeout: 0.1 });
    return `open (${spent.toFixed(1)} ms)`;
  } catch (error) {
    if (error instanceof TimeoutError) return spent < PATIENCE ? null : 'no answer';
    if (!(error instanceof SocketError)) throw error;
    return error.code === 'ECONNREFUSED' ? 'closed' : error.code;
  }
}
