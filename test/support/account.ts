// Owns the look at the system's users and groups.

import { execFileSync } from 'node:child_process';

/** A user of this machine. */
export function accountOf(user: string): { uid: number; gid: number } {
  const [, , uid, gid] = entry('passwd', user);
  return { uid: Number(uid), gid: Number(gid) };
}

/** The number of a group. */
export function groupOf(group: string): number {
  return Number(entry('group', group)[2]);
}

function entry(database: 'passwd' | 'group', name: string): string[] {
  return execFileSync('getent', [database, name], { encoding: 'utf8' }).trim().split(':');
}
