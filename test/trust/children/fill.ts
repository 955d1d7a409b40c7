// Owns how a process takes all its descriptors, and finds out how many are free. It must not know why.

import { closeSync, openSync } from 'node:fs';

/** Every descriptor there is. */
export function fill(): number[] {
  const fds: number[] = [];
  try {
    for (;;) fds.push(openSync('/dev/null', 'r'));
  } catch (error) {
    if ((error as { code: string }).code !== 'EMFILE') throw error;
  }
  return fds;
}

/** How many of the free descriptors are gone. A lookup that nobody waits for any more has its own until its thread is done. */
export async function lacking(free: number): Promise<number> {
  for (let left, begun = performance.now(); ; await new Promise((go) => setTimeout(go, 2))) {
    const found = fill();
    for (const fd of found) closeSync(fd);
    left = free - found.length;
    if (left === 0 || performance.now() - begun > 5000) return left;
  }
}
