// The family of errors: which class stands for which errno, and what its message is. Python knows the words.

import assert from 'node:assert/strict';
import { constants } from 'node:os';
import test from 'node:test';
import * as chapel from 'berkeley/dialects/chapel';
import { SystemError } from 'berkeley/dialects/chapel';
import { startPuppet } from '../../support/python.js';

const parents: readonly (readonly [child: keyof typeof chapel, parent: keyof typeof chapel])[] = [
  ['BlockingIoError', 'SystemError'],
  ['ChildProcessError', 'SystemError'],
  ['ConnectionError', 'SystemError'],
  ['BrokenPipeError', 'ConnectionError'],
  ['ConnectionAbortedError', 'ConnectionError'],
  ['ConnectionRefusedError', 'ConnectionError'],
  ['ConnectionResetError', 'ConnectionError'],
  ['FileExistsError', 'SystemError'],
  ['FileNotFoundError', 'SystemError'],
  ['InterruptedError', 'SystemError'],
  ['IsADirectoryError', 'SystemError'],
  ['NotADirectoryError', 'SystemError'],
  ['PermissionError', 'SystemError'],
  ['ProcessLookupError', 'SystemError'],
  ['TimeoutError', 'SystemError'],
  ['IoError', 'SystemError'],
  ['EofError', 'IoError'],
  ['UnexpectedEofError', 'IoError'],
  ['BadFormatError', 'IoError'],
  ['IllegalArgumentError', 'SystemError'],
];

test('the family: every class has its name and its parent', () => {
  for (const [child, parent] of parents) {
    const Class = chapel[child] as unknown as { prototype: Error };
    assert.equal(Object.getPrototypeOf(Class), chapel[parent], child);
    assert.equal(Class.prototype.name, child);
  }
  assert.ok(new SystemError(1) instanceof Error);
  assert.equal(SystemError.prototype.name, 'SystemError');
});

test('the message is what strerror(3) says, and the details in parentheses', async (t) => {
  const python = startPuppet(t, 'import os');
  const numbers = Object.values(constants.errno);
  const words = (await python.value(`[os.strerror(n) for n in ${JSON.stringify(numbers)}]`)) as string[];
  numbers.forEach((errno, i) => {
    assert.equal(new SystemError(errno).message, words[i]);
    assert.equal(new SystemError(errno, 'connect() failed').message, `${words[i]} (connect() failed)`);
  });
  const { ECONNREFUSED, ETIMEDOUT } = constants.errno;
  const error = new SystemError(ECONNREFUSED, 'connect() failed', { cause: 7 });
  assert.deepEqual(
    [error.err, error.details, error.code, error.cause],
    [ECONNREFUSED, 'connect() failed', 'ECONNREFUSED', 7],
  );
  assert.equal(
    String(new chapel.TimeoutError(ETIMEDOUT, 'recv timed out')),
    'TimeoutError: Connection timed out (recv timed out)',
  );
});
