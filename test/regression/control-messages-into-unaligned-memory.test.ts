// The addon read control messages where they had been received, also in memory that was not aligned for them: undefined behaviour.
// The library's own memory always is.

import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import { socketPair } from 'berkeley';
import type * as Load from '../../src/native/load.js';

const { native } = (await import(new URL('../../../compiled/native/load.js', import.meta.url).href)) as typeof Load;
const { EFAULT } = constants.errno;
/** Of a slot: four integers and a name, then the control messages. */
const BEFORE_CONTROL = 16 + 128;

test('memory for control messages that is not aligned is refused, and nothing is received', async () => {
  const [near, far] = socketPair('dgram');
  await near.send('a message');
  const data = Buffer.alloc(64);
  const aligned = new Uint8Array(new ArrayBuffer(BEFORE_CONTROL + 64 + 8));
  for (const off of [1, 4, 7]) {
    const room = aligned.subarray(off);
    assert.equal(native.recvmsg(far.fd, data, 0, 64, room, 64, 0), -EFAULT, `off by ${off}`);
    assert.equal(native.recvmmsg(far.fd, data, 64, 64, 1, room, 64, 0), -EFAULT, `off by ${off}`);
  }
  assert.equal(native.recvmsg(far.fd, data, 0, 64, aligned, 64, 0), 'a message'.length);
  near.close();
  far.close();
});
