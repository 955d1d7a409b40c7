// Owns `berkeley bench`: which loads run, and how their figures look. It must not know how a message is sent.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { connect, udp } from '../promises/index.js';
import { connect as connectBlocking } from '../sync/index.js';
import type { BenchCommand } from './bench/command.js';
import { blocking, message, Run, talk, talkDatagrams, talkNode } from './bench/client.js';
import { ways, type Way } from './bench/echo-server.js';
import { figures, type Figures } from './bench/figures.js';
import { open } from './open.js';
import { size } from './progress.js';
import { visible, visibleJson } from './visible.js';

export async function runBench(command: BenchCommand): Promise<number> {
  const { connections, size: bytes } = command.load;
  const many = connections === 1 ? 'one connection' : `${connections} connections`;
  say(command, `${many}, messages of ${size(bytes)}`);
  if (command.target !== null) {
    report(command, command.target, await load(command, command.target));
    return 0;
  }
  for (const way of ways) {
    // A thread that blocks has one connection, and this one is as many as there are.
    if (way === 'blocking' && connections > 1) continue;
    report(command, way, await loopback(command, way));
  }
  say(command, 'The processor time is that of both ends. What a server does with what it gets is not in it.');
  return 0;
}

/** Against a server that somebody has. */
async function load(command: BenchCommand, target: string): Promise<Figures> {
  const { timeout, tls } = command;
  const { connections } = command.load;
  const sent = message(command.load.size);
  if (target.startsWith('udp:')) {
    const sockets = await all(connections, () => udp(undefined, { connect: target }));
    return measured(command, (run) => sockets.map((socket) => talkDatagrams(socket, run, sent, timeout)), sockets);
  }
  const conns = await all(connections, () => open(target, timeout, tls));
  return measured(command, (run) => conns.map((conn) => talk(conn, run, sent, timeout)), conns);
}

/** Against a server of the same kind in a thread of this process. */
async function loopback(command: BenchCommand, way: Way): Promise<Figures> {
  const { timeout } = command;
  const worker = new Worker(new URL('./bench/echo-server.js', import.meta.url), { workerData: way });
  try {
    const [port] = (await once(worker, 'message')) as [number];
    const target = `127.0.0.1:${port}`;
    const sent = message(command.load.size);
    const { connections } = command.load;
    if (way === 'node:net')
      return await measured(command, (run) => Array.from({ length: connections }, () => talkNode(port, run, sent)), []);
    if (way === 'blocking') {
      const conn = connectBlocking(target, { timeout });
      return await measured(command, (run) => [blocking(conn, run, sent, timeout)], [conn]);
    }
    const conns = await all(connections, () => connect(target, { timeout }));
    return await measured(command, (run) => conns.map((conn) => talk(conn, run, sent, timeout)), conns);
  } finally {
    await worker.terminate();
  }
}

async function measured(
  { load, target }: BenchCommand,
  start: (run: Run) => Promise<void>[],
  opened: readonly Disposable[],
): Promise<Figures> {
  try {
    // What is compared must not depend on who came first, and was compiled meanwhile.
    if (target === null) await Promise.all(start(new Run({ ...load, count: Infinity, duration: load.duration / 4 })));
    const before = process.cpuUsage();
    const begun = performance.now();
    const run = new Run(load);
    await Promise.all(start(run));
    return figures(run.latencies, load.size, performance.now() - begun, process.cpuUsage(before));
  } finally {
    for (const one of opened) one[Symbol.dispose]();
  }
}

/** All of them, or none: those that were opened are closed where another fails. */
async function all<T extends Disposable>(count: number, one: () => Promise<T>): Promise<T[]> {
  const settled = await Promise.allSettled(Array.from({ length: count }, one));
  const opened = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed === undefined) return opened;
  for (const conn of opened) conn[Symbol.dispose]();
  throw failed.reason;
}

function report({ json, load: { connections, size: bytes } }: BenchCommand, what: string, found: Figures): void {
  if (json) {
    process.stdout.write(`${visibleJson({ event: 'figures', what, connections, size: bytes, ...found })}\n`);
    return;
  }
  const { messages, seconds, perSecond, mebibytesPerSecond, latency, processorTime } = found;
  const lines = [
    `${visible(what)}: ${messages.toLocaleString('en-US')} messages in ${seconds.toFixed(2)} s`,
    `  ${perSecond.toLocaleString('en-US')} round trips/s, ${mebibytesPerSecond} MiB/s each way`,
  ];
  if (latency !== null) {
    const { p50, p90, p99, p999, max } = latency;
    lines.push(`  latency p50 ${p50}, p90 ${p90}, p99 ${p99}, p99.9 ${p999}, max ${max} ms`);
    lines.push(`  processor time ${processorTime} µs a message`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

function say({ json }: BenchCommand, line: string): void {
  if (!json) process.stdout.write(`${line}\n`);
}
