// Owns the tests of the TLS addon against peers that keep to the letter of TLS 1.3 and mean harm.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { temporaryFolder } from '../support/server.js';
import { Forger, newSessionTicket, suite } from './forger.js';
import {
  clientContext,
  connected,
  native,
  serverContext,
  status,
  tls,
  tlsResult,
  tlsStatus,
  type End,
} from './sessions.js';

const { wantRead, wantWrite } = tlsResult;
/** Of answers that the peer does not take. */
const limit = 96 * 1024;

/** Behind their handshake, and what makes records in the name of one of them. */
function forged(t: TestContext, whose: 'CLIENT' | 'SERVER'): [client: End, server: End, forger: Forger] {
  const client = clientContext({ minVersion: 0x0304, suites: suite });
  const ends = connected(t, { client, server: serverContext(), clientSession: { keylog: true } });
  return [...ends, new Forger(tls.keylog(ends[0].session), whose)];
}

test('KeyUpdates of a peer that takes no answers stop the reading, not the process', (t) => {
  const [client, server, forger] = forged(t, 'CLIENT');
  let sent = 0;
  let answer: Buffer | number = wantRead;
  for (; sent < 20_000 && answer === wantRead; sent++) {
    client.send(forger.keyUpdate(true));
    answer = server.read();
    assert.ok(status[tlsStatus.unsent]! < limit + 1024);
  }
  assert.equal(answer, wantWrite, 'it did not stop');
  assert.ok(sent > 1000);
  assert.equal(server.read(), wantWrite, 'again');
  client.send(forger.record(Buffer.from('after all'), 23));
  while (server.write('x') === wantWrite) client.raw();
  assert.equal(server.text(), 'after all', 'once the answers are taken, everything goes on');
});

test('KeyUpdates by the hundred kilobyte in one segment answer within bounds', (t) => {
  const [client, server, forger] = forged(t, 'CLIENT');
  const flood = Buffer.concat(Array.from({ length: 12_000 }, () => forger.keyUpdate(true)));
  // The way back is full already, so nothing of the answers gets out.
  const junk = Buffer.alloc(65_536);
  while (native.send(server.fd, junk, 0, junk.length, 0) > 0);
  let sent = 0;
  let answer: Buffer | number = wantRead;
  while (sent < flood.length && answer === wantRead) {
    const count = native.send(client.fd, flood, sent, flood.length - sent, 0);
    if (count > 0) sent += count;
    answer = server.read();
    assert.ok(status[tlsStatus.unsent]! < limit + 100 * 1024, `${status[tlsStatus.unsent]} bytes unsent`);
  }
  assert.equal(answer, wantWrite);
});

test('to a peer that cannot be answered any more no answers are kept, and what it says is read', (t) => {
  const [client, server, forger] = forged(t, 'CLIENT');
  native.shutdown(server.fd, 1);
  for (let i = 0; i < 5_000; i++) {
    client.send(forger.keyUpdate(true));
    assert.equal(server.read(), wantRead);
    assert.ok(status[tlsStatus.unsent]! < 100);
  }
  client.send(forger.record(Buffer.from('last words'), 23));
  assert.equal(server.text(), 'last words');
});

test('tickets without end leave a read within bounds', async (t) => {
  const [client, server, forger] = forged(t, 'SERVER');
  client.read();
  // The real server has sent its two tickets, under the sequence numbers 0 and 1.
  forger.record(Buffer.alloc(1));
  forger.record(Buffer.alloc(1));
  const file = join(temporaryFolder(t), 'tickets');
  const size = 40_000_000;
  const message = newSessionTicket(16_000);
  writeFileSync(file, Buffer.concat(Array.from({ length: size / 16_000 }, () => forger.record(message))));
  native.setBlocking(server.fd, true);
  const child = spawn('cat', [file], { stdio: ['ignore', server.fd, 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const gone = once(child, 'close');
  let calls = 0;
  while (child.exitCode === null) {
    assert.equal(client.read(), wantRead);
    calls++;
    // The child's end is told by the loop.
    if (calls % 8 === 0 || status[tlsStatus.drained] === 1) await new Promise((resolve) => setImmediate(resolve));
  }
  await gone;
  // One call takes at most 64 times 88 KiB.
  assert.ok(calls >= Math.floor(size / (64 * 88 * 1024)), `${calls} calls`);
  assert.equal(client.read(), wantRead);
  assert.equal(client.failure.reason, '');
});

test('a message that a peer cuts in two leaves a write in waiting, and loses nothing', (t) => {
  const [client, server, forger] = forged(t, 'SERVER');
  client.read();
  forger.record(Buffer.alloc(1));
  forger.record(Buffer.alloc(1));
  const message = newSessionTicket(100);
  server.send(forger.record(message.subarray(0, 50)));
  assert.equal(client.read(), wantRead);
  assert.equal(client.write('in between'), wantRead, 'OpenSSL finishes the message first');
  server.send(forger.record(message.subarray(50)));
  assert.equal(client.write('in between'), 10);
  assert.equal(server.text(), 'in between');
  assert.equal(client.read(), wantRead);
});

test('empty records without end are refused, a few of them are not', (t) => {
  const [client, server, forger] = forged(t, 'CLIENT');
  for (let i = 0; i < 30; i++) client.send(forger.record(Buffer.alloc(0), 23));
  client.send(forger.record(Buffer.from('x'), 23));
  assert.equal(server.text(), 'x');
  for (let i = 0; i < 100; i++) client.send(forger.record(Buffer.alloc(0), 23));
  assert.equal(server.read(), tlsResult.failed);
  assert.equal(server.failure.alertSent, 10);
});

test('every alert of TLS 1.3 that refuses is fatal, whatever its level says', (t) => {
  const [client, server, forger] = forged(t, 'CLIENT');
  const [warning, handshakeFailure, alert] = [1, 40, 21];
  client.send(forger.record(Buffer.from([warning, handshakeFailure]), alert));
  assert.equal(server.read(), tlsResult.failed);
  assert.equal(server.failure.alertReceived, handshakeFailure);
});

test('a handshake message that does not belong there ends the connection with unexpected_message', (t) => {
  const [client, server, forger] = forged(t, 'CLIENT');
  client.send(forger.record(newSessionTicket(10)));
  assert.equal(server.read(), tlsResult.failed);
  assert.equal(server.failure.alertSent, 10);
});
