// Owns what is measured of connections as a whole, over TCP without TLS: how they come and go, how much goes through one, what a limit
// costs, what more and more of them cost, and what the library costs a program that begins. Knows nothing of how it is done.

import type { BulkCase, Case, Contender, EchoCase } from './cases.js';

const C = 'C';
const RIVAL = 'node:net';
const WITHOUT = 'berkeley without';
/** The figures of 10 connections are what the others are held against: the ratio to C may grow by 1.15. */
const COUNTS = [10, 100, 1000, 10_000];

const ECHO_IN_C: Contender = { name: C, program: { c: 'epoll-echo' } };
const ECHO_IN_NODE: Contender = { name: RIVAL, program: { js: 'servers/node-net' } };
const BUN: Contender = { name: 'Bun.listen', program: { js: 'servers/bun-listen', on: 'bun' } };
const DENO: Contender = { name: 'Deno.listen', program: { js: 'servers/deno-listen', on: 'deno' } };

export const STREAM_CASES: readonly Case[] = [
  {
    kind: 'churn',
    name: 'connections that come and go, 64 at a time',
    rival: RIVAL,
    connections: 64,
    contenders: [
      ECHO_IN_C,
      { name: 'berkeley for await', program: { js: 'servers/berkeley-for-await' }, goal: 1.15 },
      ECHO_IN_NODE,
      BUN,
      DENO,
    ],
  },
  bulk('send'),
  bulk('receive'),
  {
    kind: 'echo',
    name: 'limits, echo of 64 B on 50 connections',
    rival: WITHOUT,
    connections: 50,
    size: 64,
    contenders: [
      { name: WITHOUT, program: { js: 'servers/berkeley-limits' } },
      limited('timeout', 1.05),
      limited('deadline', 1.05),
      limited('signal', 1.15),
    ],
  },
  ...COUNTS.map(scale),
  {
    kind: 'import',
    name: 'import, over an empty program',
    rival: RIVAL,
    contenders: [
      { name: 'berkeley', program: { js: 'clients/import', args: ['promises'] }, goal: 12 },
      { name: 'berkeley/sync', program: { js: 'clients/import', args: ['sync'] }, goal: 12 },
      { name: `${RIVAL}, node:tls, node:dgram`, program: { js: 'clients/import', args: ['node'] } },
    ],
  },
];

function bulk(load: 'send' | 'receive'): BulkCase {
  const server = load === 'send' ? 'receive' : 'send';
  const mode = server === 'send' ? 'give' : server;
  const pieces = { name: 'berkeley for await', program: { js: 'servers/berkeley-pieces' } };
  return {
    kind: 'bulk',
    name: `one stream, the server ${server}s`,
    rival: RIVAL,
    load,
    contenders: [
      { name: C, program: { c: 'bulk-server', args: [server] } },
      { name: 'berkeley', program: { js: `servers/berkeley-${server}` }, goal: 1.08 },
      ...(server === 'receive' ? [pieces] : []),
      { name: 'berkeley/sync', program: { js: 'servers/berkeley-sync-bulk', args: [server] }, goal: 1.08 },
      { name: RIVAL, program: { js: 'servers/node-bulk', args: [server] } },
      { ...BUN, program: { ...BUN.program, args: [mode] } },
      { ...DENO, program: { ...DENO.program, args: [mode] } },
    ],
  };
}

function limited(what: string, rivalGoal: number): Contender {
  return { name: `berkeley ${what}`, program: { js: 'servers/berkeley-limits', args: [what] }, rivalGoal };
}

function scale(connections: number): EchoCase {
  return {
    kind: 'echo',
    name: `scale, echo of 64 B on ${connections.toLocaleString('en')} connections`,
    rival: RIVAL,
    connections,
    size: 64,
    contenders: [
      ECHO_IN_C,
      { name: 'berkeley for await', program: { js: 'servers/berkeley-for-await' } },
      ECHO_IN_NODE,
      BUN,
      DENO,
    ],
  };
}
