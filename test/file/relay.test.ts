// Owns the tests of relay that goes well: what arrives, in which order, and how the ends are carried across.

import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { pki } from '../support/pki.js';
import { descriptors, failure, inBothColours, pairOf, until } from './kit.js';
import { type Side, stage } from './relay-kit.js';

const MIB = 1024 * 1024;
const MUCH = (process.env['BERKELEY_HEAVY'] ? 64 : 16) * MIB;

type Digests = [number, string][];

function pipes(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('pipe:');
    } catch {
      return false;
    }
  }).length;
}

inBothColours('much goes each way at once, byte for byte, and leave no descriptor', async (net, t) => {
  const before = descriptors();
  const { a, b, peers } = await stage(net, t);
  peers.begin(
    `result = both(lambda: feed(x, ${MUCH}, 3), lambda: digest(y), lambda: feed(y, ${MUCH}, 5), lambda: digest(x))`,
  );
  assert.deepEqual(await net.relay(a, b), { aToB: MUCH, bToA: MUCH });
  const [sent, got, sentBack, gotBack] = (await peers.value('result')) as Digests;
  assert.deepEqual([got, gotBack], [sent, sentBack]);
  assert.deepEqual([a.bytesRead, b.bytesWritten, b.bytesRead, a.bytesWritten], Array(4).fill(MUCH));
  assert.deepEqual([a.closeInfo, b.closeInfo], [null, null], 'neither is closed');
  assert.equal(descriptors(), before + 5, 'the two connections, and the pipes to Python');
  a.abort();
  b.abort();
});

test('much data moves through pipes, little does not', async (t) => {
  const { a, b, peers } = await stage(promises, t);
  const before = pipes();
  const ended = promises.relay(a, b);
  await peers.run(`x.sendall(b'little'); y.recv(6); y.sendall(b'back'); x.recv(4)`);
  assert.equal(pipes(), before);
  peers.begin(`feed(x, ${4 * MIB}, 3, False)`);
  await until(() => pipes() === before + 2, 'a pipe for the direction that has much');
  await peers.run(`z = 0\nwhile z < ${4 * MIB}: z += len(y.recv(1 << 20))`);
  await peers.run(`x.sendall(b'little'); y.recv(6)`);
  await peers.run(`x.sendall(b'little'); y.recv(6)`);
  assert.equal(pipes(), before, 'it is gone when little comes again');
  await peers.run(`x.close(); y.close()`);
  await ended.catch(() => undefined);
  assert.equal(pipes(), before);
});

inBothColours('single bytes go both ways', async (net, t) => {
  const { a, b, peers } = await stage(net, t);
  peers.begin(`
def play():
    for i in range(3000):
        byte = bytes([i & 255])
        x.sendall(byte)
        if y.recv(2) != byte: return i
        y.sendall(byte)
        if x.recv(2) != byte: return i
    end(x)
    if y.recv(1): return 'more'
    end(y)
    return x.recv(1) == b''
result = play()`);
  assert.deepEqual(await net.relay(a, b), { aToB: 3000, bToA: 3000 });
  assert.equal(await peers.value('result'), true);
});

inBothColours('the end of one direction is carried across, and the other goes on', async (net, t) => {
  for (const [first, second] of ['xy', 'yx']) {
    const { a, b, peers } = await stage(net, t);
    peers.begin(`
${first}.sendall(b'question')
end(${first})
asked = digest(${second})[0]
answered = both(lambda: feed(${second}, ${3 * MIB}, 7), lambda: digest(${first}))`);
    const carried = { [first === 'x' ? 'aToB' : 'bToA']: 8, [first === 'x' ? 'bToA' : 'aToB']: 3 * MIB };
    assert.deepEqual(await net.relay(a, b), carried);
    assert.equal(await peers.value('asked'), 8);
    const [sent, got] = (await peers.value('answered')) as Digests;
    assert.deepEqual(got, sent);
    await a.close();
    await b.close();
    assert.deepEqual([a.closeInfo!.clean, b.closeInfo!.clean], [true, true]);
  }
});

inBothColours('what was read ahead or put back goes first', async (net, t) => {
  const { a, b, peers } = await stage(net, t);
  await peers.run(`x.sendall(b'CONNECT y\\n' + b'early'); y.sendall(b'hello\\nrest')`);
  assert.equal(await a.readLine(), 'CONNECT y');
  assert.equal(String(await b.peek(10)), 'hello\nrest');
  a.unread('put back, ');
  await a.write('OK\n');
  peers.begin(`end(x); end(y); result = both(lambda: digest(y)[0] and 'read', lambda: x.recv(100) + x.recv(100))`);
  peers.begin(`result = [result[0], result[1].decode()]`);
  assert.deepEqual(await net.relay(a, b), { aToB: 15, bToA: 10 });
  assert.deepEqual(await peers.value('result'), ['read', 'OK\nhello\nrest']);
});

const securities: [Side, Side][] = [
  ['server', 'plain'],
  ['plain', 'client'],
  ['server', 'client'],
  ['client', 'server'],
];

for (const sides of securities)
  inBothColours(`TLS may be on a side: a is ${sides[0]}, b is ${sides[1]}`, async (net, t) => {
    const { a, b, peers } = await stage(net, t, { sides });
    const { root } = pki();
    for (const [conn, name, side] of [
      [a, 'x', sides[0]],
      [b, 'y', sides[1]],
    ] as const) {
      if (side === 'plain') continue;
      peers.begin(`${name} = secure(${name}, '${side}')`);
      // A handshake that we have to make as the server is left to the relay when it is the only one.
      if (side === 'client') await conn.startTls({ ca: root.cert, serverName: 'localhost' });
      else if (sides.includes('client')) await conn.handshake();
    }
    const [there, back] = [5 * MIB, 6 * MIB];
    peers.begin(`result = both(lambda: exchange(x, ${there}, 3, ${back}), lambda: exchange(y, ${back}, 5, ${there}))`);
    assert.deepEqual(await net.relay(a, b, { timeout: '15s' }), { aToB: there, bToA: back });
    const [ofX, ofY] = (await peers.value('result')) as [string[], string[]];
    assert.deepEqual(ofY, ofX.toReversed());
  });

inBothColours('a direction that was ended before is left out', async (net, t) => {
  const { a, b, peers } = await stage(net, t);
  await b.closeWrite();
  peers.begin(`x.sendall(b'unheard'); y.sendall(b'heard'); end(y); result = digest(x)[0]`);
  assert.deepEqual(await net.relay(a, b), { aToB: 0, bToA: 5 });
  assert.equal(await peers.value('result'), 5);
});

test('promise 4: calls made before are waited for, and those made meanwhile wait', async (t) => {
  const [x, a] = pairOf(promises, t);
  const [y, b] = pairOf(promises, t);
  await x.write('line\nthe rest');
  const line = a.readLine();
  const written = b.write('first ');
  const carried = promises.relay(a, b);
  const after = b.write(' last').then(
    () => 'written',
    (error: unknown) => (error as promises.SocketError).code,
  );
  const late = a.read();
  assert.equal(await line, 'line');
  assert.equal(await written, 6);
  assert.equal(String(await y.readExact(14)), 'first the rest');
  await x.closeWrite();
  await y.closeWrite();
  assert.deepEqual(await carried, { aToB: 8, bToA: 0 });
  assert.equal(await after, 'EPIPE', 'the relay has ended this direction');
  assert.equal(await late, null);
});

inBothColours('a connection is not relayed to itself, nor to what is none', async (net, t) => {
  const [a, b] = pairOf(net, t);
  for (const [one, other, name] of [
    [a, a, '"b"'],
    [a, net.share(a), '"b"'],
    [a, {}, '"b"'],
    [null, b, '"a"'],
    [a.socket, b, '"a"'],
  ] as const) {
    const error = (await failure(() => net.relay(one as promises.AsyncConn, other as promises.AsyncConn))) as Error;
    assert.ok(error instanceof TypeError && error.message.includes(name), error.message);
  }
  const limited = await failure(() => net.relay(a, b, { timeout: 'soon' as '1s' }));
  assert.ok((limited as unknown) instanceof TypeError);
  b.abort();
  assert.equal((await failure(() => net.relay(a, b))).code, 'ERR_SOCKET_CLOSED');
  assert.equal(await a.waitReadable({ timeout: 1000 }), true, 'its lanes are free');
});

test('events tell what a relay carries, and one may be begun from them', async (t) => {
  const { a, b, peers } = await stage(promises, t);
  const [x, inside] = pairOf(promises, t);
  const [y, outside] = pairOf(promises, t);
  await x.write('nested');
  const told: Record<string, number> = { read: 0, sent: 0 };
  let nested: Promise<unknown> | null = null;
  a.on('read', ({ bytes, total }) => {
    // In the middle of a step, while the bytes lie in memory that all relays use.
    nested ??= promises.relay(inside, outside);
    told['read'] = total;
    told['bytes'] = (told['bytes'] ?? 0) + bytes;
  });
  b.on('sent', ({ total }) => (told['sent'] = total));
  peers.begin(`result = both(lambda: feed(x, ${3 * MIB}, 3), lambda: digest(y), lambda: end(y))`);
  assert.deepEqual(await promises.relay(a, b), { aToB: 3 * MIB, bToA: 0 });
  const [sent, got] = (await peers.value('result')) as Digests;
  assert.deepEqual(got, sent);
  assert.deepEqual(told, { read: 3 * MIB, sent: 3 * MIB, bytes: 3 * MIB });
  assert.equal(String(await y.readExact(6)), 'nested');
  await Promise.all([x.closeWrite(), y.closeWrite()]);
  assert.deepEqual(await nested, { aToB: 6, bToA: 0 });
});
