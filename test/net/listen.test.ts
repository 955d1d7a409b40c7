// Owns the tests of listening on TCP: addresses, ports, the options of a listener, and accept and tryAccept exactly as
// documented. The clients are Python.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { descriptors, failure, inBothColours, Python } from './kit.js';

/** Connects to where it is told, keeps the socket, and says its own port. */
const client = `
while True:
    host, port = hear()
    s = socket.create_connection((host, port)); kept.append(s)
    say(s.getsockname()[:2])
`;

/** How many connections wait in the queue of a TCP listener: Recv-Q, as ss shows it. */
function queueLength(port: number): number {
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const row of readFileSync(file, 'latin1').split('\n').slice(1)) {
      const [, local, , state, queues] = row.trim().split(/\s+/);
      if (state === '0A' && local?.endsWith(`:${port.toString(16).toUpperCase().padStart(4, '0')}`))
        return parseInt(queues!.split(':')[1]!, 16);
    }
  }
  return assert.fail(`nobody listens on ${port}`);
}

async function visit(python: Python, host: string, port: number): Promise<number> {
  python.say([host, port]);
  return (await python.hear<[string, number]>())[1];
}

inBothColours(
  'promise 2: accept never accepts ahead of the caller: the kernel’s backlog is the only queue',
  async (net, t) => {
    const listener = await net.listen('127.0.0.1:0');
    const port = listener.address.port!;
    const python = new Python(t, client);
    const ports: number[] = [];
    for (let i = 0; i < 5; i++) ports.push(await visit(python, '127.0.0.1', port));
    assert.equal(queueLength(port), 5);
    for (let i = 0; i < 3; i++) {
      const conn = await listener.accept({ timeout: 5000 });
      assert.equal(conn.remoteAddr.port, ports[i], 'in the order of the queue');
      assert.equal(queueLength(port), 4 - i);
      conn.abort();
    }
    for await (const conn of each(listener)) {
      conn.abort();
      break;
    }
    assert.equal(queueLength(port), 1, 'an iteration took one and left the rest');
    listener.close();
  },
);

/** Both colours iterate: with `for await` also over what is only iterable. */
function each(
  listener: promises.Listener<'async'>,
): AsyncIterable<promises.Conn<'async'>> | Iterable<promises.Conn<'async'>> {
  return listener;
}

inBothColours('tryAccept looks into the queue once, and answers null when nobody is there', async (net, t) => {
  const listener = await net.listen('127.0.0.1:0');
  const port = listener.address.port!;
  assert.equal(await listener.tryAccept(), null);
  assert.equal(await listener.tryAccept(0), null);
  const begun = performance.now();
  assert.equal(await listener.tryAccept('80ms'), null);
  const ms = performance.now() - begun;
  assert.ok(ms >= 79 && ms < 400, `${ms} ms`);
  const python = new Python(t, client);
  await visit(python, '127.0.0.1', port);
  const conn = await listener.tryAccept();
  assert.notEqual(conn, null);
  conn!.abort();
  await visit(python, '127.0.0.1', port);
  const second = await listener.tryAccept(5000);
  second!.abort();
  listener.close();
});

inBothColours('tryAccept finds every connection of a long queue', async (net) => {
  // Longer than the run of immediate successes after which the loop is let through.
  const listener = await net.listen('127.0.0.1:0');
  const program = 'import socket,sys\nfor i in range(100): s=socket.create_connection(("127.0.0.1",int(sys.argv[1])))';
  execFileSync('python3', ['-S', '-E', '-c', program, String(listener.address.port)]);
  assert.equal(queueLength(listener.address.port!), 100);
  for (let i = 0; i < 100; i++) {
    const conn = await listener.tryAccept();
    assert.notEqual(conn, null, `number ${i}`);
    conn!.abort();
  }
  assert.equal(await listener.tryAccept(), null);
  listener.close();
});

inBothColours('tryAccept that waits gets a connection which comes later', async (net, t) => {
  const listener = await net.listen('127.0.0.1:0');
  const script = `time.sleep(.15); s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); hear()`;
  new Python(t, script, String(listener.address.port));
  const conn = await listener.tryAccept(10_000);
  assert.equal(conn?.remoteAddr.address, '127.0.0.1');
  conn.abort();
  listener.close();
});

test('a signal ends accept and tryAccept, and the listener lives', async (t) => {
  const listener = await promises.listen('127.0.0.1:0');
  const controller = new AbortController();
  const { signal } = controller;
  const waiting = [listener.accept({ signal }), listener.tryAccept(10_000, { signal })];
  controller.abort();
  for (const one of waiting) assert.equal((await failure(() => one)).code, 'ABORT_ERR');
  const python = new Python(t, client);
  await visit(python, '127.0.0.1', listener.address.port!);
  (await listener.accept({ timeout: 5000 })).abort();
  listener.close();
});

inBothColours('an accept that is out of time is a TimeoutError, and takes nothing', async (net, t) => {
  const listener = await net.listen('127.0.0.1:0');
  const begun = performance.now();
  const error = await failure(() => listener.accept({ timeout: 70 }));
  const ms = performance.now() - begun;
  assert.ok(error instanceof net.TimeoutError);
  assert.equal(error.phase, 'accept');
  assert.ok(ms >= 69 && ms < 500, `${ms} ms`);
  const python = new Python(t, client);
  const port = await visit(python, '127.0.0.1', listener.address.port!);
  const conn = await listener.accept({ timeout: 5000 });
  assert.equal(conn.remoteAddr.port, port);
  conn.abort();
  listener.close();
});

test('an accept with a limit of 3,000,000,000 ms does not expire at once', async () => {
  const listener = await promises.listen('127.0.0.1:0');
  const accepting = listener.accept({ timeout: 3_000_000_000 });
  // A limit that comes later is rung first.
  assert.equal(await listener.sockets[0]!.poll({ read: true }, { timeout: 30 }), null);
  const conn = await promises.connect(listener.address);
  (await accepting).abort();
  conn.abort();
  listener.close();
});

test('close ends waiting accepts and iterations, and frees the port', async () => {
  const listener = await promises.listen('127.0.0.1:0');
  const { address } = listener;
  const first = failure(() => listener.accept());
  const second = failure(() => listener.tryAccept('1h'));
  const loop = (async () => {
    for await (const _ of listener) assert.fail('nobody came');
    return 'ended';
  })();
  setImmediate(() => listener.close());
  for (const error of [await first, await second]) {
    assert.ok(error instanceof promises.ClosedError);
    assert.equal(error.code, 'ERR_SOCKET_CLOSED');
    assert.equal(error.phase, 'accept');
  }
  assert.equal(await loop, 'ended');
  const again = await promises.listen(address);
  assert.ok(again.address.equals(address));
  again.close();
});

test('close ends waiting accepts of a listener with several sockets', async () => {
  const listener = await promises.listen(['127.0.0.1:0', '127.0.0.2:0']);
  const accepting = failure(() => listener.accept());
  const looking = failure(() => listener.sockets[1]!.poll({ read: true }));
  setImmediate(() => listener.close());
  assert.equal((await accepting).code, 'ERR_SOCKET_CLOSED');
  assert.equal((await looking).code, 'ERR_SOCKET_CLOSED');
});

inBothColours('close twice is allowed; then accept is a ClosedError and an iteration is over', async (net) => {
  const before = descriptors();
  const listener = await net.listen('127.0.0.1:0');
  listener.close();
  listener.close();
  assert.ok((await failure(() => listener.accept())) instanceof net.ClosedError);
  assert.ok((await failure(() => listener.tryAccept())) instanceof net.ClosedError);
  for await (const _ of each(listener)) assert.fail('it is closed');
  assert.equal(descriptors(), before);
});

inBothColours('accepted connections outlive their listener', async (net, t) => {
  const listener = await net.listen('127.0.0.1:0');
  const python = new Python(
    t,
    `s = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); s.sendall(s.recv(9)); hear()`,
    String(listener.address.port),
  );
  const conn = await listener.accept({ timeout: 5000 });
  listener.close();
  await conn.write('still on');
  assert.equal((await conn.readExact(8, { timeout: 5000 })).toString(), 'still on');
  await conn.close();
  await python.stop();
});

inBothColours('a number and ":0" listen on every local address of both families, with one socket', async (net, t) => {
  const python = new Python(t, client);
  for (const target of [0, ':0'] as const) {
    const listener = await net.listen(target);
    assert.equal(listener.addresses.length, 1);
    const port = listener.address.port!;
    assert.notEqual(port, 0);
    await visit(python, '127.0.0.1', port);
    const four = await listener.accept({ timeout: 5000 });
    assert.ok(['::ffff:127.0.0.1', '127.0.0.1'].includes(four.remoteAddr.address), four.remoteAddr.address);
    four.abort();
    if (net.features['ipv6']) {
      assert.equal(listener.address.family, 'ipv6');
      await visit(python, '::1', port);
      const six = await listener.accept({ timeout: 5000 });
      assert.equal(six.remoteAddr.address, '::1');
      six.abort();
    }
    listener.close();
  }
});

inBothColours('ipv6Only takes no IPv4 connections', async (net) => {
  const listener = await net.listen('[::]:0', { ipv6Only: true });
  assert.equal(listener.sockets[0]!.getOption(net.options.IPV6_V6ONLY), true);
  const error = await failure(() => net.connect(`127.0.0.1:${listener.address.port}`));
  assert.equal(error.code, 'ECONNREFUSED');
  const open = await net.listen('[::]:0');
  assert.equal(open.sockets[0]!.getOption(net.options.IPV6_V6ONLY), false);
  open.close();
  listener.close();
});

inBothColours('several targets are one listener, and each socket gets its turn', async (net, t) => {
  const listener = await net.listen(['127.0.0.1:0', '127.0.0.2:0', '[::1]:0']);
  assert.deepEqual(
    listener.addresses.map(({ address }) => address),
    ['127.0.0.1', '127.0.0.2', '::1'],
  );
  assert.equal(listener.sockets.length, 3);
  const python = new Python(t, client);
  for (const { address, port } of listener.addresses) {
    await visit(python, address, port!);
    const conn = await listener.accept({ timeout: 5000 });
    assert.equal(conn.localAddr.address, address);
    conn.abort();
  }
  assert.equal(await listener.tryAccept(), null);
  listener.close();
});

inBothColours('when one of several targets fails, none stays open', async (net) => {
  const taken = await net.listen('127.0.0.1:0');
  const before = descriptors();
  const error = await failure(() => net.listen(['127.0.0.2:0', taken.address]));
  assert.equal(error.code, 'EADDRINUSE');
  assert.equal(error.phase, 'bind');
  assert.equal(error.message, `bind EADDRINUSE ${taken.address.toString()}`);
  assert.deepEqual([error.syscall, error.address, error.port], ['bind', '127.0.0.1', taken.address.port]);
  assert.equal(descriptors(), before);
  taken.close();
});

inBothColours('an address that no interface has is EADDRNOTAVAIL', async (net) => {
  const before = descriptors();
  const error = await failure(() => net.listen('198.51.100.7:0'));
  assert.equal(error.code, 'EADDRNOTAVAIL');
  assert.equal(descriptors(), before);
});

inBothColours('backlog is the length of the kernel’s queue', async (net) => {
  const listener = await net.listen('127.0.0.1:0', { backlog: 7 });
  const shown = execFileSync('ss', ['-Hltn', `sport = :${listener.address.port}`], { encoding: 'latin1' });
  assert.equal(shown.trim().split(/\s+/)[2], '7', shown);
  listener.close();
  const usual = await net.listen('127.0.0.1:0');
  const most = readFileSync('/proc/sys/net/core/somaxconn', 'latin1').trim();
  const row = execFileSync('ss', ['-Hltn', `sport = :${usual.address.port}`], { encoding: 'latin1' });
  assert.equal(row.trim().split(/\s+/)[2], String(Math.min(Number(most), net.constants['SOMAXCONN']!)));
  usual.close();
});

inBothColours('reuseAddress is on unless told, reusePort is off unless told', async (net) => {
  const { SO_REUSEADDR, SO_REUSEPORT } = net.options;
  const flags = (listener: promises.Listener<'async'>) =>
    [SO_REUSEADDR, SO_REUSEPORT].map((option) => listener.sockets[0]!.getOption(option));
  const usual = await net.listen('127.0.0.1:0');
  assert.deepEqual(flags(usual), [true, false]);
  const error = await failure(() => net.listen(usual.address, { reusePort: true }));
  assert.equal(error.code, 'EADDRINUSE');
  usual.close();
  const one = await net.listen('127.0.0.1:0', { reuseAddress: false, reusePort: true });
  assert.deepEqual(flags(one), [false, true]);
  const two = await net.listen(one.address, { reusePort: true });
  one.close();
  two.close();
});

inBothColours('noDelay, encoding and options reach the accepted connections', async (net, t) => {
  const { SO_KEEPALIVE, SO_RCVTIMEO, TCP_NODELAY } = net.options;
  const python = new Python(t, client);
  const listener = await net.listen('127.0.0.1:0', {
    encoding: 'latin1',
    options: [
      [SO_KEEPALIVE, true],
      [SO_RCVTIMEO, 60],
    ],
  });
  await visit(python, '127.0.0.1', listener.address.port!);
  // SO_RCVTIMEO of the listener limits an accept, and is inherited.
  const conn = await listener.accept();
  assert.equal(conn.encoding, 'latin1');
  assert.equal(conn.noDelay, true);
  assert.equal(conn.socket.getOption(SO_KEEPALIVE), true);
  assert.equal(conn.socket.getOption(SO_RCVTIMEO), 60);
  assert.equal(conn.socket.receiveTimeout, 60);
  const error = await failure(() => conn.read());
  assert.ok(error instanceof net.TimeoutError, 'and it limits our waits');
  assert.ok((await failure(() => listener.accept())) instanceof net.TimeoutError);
  conn.abort();
  listener.close();
  const slow = await net.listen('127.0.0.1:0', { noDelay: false });
  await visit(python, '127.0.0.1', slow.address.port!);
  const other = await slow.accept();
  assert.equal(other.socket.getOption(TCP_NODELAY), false);
  other.abort();
  slow.close();
});

inBothColours(
  'a client that connects, sends and closes before accept is still accepted, its bytes readable, then the end',
  async (net) => {
    const listener = await net.listen('127.0.0.1:0');
    const program =
      'import socket,sys\ns=socket.create_connection(("127.0.0.1",int(sys.argv[1])));s.sendall(b"gone already");s.close()';
    execFileSync('python3', ['-S', '-E', '-c', program, String(listener.address.port)]);
    const conn = await listener.accept({ timeout: 5000 });
    assert.equal((await conn.readAll({ timeout: 5000 })).toString(), 'gone already');
    assert.equal(await conn.read(), null);
    await conn.close();
    listener.close();
  },
);

inBothColours('a client that resets before accept is accepted, and reading says ECONNRESET', async (net) => {
  const listener = await net.listen('127.0.0.1:0');
  const program =
    'import socket,sys,struct\ns=socket.create_connection(("127.0.0.1",int(sys.argv[1])));s.setsockopt(1,13,struct.pack("ii",1,0));s.close()';
  execFileSync('python3', ['-S', '-E', '-c', program, String(listener.address.port)]);
  const conn = await listener.accept({ timeout: 5000 });
  const error = await failure(() => conn.read());
  assert.equal(error.code, 'ECONNRESET');
  await conn.close();
  listener.close();
});
