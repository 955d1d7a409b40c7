// Owns the tests of what one datagram goes through: its bytes and boundaries, its sender, what the kernel says of it.

import assert from 'node:assert/strict';
import { constants } from 'berkeley';
import { failure, hasIpv6, inBothColours, SOON, startPeer } from './kit.js';

inBothColours('a datagram arrives whole, with its sender, whatever its size', async (net, t) => {
  const peer = await startPeer(t);
  await using socket = await net.udp('127.0.0.1:0');
  for (const size of [0, 1, 1024, 1025, 1472, 65_507]) {
    const bytes = Buffer.alloc(size, size % 251);
    assert.equal(await socket.send(bytes, peer.at), size);
    const [data, host, port] = await peer.got();
    assert.ok(data.equals(bytes), String(size));
    assert.deepEqual([host, port], ['127.0.0.1', socket.localAddr.port]);
    await peer.send(bytes, socket.localAddr.port!);
    const got = await socket.recv(SOON);
    assert.ok(got.data.equals(bytes), String(size));
    assert.equal(got.truncated, false);
    assert.equal(got.flags, 0);
    assert.equal(got.from.toString(), peer.at);
  }
});

inBothColours('an empty datagram is a datagram, in every way of receiving', async (net, t) => {
  const peer = await startPeer(t);
  await using socket = await net.udp('127.0.0.1:0');
  const to = socket.localAddr.port!;
  for (let i = 0; i < 3; i++) await peer.send('', to);
  const { data } = await socket.recv(SOON);
  assert.ok(Buffer.isBuffer(data) && data.length === 0);
  const many = await socket.recvMany(8, SOON);
  assert.deepEqual(
    many.map(({ data, from }) => [data.length, from.toString()]),
    [
      [0, peer.at],
      [0, peer.at],
    ],
  );
  assert.equal(await socket.send('', peer.at), 0);
  assert.equal((await peer.got())[0].length, 0);
  assert.equal(await socket.send([], peer.at), 0);
  assert.equal((await peer.got())[0].length, 0);
});

inBothColours('several pieces are one datagram', async (net, t) => {
  const peer = await startPeer(t);
  await using socket = await net.udp('127.0.0.1:0');
  const pieces = ['täxt', Buffer.from([1, 2]), new Uint8Array([3]).buffer, new DataView(new ArrayBuffer(1)), ''];
  assert.equal(await socket.send(pieces, peer.at), 9);
  assert.deepEqual((await peer.got())[0], Buffer.from([...Buffer.from('täxt'), 1, 2, 3, 0]));
  const thousands = Array.from({ length: 3000 }, (_, i) => Buffer.from([i & 255, i >> 8]));
  assert.equal(await socket.send(thousands, peer.at), 6000);
  assert.deepEqual((await peer.got())[0], Buffer.concat(thousands));
});

inBothColours('what is longer than max is cut off, says so, and its rest is lost', async (net, t) => {
  const peer = await startPeer(t);
  await using socket = await net.udp('127.0.0.1:0');
  const to = socket.localAddr.port!;
  await peer.send('0123456789', to);
  await peer.send('next', to);
  const cut = await socket.recv({ max: 3, ...SOON });
  assert.deepEqual([cut.data.toString(), cut.truncated], ['012', true]);
  assert.equal(cut.flags & constants['MSG_TRUNC']!, constants['MSG_TRUNC']);
  const whole = await socket.recv({ max: 4, ...SOON });
  assert.deepEqual([whole.data.toString(), whole.truncated], ['next', false]);
  await peer.send('abc', to);
  await peer.send('defgh', to);
  const both = await socket.recvMany(2, { size: 4, ...SOON });
  assert.deepEqual(
    both.map(({ data, truncated }) => [data.toString(), truncated]),
    [
      ['abc', false],
      ['defg', true],
    ],
  );
});

inBothColours('peeking leaves the datagram where it is', async (net, t) => {
  const peer = await startPeer(t);
  await using socket = await net.udp('127.0.0.1:0');
  await peer.send('look', socket.localAddr.port!);
  const flags = constants['MSG_PEEK']!;
  for (let i = 0; i < 2; i++) {
    const seen = (await socket.socket.recvMsg({ flags, ...SOON }))!;
    assert.deepEqual([seen.data.toString(), seen.from.toString()], ['look', peer.at]);
  }
  assert.equal((await socket.recv(SOON)).data.toString(), 'look');
  assert.equal((await failure(() => socket.recv({ timeout: 0 }))).code, 'ETIMEDOUT');
});

inBothColours(
  'a datagram that is too large is EMSGSIZE, names its destination, and the socket lives on',
  async (net, t) => {
    const peer = await startPeer(t);
    await using socket = await net.udp('127.0.0.1:0');
    for (let i = 0; i < 3; i++) {
      const failed = await failure(() => socket.send(Buffer.alloc(65_508), peer.at));
      assert.deepEqual(
        [failed.code, failed.phase, failed.address, failed.port],
        ['EMSGSIZE', 'write', '127.0.0.1', peer.port],
      );
      assert.match(failed.message, new RegExp(`EMSGSIZE 127\\.0\\.0\\.1:${peer.port}`));
    }
    await socket.send('alive', peer.at);
    assert.equal((await peer.got())[0].toString(), 'alive');
  },
);

inBothColours('a send that fails harms nothing that was sent after it', async (net, t) => {
  const peer = await startPeer(t);
  await using socket = await net.udp('127.0.0.1:0');
  const results = [
    failure(() => socket.send(Buffer.alloc(65_508), peer.at)),
    Promise.resolve(socket.send('behind it', peer.at)),
  ] as const;
  assert.equal((await results[0]).code, 'EMSGSIZE');
  assert.equal(await results[1], 9);
  assert.equal((await peer.got())[0].toString(), 'behind it');
});

inBothColours(
  'a refused peer is ECONNREFUSED once, at the next receive or send of a connected socket',
  async (net, t) => {
    const peer = await startPeer(t);
    await using socket = await net.udp(undefined, { connect: peer.at });
    await peer.run('s.close()');
    for (const next of ['recv', 'send', 'recvMany'] as const) {
      await socket.send('anybody?');
      await socket.socket.poll({ read: true }, SOON);
      const failed = await failure(() =>
        next === 'send' ? socket.send('x') : next === 'recv' ? socket.recv(SOON) : socket.recvMany(4, SOON),
      );
      assert.equal(failed.code, 'ECONNREFUSED', next);
      assert.ok(failed.message.endsWith(`ECONNREFUSED ${peer.at}`), failed.message);
      assert.equal(failed.port, Number(peer.at.split(':')[1]));
      // Then clean again.
      assert.equal((await failure(() => socket.recv({ timeout: 0 }))).code, 'ETIMEDOUT', next);
    }
  },
);

inBothColours('a receive that waits hears of the refusal', async (net, t) => {
  const peer = await startPeer(t);
  await peer.run('s.close()');
  await using socket = await net.udp(undefined, { connect: peer.at });
  await socket.send('x');
  assert.equal((await failure(() => socket.recv(SOON))).code, 'ECONNREFUSED');
});

inBothColours('a socket that is not connected never hears of a refusal', async (net, t) => {
  const peer = await startPeer(t);
  const other = await startPeer(t);
  await peer.run('s.close()');
  await using socket = await net.udp('127.0.0.1:0');
  for (let i = 0; i < 5; i++) await socket.send('nobody there', peer.at);
  await other.send('still here', socket.localAddr.port!);
  assert.equal((await socket.recv(SOON)).data.toString(), 'still here');
  await socket.send('and sending', other.at);
  assert.equal((await other.got())[0].toString(), 'and sending');
});

inBothColours('a send without any destination is EDESTADDRREQ', async (net) => {
  await using socket = await net.udp('127.0.0.1:0');
  assert.equal((await failure(() => socket.send('where to?'))).code, 'EDESTADDRREQ');
});

inBothColours('a broadcast needs `broadcast`: EACCES without it, and it arrives with it', async (net, t) => {
  const peer = await startPeer(t, '0.0.0.0');
  await using socket = await net.udp('127.0.0.1:0');
  const to = `127.255.255.255:${peer.port}`;
  assert.equal(socket.broadcast, false);
  const failed = await failure(() => socket.send('to all', to));
  assert.deepEqual([failed.code, failed.address, failed.port], ['EACCES', '127.255.255.255', peer.port]);
  assert.match(failed.hint!, /SO_BROADCAST/);
  socket.broadcast = true;
  assert.equal(socket.broadcast, true);
  assert.equal(await socket.send('to all', to), 6);
  assert.deepEqual((await peer.got()).map(String), ['to all', '127.0.0.1', String(socket.localAddr.port)]);
  socket.broadcast = false;
  assert.equal((await failure(() => socket.send('to all', to))).code, 'EACCES');
});

inBothColours('sendMany sends each with its destination, and recvMany takes what is there', async (net, t) => {
  const [one, two] = [await startPeer(t), await startPeer(t)];
  await using socket = await net.udp('127.0.0.1:0');
  const messages = Array.from({ length: 100 }, (_, i) => ({ data: `m${i}`, to: i % 2 === 0 ? one.at : two.at }));
  assert.equal(await socket.sendMany(messages), 100);
  for (let i = 0; i < 100; i++) assert.equal((await (i % 2 === 0 ? one : two).got())[0].toString(), `m${i}`);
  assert.equal(await socket.sendMany([]), 0);
  await one.run(`for i in range(50): s.sendto(b'r%d' % i, ('127.0.0.1', ${socket.localAddr.port}))`);
  const got: string[] = [];
  got.push(...(await socket.recvMany(8, SOON)).map(({ data }) => data.toString()));
  assert.equal(got.length, 8);
  got.push(...(await socket.recvMany(1000, SOON)).map(({ data }) => data.toString()));
  assert.deepEqual(
    got,
    Array.from({ length: 50 }, (_, i) => `r${i}`),
  );
});

inBothColours('sendMany counts those before one that fails; the error comes when it is the first', async (net, t) => {
  const peer = await startPeer(t);
  await using socket = await net.udp('127.0.0.1:0');
  const large = { data: Buffer.alloc(65_508), to: peer.at };
  const small = { data: 'ok', to: peer.at };
  assert.equal(await socket.sendMany([small, small, large, small]), 2);
  const failed = await failure(() => socket.sendMany([large, small]));
  assert.deepEqual([failed.code, failed.address, failed.port], ['EMSGSIZE', '127.0.0.1', peer.port]);
  assert.equal(await socket.sendMany([small]), 1);
  for (let i = 0; i < 3; i++) assert.equal((await peer.got())[0].toString(), 'ok');
});

inBothColours('ttl and tos are what Python reads and what arrives', async (net, t) => {
  for (const host of ['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])]) {
    const six = host === '::1';
    const peer = await startPeer(
      t,
      host,
      six
        ? 's.setsockopt(41, socket.IPV6_RECVHOPLIMIT, 1); s.setsockopt(41, socket.IPV6_RECVTCLASS, 1)'
        : 's.setsockopt(0, 12, 1); s.setsockopt(0, 13, 1)',
    );
    await using socket = await net.udp(six ? '[::1]:0' : '127.0.0.1:0');
    assert.deepEqual([socket.ttl, socket.tos], [64, 0]);
    socket.ttl = 33;
    socket.tos = 0xb9;
    assert.deepEqual([socket.ttl, socket.tos], [33, 0xb9]);
    await socket.send('x', peer.at);
    const seen = await peer.value('sorted((t, d[0]) for _, t, d in s.recvmsg(10, 200)[1])');
    assert.deepEqual(
      seen,
      six
        ? [
            [52, 33],
            [67, 0xb9],
          ]
        : [
            [1, 0xb9],
            [2, 33],
          ],
    );
  }
});

if (hasIpv6)
  inBothColours('on a dual-stack socket ttl and tos hold for IPv4, too', async (net, t) => {
    const peer = await startPeer(t, '127.0.0.1', 's.setsockopt(0, 12, 1); s.setsockopt(0, 13, 1)');
    await using socket = await net.udp();
    socket.ttl = 7;
    socket.tos = 0x20;
    await socket.send('x', peer.at);
    assert.deepEqual(await peer.value('sorted((t, d[0]) for _, t, d in s.recvmsg(10, 200)[1])'), [
      [1, 0x20],
      [2, 7],
    ]);
  });

inBothColours('a wrong argument of a method is a TypeError or RangeError that names it', async (net) => {
  await using socket = await net.udp('127.0.0.1:0');
  const at = socket.localAddr;
  const odd = socket as unknown as Record<string, (...words: unknown[]) => unknown> & {
    multicast: Record<string, unknown>;
  };
  const set = (name: string, value: unknown) => () => ((odd as Record<string, unknown>)[name] = value);
  const setMulticast = (name: string, value: unknown) => () => (odd.multicast[name] = value);
  const wrong: [() => unknown, string][] = [
    [() => odd['recv']!({ max: 0 }), 'max'],
    [() => odd['recv']!({ max: 1.5 }), 'max'],
    [() => odd['recv']!({ timeout: 'soon' }), 'timeout'],
    [() => odd['recvMany']!(), 'max'],
    [() => odd['recvMany']!(0), 'max'],
    [() => odd['recvMany']!(1, { size: -1 }), 'size'],
    [() => odd['send']!(), 'data'],
    [() => odd['send']!(5, at), 'data'],
    [() => odd['send']!(['x', null], at), 'data[1]'],
    [() => odd['send']!('x', 5), 'to'],
    [() => odd['send']!('x', 'fd:3'), 'to'],
    [() => odd['send']!('x', '127.0.0.1'), 'to'],
    [() => odd['send']!('x', at, { meta: { ttl: 0 } }), 'meta.ttl'],
    [() => odd['send']!('x', at, { meta: { hops: 1 } }), 'meta'],
    [() => odd['send']!('x', at, { meta: { fds: [0] } }), 'meta.fds'],
    [() => odd['sendMany']!('x'), 'messages'],
    [() => odd['sendMany']!([{ to: at }]), 'messages[0].data'],
    [() => odd['sendMany']!([{ data: 'x', to: at }, null]), 'messages[1]'],
    [() => odd['connect']!('/run/x'), 'to'],
    [() => odd['connect']!(undefined), 'to'],
    [() => odd['join']!(5), 'group'],
    [() => odd['join']!('239.1.2.3', 'lo'), 'options'],
    [() => odd['join']!('all.example.org'), 'group'],
    [() => odd['join']!('192.0.2.1'), 'group'],
    [() => odd['join']!('ff02::1'), 'group'],
    [() => odd['join']!('239.1.2.3', { interface: 'no-such-one' }), 'interface'],
    [() => odd['join']!('239.1.2.3', { interface: 0 }), 'interface'],
    [() => odd['join']!('239.1.2.3', { interface: true }), 'interface'],
    [() => odd['join']!('239.1.2.3', { source: '::1' }), 'source'],
    [() => odd['leave']!('10.0.0.1'), 'group'],
    [set('ttl', 0), 'ttl'],
    [set('ttl', 256), 'ttl'],
    [set('tos', -1), 'tos'],
    [set('tos', '1'), 'tos'],
    [set('broadcast', 1), 'broadcast'],
    [setMulticast('ttl', 256), 'multicast.ttl'],
    [setMulticast('loopback', 0), 'multicast.loopback'],
    [setMulticast('interface', 'no-such-one'), 'multicast.interface'],
  ];
  for (const [call, argument] of wrong) {
    const failed = await failure(call);
    assert.ok(failed instanceof TypeError || failed instanceof RangeError, `${String(call)}: ${String(failed)}`);
    assert.match(failed.message, new RegExp(`"${argument.replace(/[[\]]/g, '\\$&')}"`), String(call));
  }
  // Nothing of it has reached the kernel.
  await socket.send('alive', at);
  assert.equal((await socket.recv(SOON)).data.toString(), 'alive');
});
