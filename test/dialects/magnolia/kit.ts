// Owns what the tests of Magnolia's names share: both ways to make a call under one name, and Python at the other end. It must
// not know what is tested.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as socket from 'berkeley/dialects/magnolia';
import { startPuppet, type Puppet } from '../../support/python.js';

export type Answer = socket.Ok | socket.Sent | socket.Data | socket.Closed | socket.Failure;
type Name = 'connect' | 'send' | 'sendLine' | 'recv' | 'recvExact' | 'recvLine' | 'startTLS' | 'close';
type Calls = Record<Name, (...args: unknown[]) => Answer | null>;
const calls = socket as unknown as Calls;

/** Makes a call in one of the two ways. */
export type Ask = (name: Name, ...args: unknown[]) => Promise<Answer>;

export const ways: readonly (readonly [string, Ask])[] = [
  ['blocking', (name, ...args) => Promise.resolve(calls[name](...args)!)],
  [
    'with a callback',
    (name, ...args) =>
      new Promise((resolve) => {
        const now = calls[name](...args, resolve);
        assert.equal(now, null, 'with a callback, a call returns null at once');
      }),
  ],
];

/** The same test both ways. */
export function bothWays(title: string, body: (ask: Ask, t: TestContext) => Promise<void>): void {
  for (const [way, ask] of ways) test(`${title} (${way})`, { timeout: 20_000 }, (t) => body(ask, t));
}

/** A Python that listens; `take()` accepts `c`. */
export async function listening(
  t: TestContext,
  setting = '',
  args: string[] = [],
): Promise<{ python: Puppet; port: number }> {
  const python = startPuppet(
    t,
    `
${setting}
l = socket.create_server(('127.0.0.1', 0))
def take():
    global c
    c, _ = l.accept()
`,
    { args },
  );
  return { python, port: (await python.value('l.getsockname()[1]')) as number };
}

/** Ours on one end, Python's `c` on the other. */
export async function connected(
  ask: Ask,
  t: TestContext,
): Promise<{ python: Puppet; handle: socket.SocketHandle; port: number }> {
  const { python, port } = await listening(t);
  const handle = handleOf(await ask('connect', `127.0.0.1:${port}`));
  t.after(() => closeQuietly(handle));
  await python.run('take()');
  return { python, handle, port };
}

export function handleOf(answer: Answer | socket.ConnectEvent): socket.SocketHandle {
  assert.ok(answer.type === 'ok' || answer.type === 'connect', JSON.stringify(answer));
  return answer.socket;
}

export function errorOf(answer: unknown): string {
  const { type, error, ...rest } = answer as socket.Failure;
  assert.equal(type, 'error', JSON.stringify(answer));
  assert.deepEqual(rest, {}, 'an error has nothing but its text');
  return error;
}

export function closeQuietly(handle: socket.SocketHandle): void {
  try {
    socket.close(handle);
  } catch {
    // It is closed already.
  }
}

/** Listens, and hands out events one by one. */
export function events(t: TestContext, address = '127.0.0.1:0', options?: socket.Options) {
  const waiting: ((event: socket.ConnectEvent) => void)[] = [];
  const come: socket.ConnectEvent[] = [];
  const stop = socket.listen(
    address,
    (event) => {
      assert.ok(event.type === 'connect', JSON.stringify(event));
      t.after(() => closeQuietly(event.socket));
      const next = waiting.shift();
      if (next === undefined) come.push(event);
      else next(event);
    },
    options,
  );
  assert.ok(typeof stop === 'function', JSON.stringify(stop));
  t.after(stop);
  const next = (): Promise<socket.ConnectEvent> =>
    new Promise((resolve) => {
      const event = come.shift();
      if (event === undefined) waiting.push(resolve);
      else resolve(event);
    });
  return { stop, next };
}
