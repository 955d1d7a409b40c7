// Promise 10: what fails leaves nothing behind, and what is forgotten is closed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colours } from '../real/colours.js';
import { blackHole } from './black-hole.js';
import { startChild } from './child.js';

interface Growth {
  readonly what: string;
  /** Descriptors more than before. */
  readonly descriptors: number;
  /** Bytes of the JavaScript heap more than before. */
  readonly heap: number;
  /** Bytes of memory of the whole process more than before. */
  readonly memory: number;
  /** How often each code came. */
  readonly codes: Record<string, number>;
}

const expected: Record<string, string> = {
  refused: 'ECONNREFUSED',
  'timed out': 'ETIMEDOUT',
  unresolvable: 'EAI_SERVICE',
  'failed listen': 'EADDRINUSE',
  'failed Unix listen': 'ENOENT',
  'failed bind before connect': 'EADDRNOTAVAIL',
};
/** A signal cannot end a call that blocks the thread. */
const expectedOfPromises: Record<string, string> = {
  ...expected,
  aborted: 'ABORT_ERR',
  'one signal for all': 'ECONNREFUSED',
};

for (const { name } of colours) {
  test(`10. no descriptor and no memory stays of 500 connects that fail, whatever way (${name})`, async (t) => {
    const wanted = name === 'promises' ? expectedOfPromises : expected;
    const hole = await blackHole(t);
    const child = startChild(t, 'leaks', { args: [name, hole.port], node: ['--expose-gc'] });
    const found = await child.next<Growth[]>();
    assert.equal(await child.end(), '');
    assert.deepEqual(
      found.map(({ what }) => what),
      Object.keys(wanted),
    );
    for (const { what, descriptors, heap, memory, codes } of found) {
      assert.deepEqual(codes, { [wanted[what]!]: 500 }, what);
      assert.equal(descriptors, 0, `descriptors after ${what}`);
      // An error or a promise that is kept would be more than half a KiB each.
      assert.ok(heap < 250_000, `${heap} bytes of heap after ${what}`);
      assert.ok(memory < 24 << 20, `${memory} bytes after ${what}`);
    }
  });

  test(`10. a forgotten socket is closed when it is collected, with a warning, and with its place when leaks are traced (${name})`, async (t) => {
    const child = startChild(t, 'forgotten', { args: [name], node: ['--expose-gc'] });
    const found =
      await child.next<{ descriptors: number; warnings: { code: string; message: string; detail: string }[] }[]>();
    const [plain, traced] = found;
    for (const each of [plain!, traced!]) {
      assert.equal(each.descriptors, 0, 'everything was closed');
      assert.equal(each.warnings.length, 5, 'a warning for each of five sockets');
      for (const { code, message } of each.warnings) {
        assert.equal(code, 'BERKELEY_LEAK');
        assert.match(message, /descriptor \d+/);
      }
    }
    for (const { detail } of plain!.warnings) assert.doesNotMatch(detail, /forgotten\.js/);
    for (const { detail } of traced!.warnings) assert.match(detail, /forgotten\.js:\d+/);
    const alive = await child.next<{ read: string; warnings: number }>();
    assert.deepEqual(alive, { read: name === 'promises' ? 'still read' : '', warnings: 0 });
    await child.end();
  });
}
