// Promise 10, of datagrams: a hundred thousand of them leave nothing behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colours } from '../real/colours.js';
import { startChild } from './child.js';

interface Growth {
  readonly what: string;
  /** Descriptors more than before. */
  readonly descriptors: number;
  /** Bytes more than before of the JavaScript heap and what hangs on it. */
  readonly heap: number;
  /** Bytes more than before of the whole process. */
  readonly memory: number;
}

const ways = ['one by one', 'in batches', 'received before they come', 'with descriptors'];

for (const { name } of colours) {
  test(`10. no descriptor and no memory stays of 100,000 datagrams, whatever way they are sent and received (${name})`, async (t) => {
    const child = startChild(t, 'datagram-leaks', { args: [name], node: ['--expose-gc'] });
    const found = await child.next<Growth[]>();
    assert.equal(await child.end(), '');
    assert.deepEqual(
      found.map(({ what }) => what),
      ways.filter((way) => name === 'promises' || !way.startsWith('received before')),
    );
    for (const { what, descriptors, heap, memory } of found) {
      assert.equal(descriptors, 0, `descriptors after ${what}`);
      // Of 16,000 datagrams 16 bytes each would be more.
      assert.ok(heap < 250_000, `${heap} bytes of heap after ${what}`);
      assert.ok(memory < 24 << 20, `${memory} bytes after ${what}`);
    }
  });
}
