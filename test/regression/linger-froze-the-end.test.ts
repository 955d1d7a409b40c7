// What went wrong: a connection with SO_LINGER above 0 and bytes that its peer did not take froze the end of the worker that had
// it, and of the program, for the whole linger: native code closed what was left with a plain close(2).

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { listen, type AsyncConn } from 'berkeley';

const entry = new URL('../../../dist/promises/index.js', import.meta.url).href;

/** Says a word, and holds a connection that close(2) would wait for a minute with. */
const program = (port: number | undefined, say: string, then: string): string => `
  import { parentPort } from 'node:worker_threads';
  import { connect, options } from ${JSON.stringify(entry)};
  const conn = globalThis.kept = await connect('127.0.0.1:${port}', { options: [[options.SO_LINGER, 60_000]] });
  await conn.write(Buffer.alloc(64 << 20), { timeout: 50 }).catch(() => undefined);
  ${say};
  ${then}`;

/** A listener, and the connection that it gets; nobody reads from it. */
async function peer(t: TestContext): Promise<{ port: number | undefined; accepted: Promise<AsyncConn> }> {
  const listener = await listen('127.0.0.1:0');
  t.after(() => listener.close());
  const accepted = listener.accept();
  t.after(async () => (await accepted).abort());
  return { port: listener.address.port, accepted };
}

test('a worker is terminated at once, whatever SO_LINGER its connections have', async (t) => {
  const { port, accepted } = await peer(t);
  const text = program(port, `parentPort.postMessage('ready')`, 'await conn.waitFlushed();');
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(text)}`));
  t.after(() => worker.terminate());
  await Promise.all([once(worker, 'message'), accepted]);
  const begun = performance.now();
  await worker.terminate();
  assert.ok(performance.now() - begun < 20_000);
});

for (const then of ['', 'process.exit();'])
  test(`a program ends at once, whatever SO_LINGER its connections have: ${then === '' ? 'by itself' : then}`, async (t) => {
    const { port, accepted } = await peer(t);
    const text = program(port, `process.stdout.write('ready')`, then);
    const child = spawn(process.execPath, ['--input-type=module', '-e', text], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    const ended = once(child, 'exit') as Promise<[number | null]>;
    await Promise.all([once(child.stdout, 'data'), accepted]);
    const begun = performance.now();
    const [code] = await ended;
    assert.equal(code, 0);
    assert.ok(performance.now() - begun < 20_000);
  });
