// Owns the test of TCP_FASTOPEN_CONNECT: it needs a system whose servers take data with the first packet, which a namespace is.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { startChild } from '../kernel/child.js';
import { missing } from '../support/launch.js';

for (const colour of ['promises', 'blocking']) {
  test(`14. TCP_FASTOPEN_CONNECT: connect ends at once, the first write goes with the first packet (${colour})`, async (t) => {
    if (spawnSync('unshare', ['-rn', 'ip', 'link', 'set', 'lo', 'up']).status !== 0) {
      missing(t, 'no network namespaces here');
      return;
    }
    const child = startChild(t, '../../option/children/fast-open', {
      args: [colour],
      shell: 'set -- unshare -rn "$@"',
    });
    const all = {
      written: 21,
      got: 'with the first packet',
      answer: 'answer',
      family: 'ipv4',
      address: '127.0.0.1',
      port: true,
    };
    // The first connection asks for the cookie, and is an ordinary one.
    assert.deepEqual(await child.next(), { before: 'ESTABLISHED', inSyn: false, ...all });
    for (let i = 0; i < 2; i++) assert.deepEqual(await child.next(), { before: 'SYN_SENT', inSyn: true, ...all });
    assert.deepEqual(await child.next(), { codes: ['ECONNREFUSED'] });
    await child.end();
  });
}
