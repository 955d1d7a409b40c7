// Owns the tests of worker threads: descriptors that go there and back, and terminate() in the middle of everything.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import { descriptors, Python, until } from './kit.js';

const entry = (name: string): string => new URL(`../../../dist/${name}/index.js`, import.meta.url).href;

function worker(program: string, workerData: unknown = null): Worker {
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    import * as sync from ${JSON.stringify(entry('sync'))};
    import * as net from ${JSON.stringify(entry('promises'))};
    const ready = () => parentPort.postMessage('ready');
    ${program}`;
  const made = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData });
  exits.set(made, new Promise((go) => made.once('exit', () => go())));
  return made;
}

const exits = new WeakMap<Worker, Promise<void>>();

/** When it has ended. */
async function end(of: Worker): Promise<void> {
  await exits.get(of);
}

function message<T>(from: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    from.once('message', resolve);
    from.once('error', reject);
  });
}

/** What a blocked thread may be in the middle of. */
const blocked: Record<string, string> = {
  accept: `const listener = sync.listen('127.0.0.1:0'); ready(); listener.accept();`,
  tryAccept: `const listener = sync.listen('127.0.0.1:0'); ready(); listener.tryAccept('1h');`,
  read: `const [a] = (globalThis.kept = sync.pair()); ready(); a.read();`,
  readInto: `const [a] = (globalThis.kept = sync.pair()); ready(); a.readInto(Buffer.alloc(8));`,
  readExact: `const [a] = (globalThis.kept = sync.pair()); ready(); a.readExact(1 << 20, { timeout: '1h' });`,
  write: `const [a] = (globalThis.kept = sync.pair()); ready(); a.write(Buffer.alloc(1 << 26));`,
  poll: `const s = sync.socket('ipv4', 'dgram'); ready(); s.poll({ read: true });`,
  select: `const pairs = Array.from({ length: 20 }, () => sync.pair()); ready(); sync.select(pairs.map(([a]) => [a, { read: true }]));`,
  connect: `ready(); sync.connect('127.0.1.1:' + workerData);`,
  'close with a limit': `const [a] = (globalThis.kept = sync.pair()); ready(); a.close({ timeout: '1h' });`,
  waitFlushed: `const [a] = (globalThis.kept = sync.pair()); try { a.write(Buffer.alloc(1 << 26), { timeout: 0 }); } catch {}; const c = sync.connect('127.0.1.2:' + workerData); try { c.write(Buffer.alloc(1 << 26), { timeout: 50 }); } catch {}; ready(); for (;;) try { c.waitFlushed(); } catch { c.waitReadable(); }`,
};

const scene = `port = black_hole('127.0.1.1'); s = listener('127.0.1.2', port=port); say(port); hear()`;

for (const read of ['read()', 'readInto(memory)', 'readLine()']) {
  test(`promise 15: a blocked ${read} of a worker goes on after it came up for air`, async (t) => {
    const listener = await promises.listen('127.0.0.1:0');
    t.after(() => listener.close());
    const thread = worker(
      `const conn = sync.connect({ host: '127.0.0.1', port: workerData });
      const memory = Buffer.alloc(5);
      ready();
      const got = conn.${read};
      parentPort.postMessage(String(typeof got === 'number' ? memory.subarray(0, got) : got).trim());
      conn.close();`,
      listener.address.port,
    );
    // Listened for before it can come: nobody keeps a message that nobody hears.
    const ready = message(thread);
    const conn = await listener.accept();
    t.after(() => conn.abort());
    await ready;
    // It is blocked for more than two of its slices of 100 ms: their passing is what is tested.
    await setTimeout(250);
    const answer = message<string>(thread);
    await conn.write('late\n');
    assert.equal(await answer, 'late');
    await end(thread);
  });
}

for (const [what, program] of Object.entries(blocked)) {
  test(`promise 15: terminate() works in the middle of a blocked ${what}, and leaves no descriptor`, async (t) => {
    const python = new Python(t, scene);
    const port = await python.hear<number>();
    const before = descriptors();
    const thread = worker(program, port);
    await message(thread);
    const begun = performance.now();
    await thread.terminate();
    const ms = performance.now() - begun;
    // A slice is 100 ms; the rest is the machine's.
    assert.ok(ms < 600, `${ms} ms`);
    await until(() => descriptors() <= before, 'the descriptors are closed');
  });
}

const waiting: Record<string, string> = {
  everything: `
    const listener = await net.listen('127.0.0.1:0');
    const [a, b] = net.pair();
    const [c] = (globalThis.kept = net.pair()); // its other end must not be collected, which would close it
    const all = [listener.accept(), a.read(), c.write(Buffer.alloc(1 << 26)), net.connect('127.0.1.1:' + workerData),
      net.select([[b, { read: true }]]), b.socket.poll({ priority: true }), a.socket.dup().recv(), net.lookup('localhost', 1, { timeout: '1h' })];
    ready();
    await Promise.all(all);`,
  'a busy loop of small messages': `
    const [a, b] = net.pair();
    ready();
    (async () => { for await (const piece of a) await a.write(piece); })();
    for (;;) { await b.write('x'); await b.read(); }`,
};

for (const [what, program] of Object.entries(waiting)) {
  test(`terminate() ends a worker that awaits ${what}, and leaves no descriptor`, async (t) => {
    const python = new Python(t, scene);
    const port = await python.hear<number>();
    const before = descriptors();
    for (let i = 0; i < 5; i++) {
      const thread = worker(program, port);
      await message(thread);
      const begun = performance.now();
      await thread.terminate();
      assert.ok(performance.now() - begun < 600);
    }
    await until(() => descriptors() <= before, 'the descriptors are closed');
  });
}

test('50 workers talk at the same time, in both colours', async () => {
  const listener = await promises.listen('127.0.0.1:0');
  const serving = (async () => {
    for await (const conn of listener)
      void (async () => {
        for await (const piece of conn) await conn.write(piece);
        await conn.close();
      })();
  })();
  const before = descriptors();
  const program = `
    const conn = workerData.i % 2 ? sync.connect(workerData.to) : await net.connect(workerData.to);
    let text = '';
    for (let n = 0; n < 20; n++) {
      await conn.write('hello ' + n);
      text += (await conn.readExact(('hello ' + n).length, { timeout: 10000 })).toString();
    }
    await conn.close({ timeout: 5000 });
    parentPort.postMessage(text.length);`;
  for (let round = 0; round < 5; round++) {
    const threads = Array.from({ length: 10 }, (_, i) => worker(program, { i, to: listener.address.toString() }));
    const lengths = await Promise.all(threads.map((thread) => message<number>(thread)));
    assert.deepEqual(new Set(lengths), new Set([20 * 7 + 10]));
    await Promise.all(threads.map(end));
  }
  await until(() => descriptors() <= before, 'the descriptors are closed');
  listener.close();
  await serving;
});

test('a descriptor goes to a worker and back', async () => {
  const [one, two] = promises.socketPair('stream');
  const fd = one.detach();
  const thread = worker(
    `const conn = sync.conn(sync.adopt(workerData));
     conn.write('from the worker');
     const line = conn.readLine({ timeout: 5000 });
     parentPort.postMessage([conn.socket.detach(), line]);`,
    fd,
  );
  const answer = message<[number, string]>(thread);
  assert.equal(
    (await two.recv(15, { flags: promises.constants['MSG_WAITALL']!, timeout: 5000 }))!.toString(),
    'from the worker',
  );
  await two.sendAll('a line\n');
  assert.deepEqual(await answer, [fd, 'a line']);
  await end(thread);
  const back = promises.adopt(fd);
  await back.send('home');
  assert.equal((await two.recv(4, { timeout: 5000 }))!.toString(), 'home');
  back.close();
  two.close();
});

test('a descriptor that is ours cannot be adopted by a worker', async () => {
  const socket = promises.socket();
  const thread = worker(
    `try { net.adopt(workerData); } catch (error) { parentPort.postMessage(error.code); }`,
    socket.fd,
  );
  assert.equal(await message(thread), 'ERR_DESCRIPTOR_IN_USE');
  await end(thread);
  assert.equal(socket.getOption(promises.options.SO_KEEPALIVE), false, 'it is still open');
  socket.close();
});

test('a worker that ends with an idle socket takes it along', async () => {
  const before = descriptors();
  const thread = worker(`globalThis.keep = [await net.listen('127.0.0.1:0'), net.socket(), ...sync.pair()]; ready();`);
  await message(thread);
  await end(thread);
  await until(() => descriptors() <= before, 'the descriptors are closed');
});
