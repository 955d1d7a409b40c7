// Files, which Blade sends as it sends strings: every byte, NULs too.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { AF_INET, AF_UNIX, SHUT_WR, SO_SNDTIMEO, SOCK_DGRAM } from 'berkeley/dialects/blade';
import { startPuppet } from '../../support/python.js';
import { connected, made, throws } from './kit.js';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'berkeley-blade-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** 3 MiB and a bit, every byte there is, NUL first. */
const content = Buffer.alloc(
  (3 << 20) + 77,
  Uint8Array.from({ length: 256 }, (_, i) => i),
);
const digest = createHash('sha256').update(content).digest('hex');

test(
  'a file of 3 MiB with NULs, by its path and as a FileHandle, arrives byte for byte',
  { timeout: 20_000 },
  async (t) => {
    const path = join(folder(t), 'file');
    writeFileSync(path, content);
    const handle = await open(path);
    t.after(() => handle.close());
    // A FileHandle is sent from its beginning, wherever it stands.
    await handle.read(Buffer.alloc(10));
    for (const file of [{ path }, handle, handle]) {
      const { python, socket } = await connected(t);
      python.begin(`import hashlib; got = everything(c)`);
      assert.equal(socket.send(file), content.length);
      socket.shutdown(SHUT_WR);
      assert.equal(await python.value('len(got)'), content.length);
      assert.equal(await python.value('hashlib.sha256(got).hexdigest()'), digest);
    }
  },
);

test('a file keeps its place between strings', async (t) => {
  const path = join(folder(t), 'file');
  writeFileSync(path, 'in the \0 middle');
  const { python, socket } = await connected(t);
  socket.send('before ');
  assert.equal(socket.send({ path }), 15);
  socket.send(' after');
  socket.close();
  assert.equal(await python.value('everything(c).decode()'), 'before in the \0 middle after');
});

test('a file that cannot be read is an exception, and the socket stays open', async (t) => {
  const here = folder(t);
  const { python, socket } = await connected(t);
  throws(() => socket.send({ path: join(here, 'nothing') }), 'SocketException', 'No such file or directory');
  throws(() => socket.send({ path: here }), 'SocketException', 'Is a directory');
  throws(() => socket.send({ fd: 99_999 }), 'SocketException', 'Bad file descriptor');
  throws(() => socket.send({ path: 'a\0b' }), 'ValueError', /NUL|null/i);
  assert.equal(socket.is_closed, false);
  assert.equal(socket.send('x'), 1);
  assert.equal(await python.value('c.recv(9).decode()'), 'x');
  const datagram = made(t, AF_INET, SOCK_DGRAM);
  datagram.connect('127.0.0.1', 9);
  throws(() => datagram.send({ path: join(here, 'nothing') }), 'SocketException', 'No such file or directory');
  assert.equal(datagram.is_closed, false);
});

test('a limit ends the sending of a file with the count of what was sent', async (t) => {
  const path = join(folder(t), 'file');
  writeFileSync(path, Buffer.alloc(32 << 20, 'f'));
  const { python, socket } = await connected(t);
  socket.set_option(SO_SNDTIMEO, 60);
  const sent = socket.send({ path });
  assert.ok(sent > 0 && sent < 32 << 20, String(sent));
  socket.close();
  assert.equal(await python.value('len(everything(c))'), sent);
});

test('where messages have an end, a file is one', async (t) => {
  const here = folder(t);
  const path = join(here, 'file');
  writeFileSync(path, content.subarray(0, 10_000));
  const python = startPuppet(t, `u = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); u.bind(sys.argv[1])`, {
    args: [join(here, 'u')],
  });
  await python.value('1');
  const socket = made(t, AF_UNIX, SOCK_DGRAM);
  assert.equal(socket.connect(join(here, 'u')), true);
  assert.equal(socket.send({ path }), 10_000);
  assert.equal(await python.value('u.recv(20000) == (bytes(range(256)) * 40)[:10000]'), true);
});
