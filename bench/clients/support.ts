// Owns the measurements that clients in TypeScript share; bench/c/blocking-client.c and bench/c/udp-send.c are their models.

/** What a client shall do: so many messages of a size, after some that warm it up. */
export interface Wanted {
  readonly port: number;
  readonly size: number;
  readonly count: number;
  readonly warm: number;
}

/** The arguments PORT SIZE COUNT WARM. */
export function readArguments(): Wanted {
  const [port, size, count, warm] = process.argv.slice(2).map(Number) as [number, number, number, number];
  return { port, size, count, warm };
}

/** Runs `roundTrip` `warm` times, then `count` times, and prints nanoseconds of wall and CPU time for each of the latter. */
export function measure({ count, warm }: Wanted, roundTrip: () => void): void {
  for (let i = 0; i < warm; i++) roundTrip();
  const report = begin(count);
  for (let i = 0; i < count; i++) roundTrip();
  report();
}

/** Lets `send` send `warm` datagrams, then `count`, and prints the same. */
export async function measureSending({ count, warm }: Wanted, send: (count: number) => Promise<void>): Promise<void> {
  await send(warm);
  const report = begin(count);
  await send(count);
  report();
}

function begin(count: number): () => void {
  const cpu = process.cpuUsage();
  const begun = process.hrtime.bigint();
  return () => {
    const wallNs = Number(process.hrtime.bigint() - begun) / count;
    const { user, system } = process.cpuUsage(cpu);
    process.stdout.write(`${JSON.stringify({ wallNs, cpuNs: ((user + system) * 1000) / count })}\n`);
  };
}
