// The names of errnos: every one that this system has, and of two names the one of the sockets' man pages.

import assert from 'node:assert/strict';
import test from 'node:test';
import { pair, socket, SocketError } from 'berkeley/sync';

function failure(act: () => unknown): SocketError {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof SocketError);
    return error;
  }
  throw new Error('it did not fail');
}

test('an errno that the list of node:os lacks has its name all the same', () => {
  const error = failure(() => socket('ipv4', 'rdm'));
  assert.equal(error.code, 'ESOCKTNOSUPPORT');
  assert.equal(error.errno, 94);
  assert.equal(error.message, 'socket ESOCKTNOSUPPORT');
});

test('errno 95 is EOPNOTSUPP, as tcp(7) and send(2) call it, and not ENOTSUP', () => {
  const [a, b] = pair();
  try {
    const error = failure(() => a.quickAck);
    assert.equal(error.code, 'EOPNOTSUPP');
    assert.equal(error.errno, 95);
  } finally {
    a.close();
    b.close();
  }
});
