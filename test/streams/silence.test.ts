// Owns the test of what a Duplex says of silence after its end: nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toDuplex } from 'berkeley/streams';
import { ends } from './kit.js';

/** Timers of one length go off in the order in which they were set. */
const ms = 5;
const passed = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("'timeout' comes before the end of the stream, and not after it", async (t) => {
  const [a] = await ends(t);
  const stream = toDuplex(a);
  let told = 0;
  stream.on('timeout', () => told++);
  stream.setTimeout(ms);
  await passed();
  assert.equal(told, 1);
  stream.setTimeout(ms);
  stream.destroy();
  await passed();
  stream.setTimeout(ms);
  await passed();
  assert.equal(told, 1);
});
