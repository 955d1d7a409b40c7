// Owns the tests of stacks: a rejected promise shows the line of the caller, wherever the error was born (DESIGN §5).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { Python } from '../net/kit.js';

/** The stack of what the call fails with has the name of the function that awaits it. */
async function shows(name: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    const { stack } = error as Error;
    assert.match(stack!, new RegExp(`\\b${name}\\b`), stack);
    assert.match(stack!, /stack\.test\.[jt]s/);
    return;
  }
  assert.fail('it did not fail');
}

test('an error that is there at once shows the caller', async () => {
  const [one] = promises.pair();
  one.abort();
  await shows('atOnce', async function atOnce() {
    await one.read();
  });
  await shows('misuse', async function misuse() {
    await promises.connect('host:99999');
  });
  assert.throws(
    function blocked() {
      sync.connect('host:99999');
    },
    (error: Error) => error.stack!.includes('blocked'),
  );
});

test('an error born in the reactor shows the caller', async (t) => {
  const [one, two] = promises.pair();
  await shows('limited', async function limited() {
    await one.read(1, { timeout: 5 });
  });
  await shows('ended', async function ended() {
    setImmediate(() => void two.close());
    await one.readExact(5);
  });
  await shows('closed', async function closed() {
    const [mine] = promises.pair();
    setImmediate(() => mine.abort());
    await mine.read();
  });
  await shows('aborted', async function aborted() {
    const [mine] = promises.pair();
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    await mine.read(1, { signal: controller.signal });
  });
  const python = new Python(t, `port = black_hole('127.0.1.1'); say(port); hear()`);
  const port = await python.hear<number>();
  await shows('raced', async function raced() {
    await promises.connect(`127.0.1.1:${port}`, { attemptTimeout: 5 });
  });
  await shows('resolved', async function resolved() {
    const lookup = { lookup: () => Promise.resolve([promises.address(`127.0.1.1:${port}`)]) };
    await promises.connect(`name.example:${port}`, { lookup, attemptTimeout: 5 });
  });
  await shows('looked', async function looked() {
    await promises.lookup('localhost', 'no-such-service');
  });
  await shows('selected', async function selected() {
    const [mine] = promises.pair();
    setImmediate(() => mine.abort());
    await promises.select([[mine, { read: true }]]);
  });
});

test('an error in for await shows the loop', async () => {
  const [one] = promises.pair();
  await shows('looping', async function looping() {
    setImmediate(() => one.abort());
    for await (const _ of one) assert.fail('nothing comes');
  });
  const listener = await promises.listen('127.0.0.1:0');
  listener.sockets[0]!.receiveTimeout = 20;
  await shows('accepting', async function accepting() {
    for await (const _ of listener) assert.fail('nobody comes');
  });
  listener.close();
});

test('an error in Promise.all shows who awaits it', async () => {
  const [one, two] = promises.pair();
  await shows('together', async function together() {
    await Promise.all([one.read(1, { timeout: 5 }), two.read(1, { timeout: 500 })]);
  });
  one.abort();
  two.abort();
});

test('promise 11: what nobody awaits any more is the only unhandled rejection there is', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const [one, two] = promises.pair();
  await Promise.allSettled([
    one.read(1, { timeout: 5 }),
    one.read(),
    two.write(Buffer.alloc(1 << 25)),
    two.write('x'),
    one.close(),
  ]);
  two.abort();
  await new Promise((go) => setTimeout(go, 20));
  process.off('unhandledRejection', note);
  assert.deepEqual(unhandled, []);
});
