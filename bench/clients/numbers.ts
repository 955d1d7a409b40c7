// Owns reading numbers that are there already, in the way that the last argument names: `readNum` in either colour, or
// Buffer.readInt32BE on the same bytes. What brings the bytes there does not count.

import { pair } from 'berkeley';
import { share } from 'berkeley/sync';

const COUNT = 8192;

const [seconds, warm, way] = [Number(process.argv[4]), Number(process.argv[5]), process.argv.at(-1)];
const data = Buffer.alloc(4 * COUNT);
for (let i = 0; i < COUNT; i++) data.writeInt32BE(i * 7, 4 * i);
const [near, far] = pair();
const blocking = share(far);
let sum = 0;

await goOn(warm);
const { count, ns } = await goOn(seconds);
if (!Number.isSafeInteger(sum)) throw new Error('the sum is wrong');
process.stdout.write(`${JSON.stringify({ sent: count, wallNs: ns / count, cpuNs: ns / count })}\n`);
near.abort();
far.abort();

async function goOn(time: number): Promise<{ count: number; ns: number }> {
  let count = 0;
  let ns = 0;
  for (const end = performance.now() + time * 1000; performance.now() < end; count += COUNT) {
    await near.write(data);
    const bytes = blocking.peek(data.length);
    const begun = process.hrtime.bigint();
    if (way === 'promises') for (let i = 0; i < COUNT; i++) sum += await far.readNum('i32');
    else if (way === 'blocking') sum += numbers();
    else sum += integers(bytes);
    ns += Number(process.hrtime.bigint() - begun);
    sum %= 1_000_000_007;
    if (way === 'Buffer') blocking.readExact(data.length);
  }
  return { count, ns };
}

function numbers(): number {
  let all = 0;
  for (let i = 0; i < COUNT; i++) all += blocking.readNum('i32');
  return all;
}

function integers(bytes: Buffer): number {
  let all = 0;
  for (let at = 0; at < bytes.length; at += 4) all += bytes.readInt32BE(at);
  return all;
}
