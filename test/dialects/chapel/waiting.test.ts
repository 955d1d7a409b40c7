// Waits that are woken for nothing. strace(1) holds each ppoll(2) back for 200 ms after its end, and within this time Python, which has
// the same socket, takes what has come. The original gives `accept` and `recvfrom` up then, or begins their limit anew.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { missing, temporaryFolder } from '../../support/launch.js';
import { sharing } from './kit.js';

const child = fileURLToPath(new URL('children/waiting.js', import.meta.url));

/** What the child got, and after how many milliseconds. `act` makes things come. */
async function waits(
  t: TestContext,
  how: 'accept' | 'recvfrom',
  act: (port: number) => string,
  ...limit: string[]
): Promise<[string, number] | null> {
  if (spawnSync('strace', ['-V']).status !== 0) {
    missing(t, 'strace is not installed');
    return null;
  }
  const { python, door, taken } = await sharing(t);
  const late = ['-e', 'trace=ppoll', '-e', 'inject=ppoll:delay_exit=200000', '-o', join(temporaryFolder(t), 'calls')];
  const strace = spawn('strace', [...late, process.execPath, child, how, door, ...limit], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let isGone = false;
  const gone = new Promise<void>((resolve) => {
    strace.once('close', () => {
      isGone = true;
      resolve();
    });
  });
  t.after(() => strace.kill('SIGKILL'));
  const lines: AsyncIterator<string, undefined> = createInterface({ input: strace.stdout })[Symbol.asyncIterator]();
  await taken();
  const [port, pid] = JSON.parse((await lines.next()).value ?? '[0, 0]') as [number, number];
  // strace lets go of the process when it is killed.
  t.after(() => {
    if (!isGone && pid > 0) process.kill(pid, 'SIGKILL');
  });
  python.begin(act(port));
  const got = JSON.parse((await lines.next()).value ?? 'null') as [string, number];
  await gone;
  return got;
}

/** So many take more than four seconds: a limit that began anew each time would not end before. */
const LONG = 16;

const stolenConnections = (port: number, times: number, last = ''): string => `
for i in range(${times}):
    time.sleep(0.25)
    c = socket.create_connection(('127.0.0.1', ${port}))
    time.sleep(0.01)
    try: shared.accept()[0].close()
    except BlockingIOError: pass
    c.close()
${last}`;

const stolenDatagrams = (port: number, times: number, last = ''): string => `
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(${times}):
    time.sleep(0.25)
    s.sendto(b'', ('127.0.0.1', ${port}))
    time.sleep(0.01)
    try: shared.recv(100)
    except BlockingIOError: pass
${last}`;

test(
  'accept without a limit goes on waiting when another acceptor takes what woke it',
  { timeout: 20_000 },
  async (t) => {
    const last = (port: number): string =>
      `c = socket.create_connection(('127.0.0.1', ${port})); c.sendall(b'last'); c.close()`;
    const found = await waits(t, 'accept', (port) => stolenConnections(port, 2, last(port)));
    if (found !== null) assert.equal(found[0], 'last');
  },
);

test('accept with a limit keeps it, likewise', { timeout: 20_000 }, async (t) => {
  const found = await waits(t, 'accept', (port) => stolenConnections(port, LONG), '0.9');
  if (found === null) return;
  const [got, ms] = found;
  assert.equal(got, 'Connection timed out (accept() timed out)');
  assert.ok(ms >= 899 && ms < 4000, `${ms} ms`);
});

test('recvfrom without a limit goes on waiting, likewise', { timeout: 20_000 }, async (t) => {
  const found = await waits(t, 'recvfrom', (port) =>
    stolenDatagrams(port, 2, `s.sendto(b'last', ('127.0.0.1', ${port}))`),
  );
  if (found !== null) assert.equal(found[0], 'last');
});

test('recvfrom with a limit keeps it, likewise', { timeout: 20_000 }, async (t) => {
  const found = await waits(t, 'recvfrom', (port) => stolenDatagrams(port, LONG), '0.9');
  if (found === null) return;
  const [got, ms] = found;
  assert.equal(got, 'Connection timed out (recv timed out)');
  assert.ok(ms >= 899 && ms < 4000, `${ms} ms`);
});
