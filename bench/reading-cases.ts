// Owns the cases of reading lines and numbers, who competes in each, and the goals. Knows nothing of how it is done.

import type { ReadingCase } from './cases.js';

const lines = (how: string): { js: string; args: readonly string[] } => ({ js: 'clients/lines', args: [how] });
const numbers = (how: string): { js: string; args: readonly string[] } => ({ js: 'clients/numbers', args: [how] });

export const READING_CASES: readonly ReadingCase[] = [
  {
    kind: 'reading',
    name: 'lines of 20 to 60 B, as fast as they come',
    what: 'line',
    source: { c: 'line-source' },
    rival: 'node:readline',
    contenders: [
      { name: 'berkeley readLine', program: lines('promises'), rivalGoal: 0.5 },
      { name: 'berkeley/sync readLine', program: lines('blocking'), rivalGoal: 0.5 },
      { name: 'node:readline, for await', program: lines('for await') },
      { name: "node:readline, 'line' events", program: lines('events') },
    ],
  },
  {
    kind: 'reading',
    name: 'numbers of 32 bits that are there',
    what: 'number',
    source: null,
    rival: 'Buffer.readInt32BE',
    contenders: [
      { name: 'berkeley/sync readNum', program: numbers('blocking'), rivalGoal: 1.3 },
      // A promise and an await for each number.
      { name: 'berkeley readNum', program: numbers('promises'), rivalGoal: Infinity },
      { name: 'Buffer.readInt32BE', program: numbers('Buffer') },
    ],
  },
];
