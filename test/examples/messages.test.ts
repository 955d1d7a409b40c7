// The example that passes descriptors, with Python at the other end.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { example, listeningOn, python } from './program.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'berkeley-example-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('pass-descriptor hands files to another process, and to Python', LIMIT, async (t) => {
  const place = folder(t);
  const files = ['one', 'two'].map((name) => join(place, name));
  for (const file of files) writeFileSync(file, `the first line of ${file}\nand another\n`);
  const path = join(place, 'meeting');
  const receiver = example(t, 'pass-descriptor', 'receive', path);
  await listeningOn(receiver);
  await example(t, 'pass-descriptor', 'send', path, ...files).ends();
  const text = await receiver.ends();
  for (const file of files) assert.match(text, new RegExp(`^${file}, \\d+ bytes: the first line of ${file}$`, 'm'));

  const other = python(
    t,
    `
import os
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.bind(sys.argv[1]); s.listen(); say('listening')
c, at = s.accept()
data, fds, flags, at = socket.recv_fds(c, 1000, 10)
for fd in fds: say(open(fd).readline().strip())
`,
    join(place, 'python'),
  );
  await other.prints(/listening/);
  await example(t, 'pass-descriptor', 'send', join(place, 'python'), ...files).ends();
  assert.deepEqual(
    (await other.ends()).trim().split('\n').slice(1),
    files.map((file) => `the first line of ${file}`),
  );
});
