// Owns the test that both entry points, and the contract, have the same names.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';

test('both entry points export the same names', () => {
  assert.deepEqual(Object.keys(promises).toSorted(), Object.keys(sync).toSorted());
});

test('every function of the contract is exported', () => {
  const contract = readFileSync(new URL('../../../src/contract/net.ts', import.meta.url), 'utf8');
  const body = contract.slice(contract.indexOf('export interface Net<'));
  const names = new Set([...body.matchAll(/^ {2}([a-zA-Z]+)\(/gm)].map(([, name]) => name!));
  assert.ok(names.size >= 13);
  for (const name of names) {
    assert.equal(typeof (promises as Record<string, unknown>)[name], 'function', name);
    assert.equal(typeof (sync as Record<string, unknown>)[name], 'function', name);
  }
});

test('what is no function is the same in both: classes, options, constants, features', () => {
  for (const name of [
    'SocketError',
    'TimeoutError',
    'ClosedError',
    'EndOfStreamError',
    'ResolveError',
    'LimitError',
    'TlsError',
    'CertificateError',
    'options',
    'codecs',
    'constants',
    'features',
    'eventQueue',
  ] as const)
    assert.equal(promises[name], sync[name], name);
});

test('share is the other colour of the same connection', async () => {
  const [one, two] = promises.pair();
  const blocking = sync.share(one);
  assert.equal(blocking.id, one.id);
  await two.write('line\nrest');
  assert.equal(blocking.readLine(), 'line');
  assert.equal((await one.read())!.toString(), 'rest', 'one buffer');
  const waiting = one.read();
  assert.throws(() => blocking.read(1, { timeout: 10 }), { code: 'ERR_BUSY' });
  blocking.write('the other direction is free');
  await two.readExact(27);
  await two.write('x');
  await waiting;
  blocking.close();
  assert.equal(one.closeInfo!.by, 'local');
  two.abort();
});
