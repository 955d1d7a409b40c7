// Owns the measurements that clients in TypeScript share; bench/c/blocking-client.c and bench/c/udp-send.c are their models.

export interface RoundTrips {
  readonly port: number;
  readonly size: number;
  readonly count: number;
  readonly warm: number;
}

/** The arguments PORT SIZE COUNT WARM. */
export function readArguments(): RoundTrips {
  const [port, size, count, warm] = process.argv.slice(2).map(Number) as [number, number, number, number];
  return { port, size, count, warm };
}

/** So many round trips at most are looked at one by one. */
const LOOKS = 5000;

/**
 * Runs `roundTrip` `warm` times, then `count` times, and prints nanoseconds of wall and CPU time for each of the latter; how
 * long half and 99 of 100 took, over others, because looking at the clock takes time, too; and the resident set.
 */
export function measure({ count, warm }: RoundTrips, roundTrip: () => void): void {
  for (let i = 0; i < warm; i++) roundTrip();
  const cpu = process.cpuUsage();
  const begun = process.hrtime.bigint();
  for (let i = 0; i < count; i++) roundTrip();
  const wallNs = Number(process.hrtime.bigint() - begun) / count;
  const { user, system } = process.cpuUsage(cpu);
  const looks = new Float64Array(Math.min(LOOKS, count));
  for (let i = 0; i < looks.length; i++) {
    const before = performance.now();
    roundTrip();
    looks[i] = (performance.now() - before) * 1e6;
  }
  looks.sort();
  const share = (part: number): number => looks[Math.floor(part * looks.length)]!;
  print({ wallNs, cpuNs: ((user + system) * 1000) / count, p50Ns: share(0.5), p99Ns: share(0.99) });
}

const ROUND = 4096;

/** Lets `send` send rounds for the seconds that the arguments PORT SIZE SECONDS WARM_SECONDS say; prints the same, and how many it sent in all. */
export async function measureSending(send: (count: number) => Promise<void>): Promise<void> {
  const [seconds, warm] = process.argv.slice(4, 6).map(Number) as [number, number];
  const goOn = async (time: number): Promise<number> => {
    let count = 0;
    for (const end = performance.now() + time * 1000; performance.now() < end; count += ROUND) await send(ROUND);
    return count;
  };
  const before = await goOn(warm);
  const cpu = process.cpuUsage();
  const begun = process.hrtime.bigint();
  const count = await goOn(seconds);
  const wallNs = Number(process.hrtime.bigint() - begun) / count;
  const { user, system } = process.cpuUsage(cpu);
  const sent = before + count;
  print({ sent, wallNs, cpuNs: ((user + system) * 1000) / count });
}

function print(figures: Readonly<Record<string, number>>): void {
  process.stdout.write(`${JSON.stringify({ ...figures, resident: process.memoryUsage().rss })}\n`);
}
