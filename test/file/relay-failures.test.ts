// Owns the tests of a relay that does not come to its end: resets on each side in each phase, limits, signals, a close in the
// middle, TLS that is cut, no descriptors left; and of what is not lost by that.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import { descriptors, failure, inBothColours, pairOf, until } from './kit.js';
import { stage } from './relay-kit.js';

const MIB = 1024 * 1024;
/** A test that hangs is a failure. */
const LIMIT = { timeout: '10s' } as const;
/** What fits into the buffers of any connection. */
const SOME = 96 * 1024;
const entry = (name: string): string => new URL(`../../../dist/${name}/index.js`, import.meta.url).href;

type Digest = [number, string];
const other = { x: 'y', y: 'x' } as const;
const sideOf = { x: 'a', y: 'b' } as const;

/** What was carried from the side of a peer. */
function carriedFrom(peer: 'x' | 'y', { relayed }: promises.SocketError): number {
  return peer === 'x' ? relayed!.aToB : relayed!.bToA;
}

for (const peer of ['x', 'y'] as const) {
  inBothColours(`a reset of ${sideOf[peer]} before anything is the error of that side`, async (net, t) => {
    const { a, b, peers } = await stage(net, t);
    await peers.run(`reset(${peer})`);
    const error = await failure(() => net.relay(a, b, LIMIT));
    assert.deepEqual([error.code, error.phase, error.bytesDone], ['ECONNRESET', 'read', 0]);
    assert.deepEqual(error.relayed, { side: sideOf[peer], aToB: 0, bToA: 0 });
    assert.match(
      error.message,
      new RegExp(`^recv ECONNRESET .*side ${sideOf[peer]}; 0 bytes from a to b, 0 from b to a`),
    );
    const alive = peer === 'x' ? b : a;
    await alive.write('still there');
    assert.equal(await peers.value(`len(${other[peer]}.recv(100))`), 11);
  });

  inBothColours(`what ${sideOf[peer]} had sent before its reset is carried over`, async (net, t) => {
    const { a, b, peers } = await stage(net, t);
    peers.begin(`
sent = feed(${peer}, ${SOME}, 3, False)
while True:
    left = struct.unpack('i', fcntl.ioctl(${peer}.fileno(), termios.TIOCOUTQ, b'0000'))[0]
    if left == 0: break
    time.sleep(0.001)
reset(${peer})
got = [0, '']
h = hashlib.sha256()
while got[0] < ${SOME}:
    piece = ${other[peer]}.recv(65536)
    if not piece: break
    h.update(piece)
    got[0] += len(piece)
got[1] = h.hexdigest()
${other[peer]}.setblocking(False)
try: more = ${other[peer]}.recv(1) == b'' and 'end'
except BlockingIOError: more = 'open'`);
    const error = await failure(() => net.relay(a, b, LIMIT));
    assert.equal(error.code, 'ECONNRESET');
    assert.equal(carriedFrom(peer, error), SOME);
    assert.equal(error.bytesDone, SOME);
    assert.deepEqual(await peers.value('got'), await peers.value('sent'));
    assert.equal(await peers.value('more'), 'open', 'a stream that was cut does not end as if it were whole');
  });

  inBothColours(`a reset of ${sideOf[peer]} in the middle of much data ends the relay`, async (net, t) => {
    const { a, b, peers } = await stage(net, t);
    const before = descriptors();
    peers.begin(`
def cut():
    for i in range(40): ${peer}.recv(65536)
    reset(${peer})
result = both(lambda: feed(${other[peer]}, ${64 * MIB}, 3), cut)`);
    const error = await failure(() => net.relay(a, b, LIMIT));
    assert.ok(['ECONNRESET', 'EPIPE'].includes(error.code), error.code);
    assert.equal(error.relayed!.side, sideOf[peer]);
    assert.ok(carriedFrom(other[peer], error) >= 40);
    assert.equal(descriptors(), before);
    a.abort();
    b.abort();
    await peers.caughtUp();
  });

  inBothColours(`a reset of ${sideOf[peer]} is noticed when its own direction had ended before`, async (net, t) => {
    const { a, b, peers } = await stage(net, t);
    peers.begin(`
end(${peer})
while ${other[peer]}.recv(1): pass
reset(${peer})`);
    const error = await failure(() => net.relay(a, b, { timeout: '10s' }));
    assert.ok(['ECONNRESET', 'EPIPE'].includes(error.code), error.code);
    assert.equal(error.relayed!.side, sideOf[peer]);
  });
}

inBothColours('promise 1: a limit loses nothing, and another relay goes on', async (net, t) => {
  const { a, b, peers } = await stage(net, t, { room: 65536 });
  peers.begin(`
slow = threading.Event()
def sip():
    h, n = hashlib.sha256(), 0
    while True:
        piece = y.recv(300000)
        if not piece: return [n, h.hexdigest()]
        h.update(piece)
        n += len(piece)
        time.sleep(0.002)
result = both(lambda: feed(x, ${12 * MIB}, 3), sip, lambda: feed(y, ${3 * MIB}, 5), lambda: digest(x))`);
  let [aToB, bToA] = [0, 0];
  let limits = 0;
  for (;;) {
    const outcome: unknown = await (async () => net.relay(a, b, { timeout: 15 }))().catch((error: unknown) => error);
    const { relayed = outcome } = outcome as promises.SocketError;
    const counts = relayed as { aToB: number; bToA: number; side?: string };
    aToB += counts.aToB;
    bToA += counts.bToA;
    if (!(outcome instanceof Error)) break;
    assert.ok(outcome instanceof promises.TimeoutError, String(outcome));
    assert.equal(counts.side, null);
    assert.equal(outcome.bytesDone, counts.aToB + counts.bToA);
    limits++;
  }
  assert.ok(limits > 2, `${limits} limits`);
  const [sent, got, sentBack, gotBack] = (await peers.value('result')) as Digest[];
  assert.deepEqual([got, gotBack], [sent, sentBack]);
  assert.deepEqual([aToB, bToA], [12 * MIB, 3 * MIB]);
});

test('a signal ends it, and what the slow side had not taken is read next', async (t) => {
  const { a, b, peers } = await stage(promises, t, { room: 4096, sendBuffer: 4096 });
  const before = descriptors();
  const aborting = new AbortController();
  const ended = failure(() => promises.relay(a, b, { signal: aborting.signal }));
  peers.begin(`sent = both(lambda: feed(x, ${2 * MIB}, 3))[0]`);
  let last = -1;
  await until(() => {
    const stands = b.bytesWritten > 0 && b.bytesWritten === last;
    last = b.bytesWritten;
    return stands;
  }, 'it waits for y');
  aborting.abort();
  const error = await ended;
  assert.deepEqual([error.code, error.relayed!.side], ['ABORT_ERR', null]);
  assert.equal(descriptors(), before);
  peers.begin(`got = y.recv(${error.relayed!.aToB}, socket.MSG_WAITALL)`);
  const rest = await a.readAll();
  assert.equal(error.relayed!.aToB + rest.length, 2 * MIB);
  const [, digest] = (await peers.value('sent')) as Digest;
  peers.begin(`h = hashlib.sha256(got)\nfor piece in iter(lambda: y.recv(65536), b''): h.update(piece)`);
  await b.write(rest);
  await b.closeWrite();
  assert.equal(await peers.value('h.hexdigest()'), digest);
});

test('a slow reader on one side does not stop the other direction, and memory is bounded', async (t) => {
  const { a, b, peers } = await stage(promises, t, { room: 65536 });
  const ended = promises.relay(a, b);
  peers.begin(`threading.Thread(target=lambda: feed(x, ${64 * MIB}, 3), daemon=True).start()`);
  await until(() => a.bytesRead > MIB, 'x sends much');
  peers.begin(`answered = both(lambda: feed(y, ${8 * MIB}, 5), lambda: digest(x))`);
  const [sent, got] = (await peers.value('answered')) as Digest[];
  assert.deepEqual(got, sent);
  const held = a.bytesRead - b.bytesWritten;
  assert.ok(held <= 256 * 1024, `${held} bytes are held`);
  assert.ok(b.bytesWritten < 32 * MIB);
  b.abort();
  assert.equal((await failure(() => ended)).code, 'ERR_SOCKET_CLOSED');
});

test('a close or an abort of one of the two ends it, and the other connection lives', async (t) => {
  for (const how of ['close', 'abort', 'dispose'] as const) {
    const [x, a] = pairOf(promises, t);
    const [y, b] = pairOf(promises, t);
    const before = descriptors();
    const ended = failure(() => promises.relay(a, b));
    await x.write('through');
    assert.equal(String(await y.read()), 'through');
    if (how === 'close') await a.close();
    else if (how === 'abort') a.abort();
    else a[Symbol.dispose]();
    const error = await ended;
    assert.deepEqual([error.code, error.relayed], ['ERR_SOCKET_CLOSED', { side: 'a', aToB: 7, bToA: 0 }]);
    await b.write('alone');
    assert.equal(String(await y.read()), 'alone');
    assert.equal(descriptors(), before - 1);
  }
});

inBothColours('promise 6: TLS that is cut is an error, and its end is not carried across', async (net, t) => {
  const { a, b, peers } = await stage(net, t, { sides: ['server', 'plain'] });
  peers.begin(`
x = secure(x, 'server')
x.sendall(b'the beginning')
x.shutdown(socket.SHUT_WR)
got = y.recv(13, socket.MSG_WAITALL)`);
  const error = await failure(() => net.relay(a, b, { timeout: '5s' }));
  assert.equal(error.code, 'ERR_TLS_TRUNCATED');
  assert.ok(error instanceof promises.TlsError);
  assert.deepEqual(error.relayed, { side: 'a', aToB: 13, bToA: 0 });
  await peers.run('y.setblocking(False)');
  assert.deepEqual(await peers.value('both(lambda: y.recv(1))'), ['BlockingIOError']);
});

inBothColours('a handshake that fails is the error of its side', async (net, t) => {
  const { a, b, peers } = await stage(net, t, { sides: ['plain', 'server'] });
  await peers.run(`y.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n')`);
  const error = await failure(() => net.relay(a, b, { timeout: '5s' }));
  assert.equal(error.code, 'ERR_TLS_PROTOCOL');
  assert.deepEqual(error.relayed, { side: 'b', aToB: 0, bToA: 0 });
  assert.equal(b.closeInfo!.by, 'error', 'promise 7');
  assert.equal(a.closeInfo, null);
});

test('ERR_BUSY in the blocking colour while the other colour waits, and the other way round', async (t) => {
  const blocking = (await import('berkeley/sync')) as unknown as typeof promises & typeof import('berkeley/sync');
  const [x, a] = pairOf(promises, t);
  const [y, b] = pairOf(promises, t);
  const waiting = b.read();
  assert.throws(() => blocking.relay(blocking.share(a), blocking.share(b)), { code: 'ERR_BUSY' });
  await y.write('x');
  await waiting;
  const ended = promises.relay(a, b);
  assert.throws(() => blocking.share(a).read(), { code: 'ERR_BUSY' });
  assert.equal((await failure(() => a.startTls({}))).code, 'ERR_BUSY');
  assert.throws(() => a.socket.detach(), { code: 'ERR_BUSY' });
  await x.closeWrite();
  await y.closeWrite();
  assert.deepEqual(await ended, { aToB: 0, bToA: 0 });
});

test('promise 5: a relay of much data does not keep the loop from others', async (t) => {
  const { a, b, peers } = await stage(promises, t);
  peers.begin(
    `result = both(lambda: feed(x, ${64 * MIB}, 3, False), lambda: y.recv(${64 * MIB}, socket.MSG_WAITALL) and 0)`,
  );
  let turns = 0;
  let going = true;
  const turn = (): void => {
    turns++;
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  const ended = promises.relay(a, b);
  await peers.caughtUp();
  going = false;
  assert.ok(turns > 8, `${turns} turns`);
  await peers.run('x.close(); y.close()');
  await ended.catch(() => undefined);
});

for (const colour of ['promises', 'sync'])
  test(`without descriptors for pipes the bytes go through memory (${colour})`, () => {
    const program = `
      import { openSync } from 'node:fs';
      import * as net from ${JSON.stringify(entry(colour))};
      import * as promises from ${JSON.stringify(entry('promises'))};
      import { Worker } from 'node:worker_threads';
      const [x, a] = promises.pair(), [y, b] = promises.pair();
      const ends = [x, y].map((conn) => promises.share(conn).socket.detach());
      const source = \`
        import { workerData, parentPort } from 'node:worker_threads';
        import * as net from ${entry('promises')};
        const [x, y] = workerData.map((fd) => net.conn(net.adopt(fd)));
        // The reactor takes descriptors, too.
        await y.waitReadable({ timeout: 1 });
        parentPort.postMessage('ready');
        const sending = x.write(Buffer.alloc(16 << 20, 'x')).then(() => x.closeWrite());
        let n = 0;
        for await (const piece of y) n += piece.length;
        await sending;
        y.abort(); x.abort();
        parentPort.postMessage(n);\`.replace(/from (file:[^;]+);/, "from '$1';");
      const thread = new Worker(new URL('data:text/javascript,' + encodeURIComponent(source)), { workerData: ends });
      await new Promise((ready) => thread.once('message', ready));
      const answer = new Promise((got) => thread.once('message', got));
      // This one's, too. Nobody ever writes here, so it waits for certain.
      await promises.pair()[0].waitReadable({ timeout: 1 });
      await a.waitReadable();
      try { for (;;) openSync('/dev/null', 'r'); } catch (error) { if (error.code !== 'EMFILE') throw error; }
      const carried = await net.relay(net.share(a), net.share(b));
      console.log(JSON.stringify([carried, await answer]));
      process.exit();`;
    const words = ['-c', 'ulimit -n 256; exec "$0" --input-type=module -e "$1"', process.execPath, program];
    const { stdout, stderr } = spawnSync('sh', words, { encoding: 'utf8' });
    assert.equal(stdout.trim(), `[{"aToB":${16 * MIB},"bToA":0},${16 * MIB}]`, stderr);
  });

test('promise 15: terminate() in the middle of a blocked relay leaves no descriptor', async () => {
  const before = descriptors();
  const program = `
    import { parentPort } from 'node:worker_threads';
    import * as sync from ${JSON.stringify(entry('sync'))};
    const [x, a] = sync.pair(), [y, b] = sync.pair();
    globalThis.kept = [x, a, y, b];
    try { x.write(Buffer.alloc(1 << 20), { timeout: 0 }); } catch {}
    parentPort.postMessage('ready');
    sync.relay(a, b);`;
  const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
  await new Promise((ready, failed) => thread.once('message', ready).once('error', failed));
  const begun = performance.now();
  await thread.terminate();
  assert.ok(performance.now() - begun < 2000);
  await until(() => descriptors() <= before, 'the descriptors of the worker are closed');
});
