// Owns what stays of listeners and queues: nothing.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const child = fileURLToPath(new URL('children/letting-go.js', import.meta.url));

for (const colour of ['promises', 'blocking'])
  test(`10. listeners and queues are let go with what they listened to (${colour})`, async () => {
    const { stdout } = await run(process.execPath, ['--expose-gc', child, colour]);
    const found = JSON.parse(stdout) as Record<string, string>;
    assert.ok(Object.keys(found).length >= 6);
    for (const [what, state] of Object.entries(found)) assert.equal(state, 'gone', what);
  });
