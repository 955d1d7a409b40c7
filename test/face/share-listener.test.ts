// share() of a listener: two colours, one queue.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { pki } from '../support/pki.js';
import { startPuppet, type Puppet } from '../support/python.js';

const LIMIT = { timeout: '10s' } as const;

function knocking(t: TestContext): Puppet {
  return startPuppet(t, 'clients = []\ndef knock(port): clients.append(socket.create_connection(("127.0.0.1", port)))');
}

test('a listener of one colour accepts in the other, from the same queue', async (t) => {
  const python = knocking(t);
  const blocking = sync.listen('127.0.0.1:0', { encoding: 'latin1' });
  const async = promises.share(blocking);
  t.after(() => async.close());
  const port = blocking.address.port!;
  assert.equal(String(async.address), String(blocking.address));
  await python.run(`knock(${port}); knock(${port})`);
  const first = await async.accept(LIMIT);
  const second = blocking.accept(LIMIT);
  assert.equal(second.encoding, 'latin1');
  assert.equal(first.encoding, 'latin1', 'what accepted connections begin with is the same');
  const ports = await python.value('[c.getsockname()[1] for c in clients]');
  assert.deepEqual([first.remoteAddr.port, second.remoteAddr.port], ports);
  assert.equal(await async.tryAccept(), null);
  first.abort();
  second.abort();
});

test('while one colour waits, the other is told that it is busy', async (t) => {
  const python = knocking(t);
  // Two sockets, whose accepts take turns over both together.
  const async = await promises.listen(['127.0.0.1:0', '127.0.0.2:0']);
  t.after(() => async.close());
  const blocking = sync.share(async);
  const waiting = async.accept(LIMIT);
  assert.throws(() => blocking.accept({ timeout: 1 }), { code: 'ERR_BUSY' });
  await python.run(`knock(${async.addresses[0]!.port!})`);
  (await waiting).abort();
  assert.equal(blocking.tryAccept(), null);
});

test('closing one closes both: the iteration ends, and accept says so', async () => {
  const blocking = sync.listen('127.0.0.1:0');
  const async = promises.share(blocking);
  const seen: unknown[] = [];
  const iteration = (async () => {
    for await (const conn of async) seen.push(conn);
    return 'ended';
  })();
  blocking.close();
  assert.equal(await iteration, 'ended');
  await assert.rejects(async.accept(), { code: 'ERR_SOCKET_CLOSED' });
  assert.throws(() => blocking.accept(), { code: 'ERR_SOCKET_CLOSED' });
  assert.deepEqual(seen, []);
});

test('settings are shared: TLS that is updated in one colour is what the other accepts with', async (t) => {
  const { server } = pki();
  const next = pki().issue({ name: 'next.test' });
  const blocking = sync.listen('127.0.0.1:0', { tls: { cert: server.cert, key: server.key } });
  const async = promises.share(blocking);
  t.after(() => async.close());
  blocking.updateTls({ cert: next.cert, key: next.key });
  const python = startPuppet(
    t,
    `
import ssl
context = ssl.create_default_context(cafile=sys.argv[1])
def visit(port):
    global s
    s = context.wrap_socket(socket.create_connection(('127.0.0.1', port)), server_hostname='next.test')`,
    { args: [pki().root.certFile] },
  );
  python.begin(`visit(${blocking.address.port!})`);
  const conn = await async.accept(LIMIT);
  await conn.handshake(LIMIT);
  await python.caughtUp();
  assert.equal(await python.value('s.getpeercert()["subject"][0][0][1]'), 'next.test');
  await conn.close();
});

test('the events of a shared listener are told once', () => {
  const queue = promises.eventQueue();
  const blocking = sync.listen('127.0.0.1:0', { queue });
  const async = promises.share(blocking);
  blocking.close();
  async.close();
  assert.deepEqual(
    queue.drain().map(({ event }) => event),
    ['lookup', 'resolved', 'closed', 'deleted'],
  );
});

test('nothing but a connection or a listener can be shared', () => {
  const socket = sync.socket();
  for (const value of [null, {}, 5, socket])
    assert.throws(() => promises.share(value as promises.Listener<'async'>), TypeError);
  socket.close();
});
