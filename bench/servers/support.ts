// What every server of the benchmark that is written in TypeScript does besides echoing: it says its port, counts its
// memory when asked, and ends with its standard input, so that none outlives the runner.

import type { ListenOptions } from 'berkeley';
import { setImmediate } from 'node:timers/promises';

/** Memory of a server, as it sees it itself; the runner reads the resident set from /proc. */
export interface Memory {
  readonly connections: number;
  /** V8's heap and what hangs on it outside, in bytes. */
  readonly heap: number;
}

/** The first two arguments, where there are any: files with a certificate and its key. Then the server speaks TLS. */
export function listenOptions(): ListenOptions {
  const [cert, key] = process.argv.slice(2);
  return cert === undefined || key === undefined ? {} : { tls: { cert: { file: cert }, key: { file: key } } };
}

/** The same two, and what stands behind them or alone: how a server that can do several things shall work. */
export function tlsAndMode(): { files: { cert: string; key: string } | null; mode: string } {
  const words = process.argv.slice(2);
  const [cert, key] = words;
  const files = key === undefined || cert === undefined ? null : { cert, key };
  return { files, mode: words[files === null ? 0 : 2] ?? 'echo' };
}

/** Prints the port and obeys the runner: a line on standard input asks for the memory, its end is the end. */
export function serve(port: number, connections: () => number): void {
  process.stdout.write(`${port}\n`);
  process.stdin.on('data', () => void report(connections)).on('end', () => process.exit(0));
}

async function report(connections: () => number): Promise<void> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  const memory: Memory = { connections: connections(), heap: heapUsed + external };
  process.stdout.write(`${JSON.stringify(memory)}\n`);
}
