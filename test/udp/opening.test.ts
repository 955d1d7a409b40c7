// Owns the tests of udp(): every form of its arguments, and what the kernel was told by them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, options, type Target } from 'berkeley';
import { startPuppet } from '../support/python.js';
import { colours, descriptors, failure, hasIpv6, inBothColours, SOON, startPeer } from './kit.js';

inBothColours('without an address the kernel chooses a port at once, on every local address', async (net, t) => {
  const peer = await startPeer(t);
  await using socket = await net.udp();
  const { port, address, family } = socket.localAddr;
  assert.ok(port! > 0);
  assert.deepEqual([family, address], hasIpv6 ? ['ipv6', '::'] : ['ipv4', '0.0.0.0']);
  await peer.send('over IPv4', port!);
  const { data, from } = await socket.recv(SOON);
  assert.equal(data.toString(), 'over IPv4');
  assert.equal(from.toString(), hasIpv6 ? `[::ffff:127.0.0.1]:${peer.port}` : `127.0.0.1:${peer.port}`);
  // Back to the form that it came in, and to the other.
  await socket.send('one', from);
  await socket.send('two', `127.0.0.1:${peer.port}`);
  await socket.send('three', net.address(`127.0.0.1:${peer.port}`));
  await socket.send('four', { host: 'localhost', port: peer.port, family: 'ipv4' });
  for (const word of ['one', 'two', 'three', 'four'])
    assert.deepEqual((await peer.got()).map(String), [word, '127.0.0.1', String(port)]);
});

inBothColours('a number is a port on every local address, and an address is that one', async (net, t) => {
  const free = await net.udp();
  const port = free.localAddr.port!;
  free.close();
  await using everywhere = await net.udp(port);
  assert.equal(everywhere.localAddr.port, port);
  assert.equal(everywhere.localAddr.address, hasIpv6 ? '::' : '0.0.0.0');
  const peer = await startPeer(t);
  for (const target of [
    '127.0.0.1:0',
    { host: '127.0.0.1', port: 0 },
    'udp://127.0.0.1:0',
    'localhost:0',
    { host: 'localhost', port: 0, family: 'ipv4' },
  ] satisfies Target[]) {
    await using socket = await net.udp(target, { family: 'ipv4' });
    assert.equal(socket.localAddr.address, '127.0.0.1');
    assert.equal(socket.socket.family, 'ipv4');
    assert.equal(socket.socket.kind, 'dgram');
    await socket.send('from there', peer.at);
    assert.deepEqual((await peer.got()).slice(1), ['127.0.0.1', socket.localAddr.port]);
  }
  await using four = await net.udp({ port: 0 }, { family: 'ipv4' });
  assert.equal(four.localAddr.address, '0.0.0.0');
  await using raw = await net.udp({
    family: constants['AF_INET']!,
    raw: Buffer.from('02000000' + '7f000001' + '0000000000000000', 'hex'),
  });
  assert.equal(raw.localAddr.address, '127.0.0.1');
});

if (hasIpv6)
  inBothColours('IPv6 goes as IPv4 does', async (net, t) => {
    const peer = await startPeer(t, '::1');
    await using socket = await net.udp('[::1]:0');
    assert.equal(socket.localAddr.toString(), `[::1]:${socket.localAddr.port}`);
    await socket.send('six', peer.at);
    assert.deepEqual((await peer.got()).map(String), ['six', '::1', String(socket.localAddr.port)]);
    await peer.send('back', socket.localAddr.port!);
    assert.equal((await socket.recv(SOON)).from.toString(), peer.at);
  });

if (hasIpv6)
  inBothColours('ipv6Only takes no IPv4, either way', async (net, t) => {
    const peer = await startPeer(t);
    await using only = await net.udp({ port: 0 }, { family: 'ipv6', ipv6Only: true });
    assert.equal(only.socket.getOption(options.IPV6_V6ONLY), true);
    assert.equal((await failure(() => only.send('x', peer.at))).code, 'ENETUNREACH');
    // Its port is free for IPv4.
    await using four = await net.udp(`127.0.0.1:${only.localAddr.port}`);
    await peer.send('for the other', only.localAddr.port!);
    assert.equal((await four.recv(SOON)).data.toString(), 'for the other');
    assert.equal((await failure(() => only.recv({ timeout: 0 }))).code, 'ETIMEDOUT');
  });

inBothColours('{ connect } makes one peer, and takes its family', async (net, t) => {
  const peer = await startPeer(t);
  const stranger = await startPeer(t);
  await using socket = await net.udp(undefined, { connect: peer.at });
  assert.equal(socket.localAddr.address, '127.0.0.1');
  assert.equal(socket.socket.state, 'connected');
  assert.equal(socket.socket.getpeername().toString(), peer.at);
  assert.equal(await socket.send('hello'), 5);
  assert.equal((await peer.got())[0].toString(), 'hello');
  await stranger.send('not for you', socket.localAddr.port!);
  await peer.send('for you', socket.localAddr.port!);
  const { data, from } = await socket.recv(SOON);
  assert.equal(data.toString(), 'for you');
  assert.equal(from.toString(), peer.at);
});

inBothColours('{ connect } goes with an address, a wildcard and a name', async (net, t) => {
  const peer = await startPeer(t);
  const localhost = { host: 'localhost', port: peer.port };
  for (const at of [':0', '127.0.0.1:0', 0, ...(hasIpv6 ? ['[::]:0'] : [])]) {
    await using socket = await net.udp(at, { connect: peer.at });
    await socket.send('x');
    assert.deepEqual((await peer.got()).slice(1), ['127.0.0.1', socket.localAddr.port], String(at));
  }
  await using named = await net.udp('127.0.0.1:0', { connect: localhost });
  await named.send('y');
  assert.equal((await peer.got())[0].toString(), 'y');
});

inBothColours('connect(null) gives the peer up, and the port stays', async (net, t) => {
  const [first, second, third] = [await startPeer(t), await startPeer(t), await startPeer(t)];
  for (const at of [undefined, '127.0.0.1:0', 0] as const) {
    await using socket = await net.udp(at, { connect: first.at });
    const { port } = socket.localAddr;
    await socket.connect(null);
    assert.equal(socket.localAddr.port, port);
    assert.equal((await failure(() => socket.send('x'))).code, 'EDESTADDRREQ');
    assert.equal((await failure(() => socket.socket.getpeername())).code, 'ENOTCONN');
    await second.send('anybody', port!);
    assert.equal((await socket.recv(SOON)).data.toString(), 'anybody');
    await socket.connect(second.at);
    await socket.connect(third.at);
    assert.equal(socket.localAddr.port, port);
    await socket.send('to the third');
    assert.equal((await third.got())[0].toString(), 'to the third');
  }
});

inBothColours('after close the local address is what it was at the end', async (net, t) => {
  const peer = await startPeer(t);
  const socket = await net.udp({ port: 0 }, { family: 'ipv4' });
  await socket.connect(peer.at);
  socket.close();
  assert.equal(socket.localAddr.address, '127.0.0.1');
});

inBothColours('reuseAddress and reusePort let sockets share a port, and nothing else does', async (net) => {
  await using first = await net.udp('127.0.0.1:0', { reuseAddress: true });
  const at = first.localAddr;
  const taken = await failure(() => net.udp(at));
  assert.deepEqual([taken.code, taken.phase, taken.address, taken.port], ['EADDRINUSE', 'bind', '127.0.0.1', at.port]);
  await using second = await net.udp(at, { reuseAddress: true });
  assert.equal(second.localAddr.port, at.port);
  await using third = await net.udp('127.0.0.1:0', { reusePort: true });
  assert.equal((await failure(() => net.udp(third.localAddr, { reuseAddress: true }))).code, 'EADDRINUSE');
  await using fourth = await net.udp(third.localAddr, { reusePort: true });
  assert.equal(fourth.localAddr.port, third.localAddr.port);
});

inBothColours('options are set before bind', async (net) => {
  await using socket = await net.udp('127.0.0.1:0', { options: [[options.SO_RCVBUF, 10_000]] });
  assert.equal(socket.socket.getOption(options.SO_RCVBUF), 20_000);
  const failed = await failure(() => net.udp('127.0.0.1:0', { options: [[options.TCP_NODELAY, true]] }));
  assert.equal(failed.code, 'ENOPROTOOPT');
});

inBothColours('an address that is not ours is EADDRNOTAVAIL, and leaves no descriptor', async (net) => {
  const before = descriptors();
  for (let i = 0; i < 20; i++) {
    assert.equal((await failure(() => net.udp('198.51.100.7:0'))).code, 'EADDRNOTAVAIL');
    assert.equal((await failure(() => net.udp('127.0.0.1:0', { connect: '127.255.255.255:9' }))).code, 'EACCES');
  }
  assert.equal(descriptors(), before);
});

inBothColours('families that do not fit are ERR_NO_ADDRESS', async (net) => {
  assert.equal((await failure(() => net.udp('127.0.0.1:0', { family: 'ipv6' }))).code, 'ERR_NO_ADDRESS');
  assert.equal((await failure(() => net.udp('127.0.0.1:0', { connect: '[::1]:9' }))).code, 'ERR_NO_ADDRESS');
  assert.equal((await failure(() => net.udp(0, { family: 'ipv4', connect: '[::1]:9' }))).code, 'ERR_NO_ADDRESS');
});

inBothColours('a name that does not exist is a ResolveError, and a limit holds for the lookup', async (net) => {
  const failed = await failure(() => net.udp('no.such.name.invalid:0', { timeout: '20s' }));
  assert.match(failed.code, /^(ENOTFOUND|EAI_AGAIN)$/);
  assert.ok(failed instanceof net.ResolveError);
  const before = descriptors();
  assert.equal((await failure(() => net.udp(0, { connect: 'no.such.name.invalid:9', timeout: 0 }))).code, 'ETIMEDOUT');
  const aborted = AbortSignal.abort();
  assert.equal((await failure(() => net.udp('localhost:0', { signal: aborted }))).code, 'ABORT_ERR');
  assert.ok(descriptors() <= before + 1, 'at most the lookup that still runs');
});

inBothColours('fd: takes a UDP socket over, and nothing else', async (net, t) => {
  const peer = await startPeer(t);
  const given = net.socket('ipv4', 'dgram');
  await given.bind('127.0.0.1:0');
  await using socket = await net.udp(`fd:${given.detach()}`, { connect: peer.at });
  await socket.send('taken over');
  assert.deepEqual((await peer.got()).map(String), ['taken over', '127.0.0.1', String(socket.localAddr.port)]);
  for (const [family, kind] of [
    ['unix', 'dgram'],
    ['ipv4', 'stream'],
  ] as const) {
    const other = net.socket(family, kind);
    const fd = other.detach();
    const before = descriptors();
    assert.equal((await failure(() => net.udp(`fd:${fd}`))).code, 'ERR_SOCKET_STATE');
    // It stays ours, and open.
    net.adopt(fd).close();
    assert.equal(descriptors(), before - 1);
  }
});

inBothColours('a datagram target is refused where streams are made', async (net) => {
  for (const call of [() => net.listen('udp://127.0.0.1:0'), () => net.connect('udp://127.0.0.1:9')]) {
    const failed = await failure(call);
    assert.ok(failed instanceof TypeError);
    assert.match(failed.message, /datagram target/);
  }
});

inBothColours('a wrong argument of udp is a TypeError that names it', async (net) => {
  const before = descriptors();
  const wrong: [unknown, unknown, string][] = [
    [-1, {}, 'at'],
    [65536, {}, 'at'],
    [true, {}, 'at'],
    ['127.0.0.1', {}, 'at'],
    ['/run/x.sock', {}, 'at'],
    ['tcp://127.0.0.1:0', {}, 'at'],
    ['tls://127.0.0.1:0', {}, 'at'],
    [{ family: 1, raw: Buffer.from([1, 0, 47, 120]) }, {}, 'at'],
    [0, null, 'options'],
    [0, 'x', 'options'],
    [0, { connect: 'fd:3' }, 'connect'],
    [0, { connect: 'unix:/x' }, 'connect'],
    [0, { connect: 7 }, 'connect'],
    [0, { family: 'unix' }, 'family'],
    [0, { family: 'ipv5' }, 'family'],
    [0, { reuseAddress: 1 }, 'reuseAddress'],
    [0, { reusePort: 'yes' }, 'reusePort'],
    [0, { ipv6Only: null }, 'ipv6Only'],
    [0, { options: {} }, 'options'],
    [0, { meta: 'ttl' }, 'meta'],
    [0, { meta: ['ttl', 'hops'] }, 'meta[1]'],
    [0, { meta: ['fds'] }, 'meta[0]'],
    [0, { meta: ['credentials'] }, 'meta[0]'],
    [0, { timeout: -1 }, 'timeout'],
    [0, { signal: 1 }, 'signal'],
  ];
  for (const [at, o, argument] of wrong) {
    const failed = await failure(() => net.udp(at as number, o as never));
    assert.ok(failed instanceof TypeError || failed instanceof RangeError, `${String(at)}: ${String(failed)}`);
    assert.match(failed.message, new RegExp(`"${argument.replace(/[[\]]/g, '\\$&')}`));
  }
  assert.equal(descriptors(), before);
});

test('a service name is looked up among those of UDP', async (t) => {
  const puppet = startPuppet(t);
  const port = (await puppet.value("socket.getservbyname('ntp', 'udp')")) as number;
  for (const [, net] of colours) {
    await using socket = await net.udp(undefined, { connect: '127.0.0.1:ntp' });
    assert.equal(socket.socket.getpeername().port, port);
  }
});
