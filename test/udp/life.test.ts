// Owns the tests of calls that wait on a UDP socket: limits, signals, order, the end, and what keeps a process alive.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
import { descriptors, failure, inBothColours, SOON, startPeer, until } from './kit.js';

const entry = (name: string): string => new URL(`../../../dist/${name}/index.js`, import.meta.url).href;

inBothColours('promise 1: a receive that is timed out consumes nothing, and the socket lives', async (net, t) => {
  const peer = await startPeer(t);
  await using socket = await net.udp('127.0.0.1:0');
  const begun = performance.now();
  for (const call of [
    () => socket.recv({ timeout: 30 }),
    () => socket.recvMany(4, { timeout: 30 }),
    () => socket.recv({ deadline: Date.now() + 30 }),
  ]) {
    const failed = await failure(call);
    assert.ok(failed instanceof net.TimeoutError);
    assert.equal(failed.errno, undefined);
  }
  assert.ok(performance.now() - begun >= 85);
  await peer.send('later', socket.localAddr.port!);
  assert.equal((await socket.recv({ timeout: 0 })).data.toString(), 'later');
});

inBothColours('promise 3: a limit of 0 does not wait, and takes what is there', async (net, t) => {
  const peer = await startPeer(t);
  await using socket = await net.udp('127.0.0.1:0');
  assert.equal((await failure(() => socket.recv({ timeout: 0 }))).code, 'ETIMEDOUT');
  await peer.send('a', socket.localAddr.port!);
  await peer.send('b', socket.localAddr.port!);
  assert.equal((await socket.recv({ timeout: 0 })).data.toString(), 'a');
  assert.equal((await socket.recvMany(4, { timeout: 0 })).length, 1);
  assert.equal(await socket.send('x', peer.at, { timeout: 0 }), 1);
  assert.equal((await failure(() => socket.recv({ signal: AbortSignal.abort() }))).code, 'ABORT_ERR');
});

inBothColours('promise 14: SO_RCVTIMEO limits a receive that has no limit of its own', async (net) => {
  await using socket = await net.udp('127.0.0.1:0');
  socket.socket.receiveTimeout = 40;
  assert.equal((await failure(() => socket.recv())).code, 'ETIMEDOUT');
  assert.equal((await failure(() => socket.recvMany(2))).code, 'ETIMEDOUT');
});

test('a signal ends a receive that waits, and the next one gets the datagram', async (t) => {
  const peer = await startPeer(t);
  await using socket = await promises.udp('127.0.0.1:0');
  const control = new AbortController();
  const first = socket.recv({ signal: control.signal });
  const second = socket.recv(SOON);
  control.abort(new Error('enough'));
  const failed = await failure(() => first);
  assert.equal(failed.code, 'ABORT_ERR');
  assert.match(String(failed.cause), /enough/);
  await peer.send('for the second', socket.localAddr.port!);
  assert.equal((await second).data.toString(), 'for the second');
});

test('promise 4: receives are served in call order, and sends go out in call order', async (t) => {
  const peer = await startPeer(t);
  await using socket = await promises.udp('127.0.0.1:0');
  const waiting = Array.from({ length: 100 }, () => socket.recv(SOON));
  await peer.run(`for i in range(100): s.sendto(b'%d' % i, ('127.0.0.1', ${socket.localAddr.port}))`);
  const got = (await Promise.all(waiting)).map(({ data }) => data.toString());
  assert.deepEqual(
    got,
    Array.from({ length: 100 }, (_, i) => String(i)),
  );
  // A name makes the first of them wait; the others stay behind it.
  const names = [{ host: 'localhost', port: peer.port, family: 'ipv4' } as const, peer.at, socket.localAddr];
  const sent = Array.from({ length: 99 }, (_, i) => socket.send(`s${i}`, i % 3 === 2 ? peer.at : names[i % 3]!));
  await Promise.all(sent);
  for (let i = 0; i < 99; i++) assert.equal((await peer.got())[0].toString(), `s${i}`);
});

test('promise 4: close ends waiting receives with ERR_SOCKET_CLOSED, and the iteration without an error', async () => {
  const socket = await promises.udp('127.0.0.1:0');
  const local = socket.localAddr;
  const waiting = [socket.recv(), socket.recvMany(4), socket.recv({ timeout: '1h' })];
  const iterated = (async () => {
    let count = 0;
    for await (const _ of socket) count++;
    return count;
  })();
  socket.close();
  socket.close();
  for (const call of waiting) {
    const failed = await failure(() => call);
    assert.ok(failed instanceof promises.ClosedError);
    assert.equal(failed.code, 'ERR_SOCKET_CLOSED');
  }
  assert.equal(await iterated, 0);
  assert.equal(socket.socket.fd, -1);
  assert.ok(socket.localAddr.equals(local), 'the address is still known');
});

inBothColours('a closed socket refuses every call, and iterating it ends at once', async (net) => {
  const socket = await net.udp('127.0.0.1:0');
  const at = socket.localAddr;
  await socket[Symbol.asyncDispose]();
  for (const call of [
    () => socket.recv(),
    () => socket.recvMany(1),
    () => socket.send('x', at),
    () => socket.sendMany([{ data: 'x', to: at }]),
    () => socket.connect(at),
    () => socket.connect(null),
    () => socket.join('239.1.2.3'),
    () => socket.leave('239.1.2.3'),
    () => socket.ttl,
    () => (socket.ttl = 3),
    () => socket.broadcast,
    () => (socket.broadcast = true),
    () => socket.multicast.ttl,
    () => socket.multicast.loopback,
    () => socket.multicast.interface,
    () => (socket.multicast.interface = 'lo'),
    () => net.select([[socket, { read: true }]]),
  ]) {
    const failed = await failure(call);
    assert.equal(failed.code, 'ERR_SOCKET_CLOSED', String(call));
  }
  for await (const _ of socket) assert.fail('nothing comes from a closed socket');
});

inBothColours('leaving the loop closes nothing, and another goes on', async (net, t) => {
  const peer = await startPeer(t);
  await using socket = await net.udp('127.0.0.1:0');
  for (const word of ['one', 'two', 'three']) await peer.send(word, socket.localAddr.port!);
  const got: string[] = [];
  for await (const { data } of socket) {
    got.push(data.toString());
    if (got.length === 2) break;
  }
  for await (const { data } of socket) {
    got.push(data.toString());
    break;
  }
  assert.deepEqual(got, ['one', 'two', 'three']);
  assert.ok(socket.socket.fd >= 0);
});

inBothColours('select waits for UDP sockets, too', async (net, t) => {
  const peer = await startPeer(t);
  await using one = await net.udp('127.0.0.1:0');
  await using two = await net.udp('127.0.0.1:0');
  const wanted = [
    [one, { read: true }],
    [two, { read: true }],
  ] satisfies Parameters<typeof net.select>[0];
  assert.deepEqual(await net.select(wanted, { timeout: 20 }), []);
  await peer.send('', two.localAddr.port!);
  assert.deepEqual(await net.select(wanted, SOON), [{ index: 1, read: true }]);
  assert.equal((await two.recv(SOON)).data.length, 0);
  assert.deepEqual(await net.select([[one, { write: true }]], SOON), [{ index: 0, write: true }]);
});

test('an event for a closed socket reaches nobody who has its descriptor now', async (t) => {
  const peer = await startPeer(t);
  using hurried = sync.udp();
  for (let i = 0; i < 20; i++) {
    const old = await promises.udp('127.0.0.1:0');
    const { fd } = old.socket;
    const waiting = failure(() => old.recv(SOON));
    // In this turn of the loop, so that the event is on its way when the socket is closed.
    hurried.send('for the old one', old.localAddr);
    old.close();
    await using fresh = await promises.udp('127.0.0.1:0');
    assert.equal(fresh.socket.fd, fd);
    const receiving = fresh.recv(SOON);
    assert.equal((await waiting).code, 'ERR_SOCKET_CLOSED');
    await peer.send('for the new one', fresh.localAddr.port!);
    assert.equal((await receiving).data.toString(), 'for the new one');
  }
});

test('promise 10: a socket collected without close is closed', async () => {
  const collect = collector();
  const before = descriptors();
  const warned: string[] = [];
  const listen = (warning: Error): void => void warned.push((warning as { code?: string }).code ?? '');
  process.on('warning', listen);
  for (let i = 0; i < 10; i++) await promises.udp('127.0.0.1:0');
  assert.equal(descriptors(), before + 10);
  await until(() => {
    collect();
    return descriptors() === before;
  }, 'all ten are closed');
  await until(() => warned.length >= 10, 'ten warnings');
  process.off('warning', listen);
  assert.ok(warned.every((code) => code === 'BERKELEY_LEAK'));
});

test('a waiting receive keeps the process alive, an idle socket and one that was unref-ed do not', () => {
  const run = (body: string): { status: number | null; out: string } => {
    const program = `import * as net from ${JSON.stringify(entry('promises'))}; const s = await net.udp('127.0.0.1:0'); ${body}`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    assert.equal(stderr, '');
    return { status, out: stdout };
  };
  assert.deepEqual(run(`console.log('idle')`), { status: 0, out: 'idle\n' });
  assert.deepEqual(run(`s.unref(); s.recv().then(() => console.log('never')); console.log('let go')`), {
    status: 0,
    out: 'let go\n',
  });
  const waits = `
    const to = s.localAddr;
    s.recv().then(({ data }) => console.log('got ' + data));
    setTimeout(async () => { const other = await net.udp(); await other.send('it', to); other.close(); }, 50).unref();`;
  // The timer that sends is unref-ed: were it not for the receive, the process would end before it.
  assert.deepEqual(run(waits), { status: 0, out: 'got it\n' });
});

test('promise 15: terminate() works in the middle of a blocked recv, and leaves no descriptor', async () => {
  const before = descriptors();
  const source = `
    import { parentPort } from 'node:worker_threads';
    import * as sync from ${JSON.stringify(entry('sync'))};
    const s = sync.udp('127.0.0.1:0'); parentPort.postMessage(s.localAddr.port); s.recv();`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  const begun = performance.now();
  await worker.terminate();
  assert.ok(performance.now() - begun < 2000);
  await until(() => descriptors() <= before, 'its descriptors are closed');
});

test('a socket goes to a worker as a descriptor, and works there in the other colour', async (t) => {
  const peer = await startPeer(t);
  const socket = await promises.udp('127.0.0.1:0');
  const { port } = socket.localAddr;
  const fd = socket.socket.detach();
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    import * as sync from ${JSON.stringify(entry('sync'))};
    const s = sync.udp('fd:' + workerData);
    parentPort.postMessage('ready');
    const { data, from } = s.recv({ timeout: '10s' });
    s.send('got ' + data, from);
    s.close();`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: fd });
  const exit = new Promise((resolve) => worker.once('exit', resolve));
  await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  await peer.send('there', port!);
  assert.deepEqual((await peer.got()).map(String), ['got there', '127.0.0.1', String(port)]);
  assert.equal(await exit, 0);
});

test('both colours have the methods of the contract, and console.log shows where a socket is', async () => {
  const one = await promises.udp('127.0.0.1:0');
  const two = sync.udp('127.0.0.1:0', { connect: one.localAddr });
  assert.match(inspect(one), /^UdpSocket \{ fd: \d+, local: '127\.0\.0\.1:\d+' \}$/);
  assert.match(inspect(two), /remote: '127\.0\.0\.1:\d+' \}$/);
  one.close();
  two.close();
  assert.match(inspect(one), /^UdpSocket \{ fd: -1, local/);
});

/** `global.gc`, without an option of node. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
