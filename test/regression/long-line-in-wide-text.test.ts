// A line of exactly `max` bytes in UTF-16 or UTF-32 that ends with CR LF was taken for too long when a piece of the stream
// ended in the middle of the LF, and likewise when `max` was no whole number of characters.

import assert from 'node:assert/strict';
import { pair } from 'berkeley';
import { test } from 'node:test';

for (const [name, unit] of [
  ['utf-16le', 2],
  ['utf-16be', 2],
  ['utf-32', 4],
  ['utf-32be', 4],
] as const)
  for (const extra of [0, 1])
    test(`a line of max ${name} bytes${extra === 0 ? '' : ' and a part of a character'} is read, wherever it is cut`, async () => {
      const max = 2 * unit + extra;
      for (let cut = 1; cut < 4 * unit; cut++) {
        const [ours, theirs] = pair();
        ours.encoding = theirs.encoding = name;
        const [line, rest] = pair();
        rest.encoding = name;
        await rest.write('ab\r\n');
        const bytes = await line.readExact(4 * unit);
        await theirs.write(bytes.subarray(0, cut));
        const read = ours.readLine({ max, timeout: 10_000 });
        // It has looked at the first piece before there is another.
        await new Promise((go) => setImmediate(go));
        await theirs.write(bytes.subarray(cut));
        assert.equal(await read, 'ab', `cut at ${cut}`);
        for (const conn of [ours, theirs, line, rest]) conn.abort();
      }
    });

test('a line that is longer is still told as soon as it is sure', async () => {
  const [ours, theirs] = pair();
  ours.encoding = theirs.encoding = 'utf-16le';
  await theirs.write('abc');
  await assert.rejects(ours.readLine({ max: 4, timeout: 10_000 }), { code: 'ERR_LIMIT' });
  ours.abort();
  theirs.abort();
});
