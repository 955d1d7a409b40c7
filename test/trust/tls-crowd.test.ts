// Many clients at once: hundreds that stall in each flight of the handshake, and a certificate that changes while clients come. The
// clients are Python's.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import { descriptors, inBothColours, Python, until } from '../net/kit.js';
import { pki } from '../support/pki.js';
import { size } from './size.js';
import type { CrowdEnd, CrowdTask } from './tls-crowd-end.js';

const STALLED = size(250, 1000);
const HANDSHAKE_MS = 3000;
const VISITS = 10;

const stalling = `
import ssl
port, ca, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
context = ssl.create_default_context(cafile=ca)
class Half:
    # A client by hand, so that it can stop anywhere.
    def __init__(self):
        self.raw = socket.create_connection(('127.0.0.1', port), 60)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname='localhost')
    def step(self):
        try: self.tls.do_handshake()
        except ssl.SSLWantReadError: return False
        return True
    def finish(self, cut=0):
        while not self.step():
            self.raw.sendall(self.outgoing.read())
            self.incoming.write(self.raw.recv(65536))
        last = self.outgoing.read()
        self.raw.sendall(last[:len(last) - cut])
def connected(one): pass
def half_a_hello(one): one.step(); one.raw.sendall(one.outgoing.read()[:100])
def a_hello(one): one.step(); one.raw.sendall(one.outgoing.read()); one.raw.recv(100)
def half_a_finished(one): one.finish(20)
def half_a_record(one): one.finish(); one.tls.write(b'x' * 1000); one.raw.sendall(one.outgoing.read()[:500])
stalled = []
hear()
for i in range(count):
    one = Half(); [connected, half_a_hello, a_hello, half_a_finished, half_a_record][i % 5](one); stalled.append(one)
say('stalled')
def visit():
    with context.wrap_socket(socket.create_connection(('127.0.0.1', port), 60), server_hostname='localhost') as s:
        s.sendall(b'ping'); return s.recv(4) == b'ping'
begun = time.monotonic()
assert all(visit() for _ in range(${VISITS}))
say((time.monotonic() - begun) * 1000 / ${VISITS})
hear()
`;

test(`a good client is served while ${STALLED} others stall in every flight, and they end at their limit`, async (t) => {
  const { server, root } = pki();
  const tls = { cert: server.cert, key: server.key, handshakeTimeout: HANDSHAKE_MS };
  const listener = await promises.listen('127.0.0.1:0', { tls, backlog: STALLED });
  t.after(() => listener.close());
  const ends: { phase: string | undefined; name: string; took: number }[] = [];
  let open = 0;
  const serve = async (conn: promises.AsyncConn): Promise<void> => {
    open++;
    const begun = performance.now();
    try {
      await conn.write(await conn.readExact(4, { timeout: 2 * HANDSHAKE_MS }));
      await conn.close({ timeout: 1000 });
    } catch (error) {
      const { phase, name } = error as promises.SocketError;
      ends.push({ phase, name, took: performance.now() - begun });
      if (phase === 'tls') assert.equal(conn.socket.fd, -1);
      conn.abort();
    }
    open--;
  };
  const serving = (async () => {
    for await (const conn of listener) void serve(conn);
  })();
  const peer = new Python(t, stalling, String(listener.address.port), root.certFile, String(STALLED));
  const before = descriptors();
  const memory = process.memoryUsage().rss;
  peer.say('begin');
  assert.equal(await peer.hear(), 'stalled');
  const each = Math.round(((process.memoryUsage().rss - memory) / STALLED / 1024) * 10) / 10;
  const latency = await peer.hear<number>();
  await until(() => open === 0, 'the stalled ones end').catch(() => until(() => open === 0, 'the stalled ones end'));
  assert.equal(ends.length, STALLED);
  for (const { phase, name, took } of ends) {
    assert.equal(name, 'TimeoutError');
    assert.ok(took >= HANDSHAKE_MS - 5, `${took} ms`);
    assert.ok(phase === 'tls' || took >= 2 * HANDSHAKE_MS - 5, `${phase} ${took} ms`);
  }
  assert.equal(ends.filter(({ phase }) => phase === 'tls').length, (STALLED / 5) * 4);
  t.diagnostic(`${STALLED} stalled clients: ${each} KiB each; a good one is served in ${latency.toFixed(1)} ms`);
  assert.ok(each < 96, `${each} KiB`);
  assert.ok(latency < HANDSHAKE_MS / 4, `${latency} ms`);
  peer.say('go');
  assert.equal(descriptors(), before);
  listener.close();
  await serving;
});

test(`a blocking server in one thread, too, serves a good client while ${STALLED} others stall in every flight`, async (t) => {
  const { server, root } = pki();
  const before = descriptors();
  const task: CrowdTask = {
    tls: { cert: server.cert, key: server.key, handshakeTimeout: HANDSHAKE_MS },
    clients: STALLED + VISITS,
    patience: 2 * HANDSHAKE_MS,
  };
  const thread = new Worker(new URL('./children/crowd-server.js', import.meta.url), { workerData: task });
  t.after(() => thread.terminate());
  const gone = once(thread, 'exit');
  const [port] = (await once(thread, 'message')) as [number];
  const peer = new Python(t, stalling, String(port), root.certFile, String(STALLED));
  const ended = once(thread, 'message');
  peer.say('begin');
  assert.equal(await peer.hear(), 'stalled');
  const latency = await peer.hear<number>();
  const [ends] = (await ended) as [CrowdEnd[]];
  assert.equal(ends.length, STALLED);
  const inHandshake = ends.filter(({ phase }) => phase !== null);
  assert.equal(inHandshake.length, (STALLED / 5) * 4);
  for (const { phase, name, took, closed } of inHandshake) {
    assert.deepEqual({ phase, name, closed }, { phase: 'tls', name: 'TimeoutError', closed: true });
    assert.ok(took >= HANDSHAKE_MS - 5, `${took} ms`);
  }
  t.diagnostic(`${STALLED} stalled clients of one blocking thread; a good one is served in ${latency.toFixed(1)} ms`);
  assert.ok(latency < HANDSHAKE_MS / 4, `${latency} ms`);
  peer.say('go');
  await peer.stop();
  await gone;
  await until(() => descriptors() <= before, 'nothing is left open');
});

const visiting = `
import ssl, threading, hashlib
port, ca = int(sys.argv[1]), sys.argv[2]
known, current, seen, wrong, done = json.loads(sys.argv[3]), 0, {}, [], False
def visits():
    while not done:
        floor = current
        context = ssl.create_default_context(cafile=ca)
        try:
            with context.wrap_socket(socket.create_connection(('127.0.0.1', port), 60), server_hostname='localhost') as s:
                number = known.index(hashlib.sha256(s.getpeercert(True)).hexdigest())
                if number < floor: wrong.append('%d after %d' % (number, floor))
                seen[number] = seen.get(number, 0) + 1
                if s.recv(1) != b'.': wrong.append('no answer')
        except (OSError, ValueError) as error:
            if not done: wrong.append(repr(error))
threads = [threading.Thread(target=visits, daemon=True) for _ in range(4)]
for one in threads: one.start()
while True:
    order = hear()
    if order < 0: break
    current = order
done = True
say({'seen': len(seen), 'visits': sum(seen.values()), 'wrong': wrong[:10]})
`;

inBothColours(
  'a certificate changes while clients come: each sees a whole chain, and then the new one',
  async (net, t) => {
    const { root, server } = pki();
    const changes = size(6, 20);
    const between = size(25, 200);
    const certificates = [server, ...Array.from({ length: changes }, () => pki().issue({ name: 'localhost' }))];
    const tlsOf = (number: number): promises.TlsOptions => ({
      cert: certificates[number]!.cert,
      key: certificates[number]!.key,
    });
    const listener = await net.listen('127.0.0.1:0', { tls: tlsOf(0) });
    t.after(() => listener.close());
    const known = certificates.map(({ x509 }) => createHash('sha256').update(x509.raw).digest('hex'));
    const peer = new Python(t, visiting, String(listener.address.port), root.certFile, JSON.stringify(known));
    for (let number = 0; number <= changes; number++) {
      if (number > 0) {
        listener.updateTls(tlsOf(number));
        assert.throws(() => listener.updateTls({ cert: server.cert, key: certificates[1]!.key }));
        peer.say(number);
      }
      for (let i = 0; i < between; i++) {
        const conn = await listener.accept({ timeout: '30s' });
        await conn.write('.', { timeout: '30s' });
        await conn.close({ timeout: '5s' });
      }
    }
    peer.say(-1);
    const { seen, visits, wrong } = await peer.hear<{ seen: number; visits: number; wrong: string[] }>();
    assert.deepEqual(wrong, []);
    assert.equal(seen, changes + 1);
    t.diagnostic(`${visits} visits, ${changes} changes`);
  },
);
