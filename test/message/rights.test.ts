// Owns the tests of descriptors in messages: every kind both ways between two processes, whose they are, and that none leaks.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import * as promises from 'berkeley';
import { descriptors, failure, folder, inBothColours, type Net } from '../net/kit.js';
import { type Puppet, startPuppet } from '../support/python.js';

type Socket = ReturnType<Net['socket']>;
const { MSG_CTRUNC, MSG_PEEK } = promises.constants as Record<string, number>;

/** A socket that is connected to Python's `s`. */
async function joined(net: Net, t: TestContext, kind: 'stream' | 'seqpacket'): Promise<[Socket, Puppet]> {
  const path = join(folder(t), 'meeting');
  using listener = net.socket('unix', kind);
  await listener.bind(`unix:${path}`);
  listener.listen();
  const python = startPuppet(
    t,
    `import fcntl
s = socket.socket(socket.AF_UNIX, socket.SOCK_${kind.toUpperCase()}); s.connect(sys.argv[1])`,
    { args: [path] },
  );
  return [await listener.accept(), python];
}

/** A descriptor's flags as the kernel tells them; null when it is not open. */
function flagsOf(fd: number): number | null {
  try {
    const [, flags] = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))!;
    return parseInt(flags!, 8);
  } catch {
    return null;
  }
}

function isCloexec(fd: number): boolean {
  return (flagsOf(fd)! & 0o2000000) !== 0;
}

function closeAll(fds: readonly number[]): void {
  for (const fd of fds) closeSync(fd);
}

for (const kind of ['stream', 'seqpacket'] as const) {
  inBothColours(`a listening socket, a file and a pipe come from Python over a ${kind}`, async (net, t) => {
    const [socket, python] = await joined(net, t, kind);
    const file = join(folder(t), 'file');
    writeFileSync(file, 'the words of the file');
    await python.run(`
l = socket.create_server(('127.0.0.1', 0)); f = open(${JSON.stringify(file)}); r, w = os.pipe()
socket.send_fds(s, [b'three'], [l.fileno(), f.fileno(), r])
os.write(w, b'through the pipe')`);
    const port = (await python.value('l.getsockname()[1]')) as number;
    await python.run('l.close(); f.close(); os.close(r)');
    const { data, meta, flags } = (await socket.recvMsg())!;
    assert.equal(data.toString(), 'three');
    assert.equal(flags & MSG_CTRUNC!, 0);
    assert.deepEqual(Object.keys(meta), ['fds']);
    const [first, second, third] = meta.fds!;
    for (const fd of meta.fds!) assert.ok(isCloexec(fd));
    assert.equal(readFileSync(second!, 'utf8'), 'the words of the file');
    const heard = Buffer.alloc(100);
    assert.equal(heard.toString('utf8', 0, readSync(third!, heard)), 'through the pipe');
    const listener = net.adopt(first!);
    assert.equal(listener.state, 'listening');
    assert.equal(listener.getsockname().port, port);
    const client = await net.connect(`127.0.0.1:${port}`);
    const server = await listener.accept();
    await client.write('over the listener');
    assert.equal((await server.recv())?.toString(), 'over the listener');
    client.abort();
    closeAll([second!, third!]);
    for (const each of [server, listener, socket]) each.close();
  });

  inBothColours(
    `promise 10: a listening socket, a file and a pipe go to Python over a ${kind}, in blocking mode`,
    async (net, t) => {
      const [socket, python] = await joined(net, t, kind);
      const file = join(folder(t), 'file');
      writeFileSync(file, 'the words of the file');
      const listener = net.socket();
      await listener.bind('127.0.0.1:0');
      listener.listen();
      const [near, far] = net.socketPair('stream');
      const opened = openSync(file, 'r');
      const { length } = 'take these';
      const sent = await socket.sendMsg({ data: ['take ', 'these'], meta: { fds: [listener.fd, opened, far.fd] } });
      assert.equal(sent, length);
      far.close();
      closeSync(opened);
      await python.run(`
data, fds, flags, at = socket.recv_fds(s, 100, 10)
l = socket.socket(fileno=fds[0]); f = open(fds[1]); p = socket.socket(fileno=fds[2])`);
      assert.equal(await python.value('data.decode()'), 'take these');
      assert.deepEqual(await python.value('[os.get_blocking(fds[0]), os.get_blocking(fds[2])]'), [true, true]);
      assert.equal(await python.value('f.read()'), 'the words of the file');
      await near.send('down the pair');
      assert.equal(await python.value('p.recv(100).decode()'), 'down the pair');
      const client = await net.connect(listener.getsockname());
      await python.run('c, at = l.accept(); c.sendall(b"from Python")');
      assert.equal((await client.read())?.toString(), 'from Python');
      // Both have the listener, and ours must not hang although it is in blocking mode now.
      assert.equal(await listener.tryAccept(), null);
      const second = await net.connect(listener.getsockname());
      using accepted = await listener.accept();
      assert.equal(accepted.getpeername().port, second.localAddr.port);
      for (const each of [client, second]) each.abort();
      for (const each of [near, listener, socket]) each.close();
    },
  );
}

inBothColours('a socket that was passed on stays open there when it is closed here', async (net, t) => {
  const [socket, python] = await joined(net, t, 'seqpacket');
  const listener = await net.listen('127.0.0.1:0');
  const client = await net.connect(listener.address);
  const conn = await listener.accept();
  await conn.write('from here, ');
  await socket.sendMsg({ data: 'yours', meta: { fds: [conn.socket.fd] } });
  await conn.close();
  await python.run(
    'fds = socket.recv_fds(s, 100, 10)[1]; c = socket.socket(fileno=fds[0]); c.sendall(b"from there"); c.close()',
  );
  assert.equal((await client.readAll()).toString(), 'from here, from there');
  client.abort();
  listener.close();
  socket.close();
});

inBothColours('what is sent and is no socket of this library keeps its mode', async (net, t) => {
  // Lookups have descriptors of their own, whose numbers others get when they are over.
  for (let i = 0; i < 5; i++) await net.lookup('localhost', 1 + i);
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  const [one, two] = net.socketPair('seqpacket');
  // Node's end of the pipe, which is non-blocking.
  const { fd } = (child.stdin as unknown as { _handle: { fd: number } })._handle;
  const before = flagsOf(fd)!;
  assert.ok(before & constants.O_NONBLOCK);
  await one.sendMsg({ data: 'x', meta: { fds: [fd] } });
  assert.equal(flagsOf(fd), before);
  closeAll((await two.recvMsg())!.meta.fds!);
  one.close();
  two.close();
});

inBothColours('253 descriptors go at once, and 254 are refused before anything is sent', async (net, t) => {
  const [socket, python] = await joined(net, t, 'stream');
  const many = Array.from({ length: 253 }, () => 0);
  await socket.sendMsg({ data: 'x', meta: { fds: many } });
  await python.run('data, fds, flags, at = socket.recv_fds(s, 100, 300)');
  assert.deepEqual(await python.value('[len(fds), flags]'), [253, 0]);
  const before = descriptors();
  await python.run('socket.send_fds(s, [b"back"], fds)');
  const { meta, flags } = (await socket.recvMsg())!;
  assert.equal(flags & MSG_CTRUNC!, 0);
  assert.equal(descriptors(), before + 253);
  const fds = meta.fds!;
  assert.equal(new Set(fds).size, 253);
  closeAll(fds);
  assert.equal(descriptors(), before);
  const error = await failure(() => socket.sendMsg({ data: 'x', meta: { fds: [...many, 0] } }));
  assert.ok(error instanceof RangeError);
  assert.match(error.message, /"message\.meta\.fds"/);
  socket.close();
});

inBothColours('descriptors belong to the message they came with, one by one and in a batch', async (net, t) => {
  const [socket, python] = await joined(net, t, 'stream');
  await python.run(`
for i in range(3):
    r, w = os.pipe(); os.write(w, b'pipe %d' % i); os.close(w)
    socket.send_fds(s, [b'message %d' % i], [r]); os.close(r)
s.sendall(b'without')`);
  // A stream: the kernel ends a receive where descriptors begin.
  for (let i = 0; i < 3; i++) {
    const { data, meta } = (await socket.recvMsg())!;
    assert.equal(data.toString(), `message ${i}`);
    const [fd, ...more] = meta.fds!;
    assert.deepEqual(more, []);
    assert.equal(readFileSync(fd!, 'utf8'), `pipe ${i}`);
    closeSync(fd!);
  }
  const last = (await socket.recvMsg())!;
  assert.deepEqual([last.data.toString(), last.meta], ['without', {}]);
  socket.close();

  const [one, two] = net.socketPair('seqpacket');
  const file = openSync(join(folder(t), 'file'), 'w');
  const fds = (i: number) => (i % 2 === 0 ? { meta: { fds: Array.from({ length: i }, () => file) } } : {});
  const messages = Array.from({ length: 9 }, (_, i) => ({ data: `${i}`, ...fds(i) }));
  const before = descriptors();
  assert.equal(await one.sendMany(messages), 9);
  const received = await two.recvMany(20);
  assert.deepEqual(
    received.map(({ data }) => data.toString()),
    messages.map(({ data }) => data),
  );
  assert.deepEqual(
    received.map(({ meta }) => meta.fds?.length ?? 0),
    [0, 0, 2, 0, 4, 0, 6, 0, 8],
  );
  assert.equal(descriptors(), before + 20);
  for (const { meta } of received) {
    for (const fd of meta.fds ?? []) assert.equal(fstatSync(fd).ino, fstatSync(file).ino);
    closeAll(meta.fds ?? []);
  }
  assert.equal(descriptors(), before);
  closeSync(file);
  one.close();
  two.close();
});

inBothColours('descriptors that find no room are closed by the kernel, and MSG_CTRUNC says so', async (net, t) => {
  const [socket, python] = await joined(net, t, 'seqpacket');
  const before = descriptors();
  await python.run('socket.send_fds(s, [b"five"], [0] * 5); socket.send_fds(s, [b"two"], [0] * 2)');
  // cmsg(3): a header and two ints.
  const cut = (await socket.recvMsg({ control: 24 }))!;
  assert.equal(cut.data.toString(), 'five');
  assert.ok(cut.flags & MSG_CTRUNC!);
  assert.equal(cut.truncated, false);
  assert.equal(cut.meta.fds?.length, 2);
  assert.equal(descriptors(), before + 2);
  closeAll(cut.meta.fds);
  const none = (await socket.recvMsg({ control: 0 }))!;
  assert.ok(none.flags & MSG_CTRUNC!);
  assert.deepEqual(none.meta, {});
  assert.equal(descriptors(), before);
  socket.close();
});

inBothColours('promise 10: who does not ask for descriptors gets none, and none leaks', async (net, t) => {
  const [socket, python] = await joined(net, t, 'stream');
  const send = (data: string) => python.run(`socket.send_fds(s, [b"${data}"], [0, 0, 0])`);
  // The connection's buffer and the slab are made first.
  const conn = net.conn(socket);
  const before = descriptors();
  await send('recv');
  assert.equal((await socket.recv())?.toString(), 'recv');
  await send('into');
  assert.equal(await socket.recvInto(Buffer.alloc(10)), 4);
  await send('from');
  assert.equal((await socket.recvFrom())?.data.toString(), 'from');
  await send('read');
  assert.equal((await conn.read())?.toString(), 'read');
  await send('line\\n');
  assert.equal(await conn.readLine(), 'line');
  assert.equal(descriptors(), before);
  conn.abort();
});

inBothColours('a peek shows descriptors, too, and both sets are new ones', async (net) => {
  const [one, two] = net.socketPair('seqpacket');
  const before = descriptors();
  await one.sendMsg({ data: 'x', meta: { fds: [0] } });
  const peeked = (await two.recvMsg({ flags: MSG_PEEK! }))!.meta.fds!;
  const taken = (await two.recvMsg())!.meta.fds!;
  assert.equal(descriptors(), before + 2);
  assert.notEqual(peeked[0], taken[0]);
  closeAll([...peeked, ...taken]);
  one.close();
  two.close();
});

inBothColours('an empty packet may carry descriptors, and on a stream they need a byte', async (net) => {
  const [one, two] = net.socketPair('seqpacket');
  await one.sendMsg({ data: '', meta: { fds: [0] } });
  const packet = (await two.recvMsg())!;
  assert.equal(packet.data.length, 0);
  closeAll(packet.meta.fds!);
  const [left, right] = net.socketPair('stream');
  for (const call of [
    () => left.sendMsg({ data: '', meta: { fds: [0] } }),
    () => left.sendMany([{ data: [], meta: { fds: [0] } }]),
  ]) {
    const error = await failure(call);
    assert.ok(error instanceof TypeError);
    assert.match(error.message, /at least one byte/);
  }
  for (const each of [one, two, left, right]) each.close();
});

inBothColours('a number that is no descriptor is EBADF, and the socket lives on', async (net) => {
  const [one, two] = net.socketPair('seqpacket');
  const error = await failure(() => one.sendMsg({ data: 'x', meta: { fds: [1_000_000] } }));
  assert.deepEqual([error.code, error.syscall], ['EBADF', 'sendmsg']);
  await one.send('fine');
  assert.equal((await two.recv())?.toString(), 'fine');
  one.close();
  two.close();
});
