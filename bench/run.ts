// Owns how one contender is measured once: start it fresh, warm it up, measure, end it.

import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { ECHO_SERVER, LOAD, type Contender, type EchoCase, type IdleCase, type RoundTripCase } from './cases.js';
import { Running } from './programs.js';
import type { Memory } from './servers/support.js';

/** How long things take; `--quick` shortens them. */
export interface Pace {
  readonly warmMs: number;
  readonly seconds: number;
  readonly roundTrips: number;
}

export interface EchoSample {
  /** Processor time (user and system, all threads) that the server spent on a message. */
  readonly cpuUs: number;
  readonly messagesPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** The share of the measured time in which the server was busy. */
  readonly busy: number;
  /** The share of the measured time in which something else ran on the load's core: on a quiet machine 0. */
  readonly crowded: number;
}

export interface RoundTripSample {
  readonly wallUs: number;
  readonly cpuUs: number;
}

export interface IdleSample {
  /** How many connections the server held. */
  readonly connections: number;
  /** Growth of the resident set for each connection. */
  readonly residentKiB: number;
  /** Growth of V8's heap and of what hangs on it, for each connection; `null` for C. */
  readonly heapKiB: number | null;
}

const START_SECONDS = 10;
const WARM_CONNECTIONS = 200;
/** After so many V8 has compiled everything; it uses the same core to do so. */
const WARM_ROUND_TRIPS = 10_000;
/** Descriptors that the server and the load may need for anything else. */
const SPARE_FILES = 100;

export async function measureEcho(c: EchoCase, contender: Contender, pace: Pace): Promise<EchoSample> {
  const server = new Running(contender.program, 'measured');
  try {
    const port = await server.line(START_SECONDS);
    const load = new Running(LOAD, 'counterpart', [
      port,
      'echo',
      c.connections,
      c.size,
      pace.warmMs,
      '--seconds',
      pace.seconds,
      '--pid',
      server.pid,
      '--spin',
    ]);
    try {
      const line = await load.line(pace.warmMs / 1000 + pace.seconds + 30);
      const r = JSON.parse(line) as Record<
        'messages' | 'seconds' | 'p50Us' | 'p99Us' | 'serverCpuNs' | 'loadWaitedNs',
        number
      >;
      return {
        cpuUs: r.serverCpuNs / r.messages / 1000,
        messagesPerSecond: r.messages / r.seconds,
        p50Us: r.p50Us,
        p99Us: r.p99Us,
        busy: r.serverCpuNs / 1e9 / r.seconds,
        crowded: r.loadWaitedNs / 1e9 / r.seconds,
      };
    } finally {
      await load.stop();
    }
  } finally {
    await server.stop();
  }
}

export async function measureRoundTrip(c: RoundTripCase, contender: Contender, pace: Pace): Promise<RoundTripSample> {
  const server = new Running(ECHO_SERVER, c.oneCore ? 'measured' : 'counterpart');
  try {
    const port = await server.line(START_SECONDS);
    const client = new Running(contender.program, 'measured', [port, c.size, pace.roundTrips, WARM_ROUND_TRIPS]);
    try {
      const { wallNs, cpuNs } = JSON.parse(await client.line(60)) as Record<'wallNs' | 'cpuNs', number>;
      return { wallUs: wallNs / 1000, cpuUs: cpuNs / 1000 };
    } finally {
      await client.stop();
    }
  } finally {
    await server.stop();
  }
}

export async function measureIdle(c: IdleCase, contender: Contender): Promise<IdleSample> {
  const isC = 'c' in contender.program;
  const server = new Running(contender.program, 'measured', [], ['--expose-gc']);
  const look = async (): Promise<Memory & { resident: number }> => {
    if (!isC) server.tell('memory');
    const memory = isC ? { connections: 0, heap: 0 } : (JSON.parse(await server.line(60)) as Memory);
    return { ...memory, resident: server.resident() };
  };
  try {
    const port = await server.line(START_SECONDS);
    // What is made once, at the first connections, is no cost of each one.
    const warm = new Running(LOAD, 'counterpart', [port, 'idle', WARM_CONNECTIONS]);
    await warm.line(60);
    await setTimeout(200);
    const kept = await look();
    const wanted = Math.min(c.connections, fileLimit() - WARM_CONNECTIONS - SPARE_FILES);
    const load = new Running(LOAD, 'counterpart', [port, 'idle', wanted]);
    try {
      const opened = Number(await load.line(120));
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
      await load.stop();
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
