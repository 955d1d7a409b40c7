// Owns what is measured: the cases, who competes in each, and the goals. Knows nothing of how it is done.

/** A program of the benchmark: a C program by its name in c/, or a module by its path below bench/. */
export type Program = { readonly c: string } | { readonly js: string };

export interface Contender {
  readonly name: string;
  readonly program: Program;
  /** The most that its figure may be: times C, or for memory KiB for each connection. */
  readonly goal?: number;
}

export interface EchoCase {
  readonly kind: 'echo';
  readonly name: string;
  readonly connections: number;
  readonly size: number;
  readonly contenders: readonly Contender[];
}

export interface RoundTripCase {
  readonly kind: 'round-trip';
  readonly name: string;
  readonly size: number;
  /** Whether the client shares its core with the server. */
  readonly oneCore: boolean;
  /** Clients; the server is C for all of them. */
  readonly contenders: readonly Contender[];
}

export interface IdleCase {
  readonly kind: 'idle';
  readonly name: string;
  readonly connections: number;
  readonly contenders: readonly Contender[];
}

export type Case = EchoCase | RoundTripCase | IdleCase;

/** The name of the contender that the others are divided by. */
export const YARDSTICK = 'C';
/** The contender that berkeley has to be ahead of. */
export const RIVAL = 'node:net';

export const ECHO_SERVER: Program = { c: 'epoll-echo' };
export const LOAD: Program = { c: 'load' };

export const CASES: readonly Case[] = [
  echo(64, 1),
  echo(64, 50, { readInto: 1.12, forAwait: 1.18 }),
  echo(64, 500),
  echo(16 * 1024, 20, { readInto: 1.15, forAwait: 1.5 }),
  roundTrip(64, true),
  roundTrip(64, false),
  {
    kind: 'idle',
    name: 'idle accepted connections, memory',
    connections: 10_000,
    contenders: [
      { name: YARDSTICK, program: ECHO_SERVER },
      { name: 'berkeley, held', program: { js: 'servers/berkeley-held' }, goal: 3 },
      { name: 'berkeley, in for await', program: { js: 'servers/berkeley-for-await' }, goal: 3 },
      { name: RIVAL, program: { js: 'servers/node-net' } },
    ],
  },
];

function echo(size: number, connections: number, goals: { readInto?: number; forAwait?: number } = {}): EchoCase {
  const bytes = size < 1024 ? `${size} B` : `${size / 1024} KiB`;
  return {
    kind: 'echo',
    name: `echo, ${bytes} on ${connections} connection${connections === 1 ? '' : 's'}`,
    connections,
    size,
    contenders: [
      { name: YARDSTICK, program: ECHO_SERVER },
      { name: 'berkeley readInto', program: { js: 'servers/berkeley-read-into' }, ...goal(goals.readInto) },
      { name: 'berkeley for await', program: { js: 'servers/berkeley-for-await' }, ...goal(goals.forAwait) },
      { name: RIVAL, program: { js: 'servers/node-net' } },
    ],
  };
}

function roundTrip(size: number, oneCore: boolean): RoundTripCase {
  return {
    kind: 'round-trip',
    name: `blocking round trip, ${size} B, ${oneCore ? 'one core' : 'two cores'}`,
    size,
    oneCore,
    contenders: [
      { name: YARDSTICK, program: { c: 'blocking-client' } },
      { name: 'berkeley/sync', program: { js: 'clients/berkeley-sync' }, goal: 1.08 },
      { name: `${RIVAL} in a worker, Atomics.wait`, program: { js: 'clients/worker-net' } },
    ],
  };
}

function goal(value: number | undefined): { goal?: number } {
  return value === undefined ? {} : { goal: value };
}
