// Runs with few descriptors and takes all of them: accepts while nobody has come, while somebody has, and with one descriptor free again.

import { closeSync, openSync } from 'node:fs';
import { colours } from '../../real/colours.js';

const { net } = colours.find(({ name }) => name === process.argv[2])!;
// The reactor has its descriptors from the first wait on.
const [one, other] = net.pair();
await one.waitReadable({ timeout: 1 });
const listener = await net.listen('127.0.0.1:0');
const taken: number[] = [];
try {
  for (;;) taken.push(openSync('/dev/null', 'r'));
} catch (error) {
  if ((error as { code: string }).code !== 'EMFILE') throw error;
}
say({ port: listener.address.port, none: (await listener.tryAccept()) === null });
say(await outcome('50ms'));
say(await outcome('20s'));
closeSync(taken.pop()!);
say(await outcome('20s'));
for (const each of [listener, one, other]) await each.close();

/** `'accepted'`, or the code of the error. */
async function outcome(timeout: '50ms' | '20s'): Promise<string> {
  try {
    const conn = await listener.accept({ timeout });
    conn.abort();
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function say(found: unknown): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
