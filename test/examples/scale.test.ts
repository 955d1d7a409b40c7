// The examples with many threads and processes, with clients in Python.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { example, listeningOn, python } from './program.js';

/** A test that hangs is a failure. */
const LIMIT = { timeout: 20_000 };

function portOf(target: string): string {
  return target.slice(target.lastIndexOf(':') + 1);
}

test(
  'workers-on-one-port serves on all its threads, and to the end of what is open when it is stopped',
  LIMIT,
  async (t) => {
    const server = example(t, 'workers-on-one-port', '127.0.0.1:0', '2');
    const port = portOf(await listeningOn(server));
    const client = python(
      t,
      `
conns = [socket.create_connection(('127.0.0.1', int(sys.argv[1]))) for i in range(300)]
def ask(i):
    conns[i].sendall(b'hello %d' % i)
    assert conns[i].makefile('rb').read(len('hello %d' % i)) == b'hello %d' % i
for i in range(300): ask(i)
say('all are served')
while True:
    try: socket.create_connection(('127.0.0.1', int(sys.argv[1]))).close()
    except OSError: break
for i in range(300): ask(i)
for c in conns: c.close()
say('and still were')
`,
      port,
    );
    await client.prints(/all are served/);
    server.process.kill('SIGTERM');
    await client.ends();
    const served = [...(await server.ends()).matchAll(/has served (\d+)/g)].map(([, n]) => Number(n));
    assert.equal(served.length, 2);
    // See test/scale/reuse-port.test.ts; those that came while it was stopped may be a few more.
    for (const n of served) assert.ok(n >= 80, String(served));
    assert.ok(served[0]! + served[1]! >= 300, String(served));
  },
);

test(
  'blocking-pool serves as many clients at a time as it has threads, and the others after them',
  LIMIT,
  async (t) => {
    const server = example(t, 'blocking-pool', '127.0.0.1:0', '2', '12');
    const port = portOf(await listeningOn(server));
    const client = python(
      t,
      `
conns = [socket.create_connection(('127.0.0.1', int(sys.argv[1]))) for _ in range(12)]
files = [conn.makefile('rb') for conn in conns]
for conn in conns: conn.sendall(b'socket\\nblocking\\n')
for i in (1, 0): say(files[i].readline() + files[i].readline())
for conn in conns: conn.shutdown(socket.SHUT_WR)
say(*{file.read() for file in files[2:]}, *[file.read() for file in files[:2]])
`,
      port,
    );
    const sorted = String.raw`b'cekost\r\nbcgiklno\r\n'`;
    assert.equal(await client.ends(), `${sorted}\n${sorted}\n${sorted} b'' b''\n`);
    const served = [...(await server.ends()).matchAll(/has served (\d+)/g)].map(([, n]) => Number(n));
    assert.equal(served.length, 2);
    assert.equal(served[0]! + served[1]!, 12);
  },
);

for (const family of ['TCP', 'Unix'] as const)
  test(
    `graceful-restart replaces itself over ${family} while clients come, and none is refused or reset`,
    LIMIT,
    async (t) => {
      const folder = mkdtempSync(join(tmpdir(), 'berkeley-example-'));
      t.after(() => rmSync(folder, { recursive: true, force: true }));
      const path = join(folder, 's');
      const server = example(t, 'graceful-restart', family === 'TCP' ? '127.0.0.1:0' : `unix:${path}`);
      const [, first, target] = await server.prints(/^(\d+) listening on (\S+)$/m);
      const client = python(
        t,
        `
import os, signal
def connect():
    if sys.argv[1] == 'TCP': return socket.create_connection(('127.0.0.1', int(sys.argv[2].split(':')[-1])))
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[2][5:])
    return s
def ask(conn, text):
    conn.sendall(text + b'\\n')
    pid, back = conn.makefile('rb').readline().split()
    assert back == text
    return int(pid)
long = connect()
first = ask(long, b'one')
os.kill(first, signal.SIGHUP)
seen = []
while len(set(seen)) < 2 or seen[-1] == first or seen.count(seen[-1]) < 50:
    with connect() as c: seen.append(ask(c, b'%d' % len(seen)))
assert ask(long, b'two') == first
say('then', seen[-1])
long.close()
`,
        family,
        target!,
      );
      const [, second] = await client.prints(/then (\d+)/);
      t.after(() => {
        try {
          process.kill(Number(second), 'SIGKILL');
        } catch {
          // It has ended already.
        }
      });
      await client.ends();
      assert.notEqual(second, first);
      assert.equal(first, String(server.process.pid));
      if (family === 'Unix') assert.ok(existsSync(path), 'the file is the new one’s');
      process.kill(Number(second), 'SIGTERM');
      await server.ends();
      assert.match(server.text, new RegExp(`^${second} has taken over `, 'm'));
    },
  );
