// Owns what is measured of datagrams: the cases, who competes in each, and the goals. Knows nothing of how it is done.

import type { Case, DatagramEchoCase, SendingCase } from './cases.js';

const C = 'C';
const RIVAL = 'node:dgram';
const IN_FLIGHT = 64;
/** Of berkeley in batches against C; and of GSO against node:dgram: five times its datagrams for the same processor time. */
const GOALS = { batches: 1.12, gso: 0.2 };

export const UDP_CASES: readonly Case[] = [echo(64, 1), echo(1200, 1), echo(64, 16), sending(1200)];

function echo(size: number, sockets: number): DatagramEchoCase {
  const from = sockets === 1 ? '' : ` from ${sockets} sockets`;
  // The goal was set for one peer.
  const goal = sockets === 1 ? { goal: GOALS.batches } : {};
  return {
    kind: 'datagram-echo',
    name: `UDP, echo, ${size} B, ${IN_FLIGHT} in flight${from}`,
    rival: RIVAL,
    sockets,
    flight: IN_FLIGHT,
    size,
    contenders: [
      { name: C, program: { c: 'udp-echo' } },
      { name: 'berkeley recvMany', program: { js: 'servers/berkeley-udp-many' }, ...goal },
      { name: 'berkeley for await', program: { js: 'servers/berkeley-udp-for-await' } },
      { name: RIVAL, program: { js: 'servers/node-dgram' } },
      { name: 'Bun.udpSocket', program: { js: 'servers/bun-udp', on: 'bun' } },
      { name: 'Deno.listenDatagram', program: { js: 'servers/deno-datagram', on: 'deno' } },
    ],
  };
}

function sending(size: number): SendingCase {
  const berkeley = (how: string): { js: string; args: readonly string[] } => ({
    js: 'clients/berkeley-udp',
    args: [how],
  });
  return {
    kind: 'sending',
    name: `UDP, one way, ${size} B, the client sends`,
    rival: RIVAL,
    size,
    contenders: [
      { name: `${C}, sendmmsg`, program: { c: 'udp-send', args: ['batch'] } },
      { name: `${C}, GSO`, program: { c: 'udp-send', args: ['gso'] } },
      { name: 'berkeley GSO', program: berkeley('gso'), rivalGoal: GOALS.gso },
      { name: 'berkeley sendMany', program: berkeley('many') },
      { name: 'berkeley send', program: berkeley('one') },
      { name: RIVAL, program: { js: 'clients/node-dgram' } },
      { name: 'Bun.udpSocket sendMany', program: { js: 'clients/bun-udp', on: 'bun' } },
      { name: 'Deno.listenDatagram', program: { js: 'clients/deno-datagram', on: 'deno' } },
    ],
  };
}
