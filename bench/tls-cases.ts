// Owns what is measured over TLS: the cases, who competes in each, and the goals, which are set against node:tls. Knows
// nothing of how it is done.

import type { BulkCase, Case, Contender, EchoCase, HandshakeCase } from './cases.js';

const C = 'C';
const RIVAL = 'node:tls';
const GOALS = { handshake: 0.85, echo: 0.65, bulk: 0.75 };

const ECHO_IN_C: Contender = { name: C, program: { c: 'tls-server' } };
const ECHO_IN_NODE: Contender = { name: RIVAL, program: { js: 'servers/node-tls' } };
const BUN: Contender = { name: 'Bun.listen', program: { js: 'servers/bun-listen', on: 'bun' } };
const DENO: Contender = { name: 'Deno.listenTls', program: { js: 'servers/deno-listen', on: 'deno' } };
/** Blocking: it serves the one connection of its case. */
const SYNC: Contender = { name: 'berkeley/sync', program: { js: 'servers/berkeley-sync' } };

export const TLS_CASES: readonly Case[] = [
  handshakes(false),
  handshakes(true),
  echo(64, 1, [SYNC]),
  echo(64, 50),
  echo(16 * 1024, 20),
  bulk('send'),
  bulk('receive'),
  {
    kind: 'idle',
    name: 'TLS, idle connections, memory',
    rival: RIVAL,
    tls: true,
    connections: 1000,
    contenders: [
      ECHO_IN_C,
      { name: 'C, SSL_MODE_RELEASE_BUFFERS', program: { c: 'tls-server', args: ['echo', '--release'] } },
      { name: 'berkeley, held', program: { js: 'servers/berkeley-held' } },
      { name: 'berkeley, in for await', program: { js: 'servers/berkeley-for-await' } },
      ECHO_IN_NODE,
      BUN,
      DENO,
    ],
  },
];

function handshakes(resumed: boolean): HandshakeCase {
  return {
    kind: 'handshake',
    name: `TLS, ${resumed ? 'resumed' : 'full'} handshakes, 20 at a time`,
    rival: RIVAL,
    tls: true,
    connections: 20,
    resumed,
    contenders: [
      ECHO_IN_C,
      { name: 'berkeley', program: { js: 'servers/berkeley-for-await' }, rivalGoal: GOALS.handshake },
      ECHO_IN_NODE,
      BUN,
      DENO,
    ],
  };
}

function echo(size: number, connections: number, besides: readonly Contender[] = []): EchoCase {
  // On one connection nearly all is falling asleep and waking up.
  const goal = connections === 1 ? {} : { rivalGoal: GOALS.echo };
  const bytes = size < 1024 ? `${size} B` : `${size / 1024} KiB`;
  return {
    kind: 'echo',
    name: `TLS, echo, ${bytes} on ${connections} connection${connections === 1 ? '' : 's'}`,
    rival: RIVAL,
    tls: true,
    connections,
    size,
    contenders: [
      ECHO_IN_C,
      { name: 'berkeley readInto', program: { js: 'servers/berkeley-read-into' }, ...goal },
      { name: 'berkeley for await', program: { js: 'servers/berkeley-for-await' }, ...goal },
      ...besides,
      ECHO_IN_NODE,
      BUN,
      DENO,
    ],
  };
}

function bulk(load: 'send' | 'receive'): BulkCase {
  const server = load === 'send' ? 'receive' : 'send';
  return {
    kind: 'bulk',
    name: `TLS, one stream, the server ${server}s`,
    rival: RIVAL,
    tls: true,
    load,
    contenders: [
      { name: C, program: { c: 'tls-server', args: [server] } },
      { name: 'berkeley', program: { js: `servers/berkeley-${server}` }, rivalGoal: GOALS.bulk },
      { name: RIVAL, program: { js: 'servers/node-tls', args: [server] } },
      { ...BUN, program: { ...BUN.program, args: [server === 'send' ? 'give' : server] } },
      { ...DENO, program: { ...DENO.program, args: [server === 'send' ? 'give' : server] } },
    ],
  };
}
