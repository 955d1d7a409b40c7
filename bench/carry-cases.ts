// Owns what is measured of bytes that pass through a server untouched: a file, and a relay. Knows nothing of how it is done.

import type { CarryCase, Case } from './cases.js';

const C = 'C';
const RIVAL = 'node:net';
const GOAL = 0.3;

export const CARRY_CASES: readonly Case[] = [
  carry('file', 'a file to one client'),
  carry('relay', 'a relay of one stream'),
];

function carry(what: 'file' | 'relay', name: string): CarryCase {
  return {
    kind: 'carry',
    name,
    rival: RIVAL,
    what,
    contenders: [
      { name: C, program: { c: 'carry', args: [what] } },
      { name: 'berkeley', program: { js: `servers/berkeley-${what}` }, rivalGoal: GOAL },
      { name: RIVAL, program: { js: `servers/node-${what}` } },
      { name: 'Bun.listen', program: { js: `servers/bun-${what}`, on: 'bun' } },
      { name: 'Deno.listen', program: { js: `servers/deno-${what}`, on: 'deno' } },
    ],
  };
}
