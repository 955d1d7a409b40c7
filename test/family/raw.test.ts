// Owns the tests of raw and datagram ICMP and of raw IP sockets, with the kernel and with Python at the other end.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { startPuppet } from '../support/python.js';
import { echoRequest, failure, inBothColours, limit, mayAdministrate, mayBeRaw, type AnySocket } from './kit.js';

const C = promises.constants as Record<string, number>;
const MSG_PEEK = C['MSG_PEEK']!;

/** Receives until the predicate holds: a raw socket hears what others say, too. */
async function until(socket: AnySocket, isIt: (data: Buffer) => boolean): Promise<promises.Datagram> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const datagram = await socket.recvFrom(4096, { deadline });
    if (datagram !== null && isIt(datagram.data)) return datagram;
  }
}

let ids = process.pid & 0x7fff;

inBothColours('the kernel answers an ICMP echo, and the raw packet has its header before it', mayBeRaw, async (net) => {
  const socket = net.socket('ipv4', 'raw', C['IPPROTO_ICMP']);
  const id = ids++;
  const request = echoRequest(8, id, 7, 'are you there?');
  assert.equal(await socket.sendTo(request, { host: '127.0.0.1', port: 0 }), request.length);
  const { data, from, truncated } = await until(socket, (packet) => packet[20] === 0 && packet.readUInt16BE(24) === id);
  assert.equal(truncated, false);
  assert.deepEqual([from.family, from.address, from.port], ['ipv4', '127.0.0.1', 0]);
  assert.deepEqual([data[0], data[9]], [0x45, 1], 'IPv4 without options, ICMP');
  assert.deepEqual(data.subarray(24), request.subarray(4));
  socket.close();
});

inBothColours(
  'the kernel answers an ICMPv6 echo, without a header and with a checksum of its own',
  mayBeRaw,
  async (net) => {
    const socket = net.socket('ipv6', 'raw', C['IPPROTO_ICMPV6']);
    const id = ids++;
    const request = echoRequest(128, id, 7, 'are you there?');
    await socket.connect({ host: '::1', port: 0 });
    assert.equal(socket.state, 'connected');
    assert.equal(await socket.send(request), request.length);
    const { data, from } = await until(socket, (packet) => packet[0] === 129 && packet.readUInt16BE(4) === id);
    assert.deepEqual([from.family, from.address], ['ipv6', '::1']);
    assert.deepEqual(data.subarray(4), request.subarray(4));
    socket.close();
  },
);

/** Protocol 253 is for experiments (RFC 3692), so nobody but us two hears it. */
const EXPERIMENT = 253;

inBothColours('raw IP goes to Python and comes from it, with options, limits and peeking', mayBeRaw, async (net, t) => {
  const mark = `${process.pid} ${ids++}`;
  const python = startPuppet(
    t,
    `s = socket.socket(socket.AF_INET, socket.SOCK_RAW, ${EXPERIMENT}); s.bind(('127.0.9.1', 0))`,
  );
  await python.run('pass');
  const socket = net.socket('ipv4', 'raw', EXPERIMENT);
  await socket.bind({ host: '127.0.9.2', port: 0 });
  assert.equal(socket.getsockname().address, '127.0.9.2');
  socket.setOption(net.options.IP_TTL, 9);
  await socket.sendTo(`to python ${mark}`, { host: '127.0.9.1', port: 0 });
  const [ttl, text, from] = (await python.value(
    `(lambda m: [m[0][8], m[0][20:].decode(), m[1][0]])(s.recvfrom(2000))`,
  )) as [number, string, string];
  assert.deepEqual([ttl, text, from], [9, `to python ${mark}`, '127.0.9.2']);
  assert.equal((await failure(() => socket.recv(100, { timeout: 20 }))).code, 'ETIMEDOUT');
  python.begin(`s.sendto(b'from python', ('127.0.9.2', 0))`);
  const peeked = await socket.recvFrom(2000, { ...limit, flags: MSG_PEEK });
  const got = (await socket.recvFrom(24, limit))!;
  assert.equal(peeked!.data.subarray(20).toString(), 'from python');
  assert.deepEqual([got.data.subarray(20).toString(), got.truncated, got.from.address], ['from', true, '127.0.9.1']);
  await python.caughtUp();
  socket.close();
});

inBothColours('with IPPROTO_RAW the header is ours', mayBeRaw, async (net, t) => {
  const python = startPuppet(
    t,
    `s = socket.socket(socket.AF_INET, socket.SOCK_RAW, ${EXPERIMENT}); s.bind(('127.0.9.3', 0))`,
  );
  await python.run('pass');
  const socket = net.socket('ipv4', 'raw', C['IPPROTO_RAW']);
  const packet = Buffer.from([
    0x45,
    0,
    0,
    0,
    0x12,
    0x34,
    0,
    0,
    77,
    EXPERIMENT,
    0,
    0,
    127,
    0,
    9,
    4,
    127,
    0,
    9,
    3,
    1,
    2,
    3,
  ]);
  await socket.sendTo(packet, { host: '127.0.9.3', port: 0 });
  assert.deepEqual(await python.value(`(lambda m: [m[0][8], list(m[0][20:]), m[1][0]])(s.recvfrom(2000))`), [
    77,
    [1, 2, 3],
    '127.0.9.4',
  ]);
  // It sends only: raw(7).
  assert.equal((await failure(() => socket.recv(100, { timeout: 10 }))).code, 'ETIMEDOUT');
  socket.close();
});

test(
  'a raw socket that cannot be had names CAP_NET_RAW; ICMP by datagrams the setting, too',
  { skip: mayAdministrate },
  () => {
    const program = `import * as net from 'berkeley/sync';
    const found = [];
    for (const args of [['ipv4', 'raw', 1], ['ipv6', 'raw', 58], ['packet', 'raw'], ['ipv4', 'dgram', 1], ['ipv6', 'dgram', 58]])
      try { net.socket(...args); } catch ({ code, hint, phase, syscall }) { found.push([code, hint, phase, syscall]); }
    for (const [kind, at] of [['ipv4', '127.0.0.1:1'], ['ipv6', '[::1]:1023'], ['netlink', { family: 'netlink', host: '0:1' }]])
      try { const s = net.socket(kind, kind === 'netlink' ? 'raw' : 'stream', kind === 'netlink' ? 9 : 0); s.bind(at); } catch ({ code, hint, phase, syscall }) { found.push([code, hint, phase, syscall]); }
    console.log(JSON.stringify(found));`;
    const shell =
      'ip link set lo up; exec setpriv --bounding-set=-net_raw,-net_bind_service,-net_admin,-audit_read "$0" "$@"';
    const words = ['--net', 'sh', '-ec', shell, process.execPath, '--input-type=module', '-e', program];
    const found = JSON.parse(execFileSync('unshare', words, { encoding: 'utf8' })) as [
      string,
      string,
      string,
      string,
    ][];
    const socketRows = found.slice(0, 5);
    assert.deepEqual(
      socketRows.map(([code, , phase, syscall]) => [code, phase, syscall]),
      ['EPERM', 'EPERM', 'EPERM', 'EACCES', 'EACCES'].map((code) => [code, 'config', 'socket']),
    );
    for (const [, hint] of socketRows) assert.match(hint, /CAP_NET_RAW/);
    for (const [, hint] of socketRows.slice(3)) assert.match(hint, /net\.ipv4\.ping_group_range/);
    const bindRows = found.slice(5);
    assert.ok(bindRows.length >= 2, JSON.stringify(bindRows));
    for (const [code, hint, phase, syscall] of bindRows.slice(0, 2))
      assert.deepEqual([code, /CAP_NET_BIND_SERVICE/.test(hint), phase, syscall], ['EACCES', true, 'bind', 'bind']);
    for (const [code, hint] of bindRows.slice(2)) assert.deepEqual([code, /CAP_NET_ADMIN/.test(hint)], ['EPERM', true]);
  },
);

inBothColours('broadcast without SO_BROADCAST is EACCES, with a hint that names it', false, async (net) => {
  const socket = net.socket('ipv4', 'dgram');
  const error = await failure(() => socket.connect('255.255.255.255:9'));
  if (error.code !== 'ENETUNREACH') {
    assert.equal(error.code, 'EACCES');
    assert.match(error.hint!, /SO_BROADCAST/);
  }
  socket.close();
});

const datagramIcmp = `
import * as promises from 'berkeley';
import * as sync from 'berkeley/sync';
const out = [];
for (const net of [promises, sync])
  for (const [family, host, protocol, type] of [['ipv4', '127.0.0.1', 1, 8], ['ipv6', '::1', 58, 128]]) {
    const socket = net.socket(family, 'dgram', protocol);
    await socket.bind({ host, port: 0 });
    await socket.sendTo(Buffer.from([type, 0, 0, 0, 0, 0, 0, 5, 1, 2, 3, 4]), { host, port: 0 });
    const { data, from } = await socket.recvFrom(100, { timeout: 5000 });
    const own = socket.getsockname();
    const adopted = net.adopt(socket.detach());
    out.push([data[0], data.readUInt16BE(4) === own.port, data.readUInt16BE(6), [...data.subarray(8)], from.address, adopted.state, adopted.protocol]);
    adopted.close();
  }
console.log(JSON.stringify(out));`;

test(
  'datagram sockets for ICMP send echoes and hear their own replies, in both colours',
  { skip: mayAdministrate },
  () => {
    const shell = 'ip link set lo up; echo "0 2147483647" > /proc/sys/net/ipv4/ping_group_range; exec "$0" "$@"';
    const words = ['--net', 'sh', '-ec', shell, process.execPath, '--input-type=module', '-e', datagramIcmp];
    const v4 = [0, true, 5, [1, 2, 3, 4], '127.0.0.1', 'bound', 1];
    const v6 = [129, true, 5, [1, 2, 3, 4], '::1', 'bound', 58];
    assert.deepEqual(JSON.parse(execFileSync('unshare', words, { encoding: 'utf8' })), [v4, v6, v4, v6]);
  },
);
