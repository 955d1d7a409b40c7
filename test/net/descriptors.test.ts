// Owns the tests of descriptors that come and go: adopt, detach, dup, setInheritable (promise 10).

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as promises from 'berkeley';
import { descriptors, failure, folder, inBothColours, Python } from './kit.js';

const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

/** The flags of an open descriptor of this process, as the kernel keeps them. */
function flags(fd: number): { nonBlocking: boolean; closeOnExec: boolean } {
  const [, digits] = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1')) ?? [];
  const bits = parseInt(digits!, 8);
  return { nonBlocking: (bits & O_NONBLOCK) !== 0, closeOnExec: (bits & O_CLOEXEC) !== 0 };
}

inBothColours('every descriptor is non-blocking and closed on exec', async (net) => {
  const socket = net.socket();
  const [one, two] = net.pair();
  const listener = await net.listen('127.0.0.1:0');
  const conn = await net.connect(listener.address);
  const accepted = await listener.accept({ timeout: 5000 });
  const copy = one.socket.dup();
  for (const { fd } of [socket, one.socket, two.socket, listener.sockets[0]!, conn.socket, accepted.socket, copy])
    assert.deepEqual(flags(fd), { nonBlocking: true, closeOnExec: true });
  for (const each of [socket, listener, copy]) each.close();
  for (const each of [one, two, conn, accepted]) each.abort();
});

inBothColours('an inheritable socket, though in blocking mode, connects within its limit', async (net, t) => {
  const python = new Python(t, `say(black_hole('127.0.1.1')); hear()`);
  const port = await python.hear<number>();
  const socket = net.socket().setInheritable(true);
  assert.equal(flags(socket.fd).nonBlocking, false);
  const begun = performance.now();
  assert.equal((await failure(() => socket.connect(`127.0.1.1:${port}`, { timeout: 50 }))).code, 'ETIMEDOUT');
  assert.ok(performance.now() - begun < 5000);
  assert.equal(socket.state, 'connecting');
  assert.equal(flags(socket.fd).nonBlocking, false, 'the child gets it in blocking mode all the same');
  socket.close();
  await python.stop();
});

inBothColours('promise 10: a detached descriptor is in blocking mode again, open, and nobody’s', async (net) => {
  const [one, two] = net.socketPair('stream');
  const fd = one.detach();
  assert.equal(one.fd, -1);
  assert.equal(one.state, 'closed');
  assert.equal(flags(fd).nonBlocking, false);
  // Handed to another program at a number above 2, because spawn itself changes the mode of the first three.
  const program = `import os,sys,fcntl; assert not fcntl.fcntl(3, fcntl.F_GETFL) & os.O_NONBLOCK; sys.stdout.write(os.read(3, 9).decode())`;
  await two.send('from here');
  const { stdout } = spawnSync('python3', ['-S', '-E', '-c', program], {
    stdio: ['ignore', 'pipe', 'inherit', fd],
    encoding: 'utf8',
  });
  assert.equal(stdout, 'from here');
  const back = net.adopt(fd);
  assert.equal(back.fd, fd);
  assert.deepEqual(flags(fd), { nonBlocking: true, closeOnExec: true });
  assert.equal(back.state, 'connected');
  await back.sendAll('and back');
  assert.equal((await two.recv())!.toString(), 'and back');
  back.close();
  two.close();
});

inBothColours('detach with buffered bytes is an error, and nothing is lost', async (net) => {
  const [one, two] = net.pair();
  await two.write('line\nrest');
  assert.equal(await one.readLine(), 'line');
  const error = await failure(() => one.socket.detach());
  assert.equal(error.code, 'ERR_BUFFERED_DATA');
  assert.match(error.message, /4 bytes/);
  assert.equal((await one.read())!.toString(), 'rest');
  const fd = one.socket.detach();
  assert.ok((await failure(() => one.read())) instanceof net.ClosedError);
  const again = net.conn(net.adopt(fd));
  await two.write('goes on');
  assert.equal((await again.read())!.toString(), 'goes on');
  again.abort();
  two.abort();
});

inBothColours('adopt twice is ERR_DESCRIPTOR_IN_USE, in whatever colour', async (net) => {
  const socket = net.socket();
  for (const other of [net, promises]) {
    const error = await failure(() => other.adopt(socket.fd));
    assert.equal(error.code, 'ERR_DESCRIPTOR_IN_USE');
  }
  assert.equal(socket.state, 'new');
  socket.close();
});

inBothColours('adopt of what is no socket is ENOTSOCK and leaves it as it was; of nothing, EBADF', async (net, t) => {
  const path = join(folder(t), 'file');
  const fd = openSync(path, 'w+');
  const before = flags(fd);
  assert.equal((await failure(() => net.adopt(fd))).code, 'ENOTSOCK');
  assert.deepEqual(flags(fd), before);
  closeSync(fd);
  assert.equal((await failure(() => net.adopt(fd))).code, 'EBADF');
  assert.equal((await failure(() => net.adopt(-1))).name, 'RangeError');
});

inBothColours('adopt finds out family, kind and state, and gives back the mode it was found in', async (net) => {
  const server = createServer();
  await new Promise<void>((go) => server.listen(0, '127.0.0.1', go));
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  // libuv's descriptor stays libuv's, so we take a copy that shares its open file.
  const copy = net.adopt(fd);
  assert.deepEqual([copy.family, copy.kind, copy.state], ['ipv4', 'stream', 'listening']);
  assert.equal(copy.detach(), fd);
  assert.equal(flags(fd).nonBlocking, true, 'it was non-blocking before');
  await new Promise((go) => server.close(go));
  for (const [kind, family] of [
    ['stream', 'ipv6'],
    ['dgram', 'ipv4'],
    ['seqpacket', 'unix'],
  ] as const) {
    const made = net.socket(family, kind);
    const adopted = net.adopt(made.detach());
    assert.deepEqual([adopted.family, adopted.kind, adopted.state], [family, kind, 'new']);
    if (family !== 'unix') {
      await adopted.bind(family === 'ipv4' ? '127.0.0.1:0' : '[::1]:0');
      const bound = net.adopt(adopted.detach());
      assert.equal(bound.state, 'bound');
      bound.close();
    } else adopted.close();
  }
});

inBothColours('dup is a second descriptor for the same socket, and lives on alone', async (net) => {
  const [one, two] = net.socketPair('stream');
  const copy = one.dup();
  assert.notEqual(copy.fd, one.fd);
  await one.send('a');
  await copy.send('b');
  one.close();
  await copy.send('c');
  assert.equal((await two.recv(3, { flags: net.constants['MSG_WAITALL']! }))!.toString(), 'abc');
  await two.send('reply');
  assert.equal((await copy.recv())!.toString(), 'reply');
  copy.close();
  assert.equal(await two.recv(), null);
  two.close();
});

inBothColours('a copy waits though the first descriptor was closed while it was known to the reactor', async (net) => {
  const [one, two] = net.socketPair('stream');
  const copy = one.dup();
  assert.equal(await one.poll({ read: true }, { timeout: 1 }), null);
  assert.equal(await copy.poll({ read: true }, { timeout: 1 }), null);
  one.close();
  await two.send('x');
  assert.deepEqual(await copy.poll({ read: true }, { timeout: 5000 }), { read: true });
  copy.close();
  two.close();
});

inBothColours(
  'promise 10: no descriptor leaks through exec, and an inheritable one arrives in blocking mode',
  async (net) => {
    const listener = await net.listen('127.0.0.1:0');
    const [socket] = listener.sockets;
    const { fd } = socket!;
    // Through a shell, because spawn closes what it is not told to pass.
    const program = `import os,sys,fcntl
try: print('blocking' if not fcntl.fcntl(int(sys.argv[1]), fcntl.F_GETFL) & os.O_NONBLOCK else 'not')
except OSError: print('closed')`;
    const look = () =>
      spawnSync('python3', ['-S', '-E', '-c', program, String(fd)], { encoding: 'utf8' }).stdout.trim();
    assert.equal(look(), 'closed');
    socket!.setInheritable(true);
    assert.deepEqual(flags(fd), { nonBlocking: false, closeOnExec: false });
    // And our own calls do not block on it.
    assert.equal(await listener.tryAccept(), null);
    assert.equal(await listener.tryAccept(20), null);
    const conn = await net.connect(listener.address);
    (await listener.accept({ timeout: 5000 })).abort();
    conn.abort();
    socket!.setInheritable(false);
    assert.deepEqual(flags(fd), { nonBlocking: true, closeOnExec: true });
    listener.close();
  },
);

inBothColours('an inheritable connection reads and writes within its limits', async (net, t) => {
  const python = new Python(
    t,
    `s = listener(); say(s.getsockname()[1]); c, _ = s.accept(); hear(); c.sendall(b'now'); hear()`,
  );
  const conn = await net.connect(`127.0.0.1:${await python.hear<number>()}`);
  conn.socket.setInheritable(true);
  assert.ok((await failure(() => conn.read(9, { timeout: 40 }))) instanceof net.TimeoutError);
  const big = await failure(() => conn.write(Buffer.alloc(64 * 1024 * 1024), { timeout: 100 }));
  assert.ok(big instanceof net.TimeoutError);
  python.say(1);
  assert.equal((await conn.readExact(3, { timeout: 5000 })).toString(), 'now');
  conn.abort();
});

inBothColours('a call that waits keeps its descriptor: detach is ERR_BUSY', async (net) => {
  if (net !== promises) return;
  const [one, two] = net.socketPair('stream');
  const reading = one.recv(1);
  assert.equal((await failure(() => one.detach())).code, 'ERR_BUSY');
  await two.send('x');
  await reading;
  const polling = one.poll({ read: true });
  assert.equal((await failure(() => one.detach())).code, 'ERR_BUSY');
  await two.send('x');
  await polling;
  net.adopt(one.detach()).close();
  two.close();
});

inBothColours('100 sockets of every kind come and go without a trace', async (net) => {
  const before = descriptors();
  for (let i = 0; i < 100; i++) {
    net.socket('ipv4', 'dgram').close();
    const [a, b] = net.pair();
    a.socket.dup().close();
    using _ = a;
    await b.close();
    net.adopt(net.socket('unix').detach()).close();
  }
  assert.equal(descriptors(), before);
});

for (const [how, give] of [
  ['detached', (copy) => copy.detach()],
  ['inheritable', (copy) => copy.setInheritable(true).fd],
] as const satisfies [string, (copy: promises.Socket<'async'>) => number][])
  inBothColours(
    `a copy that is ${how}, and so in blocking mode, does not make calls on the other block`,
    async (net) => {
      const listener = await net.listen('127.0.0.1:0');
      const fd = give(listener.sockets[0]!.dup());
      assert.equal(flags(listener.sockets[0]!.fd).nonBlocking, false, 'O_NONBLOCK belongs to the open socket');
      // Without knowing of it this would never come back.
      assert.equal(await listener.tryAccept(20), null);
      const conn = await net.connect(listener.address);
      (await listener.accept({ timeout: 5000 })).abort();
      conn.abort();
      listener.close();
      if (how === 'detached') closeSync(fd);
    },
  );

inBothColours('a copy that goes in a message does not make calls on the other block', async (net) => {
  const listener = await net.listen('127.0.0.1:0');
  const copy = listener.sockets[0]!.dup();
  const [one, two] = net.socketPair('seqpacket');
  await one.sendMsg({ data: 'x', meta: { fds: [copy.fd] } });
  copy.close();
  assert.equal(flags(listener.sockets[0]!.fd).nonBlocking, false);
  assert.equal(await listener.tryAccept(20), null);
  one.close();
  two.close();
  listener.close();
});
