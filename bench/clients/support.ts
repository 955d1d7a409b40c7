// Owns the measurement that all blocking clients in TypeScript share; bench/c/blocking-client.c is its model.

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

/** Runs `roundTrip` `warm` times, then `count` times, and prints nanoseconds of wall and CPU time for each of the latter. */
export function measure({ count, warm }: RoundTrips, roundTrip: () => void): void {
  for (let i = 0; i < warm; i++) roundTrip();
  const cpu = process.cpuUsage();
  const begun = process.hrtime.bigint();
  for (let i = 0; i < count; i++) roundTrip();
  const wallNs = Number(process.hrtime.bigint() - begun) / count;
  const { user, system } = process.cpuUsage(cpu);
  process.stdout.write(`${JSON.stringify({ wallNs, cpuNs: ((user + system) * 1000) / count })}\n`);
}
