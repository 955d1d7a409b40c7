// Owns the tests of sources and destinations that sendfile(2) does not take: pipes, terminals, sockets, files without a size,
// TLS, descriptors in blocking mode. And of who may read what.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import { pki } from '../support/pki.js';
import { startPython } from '../support/python.js';
import { connected, descriptors, failure, fifoOf, fileOf, inBothColours, noise, pairOf, sha256, until } from './kit.js';
import { stage } from './relay-kit.js';

const MIB = 1024 * 1024;
const entry = new URL('../../../dist/sync/index.js', import.meta.url).href;

inBothColours('a file without a size is sent to its end', async (net, t) => {
  const [conn, other] = pairOf(net, t);
  for (const path of ['/proc/version', '/proc/self/status']) {
    const text = readFileSync(path);
    const n = await conn.writeFile(path);
    assert.ok(Math.abs(n - text.length) < 64, `${n} of ${text.length}`);
    assert.equal(String((await other.readExact(n)).subarray(0, 5)), String(text.subarray(0, 5)));
    assert.equal(await conn.writeFile(path, { offset: 3, length: 4 }), 4);
    assert.equal(String(await other.readExact(4)), String(text.subarray(3, 7)));
  }
  assert.equal(await conn.writeFile('/dev/zero', { length: 5 }), 5);
  assert.deepEqual(await other.readExact(5), Buffer.alloc(5));
  assert.equal(await conn.writeFile('/dev/null'), 0);
  const { code, message } = await failure(() => conn.writeFile('/dev/zero', { offset: 1, length: 5 }));
  assert.deepEqual([code, message], ['ESPIPE', 'pread ESPIPE /dev/zero']);
  assert.equal(await conn.write('fine'), 4);
});

inBothColours('a FIFO is sent as it is filled, from its first writer on, to its end', async (net, t) => {
  const path = fifoOf(t);
  const { conn, peer } = await connected(net, t);
  const before = descriptors();
  const writer = startPython(
    t,
    `
import hashlib
with open(sys.argv[1], 'wb', buffering=0) as fifo:
    h = hashlib.sha256()
    for i in range(200):
        piece = bytes([i]) * (1 + i * 97)
        h.update(piece)
        fifo.write(piece)
        if i % 50 == 0: time.sleep(0.005)
say(h.hexdigest())`,
    { args: [path] },
  );
  peer.begin('result = digest(c)');
  const n = await conn.writeFile(path, { timeout: '10s' });
  assert.equal(n, 200 + (97 * 199 * 200) / 2);
  await conn.closeWrite();
  const [got, digest] = (await peer.value('result')) as [number, string];
  assert.deepEqual([got, digest], [n, await writer.line()]);
  await writer.end();
  await until(() => descriptors() === before, 'everything is closed');
});

inBothColours('a limit ends the wait for a pipe, and partial is what was taken out of it in vain', async (net, t) => {
  const { conn, peer } = await connected(net, t, { receiveBuffer: 4096 });
  conn.socket.setOption(net.options.SO_SNDBUF, 4096);
  const path = fifoOf(t);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  t.after(() => closeSync(fd));
  const idle = await failure(() => conn.writeFile(path, { timeout: 20 }));
  assert.deepEqual([idle.code, idle.bytesDone, idle.partial], ['ETIMEDOUT', 0, undefined]);
  const bytes = noise(MIB);
  let put = 0;
  let done = 0;
  const pieces: Buffer[] = [];
  for (;;) {
    put += writeSync(fd, bytes, put, 60_000);
    const error = await failure(() => conn.writeFile(fd, { timeout: 20 }));
    assert.equal(error.code, 'ETIMEDOUT');
    done += error.bytesDone;
    assert.equal(conn.bytesWritten, done);
    if (error.partial === undefined) continue;
    pieces.push(error.partial);
    break;
  }
  assert.deepEqual(pieces[0], bytes.subarray(done, put), 'nothing of it is lost');
  peer.begin('result = digest(c)');
  await conn.write(pieces);
  await conn.closeWrite();
  assert.deepEqual(await peer.value('result'), [put, sha256(bytes.subarray(0, put))]);
});

inBothColours("a socket of somebody else's is sent to its end, and keeps its mode", async (net, t) => {
  const [conn, other] = pairOf(net, t);
  const [foreign, writer] = net.pair();
  await writer.write('from elsewhere');
  await writer.close();
  const fd = foreign.socket.detach();
  assert.equal(await conn.writeFile(fd, { length: 4 }), 4);
  assert.equal(await conn.writeFile({ fd }), 10);
  assert.equal(readSync(fd, Buffer.alloc(1)), 0, 'the end, and not EAGAIN');
  closeSync(fd);
  assert.equal(String(await other.readExact(14)), 'from elsewhere');
});

inBothColours('a terminal is sent until it ends', async (net, t) => {
  const [conn, other] = pairOf(net, t);
  const python = startPython(
    t,
    `
import pty, tty
main, side = pty.openpty()
tty.setraw(side)
say(os.ttyname(side))
hear()
os.write(main, b'typed')
hear()
os.close(side)
os.close(main)
hear()`,
  );
  const path = await python.line();
  python.tell('type');
  assert.equal(await conn.writeFile(path, { length: 5, timeout: '5s' }), 5);
  assert.equal(String(await other.readExact(5)), 'typed');
  assert.equal((await failure(() => conn.writeFile(path, { timeout: 10 }))).code, 'ETIMEDOUT');
  python.tell('close');
});

inBothColours('under TLS a file arrives as well, whole and in its part', async (net, t) => {
  const { a: conn, peers } = await stage(net, t, { sides: ['client', 'plain'] });
  const bytes = noise(3 * MIB + 11);
  const path = fileOf(t, bytes);
  peers.begin(`x = secure(x, 'client')`);
  await conn.startTls({ ca: pki().root.cert, serverName: 'localhost' });
  const before = descriptors();
  peers.begin('result = digest(x)');
  const calls = [
    conn.write('before'),
    conn.writeFile(path),
    conn.writeFile(path, { offset: 100_000, length: 200_000 }),
  ];
  assert.deepEqual(await Promise.all(calls), [6, bytes.length, 200_000]);
  assert.equal(conn.bytesWritten, bytes.length + 200_006);
  await conn.closeWrite();
  const expected = sha256('before', bytes, bytes.subarray(100_000, 300_000));
  assert.deepEqual(await peers.value('result'), [bytes.length + 200_006, expected]);
  assert.equal(descriptors(), before);
});

inBothColours('a socket in blocking mode is not waited for in sendfile(2)', async (net, t) => {
  const bytes = noise(4 * MIB);
  const path = fileOf(t, bytes);
  const { conn, peer } = await connected(net, t, { receiveBuffer: 4096 });
  conn.socket.setInheritable(true);
  const error = await failure(() => conn.writeFile(path, { timeout: 30 }));
  assert.equal(error.code, 'ETIMEDOUT');
  const after = await failure(async () => {
    for (;;) await conn.socket.sendFile(path, { offset: error.bytesDone, length: 1, timeout: 0 });
  });
  assert.equal(after.code, 'ETIMEDOUT');
  peer.begin('c.close()');
});

test('promise 15: terminate() in the middle of a blocked writeFile leaves no descriptor', async (t) => {
  const path = fileOf(t, noise(MIB));
  const fifo = fifoOf(t);
  const before = descriptors();
  for (const [source, o] of [
    [path, ''],
    [fifo, ''],
    [path, ', { timeout: "1h" }'],
  ]) {
    const program = `
      import { parentPort } from 'node:worker_threads';
      import * as sync from ${JSON.stringify(entry)};
      const [a, b] = (globalThis.kept = sync.pair());
      parentPort.postMessage('ready');
      for (;;) a.writeFile(${JSON.stringify(source)}${o});`;
    const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
    await new Promise((ready, failed) => thread.once('message', ready).once('error', failed));
    const begun = performance.now();
    await thread.terminate();
    assert.ok(performance.now() - begun < 2000);
    await until(() => descriptors() <= before, 'the descriptors of the worker are closed');
  }
});

test('promise 13: the permission model is asked before a file is opened', (t) => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission';
  const allowed = fileOf(t, 'allowed');
  const forbidden = fileOf(t, 'forbidden');
  const program = `
    import * as sync from ${JSON.stringify(entry)};
    const [a, b] = sync.pair();
    const said = [a.writeFile(${JSON.stringify(allowed)})];
    for (const call of [() => a.writeFile(${JSON.stringify(forbidden)}), () => a.socket.sendFile(${JSON.stringify(forbidden)})])
      try { said.push(call()); } catch (error) { said.push(error.code); }
    console.log(JSON.stringify(said));`;
  const root = new URL('../../../', import.meta.url).pathname;
  const more = ['--allow-net', '--allow-addons'].filter((name) => process.allowedNodeEnvironmentFlags.has(name));
  const words = [flag, ...more, `--allow-fs-read=${root}*`, `--allow-fs-read=${allowed}`];
  const { stdout, stderr } = spawnSync(process.execPath, [...words, '--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  if (stderr.includes('ERR_DLOPEN_DISABLED')) {
    t.skip('this Node loads no addon under its permission model');
    return;
  }
  assert.equal(stdout.trim(), '[7,"ERR_ACCESS_DENIED","ERR_ACCESS_DENIED"]', stderr);
});

test('a FIFO that nobody fills keeps nobody else from writing elsewhere, and is left alone by an abort', async (t) => {
  const path = fifoOf(t);
  const [conn] = pairOf(promises, t);
  const [one, two] = pairOf(promises, t);
  const before = descriptors();
  const waiting = failure(() => conn.writeFile(path));
  await one.write('elsewhere');
  assert.equal(String(await two.read()), 'elsewhere');
  conn.abort();
  assert.equal((await waiting).code, 'ERR_SOCKET_CLOSED');
  assert.equal(descriptors(), before - 1);
});
