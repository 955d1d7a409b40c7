// Owns what the tests of Blade's sockets share: Python at the other end, and what a call threw.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { networkInterfaces } from 'node:os';
import { Socket } from 'berkeley/dialects/blade';
import { startPuppet, type Puppet } from '../../support/python.js';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
export const noIpv6 = { skip: hasIpv6 ? false : 'this machine has no IPv6' };

/** A socket that is closed after the test. */
export function made(t: TestContext, ...given: ConstructorParameters<typeof Socket>): Socket {
  const socket = new Socket(...given);
  t.after(() => socket.close());
  return socket;
}

/** A Python that listens on `l`. */
export async function listening(t: TestContext, host = '127.0.0.1'): Promise<{ python: Puppet; port: number }> {
  const python = startPuppet(
    t,
    `
l = socket.socket(socket.AF_INET6 if ':' in '${host}' else socket.AF_INET)
l.bind(('${host}', 0)); l.listen(16)
def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()`,
  );
  return { python, port: (await python.value('l.getsockname()[1]')) as number };
}

/** Ours at one end, Python's `c` at the other. */
export async function connected(t: TestContext): Promise<{ python: Puppet; socket: Socket; port: number }> {
  const { python, port } = await listening(t);
  const socket = made(t);
  assert.equal(socket.connect('127.0.0.1', port), true);
  await python.run('c, _ = l.accept()');
  return { python, socket, port };
}

/** Ours listens on a port of 127.0.0.1. */
export function serving(t: TestContext): Socket {
  const socket = made(t);
  assert.equal(socket.bind(0), true);
  assert.equal(socket.listen(), true);
  return socket;
}

/** What a call threw. */
export function thrown(call: () => unknown): Error & { code?: string; errno?: number } {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  return assert.fail('the call did not throw');
}

/** A call throws an exception of this name and these words. */
export function throws(call: () => unknown, name: string, message: string | RegExp): void {
  const error = thrown(call);
  assert.equal(error.name, name, error.stack);
  if (typeof message === 'string') assert.equal(error.message, message);
  else assert.match(error.message, message);
}
