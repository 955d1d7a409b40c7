// Owns the tests of every form of a target, end to end: what Python sees when we connect, and what it finds when we listen.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type * as promises from 'berkeley';
import { descriptors, failure, folder, inBothColours, Python } from './kit.js';

/** Greets everybody who comes to one of three sockets with where he came to. */
const greeter = `
four = listener('127.0.0.1'); six = listener('::1', port=0)
unix = socket.socket(1); unix.bind(sys.argv[1]); unix.listen(8)
abstract = socket.socket(1); abstract.bind('\\0' + sys.argv[2]); abstract.listen(8)
all = {four: 'four', six: 'six', unix: 'unix', abstract: 'abstract'}
say([four.getsockname()[1], six.getsockname()[1]])
while True:
    ready, _, _ = select.select(list(all) + [sys.stdin], [], [])
    if sys.stdin in ready: hear()
    for s in ready:
        if s in all:
            c, _ = s.accept(); c.sendall(all[s].encode()); c.close()
`;

const zone = Object.entries(networkInterfaces())
  .flatMap(([name, list]) => (list ?? []).map((one) => ({ name, ...one })))
  .find(({ address }) => address.startsWith('fe80:'));

inBothColours('connect takes every form of a target', async (net, t) => {
  const path = join(folder(t), 's');
  const name = `bk-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const python = new Python(t, greeter, path, name);
  const [four, six] = await python.hear<[number, number]>();
  const raw = Buffer.alloc(16);
  raw.writeUInt16LE(net.constants['AF_INET']!, 0);
  raw.writeUInt16BE(four, 2);
  raw.set([127, 0, 0, 1], 4);
  const table: [promises.Target, string][] = [
    [`127.0.0.1:${four}`, 'four'],
    [`localhost:${four}`, 'four'],
    [`:${four}`, 'four'],
    [`tcp://127.0.0.1:${four}`, 'four'],
    [`tcp://localhost:${four}`, 'four'],
    [{ host: '127.0.0.1', port: four }, 'four'],
    [{ host: 'localhost', port: String(four) }, 'four'],
    [{ port: four }, 'four'],
    [{ host: 'localhost', port: four, family: 'ipv4' }, 'four'],
    [net.address(`127.0.0.1:${four}`), 'four'],
    [{ family: net.constants['AF_INET']!, raw }, 'four'],
    [`[::1]:${six}`, 'six'],
    [`tcp://[::1]:${six}`, 'six'],
    [`:${six}`, 'six'],
    [`[::1%lo]:${six}`, 'six'],
    [{ host: '::1', port: six }, 'six'],
    [{ host: '[::1]', port: six }, 'six'],
    [net.address(`[::1]:${six}`), 'six'],
    [path, 'unix'],
    [`unix:${path}`, 'unix'],
    [`unix://${path}`, 'unix'],
    [{ path }, 'unix'],
    [net.address(`unix:${path}`), 'unix'],
    [`unix:@${name}`, 'abstract'],
    [{ path: `@${name}` }, 'abstract'],
  ];
  for (const [target, wanted] of table) {
    const conn = await net.connect(target, { timeout: 5000 });
    assert.equal((await conn.readAll({ timeout: 5000 })).toString(), wanted, JSON.stringify(target));
    // What it says of its peer leads there again.
    const again = await net.connect(conn.remoteAddr.toString(), { timeout: 5000 });
    assert.equal((await again.readAll({ timeout: 5000 })).toString(), wanted);
    await conn.close();
    await again.close();
  }
  for (const [host, service, wanted] of [
    ['127.0.0.1', four, 'four'],
    ['localhost', String(four), 'four'],
    ['::1', six, 'six'],
    ['[::1]', six, 'six'],
  ] as const) {
    const conn = await net.connect(host, service, { timeout: 5000 });
    assert.equal((await conn.readAll({ timeout: 5000 })).toString(), wanted);
    await conn.close();
  }
});

inBothColours('a bracketed name is looked up as IPv6 only', async (net, t) => {
  const python = new Python(
    t,
    `s = listener(); say(s.getsockname()[1])
try: say([a[4][0] for a in socket.getaddrinfo('localhost', None, socket.AF_INET6, socket.SOCK_STREAM)])
except OSError as e: say([])
hear()`,
  );
  const port = await python.hear<number>();
  const six = await python.hear<string[]>();
  const error = await failure(() => net.connect(`[localhost]:${port}`, { timeout: 5000 }));
  if (six.length === 0) assert.equal(error.code, 'ENOTFOUND');
  else
    assert.deepEqual(
      [error.code, error.attempts.map(({ address }) => address)],
      ['ECONNREFUSED', six.map((one) => `[${one}]:${port}`)],
    );
  const other = await failure(() => net.connect(`[localhost]:${port}`, { family: 'ipv4' }));
  assert.equal(other.code, 'ERR_NO_ADDRESS');
});

inBothColours('family keeps an address of another family out', async (net, t) => {
  const python = new Python(t, `s = listener(); say(s.getsockname()[1]); hear()`);
  const port = await python.hear<number>();
  assert.equal((await failure(() => net.connect(`127.0.0.1:${port}`, { family: 'ipv6' }))).code, 'ERR_NO_ADDRESS');
  const error = await failure(() => net.connect(`:${port}`, { family: 'ipv6' }));
  assert.deepEqual(
    error.attempts.map(({ address }) => address),
    [`[::1]:${port}`],
  );
  (await net.connect(`localhost:${port}`, { family: 'ipv4' })).abort();
  (await net.connect(`localhost:${port}`, { family: net.constants['AF_INET']! })).abort();
});

inBothColours('an IPv6 zone goes out and comes back', async (net, t) => {
  if (zone === undefined) {
    t.skip('no interface of this machine has a link-local address');
    return;
  }
  const target = `[${zone.address}%${zone.name}]:0`;
  const listener = await net.listen(target);
  assert.equal(listener.address.scope, zone.name);
  assert.equal(listener.address.toString(), target.replace(/0$/, String(listener.address.port)));
  const python = new Python(
    t,
    `s = socket.socket(socket.AF_INET6); s.connect((sys.argv[1], int(sys.argv[2]), 0, socket.if_nametoindex(sys.argv[3]))); say('in'); hear()`,
    zone.address,
    String(listener.address.port),
    zone.name,
  );
  assert.equal(await python.hear(), 'in');
  (await listener.accept({ timeout: 5000 })).abort();
  const conn = await net.connect(listener.address);
  assert.equal(conn.remoteAddr.scope, zone.name);
  conn.abort();
  listener.close();
});

inBothColours('listen takes every form of a target', async (net, t) => {
  const dir = folder(t);
  const name = `bk-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const raw = Buffer.alloc(16);
  raw.writeUInt16LE(net.constants['AF_INET']!, 0);
  raw.set([127, 0, 0, 1], 4);
  const python = new Python(
    t,
    `while True:
    family, address = hear()
    s = socket.socket({'ipv4': socket.AF_INET, 'ipv6': socket.AF_INET6, 'unix': socket.AF_UNIX}[family])
    s.connect(tuple(address) if isinstance(address, list) else address.replace('@', '\\0')); s.sendall(b'hello'); s.close(); say(1)`,
  );
  const table: [promises.Target, promises.Family][] = [
    ['127.0.0.1:0', 'ipv4'],
    ['localhost:0', 'ipv4'],
    ['tcp://127.0.0.1:0', 'ipv4'],
    [{ host: '127.0.0.1', port: 0 }, 'ipv4'],
    [{ port: 0, family: 'ipv4' }, 'ipv4'],
    [net.address('127.0.0.1:0'), 'ipv4'],
    [{ family: net.constants['AF_INET']!, raw }, 'ipv4'],
    ['[::1]:0', 'ipv6'],
    [{ host: '::1', port: 0 }, 'ipv6'],
    [join(dir, 'a'), 'unix'],
    [`unix:${join(dir, 'b')}`, 'unix'],
    [`unix://${join(dir, 'c')}`, 'unix'],
    [{ path: join(dir, 'd') }, 'unix'],
    [`unix:@${name}`, 'unix'],
  ];
  for (const [target, family] of table) {
    const listener = await net.listen(target);
    const { address } = listener;
    assert.equal(address.family, family, JSON.stringify(target));
    const host = address.address === '0.0.0.0' ? '127.0.0.1' : address.address;
    python.say([family, family === 'unix' ? address.path : [host, address.port]]);
    await python.hear();
    const conn = await listener.accept({ timeout: 5000 });
    assert.equal((await conn.readAll({ timeout: 5000 })).toString(), 'hello');
    await conn.close();
    listener.close();
  }
});

inBothColours('a service name stands for its port', async (net) => {
  // Nobody has to listen: the attempt says which port it was.
  const error = await failure(() => net.connect('127.0.0.1:echo', { timeout: 5000 }));
  assert.deepEqual(
    error.attempts.map(({ address }) => address),
    ['127.0.0.1:7'],
  );
  const unknown = await failure(() => net.connect('127.0.0.1:no-such-service', { timeout: 5000 }));
  assert.ok(unknown instanceof net.ResolveError);
  assert.equal(unknown.code, 'EAI_SERVICE');
});

for (const colour of ['promises', 'sync']) {
  test(`fd:N is a connection, or a listener, that a parent process has opened (${colour})`, (t) => {
    const entry = new URL(`../../../dist/${colour}/index.js`, import.meta.url).href;
    const child = `
      import { connect, listen } from ${JSON.stringify(entry)};
      const conn = await connect('fd:3');
      const listener = await listen('fd:4');
      await conn.write('port ' + listener.address.port + String.fromCharCode(10));
      const accepted = await listener.accept({ timeout: 5000 });
      await conn.write(await accepted.readAll());
      let code = 'none';
      try { await connect('fd:3'); } catch (error) { code = error.code; }
      await conn.write(code);
      await conn.close();`;
    const parent = `
import os, socket, subprocess, sys
a, b = socket.socketpair(); l = socket.socket(); l.bind(('127.0.0.1', 0)); l.listen(4)
os.dup2(b.fileno(), 60); os.dup2(l.fileno(), 61)
def set():
    os.dup2(60, 3); os.dup2(61, 4)
p = subprocess.Popen([sys.argv[1], '--input-type=module', '-e', sys.argv[2]], close_fds=False, preexec_fn=set)
b.close(); os.close(60)
f = a.makefile('rb'); line = f.readline(); port = int(line.split()[1])
assert port == l.getsockname()[1]
c = socket.create_connection(('127.0.0.1', port)); c.sendall(b'through both '); c.close()
print(f.read().decode(), end=''); sys.exit(p.wait())`;
    const { stdout, stderr, status } = spawnSync('python3', ['-S', '-E', '-c', parent, process.execPath, child], {
      encoding: 'utf8',
      timeout: 15_000,
    });
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'through both ERR_DESCRIPTOR_IN_USE');
    t.diagnostic('done');
  });
}

inBothColours('a listen that fails at a later target gives the descriptor it was handed back', async (net) => {
  const socket = net.socket();
  await socket.bind('127.0.0.1:0');
  const { port } = socket.listen().getsockname();
  const fd = socket.detach();
  const error = await failure(() => net.listen([`fd:${fd}`, `127.0.0.1:${port}`]));
  assert.equal(error.code, 'EADDRINUSE');
  const listener = await net.listen(`fd:${fd}`);
  assert.equal(listener.address.port, port);
  listener.close();
});

inBothColours('what is no stream behind fd:N stays with its owner', async (net) => {
  const [one, two] = net.socketPair('dgram');
  const fd = one.detach();
  const before = descriptors();
  for (const call of [() => net.connect(`fd:${fd}`), () => net.listen(`fd:${fd}`)]) {
    const error = await failure(call);
    assert.equal(error.code, 'ERR_SOCKET_STATE');
  }
  assert.equal(descriptors(), before);
  const back = net.adopt(fd);
  await two.send('still there');
  assert.equal((await back.recv())!.toString(), 'still there');
  back.close();
  two.close();
  assert.equal((await failure(() => net.connect('fd:999'))).code, 'EBADF');
  assert.equal((await failure(() => net.connect('fd:1048575'))).code, 'EBADF');
});

inBothColours('datagram targets are refused by name, and tls:// does not go with no TLS', async (net) => {
  for (const call of [
    () => net.connect('udp://127.0.0.1:1'),
    () => net.connect('tls://127.0.0.1:1', { tls: false }),
    () => net.listen('tls://127.0.0.1:0'),
  ]) {
    const error = await failure(call);
    assert.equal(error.name, 'TypeError');
    assert.match(error.message, /"(to|tls)"/);
  }
});

inBothColours('local is the address that the peer sees', async (net, t) => {
  const python = new Python(
    t,
    `s = listener()
say(s.getsockname()[1])
while True:
    c, peer = s.accept(); kept.append(c); say(peer)`,
  );
  const port = await python.hear<number>();
  for (const local of ['127.0.0.5', '127.0.0.5:0', { host: '127.0.0.5', port: 0 }]) {
    const conn = await net.connect(`127.0.0.1:${port}`, { local });
    assert.deepEqual(await python.hear(), ['127.0.0.5', conn.localAddr.port]);
    conn.abort();
  }
  const error = await failure(() => net.connect(`127.0.0.1:${port}`, { local: '198.51.100.7' }));
  assert.equal(error.code, 'EADDRNOTAVAIL');
  assert.equal(error.phase, 'bind');
  assert.equal((await failure(() => net.connect(`127.0.0.1:${port}`, { local: 'localhost' }))).name, 'TypeError');
});

inBothColours('options are set before connect: the peer’s SYN shows the receive buffer', async (net, t) => {
  const python = new Python(
    t,
    `s = listener()
say(s.getsockname()[1])
while True:
    c, _ = s.accept(); kept.append(c)
    i = c.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    say(i[6] & 15)   # the peer's window scale, which only a SYN carries`,
  );
  const port = await python.hear<number>();
  const { SO_RCVBUF, SO_KEEPALIVE, TCP_USER_TIMEOUT } = net.options;
  const scales: number[] = [];
  for (const size of [4096, 4 * 1024 * 1024]) {
    const conn = await net.connect(`127.0.0.1:${port}`, {
      options: [
        [SO_RCVBUF, size],
        [SO_KEEPALIVE, true],
        [TCP_USER_TIMEOUT, 4321],
      ],
    });
    scales.push(await python.hear<number>());
    assert.equal(conn.socket.getOption(SO_KEEPALIVE), true);
    assert.equal(conn.socket.getOption(TCP_USER_TIMEOUT), 4321);
    conn.abort();
  }
  // A window of 4 KiB needs no scale. Set after connect, the option would come too late: the system's usual one is above 0.
  assert.equal(scales[0], 0);
  assert.ok(scales[1]! > 0, String(scales[1]));
  for (const noDelay of [false, true]) {
    const conn = await net.connect(`127.0.0.1:${port}`, noDelay ? {} : { noDelay });
    assert.equal(conn.noDelay, noDelay);
    conn.abort();
  }
});

inBothColours('a refused connect leaves no descriptor', async (net) => {
  const listener = await net.listen('127.0.0.1:0');
  const { address } = listener;
  listener.close();
  const before = descriptors();
  for (let i = 0; i < 100; i++) {
    const error = await failure(() => net.connect(address));
    assert.equal(error.code, 'ECONNREFUSED');
    assert.equal(error.message, `connect ECONNREFUSED ${address.toString()}`);
  }
  // Of lookups that other tests have given up, a thread may have had a file open before.
  assert.ok(descriptors() <= before);
});

inBothColours('address takes a host alone, in brackets too, and its port is 0', async (net) => {
  for (const [text, address, port] of [
    ['192.0.2.1', '192.0.2.1', 0],
    ['[2001:db8::1]', '2001:db8::1', 0],
    ['[2001:db8::1]:53', '2001:db8::1', 53],
  ] as const) {
    const found = net.address(text);
    assert.deepEqual([found.address, found.port], [address, port]);
  }
  assert.match((await failure(() => net.address('[localhost]'))).message, /"target" argument must be numeric/);
});
