// Owns that nothing stays of an operation that is over: not in V8's heap, not in handles of Node-API, not outside of the heap, not
// among the descriptors.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pki } from '../support/pki.js';
import { temporaryFolder } from '../support/server.js';
import { size } from './size.js';

const program = fileURLToPath(new URL('children/growth.js', import.meta.url));

interface Growth {
  readonly what: string;
  readonly count: number;
  readonly heap: number;
  readonly handles: number;
  readonly outside: number;
  readonly files: number;
}

for (const colour of ['promises', 'blocking'])
  test(`10. no memory and no descriptor stays of operations of any kind, however often they are done (${colour})`, async (t) => {
    const file = join(temporaryFolder(t), 'file');
    writeFileSync(file, Buffer.alloc(20_000));
    const { cert, key } = pki().server;
    const many = size(300, 1000);
    // What V8 throws away because it has not been used for a while would hide what stays.
    const words = ['--expose-gc', '--no-flush-bytecode', program, colour, String(many), cert, key, file];
    const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 1 << 24 });
    const found = JSON.parse(stdout) as Growth[];
    assert.ok(found.length >= 13);
    for (const { what, count, heap, handles, outside, files } of found) {
      // The smallest object that could stay has three words. What V8 makes of functions that are often called, some 40 KiB a round at
      // first, ends with the rounds: the more there are of them by hand, the less can hide behind it.
      assert.ok(heap < 32 * count + 98_304, `${heap} bytes of heap stay of ${count} times ${what}`);
      assert.ok(handles <= 8 * count, `${handles} bytes of handles stay of ${count} times ${what}`);
      assert.ok(outside < 64 * count, `${outside} bytes outside of the heap stay of ${count} times ${what}`);
      assert.equal(files, 0, what);
    }
    const most = found.reduce((worst, one) => (one.heap / one.count > worst.heap / worst.count ? one : worst));
    t.diagnostic(
      `${found.length} kinds in rounds of ${many}; most of the heap stays of "${most.what}": ${(most.heap / most.count).toFixed(1)} bytes each`,
    );
  });
