// Owns what the tests of the Chapel dialect share: how a failure looks, addresses, a shared descriptor. It must not know what is tested.

import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import type { TestContext } from 'node:test';
import { inspect } from 'node:util';
import { ipAddr, IPv4Localhost, IPv6Localhost, SystemError } from 'berkeley/dialects/chapel';
import { startPuppet, type Puppet } from '../../support/python.js';

/** The call fails with this class exactly, and with this message. */
export function fails<E extends SystemError>(
  call: () => unknown,
  Class: abstract new (...args: never[]) => E,
  message: string | RegExp,
): E {
  let failure: unknown;
  try {
    call();
  } catch (error) {
    failure = error;
  }
  if (failure === undefined) assert.fail(`did not fail with ${Class.name}`);
  assert.ok(failure instanceof Class, `${inspect(failure)} is no ${Class.name}`);
  assert.equal(failure.constructor, Class);
  assert.equal(failure.name, Class.name);
  assert.ok(failure instanceof SystemError && failure instanceof Error);
  if (typeof message === 'string') assert.equal(failure.message, message);
  else assert.match(failure.message, message);
  return failure;
}

/** Milliseconds that the call takes. */
export function took(call: () => unknown): number {
  const begun = performance.now();
  call();
  return performance.now() - begun;
}

export const here = (port: number): ipAddr => ipAddr.ipv4(IPv4Localhost, port);
export const here6 = (port: number): ipAddr => ipAddr.ipv6(IPv6Localhost, port);
export const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);

/** A Python that has the same open socket as somebody who calls `give`, under the name `shared`. It never waits for it. */
export async function sharing(t: TestContext): Promise<{ python: Puppet; door: string; taken: () => Promise<void> }> {
  const door = `@berkeley-chapel-${process.pid}-${doors++}`;
  const python = startPuppet(
    t,
    `door = socket.socket(socket.AF_UNIX); door.bind('\\0${door.slice(1)}'); door.listen()`,
  );
  await python.run('pass');
  const taken = (): Promise<void> =>
    python.run(`
guest, _ = door.accept()
_, fds, _, _ = socket.recv_fds(guest, 1, 1)
shared = socket.socket(fileno=fds[0])
shared.setblocking(False)`);
  return { python, door, taken };
}

let doors = 0;
