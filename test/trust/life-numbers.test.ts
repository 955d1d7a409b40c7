// Owns the numbers of descriptors, which are used again at once by whoever opens something, in whatever thread: nobody's is
// closed by somebody else, however often and in whatever way things are closed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as net from 'berkeley';
import * as sync from 'berkeley/sync';
import { openFiles } from '../support/open-files.js';
import { startPython } from '../support/python.js';
import { temporaryFolder } from '../support/server.js';
import { seed, size } from './size.js';

test('10. closing twice, in every way and both colours and four threads, never touches who has the number by then', async (t) => {
  const [warm, other] = net.pair();
  await warm.read(1, { timeout: 1 }).catch(() => undefined);
  warm.abort();
  other.abort();
  const before = openFiles().length;
  const actions = size(6000, 100_000);
  const folder = temporaryFolder(t);
  const workers = Array.from({ length: 4 }, (_, i) => {
    const file = join(folder, `stranger-${i}`);
    writeFileSync(file, 'a file of its own');
    return new Worker(new URL('./children/numbers.js', import.meta.url), {
      workerData: { seed: seed + i, actions, file },
      // Node would warn of each descriptor that is closed by another than the one who opened it.
      trackUnmanagedFds: false,
    });
  });
  t.after(() => Promise.all(workers.map((worker) => worker.terminate())));
  const found = await Promise.all(
    workers.map(async (worker) => {
      const exit = once(worker, 'exit');
      const [message] = (await once(worker, 'message')) as [{ touched: number; codes: Record<string, number> }];
      await exit;
      return message;
    }),
  );
  const allowed = ['ERR_SOCKET_CLOSED', 'ERR_BUSY', 'ERR_SOCKET_STATE', 'ERR_BUFFERED_DATA', 'EPIPE', 'ECONNRESET', 'ETIMEDOUT', 'ENOTCONN']; // prettier-ignore
  for (const { touched, codes } of found) {
    assert.equal(touched, 0, `BERKELEY_SEED=${seed}`);
    assert.deepEqual(Object.keys(codes).filter((code) => !allowed.includes(code)), [], `BERKELEY_SEED=${seed}`); // prettier-ignore
  }
  for (let i = 0; i < 500 && openFiles().length > before; i++) await new Promise((go) => setTimeout(go, 10));
  assert.ok(openFiles().length <= before, openFiles().join('\n'));
  t.diagnostic(`${4 * actions} actions in four threads, no number of another's was touched`);
});

test('a blocking call of a worker is ended from outside by what is done to a copy of its socket', async (t) => {
  const python = startPython(
    t,
    `listener = socket.create_server(('127.0.0.1', 0))
say(listener.getsockname()[1])
c, _ = listener.accept()
say(len(c.recv(10)))`,
  );
  const conn = await net.connect('127.0.0.1', Number(await python.line()));
  const copy = conn.socket.dup();
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(${JSON.stringify(new URL('../../../dist/sync/index.js', import.meta.url).href)}).then(({ adopt, conn }) => {
      const mine = conn(adopt(workerData));
      parentPort.postMessage('ready');
      parentPort.postMessage(mine.read());
      mine.close();
    });`;
  const worker = new Worker(program, { eval: true, workerData: copy.detach() });
  t.after(() => worker.terminate());
  assert.deepEqual(await once(worker, 'message'), ['ready']);
  const answer = once(worker, 'message');
  const exit = once(worker, 'exit');
  // Its own end of it: the copy in the worker is the same open socket.
  await conn.shutdown('rdwr');
  assert.deepEqual(await answer, [null]);
  assert.deepEqual(await exit, [0]);
  await conn.close();
  assert.equal(await python.line(), '0');
  await python.end();
});

/** The package once more, in a folder of its own, as a second version in node_modules would be. */
function secondCopy(folder: string): string {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const copy = join(folder, 'berkeley');
  mkdirSync(join(copy, 'native', 'build'), { recursive: true });
  cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  cpSync(join(root, 'native', 'build', 'Release'), join(copy, 'native', 'build', 'Release'), {
    recursive: true,
    filter: (file) => !file.includes('obj.target'),
  });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return join(copy, 'dist');
}

test('the library loaded twice: under two names, from a second copy, and by require, none of which disturbs another', async (t) => {
  const folder = secondCopy(temporaryFolder(t));
  const entry = new URL('../../../dist/promises/index.js', import.meta.url).href;
  const ways: [string, typeof net][] = [
    ['a query', (await import(`${entry}?another`)) as typeof net],
    ['a second copy', (await import(pathToFileURL(join(folder, 'promises', 'index.js')).href)) as typeof net],
  ];
  const [major] = process.versions.node.split('.').map(Number);
  if (major! >= 22) ways.push(['require', createRequire(import.meta.url)('berkeley') as typeof net]);
  for (const [name, twin] of ways) {
    // Each sees the other's errors, and none takes what the other has.
    const [a, b] = net.pair();
    const [c, d] = twin.pair();
    const readings = [a.read(), c.read()];
    await Promise.all([d.write('of the twin'), b.write('of ours')]);
    assert.deepEqual((await Promise.all(readings)).map(String), ['of ours', 'of the twin'], name);
    await assert.rejects(twin.connect('unix:@berkeley-nobody-there'), net.SocketError);
    // One addon has one table of owners. A second copy of the package has an addon of its own, which cannot know.
    if (name !== 'a second copy') assert.throws(() => twin.adopt(a.socket.fd), { code: 'ERR_DESCRIPTOR_IN_USE' });
    // What one gives away the other takes.
    const taken = twin.conn(twin.adopt(b.socket.detach()));
    await taken.write('handed over');
    assert.equal(String(await a.read()), 'handed over');
    const [e, f] = twin.pair();
    const number = e.socket.fd;
    e.abort();
    const [fresh, end] = sync.pair();
    assert.ok([fresh.socket.fd, end.socket.fd].includes(number), 'a number that the twin had');
    e.abort();
    await e.close();
    f.abort();
    fresh.write('still ours');
    assert.equal(String(end.read()), 'still ours');
    for (const conn of [a, c, d, taken, fresh, end]) conn.abort();
  }
});
