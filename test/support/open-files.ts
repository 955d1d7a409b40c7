// Owns the list of what a process has open. It must not know what of it is expected.

import { readdirSync, readlinkSync } from 'node:fs';

/** What this process has open, by number: two lists that differ show what came and what went. */
export function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
    } catch {
      // The descriptor of the folder itself is gone by now.
      return [];
    }
  });
}
