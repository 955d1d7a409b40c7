// Owns the convention `writeWithFds` and `'fds'`: a D-Bus client, `dbus-native` unchanged, passes descriptors through a real dbus-daemon over
// connections of this library.

import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import dbus from 'dbus-native';
import { connect, pair } from 'berkeley';
import { toDuplex, type UnixSocketDuplex } from 'berkeley/streams';
import { descriptors, until } from '../net/kit.js';
import { startBus } from '../support/dbus-server.js';
import { temporaryFolder } from '../support/launch.js';
import { ends } from './kit.js';

const limit = { timeout: '10s' } as const;

test('dbus-native passes descriptors from one client to another', { timeout: 60_000 }, async (t) => {
  const daemon = await startBus(t);
  if (daemon === null) return;
  const { path, folder } = daemon;
  const [giver, taker] = [await client(t, path), await client(t, path)];
  assert.equal(taker.connection.canPassFds, true);
  const taken: { fds: number[]; words: unknown[] }[] = [];
  taker.setMethodCallHandler('/taker', 'org.berkeley.Taker', 'Take', [
    (...given: unknown[]) => {
      const message = given.pop() as { fds?: number[] };
      taken.push({ fds: message.fds ?? [], words: given });
      return 'thank you';
    },
    's',
  ]);
  const names = taker.name!;
  for (const count of [1, 0, 3, 2]) {
    const files = Array.from({ length: count }, (_, i) => join(folder, `gift-${count}-${i}`));
    for (const file of files) writeFileSync(file, file);
    const fds = files.map((file) => openSync(file, 'r'));
    const answer: unknown = await giver.invoke({
      destination: names,
      path: '/taker',
      interface: 'org.berkeley.Taker',
      member: 'Take',
      signature: 's' + 'h'.repeat(count),
      body: [`${count} of them`, ...fds.keys()],
      ...(count === 0 ? {} : { fds }),
    });
    assert.match(JSON.stringify(answer), /thank you/);
    for (const fd of fds) closeSync(fd);
    const { fds: got, words } = taken.pop()!;
    assert.equal(words[0], `${count} of them`);
    assert.equal(got.length, count);
    assert.ok(got.every((fd) => !fds.includes(fd)) || count === 0, 'they are descriptors of their own');
    assert.deepEqual(
      got.map((fd) => readFileSync(fd, 'utf8')),
      files,
    );
    for (const fd of got) closeSync(fd);
  }
});

test('descriptors come before the bytes that they were sent with, in order', { timeout: 30_000 }, async (t) => {
  const [a, b] = pair();
  const [here, there] = [toDuplex(a) as UnixSocketDuplex, toDuplex(b) as UnixSocketDuplex];
  t.after(() => {
    here.destroy();
    there.destroy();
  });
  const file = join(temporaryFolder(t), 'note');
  writeFileSync(file, 'a note');
  const fd = openSync(file, 'r');
  const seen: string[] = [];
  const mine: number[] = [];
  there.on('fds', (fds: number[]) => {
    seen.push(`${fds.length} descriptors`);
    mine.push(...fds);
  });
  there.on('data', (piece: Buffer) => seen.push(String(piece)));
  here.cork();
  here.write('before ');
  const sent = new Promise((resolve) => here.writeWithFds(Buffer.from('with one'), [fd], resolve));
  here.writeWithFds(Buffer.from('with two'), [fd, fd]);
  here.write('behind');
  here.uncork();
  await sent;
  await until(() => seen.join('').endsWith('behind'), 'everything has come');
  closeSync(fd);
  // The kernel never gives bytes from before and from behind descriptors in one receive.
  const text = seen.join('|');
  assert.match(text, /1 descriptors\|with one/);
  assert.match(text, /2 descriptors\|with two/);
  assert.equal(seen.filter((word) => !word.endsWith('descriptors')).join(''), 'before with onewith twobehind');
  assert.deepEqual(
    mine.map((one) => readFileSync(one, 'utf8').length),
    [6, 0, 0],
    'they share one open file, and its position',
  );
  for (const one of mine) closeSync(one);
});

test(
  'a write with descriptors that does not fit at once is whole, and they come once',
  { timeout: 30_000 },
  async (t) => {
    const [a, b] = pair();
    const [here, there] = [toDuplex(a) as UnixSocketDuplex, toDuplex(b) as UnixSocketDuplex];
    t.after(() => {
      here.destroy();
      there.destroy();
    });
    const size = 2_000_000;
    const fd = openSync('/proc/self/status', 'r');
    const sent = new Promise((resolve) => here.writeWithFds(Buffer.alloc(size, 'x'), [fd], resolve));
    let came = 0;
    let got = 0;
    there.on('fds', (fds: number[]) => {
      came += fds.length;
      for (const one of fds) closeSync(one);
    });
    there.on('data', (piece: Buffer) => (got += piece.length));
    await sent;
    closeSync(fd);
    await until(() => got === size, 'everything has come');
    assert.equal(came, 1);
  },
);

test('only Unix sockets without TLS have it, and misuse is refused', async (t) => {
  for (const transport of ['tcp', 'tls'] as const) {
    const [a] = await ends(t, transport);
    assert.equal('writeWithFds' in toDuplex(a), false);
  }
  const [a, b] = pair();
  const stream = toDuplex(a) as UnixSocketDuplex;
  assert.throws(() => stream.writeWithFds(Buffer.alloc(0), [1]), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => stream.writeWithFds('x' as never, [1]), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.throws(() => stream.writeWithFds(Buffer.of(1), 1 as never), { code: 'ERR_INVALID_ARG_TYPE' });
  const before = descriptors();
  const failed = once(stream, 'error') as Promise<[NodeJS.ErrnoException]>;
  stream.writeWithFds(Buffer.of(1), [1_000_000]);
  assert.equal((await failed)[0].code, 'EBADF');
  assert.equal(descriptors(), before - 1, 'the connection is closed, and nothing else');
  b.abort();
});

async function client(t: TestContext, path: string): Promise<dbus.MessageBus> {
  const conn = await connect(`unix:${path}`, limit);
  const bus = dbus.createClient({ stream: toDuplex(conn), authMethods: ['EXTERNAL'] });
  t.after(() => bus.connection.end());
  await once(bus.connection, 'connect');
  await until(() => typeof bus.name === 'string', 'the bus has given a name');
  return bus;
}
