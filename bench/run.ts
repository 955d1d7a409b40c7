// Owns how one contender is measured once: start it fresh, warm it up, measure, end it.

import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import {
  ECHO_SERVER,
  type Case,
  type Contender,
  type IdleCase,
  type LoadCase,
  type ReadingCase,
  type RoundTripCase,
  type SendingCase,
} from './cases.js';
import { certificate } from './certificate.js';
import { Running } from './programs.js';
import type { Memory } from './servers/support.js';

/** How long things take; `--quick` shortens them. */
export interface Pace {
  readonly warmMs: number;
  readonly seconds: number;
  readonly roundTrips: number;
  readonly mib: number;
}

export interface LoadSample {
  /** Processor time (user and system, all threads) that the server spent on a message, a handshake, a MiB. */
  readonly cpuUs: number;
  readonly perSecond: number;
  /** How long a message was on its way, or a handshake lasted; 0 for a stream. */
  readonly p50Us: number;
  readonly p99Us: number;
  /** The share of the measured time in which the server was busy. */
  readonly busy: number;
  /** The share of the measured time in which something else ran on the load's core: on a quiet machine 0. */
  readonly crowded: number;
  /** How many messages never came back: of datagrams none should be missing. */
  readonly lost: number;
  /** The server's resident set when all was done, its connections still open. */
  readonly residentMiB: number;
}

export interface RoundTripSample {
  readonly wallUs: number;
  readonly cpuUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** The client's resident set when all was done. */
  readonly residentMiB: number;
}

export interface SendingSample {
  /** Processor time (user and system, all threads) that the client spent on a datagram. */
  readonly cpuUs: number;
  readonly perSecond: number;
  /** The share of the time in which the client used its core. */
  readonly busy: number;
  readonly lost: number;
  /** The client's resident set when all was done; `null` where it does not say. */
  readonly residentMiB: number | null;
}

export interface ImportSample {
  /** How much longer a program lasts that imports it, and how much larger it is. */
  readonly importMs: number;
  readonly importMiB: number;
}

export interface IdleSample {
  /** How many connections the server held. */
  readonly connections: number;
  /** Growth of the resident set for each connection. */
  readonly residentKiB: number;
  /** Growth of V8's heap and of what hangs on it, for each connection; `null` for C. */
  readonly heapKiB: number | null;
}

const MIB = 1024 * 1024;
const START_SECONDS = 10;
const WARM_CONNECTIONS = 200;
/** After so many V8 has compiled everything; it uses the same core to do so. */
const WARM_ROUND_TRIPS = 10_000;
/** Descriptors that the server and the load may need for anything else. */
const SPARE_FILES = 100;

export async function measureLoad(c: LoadCase, contender: Contender, pace: Pace): Promise<LoadSample> {
  const server = start(c, contender);
  try {
    const port = await server.line(START_SECONDS);
    const { name, args } = loadOf(c, pace);
    const load = new Running({ c: name }, 'counterpart', [port, ...args, '--pid', server.pid, '--spin']);
    try {
      const line = await load.line(pace.warmMs / 1000 + pace.seconds + 30);
      const r = JSON.parse(line) as Record<
        'count' | 'seconds' | 'p50Us' | 'p99Us' | 'serverCpuNs' | 'loadWaitedNs' | 'lost' | 'resident',
        number
      >;
      return {
        cpuUs: r.serverCpuNs / r.count / 1000,
        perSecond: r.count / r.seconds,
        p50Us: r.p50Us,
        p99Us: r.p99Us,
        busy: r.serverCpuNs / 1e9 / r.seconds,
        crowded: r.loadWaitedNs / 1e9 / r.seconds,
        lost: r.lost,
        residentMiB: r.resident / MIB,
      };
    } finally {
      await load.stop();
    }
  } finally {
    await server.stop();
  }
}

/** The load of a case: its program, and its arguments behind the port. */
function loadOf(c: LoadCase, pace: Pace): { name: string; args: (string | number)[] } {
  const { warmMs, seconds, mib } = pace;
  if (c.kind === 'bulk' && c.tls) return { name: 'tls-bulk', args: [c.load, mib, mib] };
  if (c.kind === 'bulk') return { name: 'bulk-load', args: [c.load, warmMs, '--seconds', seconds] };
  if (c.kind === 'churn') return { name: 'churn-load', args: [c.connections, 2 * warmMs, '--seconds', seconds] };
  if (c.kind === 'carry') return { name: 'carry-load', args: [c.what, mib, mib] };
  if (c.kind === 'echo') {
    const args = ['echo', c.connections, c.size, warmMs, '--seconds', seconds];
    return { name: c.tls ? 'tls-load' : 'load', args };
  }
  if (c.kind === 'datagram-echo') {
    return { name: 'udp-load', args: [c.sockets, c.flight, c.size, warmMs, '--seconds', seconds] };
  }
  // Handshakes are few, so that V8 takes longer to compile what they need.
  const words = [c.resumed ? 'resumed' : 'full', c.connections, 2 * warmMs];
  return { name: 'tls-load', args: [...words, '--seconds', seconds] };
}

/** A contender that is a server. */
function start(c: Case, { program }: Contender, options: { gc?: true } = {}): Running {
  return new Running(program, 'measured', [...(c.tls ? certificate() : []), ...(program.args ?? [])], options);
}

export async function measureRoundTrip(c: RoundTripCase, contender: Contender, pace: Pace): Promise<RoundTripSample> {
  const warm = Math.min(WARM_ROUND_TRIPS, 2 * pace.roundTrips);
  const server = new Running(ECHO_SERVER, c.oneCore ? 'measured' : 'counterpart');
  try {
    const port = await server.line(START_SECONDS);
    const client = new Running(contender.program, 'measured', [port, c.size, pace.roundTrips, warm]);
    try {
      const r = JSON.parse(await client.line(60)) as Record<
        'wallNs' | 'cpuNs' | 'p50Ns' | 'p99Ns' | 'resident',
        number
      >;
      return {
        wallUs: r.wallNs / 1000,
        cpuUs: r.cpuNs / 1000,
        p50Us: r.p50Ns / 1000,
        p99Us: r.p99Ns / 1000,
        residentMiB: r.resident / MIB,
      };
    } finally {
      await client.stop();
    }
  } finally {
    await server.stop();
  }
}

export async function measureSending(c: SendingCase, contender: Contender, pace: Pace): Promise<SendingSample> {
  const sink = new Running({ c: 'udp-sink' }, 'counterpart', [c.size]);
  try {
    const port = await sink.line(START_SECONDS);
    const numbers = [port, c.size, pace.seconds, pace.warmMs / 2000];
    const client = new Running(contender.program, 'measured', [...numbers, ...(contender.program.args ?? [])]);
    try {
      const r = JSON.parse(await client.line(60)) as Sent;
      sink.tell('how many');
      const { received } = JSON.parse(await sink.line(START_SECONDS)) as { received: number };
      return sendingSample(r, r.sent - received);
    } finally {
      await client.stop();
    }
  } finally {
    await sink.stop();
  }
}

/** What a client says that sends or reads as fast as it can. */
type Sent = Record<'sent' | 'wallNs' | 'cpuNs', number> & { readonly resident?: number };

function sendingSample({ wallNs, cpuNs, resident }: Sent, lost: number): SendingSample {
  return {
    cpuUs: cpuNs / 1000,
    perSecond: 1e9 / wallNs,
    busy: cpuNs / wallNs,
    lost,
    residentMiB: resident === undefined ? null : resident / MIB,
  };
}

export async function measureReading(c: ReadingCase, contender: Contender, pace: Pace): Promise<SendingSample> {
  const source = c.source === null ? null : new Running(c.source, 'counterpart');
  try {
    const numbers = [source === null ? 0 : await source.line(START_SECONDS), 0, pace.seconds, pace.warmMs / 2000];
    const client = new Running(contender.program, 'measured', [...numbers, ...(contender.program.args ?? [])]);
    try {
      return sendingSample(JSON.parse(await client.line(60)) as Sent, 0);
    } finally {
      await client.stop();
    }
  } finally {
    await source?.stop();
  }
}

export async function measureImport(contender: Contender): Promise<ImportSample> {
  const client = new Running(contender.program, 'measured', contender.program.args);
  try {
    const { importMs, importMiB } = JSON.parse(await client.line(60)) as ImportSample;
    return { importMs, importMiB };
  } finally {
    await client.stop();
  }
}

export async function measureIdle(c: IdleCase, contender: Contender): Promise<IdleSample> {
  const isC = 'c' in contender.program;
  const server = start(c, contender, { gc: true });
  const load = { c: c.tls ? 'tls-load' : 'load' };
  const look = async (): Promise<Memory & { resident: number }> => {
    if (!isC) server.tell('memory');
    const memory = isC ? { connections: 0, heap: 0 } : (JSON.parse(await server.line(60)) as Memory);
    return { ...memory, resident: server.resident() };
  };
  try {
    const port = await server.line(START_SECONDS);
    // What is made once, at the first connections, is no cost of each one.
    const warm = new Running(load, 'counterpart', [port, 'idle', WARM_CONNECTIONS]);
    await warm.line(60);
    await setTimeout(200);
    const kept = await look();
    const wanted = Math.min(c.connections, fileLimit() - WARM_CONNECTIONS - SPARE_FILES);
    const held = new Running(load, 'counterpart', [port, 'idle', wanted]);
    try {
      const opened = Number(await held.line(120));
      let after = kept;
      for (let i = 0; i < 20 && (i === 0 || (!isC && after.connections - kept.connections < opened)); i++) {
        await setTimeout(500);
        after = await look();
      }
      const connections = isC ? opened : after.connections - kept.connections;
      const each = (bytes: number): number => bytes / 1024 / connections;
      return {
        connections,
        residentKiB: each(after.resident - kept.resident),
        heapKiB: isC ? null : each(after.heap - kept.heap),
      };
    } finally {
      await held.stop();
      await warm.stop();
    }
  } finally {
    await server.stop();
  }
}

function fileLimit(): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))![1]!;
  return hard === 'unlimited' ? Infinity : Number(hard);
}
