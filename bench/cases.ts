// Owns what is measured: the shape of a case, the cases over TCP without TLS, who competes in each, and the goals. Knows nothing of
// how it is done.

import { READING_CASES } from './reading-cases.js';
import { STREAM_CASES } from './stream-cases.js';
import { CARRY_CASES } from './carry-cases.js';
import { TLS_CASES } from './tls-cases.js';
import { UDP_CASES } from './udp-cases.js';
import type { RuntimeName } from './runtimes.js';

/**
 * A program of the benchmark: a C program by its name in c/, or a module by its path below bench/. `on` says what runs the
 * module, where it is not the Node that runs the benchmark.
 */
export type Program = ({ readonly c: string } | { readonly js: string; readonly on?: RuntimeName }) & {
  readonly args?: readonly string[];
};

export interface Contender {
  readonly name: string;
  readonly program: Program;
  /** The most that its figure may be: times C, or for memory KiB for each connection. */
  readonly goal?: number;
  /** The most that its figure may be, times that of the rival; to be ahead is the goal where there is none. */
  readonly rivalGoal?: number;
}

interface Base {
  readonly name: string;
  readonly contenders: readonly Contender[];
  /** The contender that berkeley has to be ahead of. */
  readonly rival: 'node:net' | 'node:tls' | 'node:dgram' | 'node:readline' | 'Buffer.readInt32BE' | 'berkeley without';
  /** Whether servers and loads speak TLS. A server is then given a certificate and a key as its first arguments. */
  readonly tls?: true;
}

export interface EchoCase extends Base {
  readonly kind: 'echo';
  readonly connections: number;
  readonly size: number;
}

export interface HandshakeCase extends Base {
  readonly kind: 'handshake';
  /** At a time. */
  readonly connections: number;
  readonly resumed: boolean;
}

/** Each connection brings one byte, gets it back, and ends. */
export interface ChurnCase extends Base {
  readonly kind: 'churn';
  /** At a time. */
  readonly connections: number;
}

export interface BulkCase extends Base {
  readonly kind: 'bulk';
  /** What the load does: the server does the other. */
  readonly load: 'send' | 'receive';
}

/** Bytes that the server passes on without looking at them. */
export interface CarryCase extends Base {
  readonly kind: 'carry';
  readonly what: 'file' | 'relay';
}

export interface RoundTripCase extends Base {
  readonly kind: 'round-trip';
  readonly size: number;
  /** Whether the client shares its core with the server. The server is C for all contenders, which are clients. */
  readonly oneCore: boolean;
}

export interface IdleCase extends Base {
  readonly kind: 'idle';
  readonly connections: number;
}

export interface DatagramEchoCase extends Base {
  readonly kind: 'datagram-echo';
  /** How many sockets the load has, and how many datagrams are in flight on all together. */
  readonly sockets: number;
  readonly flight: number;
  readonly size: number;
}

/** The contenders are clients that send; the other end counts. */
export interface SendingCase extends Base {
  readonly kind: 'sending';
  readonly size: number;
}

/** The contenders are clients that read; C is none of them. */
export interface ReadingCase extends Base {
  readonly kind: 'reading';
  /** What is counted. */
  readonly what: 'line' | 'number';
  /** Who sends it, or null where it is there already. */
  readonly source: Program | null;
}

/** The contenders measure themselves: what an import costs. */
export interface ImportCase extends Base {
  readonly kind: 'import';
}

/** Those in which a load measures a server from outside. */
export type LoadCase = EchoCase | ChurnCase | HandshakeCase | BulkCase | CarryCase | DatagramEchoCase;

export type Case = LoadCase | ImportCase | RoundTripCase | IdleCase | SendingCase | ReadingCase;

/** The name of the contender that the others are divided by. */
export const YARDSTICK = 'C';
const RIVAL = 'node:net';

export const ECHO_SERVER: Program = { c: 'epoll-echo' };
const BUN: Contender = { name: 'Bun.listen', program: { js: 'servers/bun-listen', on: 'bun' } };
/** What cannot be left out by any library on Node-API. */
const BARE: readonly Contender[] = [
  { name: 'bare calls', program: { js: 'servers/bare-calls' } },
  { name: 'bare calls, await', program: { js: 'servers/bare-calls', args: ['await'] } },
];
const DENO: Contender = { name: 'Deno.listen', program: { js: 'servers/deno-listen', on: 'deno' } };

export const CASES: readonly Case[] = [
  echo(64, 1),
  echo(64, 50, { readInto: 1.05, forAwait: 1.1 }, BARE),
  echo(64, 500, { readInto: 1.05, forAwait: 1.1 }),
  echo(16 * 1024, 20, { readInto: 1.08, forAwait: 1.25 }),
  roundTrip(64, true),
  roundTrip(64, false),
  {
    kind: 'idle',
    name: 'idle accepted connections, memory',
    rival: RIVAL,
    connections: 10_000,
    contenders: [
      { name: YARDSTICK, program: ECHO_SERVER },
      { name: 'berkeley, held', program: { js: 'servers/berkeley-held' }, goal: 1.5 },
      { name: 'berkeley, in for await', program: { js: 'servers/berkeley-for-await' } },
      { name: RIVAL, program: { js: 'servers/node-net' } },
      BUN,
      DENO,
    ],
  },
  ...STREAM_CASES,
  ...READING_CASES,
  ...CARRY_CASES,
  ...UDP_CASES,
  ...TLS_CASES,
];

function echo(
  size: number,
  connections: number,
  goals: { readInto?: number; forAwait?: number } = {},
  more: readonly Contender[] = [],
): EchoCase {
  const bytes = size < 1024 ? `${size} B` : `${size / 1024} KiB`;
  return {
    kind: 'echo',
    name: `echo, ${bytes} on ${connections} connection${connections === 1 ? '' : 's'}`,
    rival: RIVAL,
    connections,
    size,
    contenders: [
      { name: YARDSTICK, program: ECHO_SERVER },
      { name: 'berkeley readInto', program: { js: 'servers/berkeley-read-into' }, ...goal(goals.readInto) },
      { name: 'berkeley for await', program: { js: 'servers/berkeley-for-await' }, ...goal(goals.forAwait) },
      { name: RIVAL, program: { js: 'servers/node-net' } },
      BUN,
      DENO,
      ...more,
    ],
  };
}

function roundTrip(size: number, oneCore: boolean): RoundTripCase {
  return {
    kind: 'round-trip',
    name: `blocking round trip, ${size} B, ${oneCore ? 'one core' : 'two cores'}`,
    rival: RIVAL,
    size,
    oneCore,
    contenders: [
      { name: YARDSTICK, program: { c: 'blocking-client' } },
      { name: 'berkeley/sync', program: { js: 'clients/berkeley-sync' }, goal: 1.03 },
      { name: `${RIVAL} in a worker, Atomics.wait`, program: { js: 'clients/worker-net' } },
    ],
  };
}

function goal(value: number | undefined): { goal?: number } {
  return value === undefined ? {} : { goal: value };
}
