// Owns what is done about other processes on the machine: a turn begins when it is idle, if that comes soon.

import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { CROWDED } from './result.js';

const LOOK_MS = 200;
/** What a run may spend on waiting, in all. */
let patienceMs = 0;

export function bePatient(seconds: number): void {
  patienceMs = seconds * 1000;
}

/** Waits until nothing else runs, but not for ever. Called while no contender runs. */
export async function quiet(): Promise<void> {
  for (; patienceMs > 0; patienceMs -= LOOK_MS) {
    const before = ticks();
    await setTimeout(LOOK_MS);
    const after = ticks();
    if (after.busy - before.busy <= CROWDED * (after.all - before.all) + 1) return;
  }
}

/** The time of all cores since the start, as /proc/stat has it. */
function ticks(): { busy: number; all: number } {
  const times = /^cpu +(.*)/m.exec(readFileSync('/proc/stat', 'utf8'))![1]!.split(' ').map(Number);
  const all = times.slice(0, 8).reduce((sum, each) => sum + each, 0);
  return { busy: all - times[3]! - times[4]!, all };
}
