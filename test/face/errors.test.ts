// Owns the tests of what errors tell: messages, fields, classes across two copies of the package, codes and their page.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as promises from 'berkeley';
import type * as Codes from '../../src/error/codes.js';
import { failure, inBothColours } from '../net/kit.js';

inBothColours('a message reads: call, code, where', async (net) => {
  const listener = await net.listen('127.0.0.1:0');
  const { address } = listener;
  const taken = await failure(() => net.listen(address));
  assert.equal(taken.message, `bind EADDRINUSE 127.0.0.1:${address.port}`);
  assert.equal(taken.hint, 'Another socket has this address. Port 0 lets the kernel choose a free port.');
  listener.close();
  const refused = await failure(() => net.connect(address));
  assert.equal(refused.message, `connect ECONNREFUSED 127.0.0.1:${address.port}`);
  assert.deepEqual(
    [
      refused.code,
      refused.errno,
      refused.syscall,
      refused.address,
      refused.port,
      refused.phase,
      refused.bytesDone,
      refused.partial,
    ],
    ['ECONNREFUSED', 111, 'connect', '127.0.0.1', address.port, 'connect', 0, undefined],
  );
  assert.deepEqual(
    refused.attempts.map(({ address, code }) => [address, code]),
    [[`127.0.0.1:${address.port}`, 'ECONNREFUSED']],
  );
  const missing = await failure(() => net.connect('/nowhere/at/all'));
  assert.equal(missing.message, 'connect ENOENT unix:/nowhere/at/all');
  assert.deepEqual([missing.address, missing.port], ['/nowhere/at/all', undefined]);
});

inBothColours('errors of a connection name the peer, and the library’s own their code', async (net) => {
  const listener = await net.listen('127.0.0.1:0');
  const conn = await net.connect(listener.address);
  (await listener.accept()).abort();
  const reset = await failure(() => conn.read());
  assert.equal(reset.message, `recv ECONNRESET ${listener.address.toString()}`);
  assert.deepEqual([reset.phase, reset.address, reset.port], ['read', '127.0.0.1', listener.address.port]);
  conn.abort();
  listener.close();
  const closed = await failure(() => conn.read());
  assert.equal(closed.message, 'read ERR_SOCKET_CLOSED: the socket is closed');
  const [one, two] = net.pair();
  await two.write('abc');
  await two.close();
  const early = await failure(() => one.readExact(9));
  assert.ok(early instanceof net.EndOfStreamError);
  assert.match(early.message, /^read ERR_UNEXPECTED_EOF: /);
  assert.equal(early.partial!.toString(), 'abc');
  one.abort();
});

inBothColours('every class is a SocketError with its own name', async (net) => {
  const [one, two] = net.pair();
  const expired = await failure(() => one.read(1, { timeout: 0 }));
  await two.write('no line end');
  const long = await failure(() => one.readLine({ max: 3 }));
  const unknown = await failure(() => net.lookup('localhost', 'no-such-service'));
  const aborted = await failure(() => one.readExact(99, { signal: AbortSignal.abort('why') }));
  one.abort();
  two.abort();
  const closed = await failure(() => one.read());
  for (const [error, name] of [
    [expired, 'TimeoutError'],
    [long, 'LimitError'],
    [unknown, 'ResolveError'],
    [closed, 'ClosedError'],
  ] as const) {
    assert.equal(error.name, name);
    assert.ok(error instanceof net[name]);
    assert.ok(error instanceof net.SocketError);
    assert.ok(error instanceof Error);
    for (const other of ['TimeoutError', 'LimitError', 'ResolveError', 'ClosedError', 'EndOfStreamError'] as const)
      assert.equal(error instanceof net[other], other === name);
    assert.match(error.stack!, new RegExp(`^(${name}|SocketError|Error): `));
  }
  assert.deepEqual([aborted.code, aborted.name, aborted.cause], ['ABORT_ERR', 'AbortError', 'why']);
  assert.equal(expired.errno, undefined, 'a limit is no ETIMEDOUT of the kernel');
});

test('instanceof holds across two copies of the package', async () => {
  const url = new URL('../../../compiled/error/socket-error.js', import.meta.url).href;
  const copy = (await import(`${url}?copy`)) as Pick<typeof promises, 'SocketError' | 'TimeoutError' | 'ClosedError'>;
  assert.notEqual(copy.SocketError, promises.SocketError);
  const facts = { code: 'ETIMEDOUT', phase: 'read' } as const;
  const theirs = new copy.TimeoutError('read ETIMEDOUT', facts);
  assert.ok(theirs instanceof promises.TimeoutError);
  assert.ok(theirs instanceof promises.SocketError);
  assert.ok(!(theirs instanceof promises.ClosedError));
  const ours = new promises.ClosedError('x', { code: 'ERR_SOCKET_CLOSED', phase: 'read' });
  assert.ok(ours instanceof copy.ClosedError);
  assert.ok(!(ours instanceof copy.TimeoutError));
  for (const other of [null, undefined, 5, {}, new Error('x'), { name: 'TimeoutError', code: 'ETIMEDOUT' }])
    assert.ok(!(other instanceof promises.SocketError));
});

test('a subclass of the caller’s own is not every SocketError', () => {
  class Own extends promises.SocketError {}
  const facts = { code: 'x', phase: 'read' } as const;
  assert.ok(new Own('x', facts) instanceof Own);
  assert.ok(new Own('x', facts) instanceof promises.SocketError);
  assert.ok(!(new promises.SocketError('x', facts) instanceof Own));
});

test('an error shows its facts and hides what it has not', async () => {
  const error = await failure(() => promises.connect('/nowhere/at/all'));
  const shown = inspect(error);
  assert.match(shown, /code: 'ENOENT'/);
  assert.match(shown, /syscall: 'connect'/);
  assert.doesNotMatch(shown, /partial|undefined/);
});

const { codes } = (await import(new URL('../../../compiled/error/codes.js', import.meta.url).href)) as typeof Codes;

test('the registry of codes is in alphabetical order', () => {
  const names = Object.keys(codes);
  assert.deepEqual(names, names.toSorted());
});

test('every code of the registry has a heading in docs/errors.md', () => {
  const page = new URL('../../../docs/errors.md', import.meta.url);
  assert.ok(existsSync(page), 'docs/errors.md is missing');
  const headings = new Set(
    [...readFileSync(page, 'utf8').matchAll(/^#+\s+`?([A-Z][A-Z0-9_]+)`?\s*$/gm)].map(([, name]) => name),
  );
  assert.deepEqual(
    Object.keys(codes).filter((code) => !headings.has(code)),
    [],
  );
});
