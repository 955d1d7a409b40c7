// Owns the tests of select and poll over sockets, connections and listeners.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { descriptors, failure, inBothColours, Python } from './kit.js';

inBothColours('select names the ready ones of many by their index', async (net) => {
  const pairs = Array.from({ length: 100 }, () => net.pair());
  const wanted = pairs.map(([mine]) => [mine, { read: true }] as [promises.Conn<'async'>, promises.PollEvents]);
  assert.deepEqual(await net.select(wanted, { timeout: 0 }), []);
  for (const index of [7, 63, 99]) await pairs[index]![1].write('x');
  assert.deepEqual(
    await net.select(wanted),
    [7, 63, 99].map((index) => ({ index, read: true })),
  );
  // Nothing was consumed.
  assert.deepEqual((await net.select(wanted)).length, 3);
  for (const index of [7, 63, 99]) assert.equal((await pairs[index]![0].read())!.toString(), 'x');
  assert.deepEqual(await net.select(wanted, { timeout: 0 }), []);
  for (const pair of pairs) for (const one of pair) one.abort();
});

inBothColours('a limit gives an empty list on time', async (net) => {
  const [one, two] = net.pair();
  const begun = performance.now();
  assert.deepEqual(await net.select([[one, { read: true }]], { timeout: 60 }), []);
  const ms = performance.now() - begun;
  assert.ok(ms >= 59 && ms < 500, `${ms} ms`);
  assert.equal(await one.socket.poll({ read: true }, { timeout: 20 }), null);
  assert.equal(await one.waitReadable({ timeout: 20 }), false);
  one.abort();
  two.abort();
});

inBothColours('buffered bytes count as readable', async (net) => {
  const [one, two] = net.pair();
  await two.write('first\nsecond');
  await one.readLine();
  assert.deepEqual(await net.select([[one, { read: true }]], { timeout: 0 }), [{ index: 0, read: true }]);
  assert.deepEqual(await net.select([[one, { write: true }]], { timeout: 0 }), [{ index: 0, write: true }]);
  // The socket below has nothing: its bytes are in the buffer above it.
  assert.equal(await one.socket.poll({ read: true }, { timeout: 0 }), null);
  one.unread('again');
  assert.deepEqual(await net.select([[one, { read: true }]]), [{ index: 0, read: true }]);
  one.abort();
  two.abort();
});

inBothColours('a listener is readable when somebody waits in its queue', async (net, t) => {
  const listener = await net.listen(['127.0.0.1:0', '127.0.0.2:0']);
  assert.deepEqual(await net.select([[listener, { read: true }]], { timeout: 0 }), []);
  new Python(
    t,
    `time.sleep(.05); s = socket.create_connection((sys.argv[1], int(sys.argv[2]))); hear()`,
    '127.0.0.2',
    String(listener.addresses[1]!.port),
  );
  assert.deepEqual(await net.select([[listener, { read: true }]], { timeout: 5000 }), [{ index: 0, read: true }]);
  const conn = await listener.tryAccept();
  assert.equal(conn!.localAddr.address, '127.0.0.2');
  conn!.abort();
  listener.close();
});

inBothColours('room to write is an event, and so is its return', async (net, t) => {
  const python = new Python(
    t,
    `s = listener(); say(s.getsockname()[1]); c, _ = s.accept(); hear()
n = 0
while n < 1 << 26:
    p = c.recv(1 << 20)
    if not p: break
    n += len(p)`,
  );
  const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`);
  const ask = (o: promises.Op) => net.select([[conn, { read: true, write: true }]], o);
  assert.deepEqual(await ask({ timeout: 0 }), [{ index: 0, write: true }]);
  const error = await failure(() => conn.write(Buffer.alloc(1 << 26), { timeout: 50 }));
  assert.ok(error.bytesDone > 0 && error.bytesDone < 1 << 26);
  assert.deepEqual(await ask({ timeout: 20 }), []);
  python.say(1);
  assert.deepEqual(await ask({ timeout: 5000 }), [{ index: 0, write: true }]);
  conn.abort();
});

inBothColours('the peer’s end is readable, both ends are a hangup, an RST is an error', async (net) => {
  const [one, two] = net.pair();
  await two.closeWrite();
  assert.deepEqual(await net.select([[one, { read: true }]]), [{ index: 0, read: true }]);
  await two.close();
  const [found] = await net.select([[one, {}]]);
  assert.equal(found!.hangup, true);
  one.abort();
  const listener = await net.listen('127.0.0.1:0');
  const conn = await net.connect(listener.address);
  (await listener.accept()).abort();
  const events = await conn.socket.poll({ read: true }, { timeout: 5000 });
  assert.equal(events!.error, true);
  assert.equal((await failure(() => conn.read())).code, 'ECONNRESET');
  conn.abort();
  listener.close();
});

inBothColours('urgent data is an event of its own', async (net, t) => {
  const python = new Python(
    t,
    `s = listener(); say(s.getsockname()[1]); c, _ = s.accept(); c.send(b'!', socket.MSG_OOB); hear()`,
  );
  const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`);
  assert.deepEqual(await net.select([[conn, { priority: true }]], { timeout: 5000 }), [{ index: 0, priority: true }]);
  assert.equal((await conn.socket.recv(1, { flags: net.constants['MSG_OOB']! }))!.toString(), '!');
  conn.abort();
});

test('select and poll that wait end with ERR_SOCKET_CLOSED when one of their sockets is closed', async () => {
  const [one, two] = promises.pair();
  const [three, four] = promises.pair();
  const all = [
    promises.select([
      [three, { read: true }],
      [one, { read: true }],
    ]),
    one.socket.poll({ read: true }),
    one.waitReadable(),
  ].map((call) => failure(() => call));
  setImmediate(() => one.abort());
  for (const error of await Promise.all(all)) assert.equal(error.code, 'ERR_SOCKET_CLOSED');
  for (const conn of [two, three, four]) conn.abort();
});

test('a signal ends select and poll, and leaves no listener behind', async () => {
  const [one, two] = promises.pair();
  const controller = new AbortController();
  const { signal } = controller;
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  for (let i = 0; i < 20; i++) {
    await two.write('x');
    await promises.select([[one, { read: true }]], { signal });
    await one.read();
    assert.deepEqual(await promises.select([[one, { read: true }]], { signal, timeout: 1 }), []);
  }
  await new Promise(setImmediate);
  process.off('warning', note);
  assert.deepEqual(warnings, []);
  const waiting = [promises.select([[one, { read: true }]], { signal }), one.socket.poll({ read: true }, { signal })];
  controller.abort();
  for (const call of waiting) assert.equal((await failure(() => call)).code, 'ABORT_ERR');
  one.abort();
  two.abort();
});

test('select beside a read: both are told, and the read gets the bytes', async () => {
  const [one, two] = promises.pair();
  const reading = one.read();
  const selecting = promises.select([[one, { read: true }]], { timeout: 5000 });
  await two.write('x');
  assert.equal((await reading)!.toString(), 'x');
  await two.write('y');
  assert.deepEqual(await selecting, [{ index: 0, read: true }]);
  one.abort();
  two.abort();
});

inBothColours('what is closed or no socket is refused before anything waits', async (net) => {
  const before = descriptors();
  const [one, two] = net.pair();
  one.abort();
  assert.ok(
    (await failure(() =>
      net.select([
        [two, { read: true }],
        [one, { read: true }],
      ]),
    )) instanceof net.ClosedError,
  );
  assert.ok((await failure(() => one.socket.poll({ read: true }))) instanceof net.ClosedError);
  two.abort();
  assert.equal(descriptors(), before);
});
