// Owns who of the contenders of a case takes part: what --against says, applied to the contenders that the case names. Pure.

import type { Case, Contender } from './cases.js';
import { RUNTIMES, type RuntimeName } from './runtimes.js';

/** `berkeley` and `node` are on the Node that runs the benchmark, `bun` and `deno` stand for their own ways to use sockets. */
export const GROUPS = [
  'c',
  'berkeley',
  'node',
  ...RUNTIMES,
  ...RUNTIMES.map((on) => `berkeley@${on}` as const),
] as const;
export type Group = (typeof GROUPS)[number];

export const USUAL: readonly Group[] = ['c', 'berkeley', 'node'];

/** What the line of Node is called that runs the benchmark, where it is called by its number. */
const SAME: Readonly<Record<string, Group>> = { own: 'node', 'berkeley@own': 'berkeley' };

/**
 * The groups of a list with commas, or the word in it that names none. `all` is all of them, `berkeley@26` short for
 * `berkeley@node26`; `own` is the line of Node that runs the benchmark.
 */
export function readGroups(list: string, own: string): readonly Group[] | string {
  const groups = new Set<Group>();
  for (const word of list.split(',').map((one) => one.trim().toLowerCase())) {
    const name = word.replace(/@(?=\d)/, '@node');
    if (name !== 'all' && !GROUPS.includes(name as Group)) return word;
    for (const group of name === 'all' ? GROUPS : [name as Group]) groups.add(SAME[group.replace(own, 'own')] ?? group);
  }
  return [...groups];
}

/** What runs a group, where it is another runtime. */
export function runtimeOf(group: Group): RuntimeName | null {
  const name = group.replace('berkeley@', '') as RuntimeName;
  return RUNTIMES.includes(name) ? name : null;
}

/** The contenders of a case in the order of the groups. Those that berkeley has on other runtimes have `@26`, `@bun` behind their names. */
export function chosen({ contenders }: Case, groups: readonly Group[]): Contender[] {
  return groups.flatMap((group) => {
    const on = runtimeOf(group);
    if (on === null) return contenders.filter((contender) => homeOf(contender) === group);
    if (group === 'bun' || group === 'deno') return contenders.filter((contender) => homeOf(contender) === group);
    const home = group.startsWith('berkeley') ? 'berkeley' : 'node';
    return contenders.filter((contender) => homeOf(contender) === home).map((contender) => moved(contender, on));
  });
}

export function isBerkeley({ name }: Pick<Contender, 'name'>): boolean {
  return name.startsWith('berkeley');
}

/** The group that a contender as a case names it belongs to. */
function homeOf(contender: Contender): Group {
  if ('c' in contender.program) return 'c';
  return contender.program.on ?? (isBerkeley(contender) ? 'berkeley' : 'node');
}

/** The goals are for Node. */
function moved({ goal, rivalGoal, ...contender }: Contender, on: RuntimeName): Contender {
  const goals = { ...(goal === undefined ? {} : { goal }), ...(rivalGoal === undefined ? {} : { rivalGoal }) };
  return {
    ...contender,
    name: `${contender.name} @${on.replace('node', '')}`,
    program: { ...contender.program, on },
    ...(on.startsWith('node') ? goals : {}),
  };
}
