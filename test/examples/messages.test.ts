// The examples that send messages over Unix sockets, with real programs at the other end.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { installed } from '../support/launch.js';
import { example, listeningOn, Program, python } from './program.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'berkeley-example-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('sd-notify shows what systemd-notify tells, who it is, and lets its barrier go', LIMIT, async (t) => {
  const command = installed(t, 'systemd-notify');
  if (command === null) return;
  const text = await example(t, 'sd-notify', 'watch', command, '--ready', '--status=nearly there').ends();
  assert.match(text, /^(it|process \d+) says READY=1$/m);
  assert.match(text, /^(it|process \d+) says STATUS=nearly there$/m);
  assert.match(text, /^(it|process \d+) says BARRIER=1 with 1 descriptor$/m);
  assert.match(text, /has ended\n$/);
});

test('sd-notify tells a listener in Python, at a path and at an abstract name', LIMIT, async (t) => {
  for (const name of [join(folder(t), 'notify'), `@berkeley-test-${process.pid}`]) {
    const listener = python(
      t,
      `
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1].replace('@', '\\0', 1)); say('bound')
say(repr(s.recv(1000)))
`,
      name,
    );
    await listener.prints(/bound/);
    process.env['NOTIFY_SOCKET'] = name;
    const sender = example(t, 'sd-notify', 'send', 'READY=1', 'STATUS=running');
    delete process.env['NOTIFY_SOCKET'];
    assert.match(await sender.ends(), /^told .*: READY=1 STATUS=running$/m);
    assert.match(await listener.ends(), /b'READY=1\\nSTATUS=running'/);
  }
});

test('syslog sends lines that socat receives, in both formats', LIMIT, async (t) => {
  const socat = installed(t, 'socat');
  if (socat === null) return;
  const path = join(folder(t), 'log');
  const listener = new Program(t, socat, ['-d', '-d', '-u', `UNIX-RECV:${path}`, 'STDOUT'], ['ignore', 'pipe', 'pipe']);
  await listener.prints(/starting data transfer loop/);
  await example(t, 'syslog', 'send', path, 'the disk is full', 'daemon.err').ends();
  await listener.prints(/<27>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d berkeley\[\d+\]: the disk is full/);
  await example(t, 'syslog', 'send', path, 'the disk is empty', '--5424').ends();
  await listener.prints(/<13>1 \d{4}-\d\d-\d\dT\S+Z \S+ berkeley \d+ - - the disk is empty/);
  listener.process.kill('SIGTERM');
});

test('syslog understands what logger sends, in both formats', LIMIT, async (t) => {
  const logger = installed(t, 'logger');
  if (logger === null) return;
  const path = join(folder(t), 'log');
  const listener = example(t, 'syslog', 'listen', path, '2');
  await listeningOn(listener);
  const send = (...words: string[]) =>
    new Program(t, logger, ['-u', path, ...words], ['ignore', 'pipe', 'pipe']).ends();
  await send('-p', 'mail.warning', '-t', 'tester', 'first message');
  await send('--rfc5424', '-t', 'tester', 'second message');
  const text = await listener.ends();
  assert.match(text, /^mail\.warning {2}[A-Z][a-z]{2} [ \d]\d \S+ {2}tester {2}first message$/m);
  assert.match(text, /^user\.notice {2}\d{4}-\S+ {2}tester {2}second message$/m);
});

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
