// Owns the tests that need a network: they run in a process of its own with a network namespace of its own, a colour each, and
// are told here.

import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { startChild } from '../kernel/child.js';
import { missing } from '../support/launch.js';
import { titles } from './veth-titles.js';

for (const colour of ['promises', 'blocking'] as const) {
  test(`between two hosts, joined by a veth pair (${colour})`, async (t) => {
    const able = spawnSync('unshare', ['-rn', 'ip', 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1']);
    if (able.status !== 0) {
      missing(t, 'no network namespaces with a veth pair here');
      return;
    }
    const child = startChild(t, '../../udp/children/veth', { args: [colour], shell: 'set -- unshare -rn "$@"' });
    for (const title of titles) {
      const told = await child.next<{ title: string; error: string | null }>();
      await t.test(title, () => {
        if (told.title !== title) throw new Error(`the child ran "${told.title}"`);
        if (told.error !== null) throw new Error(told.error);
      });
    }
    await child.end();
  });
}
