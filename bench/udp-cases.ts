// Owns what is measured of datagrams: the cases, who competes in each, and the goals. Knows nothing of how it is done.

import type { Case, DatagramEchoCase, SendingCase } from './cases.js';

const C = 'C';
const RIVAL = 'node:dgram';
const IN_FLIGHT = 64;

export const UDP_CASES: readonly Case[] = [echo(64, 1), echo(1200, 1), echo(64, 16), sending(1200)];

function echo(size: number, sockets: number): DatagramEchoCase {
  const from = sockets === 1 ? '' : ` from ${sockets} sockets`;
  return {
    kind: 'datagram-echo',
    name: `UDP, echo, ${size} B, ${IN_FLIGHT} in flight${from}`,
    rival: RIVAL,
    sockets,
    flight: IN_FLIGHT,
    size,
    contenders: [
      { name: C, program: { c: 'udp-echo' } },
      { name: RIVAL, program: { js: 'servers/node-dgram' } },
    ],
  };
}

function sending(size: number): SendingCase {
  return {
    kind: 'sending',
    name: `UDP, one way, ${size} B, the client sends`,
    rival: RIVAL,
    size,
    contenders: [
      { name: `${C}, sendmmsg`, program: { c: 'udp-send', args: ['batch'] } },
      { name: `${C}, GSO`, program: { c: 'udp-send', args: ['gso'] } },
      { name: RIVAL, program: { js: 'clients/node-dgram' } },
    ],
  };
}
