// Without a free descriptor accept4(2) says EMFILE before it looks whether somebody has come. So did `accept` and `tryAccept`: a
// listener that nobody had called failed, and a server that pauses after EMFILE complained again and again.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startChild } from '../kernel/child.js';
import { colours } from '../real/colours.js';

for (const { name } of colours)
  test(`without descriptors accept waits while nobody has come, and says EMFILE when somebody has (${name})`, async (t) => {
    const child = startChild(t, 'accept-without-descriptors', {
      args: [name],
      shell: 'ulimit -n 128',
      from: import.meta.url,
    });
    const { port, none } = await child.next<{ port: number; none: boolean }>();
    assert.equal(none, true);
    assert.equal(await child.next(), 'ETIMEDOUT');
    const client = connect(port, '127.0.0.1').on('error', () => undefined);
    t.after(() => client.destroy());
    assert.equal(await child.next(), 'EMFILE');
    assert.equal(await child.next(), 'accepted');
    assert.equal(await child.end(), '');
  });
