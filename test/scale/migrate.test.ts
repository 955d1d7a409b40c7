// Owns the test of what the guide says of a listener that is closed while others share its port: what becomes of its queue.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { promisify } from 'node:util';
import { mayAdministrate } from '../family/kit.js';
import { colours } from '../real/colours.js';

const child = fileURLToPath(new URL('migrate-child.js', import.meta.url));

for (const { name } of colours)
  test(
    `the queue of a listener that is closed is lost, or goes to the others where tcp_migrate_req is set (${name})`,
    { skip: mayAdministrate, timeout: 20_000 },
    async (t) => {
      // A network namespace has a setting of its own, and nobody else in it.
      const inside = 'ip link set lo up && exec "$0" "$@"';
      const words = ['-n', '/bin/sh', '-c', inside, process.execPath, child, name];
      const { stdout } = await promisify(execFile)('unshare', words);
      const found = JSON.parse(stdout) as { accepted: number[] } | null;
      if (found === null) {
        t.skip('the setting cannot be written here');
        return;
      }
      const [lost, kept] = found.accepted;
      // All 40 were the other one's with a probability of 2 ** -40.
      assert.ok(lost! < 40, String(lost));
      assert.equal(kept, 40);
    },
  );
