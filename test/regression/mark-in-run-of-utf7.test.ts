// A run of UTF-7 is one character, in which no mark is found. When a piece of the stream ended inside of a run, what was left
// of it was searched as if it were text of its own.

import assert from 'node:assert/strict';
import { pair } from 'berkeley';
import { test } from 'node:test';

for (const [name, before, mark, after] of [
  ['utf-7', '+AGE', 'A', 'QA-'],
  ['utf-7', 'x+2D3eAA', 'A', 'B+-'],
  ['utf-7', '+AGE', '-', '-'],
  ['utf-7-imap', '&AGE', 'A', 'QA-'],
] as const)
  test(`${mark} is not found in the ${name} of ${before} and ${after}`, async () => {
    const [ours, theirs] = pair();
    ours.encoding = name;
    await theirs.write(Buffer.from(before));
    const read = ours.readUntil([mark, '\n'], { timeout: 10_000 });
    // It has looked at the first piece before there is another.
    await new Promise((go) => setImmediate(go));
    await theirs.write(Buffer.from(`${after}\n`));
    assert.equal(String(await read), `${before}${after}\n`);
    ours.abort();
    theirs.abort();
  });

test('a mark behind the hyphen that ends a run is found, when it comes later', async () => {
  const [ours, theirs] = pair();
  ours.encoding = 'utf-7';
  await theirs.write(Buffer.from('+AGE-'));
  const read = ours.readUntil('-', { timeout: 10_000 });
  await new Promise((go) => setImmediate(go));
  await theirs.write(Buffer.from('-x'));
  assert.equal(String(await read), '+AGE--');
  ours.abort();
  theirs.abort();
});
