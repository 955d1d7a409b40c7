// Owns what every probe in JavaScript needs: saying what was found, the way to the peer, a look at the kernel's own lists.
// It must not know a socket library, nor what is probed.

import { readFileSync, readdirSync, readlinkSync, writeSync } from 'node:fs';

/** How long a probe waits to see that nothing happens. What does happen is never waited for with a clock. */
export const A_WHILE = 150;

/** What scripts/probes.mjs has started on the other side, as `probes/peer.py` has announced it. */
export const peer = JSON.parse(process.env['PROBE_PEER'] ?? '{}');

/** A folder of the probe's own. */
export const folder = process.env['PROBE_FOLDER'] ?? '.';

/** Says what was found, and ends: `yes`, `partly` or `no`, and how or why. */
export function say(verdict, why) {
  writeSync(1, `${JSON.stringify({ verdict, why })}\n`);
  process.exit(0);
}

/** What holds when the process does not live to say anything else. */
export function unlessItSurvives(why) {
  writeSync(1, `${JSON.stringify({ verdict: 'no', why })}\n`);
}

/** A probe is wrong, and says nothing of anybody, when this fails. */
export function check(holds, what) {
  if (!holds) throw new Error(`the probe failed: ${what}`);
}

export function pause(ms = A_WHILE) {
  return new Promise((go) => setTimeout(go, ms));
}

/** Looks again and again until something is so. */
export async function until(isSo) {
  while (!isSo()) await pause(5);
}

/** How many sockets listen at a port: proc_net(5). */
export function listenersOf(port) {
  return rowsAt(port).filter((row) => row[3] === '0A').length;
}

function rowsAt(port) {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((list) => readFileSync(list, 'utf8').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((row) => row[1]?.endsWith(suffix));
}

/** How many sockets this process has open. */
export function openSockets() {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false; // the descriptor of the list itself
    }
  }).length;
}
