// Owns what the tests of the Qore dialect share: exceptions, Python at the other end, events without what differs from run to
// run. It must not know what is tested.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Queue } from 'berkeley/dialects/qore';
import { QoreException, Socket, type Event } from 'berkeley/dialects/qore';
import { startPuppet, type Puppet } from '../../support/python.js';

/** A limit for what must not hang. */
export const LIMIT = 10_000;

/** What a call throws, which must be a QoreException with this name. */
export function thrown(call: () => unknown, err: string): QoreException {
  let value: unknown;
  try {
    value = call();
  } catch (error) {
    assert.ok(error instanceof QoreException, `not a QoreException: ${String(error)}`);
    assert.equal(error.err, err, error.message);
    assert.equal(error.name, 'QoreException');
    assert.ok(error.desc !== '' && error.message === `${err}: ${error.desc}`);
    return error;
  }
  return assert.fail(`it should have thrown ${err}, and returned ${String(value)}`);
}

/** A socket that is closed after the test. */
export function newSocket(t: TestContext): Socket {
  const socket = new Socket();
  t.after(() => socket.destructor());
  return socket;
}

/** A Python with a listening socket `l`, and the port of it. */
export async function pythonListener(t: TestContext, host = '127.0.0.1'): Promise<{ python: Puppet; port: number }> {
  const family = host.includes(':') ? 'AF_INET6' : 'AF_INET';
  const python = startPuppet(
    t,
    `l = socket.socket(socket.${family})\nl.bind(('${host}', 0))\nl.listen(16)\nsay(l.getsockname()[1])`,
  );
  return { python, port: Number(await python.line()) };
}

/** A socket that is connected to `c` in Python. */
export async function connected(t: TestContext): Promise<{ socket: Socket; python: Puppet; port: number }> {
  const { python, port } = await pythonListener(t);
  const socket = newSocket(t);
  socket.connect(`127.0.0.1:${port}`, LIMIT);
  await python.run('c, _ = l.accept()');
  return { socket, python, port };
}

/** A listening socket, and Python. */
export function listening(t: TestContext): { socket: Socket; port: number; python: Puppet } {
  const socket = newSocket(t);
  assert.equal(socket.bind('127.0.0.1:0', true), 0);
  assert.equal(socket.listen(), 0);
  return { socket, port: socket.getPort(), python: startPuppet(t) };
}

/** The events in a queue, without `source` and `id`, which are looked at here. */
export function eventsOf(queue: Queue, socket: Socket): Record<string, unknown>[] {
  return [...(queue as Queue<Event>)].map(({ source, id, ...rest }) => {
    assert.equal(source, 1);
    assert.equal(id, socket.id);
    return rest;
  });
}
