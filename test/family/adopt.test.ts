// Owns the tests of descriptors of every family: what adopt reads back from the kernel, and that each is born closed on exec.

import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { startPuppet } from '../support/python.js';
import { failure, flags, inBothColours, isOpen, limit, mayBeRaw, type AnySocket, type Net } from './kit.js';

type Row = readonly [family: promises.Family, kind: promises.Kind, protocol: number];

const C = promises.constants as Record<string, number>;
const plain: readonly Row[] = [
  ['ipv4', 'stream', 0],
  ['ipv4', 'stream', C['IPPROTO_TCP']!],
  ['ipv6', 'stream', 0],
  ['ipv4', 'dgram', 0],
  ['ipv6', 'dgram', C['IPPROTO_UDP']!],
  ['unix', 'stream', 0],
  ['unix', 'dgram', 0],
  ['unix', 'seqpacket', 0],
  ['netlink', 'raw', 0],
  ['netlink', 'dgram', C['NETLINK_ROUTE'] ?? 0],
  [16, 'raw', 0],
];
const raw: readonly Row[] = [
  ['ipv4', 'raw', C['IPPROTO_ICMP']!],
  ['ipv4', 'raw', C['IPPROTO_RAW']!],
  ['ipv6', 'raw', C['IPPROTO_ICMPV6']!],
  ['packet', 'raw', 0],
  ['packet', 'dgram', 0x0008],
];

/** What Python reads from the same socket. */
const reading = `
def facts(fd):
    s = socket.socket(fileno=os.dup(fd))
    return [s.getsockopt(1, 39), s.getsockopt(1, 3), s.getsockopt(1, 38)]`;

function rows(title: string, list: readonly Row[], skip: string | false): void {
  inBothColours(title, skip, async (net, t) => {
    for (const [family, kind, protocol] of list) {
      const socket = net.socket(family, kind, protocol);
      const what = `${family} ${kind} ${protocol}`;
      assert.deepEqual(flags(socket.fd), { nonBlocking: true, closeOnExec: true }, what);
      assert.equal(socket.state, 'new');
      const fd = socket.detach();
      assert.deepEqual(flags(fd), { nonBlocking: false, closeOnExec: true }, what);
      const adopted = net.adopt(fd);
      assert.equal(adopted.fd, fd);
      assert.deepEqual(flags(fd), { nonBlocking: true, closeOnExec: true }, what);
      adopted.setInheritable(true);
      assert.deepEqual(flags(fd), { nonBlocking: false, closeOnExec: false }, what);
      const python = startPuppet(t, reading);
      const [domain, type, number] = (await python.value(`facts(${fd})`)) as number[];
      await python.end();
      adopted.setInheritable(false);
      assert.deepEqual(flags(fd), { nonBlocking: true, closeOnExec: true }, what);
      assert.deepEqual([adopted.kind, adopted.protocol, adopted.state], [nameOf(type!), number, 'new'], what);
      assert.equal(domain, numberOf(adopted.family), what);
      const copy = adopted.dup();
      assert.deepEqual(flags(copy.fd), { nonBlocking: true, closeOnExec: true }, what);
      assert.deepEqual([copy.family, copy.kind, copy.protocol], [adopted.family, adopted.kind, adopted.protocol]);
      copy.close();
      assert.ok(isOpen(fd));
      adopted.close();
      assert.ok(!isOpen(fd), what);
    }
  });
}

const families: Record<string, number> = {
  ipv4: C['AF_INET']!,
  ipv6: C['AF_INET6']!,
  unix: C['AF_UNIX']!,
  netlink: C['AF_NETLINK']!,
  packet: C['AF_PACKET']!,
};

function numberOf(family: promises.Family): number {
  return typeof family === 'number' ? family : families[family]!;
}

function nameOf(type: number): promises.Kind {
  return (['', 'stream', 'dgram', 'raw', 'rdm', 'seqpacket'] as promises.Kind[])[type] ?? type;
}

rows('promise 10: every kind is closed on exec, and adopt reads back what Python reads', plain, false);
rows('promise 10: raw and packet sockets are closed on exec, and adopt reads back what Python reads', raw, mayBeRaw);

/** The state that adopt sees in a descriptor; the socket goes on under the new object. */
function stateSeen(net: Net, socket: AnySocket): { state: string; again: AnySocket } {
  const again = net.adopt(socket.detach());
  return { state: again.state, again };
}

inBothColours(
  'adopt sees whether a stream is bound, listens, connects, is connected or shut down',
  false,
  async (net) => {
    for (const family of ['ipv4', 'ipv6', 'unix'] as const) {
      const at =
        family === 'unix' ? `unix:@berkeley-adopt-${process.pid}` : family === 'ipv4' ? '127.0.0.1:0' : '[::1]:0';
      let server = await net.socket(family).bind(at);
      let seen = stateSeen(net, server);
      assert.equal(seen.state, 'bound', family);
      server = seen.again.listen(8);
      seen = stateSeen(net, server);
      assert.equal(seen.state, 'listening', family);
      server = seen.again;
      let client = net.socket(family);
      await client.connect(server.getsockname(), limit);
      seen = stateSeen(net, client);
      assert.equal(seen.state, 'connected', family);
      client = seen.again.shutdown('wr');
      seen = stateSeen(net, client);
      assert.equal(seen.state, 'shutdown', family);
      client = seen.again;
      const accepted = await server.accept(limit);
      assert.deepEqual(flags(accepted.fd), { nonBlocking: true, closeOnExec: true });
      assert.equal(await accepted.recv(1, limit), null);
      seen = stateSeen(net, accepted);
      assert.equal(seen.state, 'connected', `${family}: it may still send`);
      for (const each of [server, client, seen.again]) each.close();
    }
  },
);

inBothColours('adopt sees a TCP connect that is under way', false, async (net, t) => {
  const python = startPuppet(
    t,
    `s = socket.socket(); s.bind(('127.0.1.1', 0)); s.listen(0)
filler = socket.create_connection(s.getsockname())`,
  );
  const port = (await python.value('s.getsockname()[1]')) as number;
  const socket = net.socket();
  assert.equal((await failure(() => socket.connect(`127.0.1.1:${port}`, { timeout: 20 }))).code, 'ETIMEDOUT');
  const { state, again } = stateSeen(net, socket);
  assert.equal(state, 'connecting');
  again.close();
  await python.end();
});

inBothColours('adopt sees the state of datagram and seqpacket sockets', false, async (net) => {
  const name = `unix:@berkeley-adopt-d-${process.pid}`;
  for (const [family, kind, at] of [
    ['ipv4', 'dgram', '127.0.0.1:0'],
    ['ipv6', 'dgram', '[::1]:0'],
    ['unix', 'dgram', name],
  ] as const) {
    let server = await net.socket(family, kind).bind(at);
    let seen = stateSeen(net, server);
    assert.equal(seen.state, 'bound', `${family} ${kind}`);
    server = seen.again;
    const client = net.socket(family, kind);
    await client.connect(server.getsockname(), limit);
    assert.equal(client.state, 'connected');
    seen = stateSeen(net, client);
    assert.equal(seen.state, 'connected', `${family} ${kind}`);
    await seen.again.send('x');
    assert.equal((await server.recv(9, limit))!.toString(), 'x');
    // AF_UNSPEC dissolves the association: connect(2).
    await seen.again.connect({ family: 0, raw: new Uint8Array(16) });
    assert.equal((await failure(() => seen.again.getpeername())).code, 'ENOTCONN');
    assert.ok(['new', 'bound'].includes(seen.again.state), seen.again.state);
    for (const each of [server, seen.again]) each.close();
  }
  const [a, b] = net.socketPair('seqpacket');
  const { state, again } = stateSeen(net, a);
  assert.equal(state, 'connected');
  for (const each of [again, b]) each.close();
});

inBothColours('adopt sees the state of netlink sockets', false, async (net) => {
  const socket = net.socket('netlink', 'raw', 0);
  await socket.bind({ family: 'netlink' });
  const own = socket.getsockname();
  assert.match(own.address, /^[1-9]\d*:0$/);
  let seen = stateSeen(net, socket);
  assert.equal(seen.state, 'bound');
  const second = net.socket('netlink', 'raw', 0);
  // To the kernel: port id 0, which cannot be told from no connection. bind(2) happens by itself.
  await second.connect({ family: 'netlink' });
  assert.equal(second.state, 'connected');
  assert.ok(second.getpeername().equals(net.address({ family: 'netlink', host: '0' })));
  seen.again.close();
  seen = stateSeen(net, second);
  assert.equal(seen.state, 'bound');
  seen.again.close();
});

inBothColours('adopt sees the state of raw and packet sockets', mayBeRaw, async (net) => {
  const packet = net.socket('packet', 'raw', 0);
  await packet.bind({ family: 'packet', host: 'lo', port: 0x88b5 });
  let seen = stateSeen(net, packet);
  assert.equal(seen.state, 'bound');
  seen.again.close();
  for (const [family, protocol, host] of [
    ['ipv4', C['IPPROTO_ICMP']!, '127.0.0.1'],
    ['ipv6', C['IPPROTO_ICMPV6']!, '::1'],
  ] as const) {
    const bound = net.socket(family, 'raw', protocol);
    await bound.bind({ host, port: 0 });
    seen = stateSeen(net, bound);
    assert.equal(seen.state, 'bound', family);
    assert.equal(seen.again.protocol, protocol);
    seen.again.close();
    const connected = net.socket(family, 'raw', protocol);
    await connected.connect({ host, port: 0 }, limit);
    assert.equal(connected.state, 'connected');
    seen = stateSeen(net, connected);
    assert.equal(seen.state, 'connected', family);
    seen.again.close();
  }
});

inBothColours(
  'what is no socket, is closed, or is ours already is a typed error, and stays as it was',
  false,
  async (net) => {
    const file = openSync('/dev/null', 'r');
    const before = flags(file);
    assert.equal((await failure(() => net.adopt(file))).code, 'ENOTSOCK');
    assert.deepEqual(flags(file), before);
    closeSync(file);
    assert.equal((await failure(() => net.adopt(file))).code, 'EBADF');
    assert.equal((await failure(() => net.adopt(1e9))).code, 'EBADF');
    const socket = net.socket('netlink', 'raw', 0);
    const error = await failure(() => net.adopt(socket.fd));
    assert.equal(error.code, 'ERR_DESCRIPTOR_IN_USE');
    assert.match(error.hint!, /detach\(\)/);
    assert.equal(socket.getsockname().family, 'netlink');
    socket.close();
    for (const wrong of [-1, 1.5, NaN, '3', null]) assert.throws(() => net.adopt(wrong as number), /"fd"/);
  },
);

test('a datagram socket is no connection: connect and listen by descriptor say so, and leave it open', async () => {
  const socket = promises.socket('ipv4', 'dgram');
  const fd = socket.detach();
  for (const call of [() => promises.connect(`fd:${fd}`), () => promises.listen(`fd:${fd}`)])
    assert.equal((await failure(call)).code, 'ERR_SOCKET_STATE');
  assert.ok(isOpen(fd));
  const again = promises.adopt(fd);
  assert.equal(again.kind, 'dgram');
  again.close();
});
