// Went wrong: readText looked at a whole run of UTF-7 with each piece of it that came, so the work grew with the square of its length.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pair } from 'berkeley';

const PIECE = 'AGEAYgBj'.repeat(8);

/** The processor's milliseconds for a run that comes in so many pieces. */
async function work(pieces: number): Promise<number> {
  const [a, b] = pair();
  a.encoding = 'utf-7';
  const before = process.cpuUsage();
  const reading = a.readText(1 << 24);
  await b.write('+');
  for (let i = 0; i < pieces; i++) {
    await b.write(PIECE);
    await new Promise(setImmediate);
  }
  await b.write('-');
  assert.equal(await reading, 'abc'.repeat(8 * pieces));
  const { user, system } = process.cpuUsage(before);
  for (const conn of [a, b]) conn.abort();
  return (user + system) / 1000;
}

test('the work for a run of UTF-7 grows with its bytes, however it is cut', async () => {
  await work(512);
  const few = await work(4096);
  const many = await work(4 * 4096);
  // The square would be sixteen times.
  assert.ok(many < few * 9 + 50, `${few} ms, ${many} ms`);
});
