// ipAddr, the constants, and limits as Chapel writes them.

import assert from 'node:assert/strict';
import { constants as os } from 'node:os';
import { inspect } from 'node:util';
import test from 'node:test';
import { constants } from 'berkeley/sync';
import * as chapel from 'berkeley/dialects/chapel';
import { IllegalArgumentError, IPFamily, ipAddr, listen, struct_timeval, TimeoutError } from 'berkeley/dialects/chapel';
import { fails, here, took } from './kit.js';

test('the constants have the values of Linux, and those that the page leaves out are there', () => {
  assert.deepEqual({ ...IPFamily }, { IPv4: 2, IPv6: 10, IPUnspec: 0 });
  assert.ok(Object.isFrozen(IPFamily));
  const { SO_ACCEPTCONN, SO_BROADCAST, SO_DEBUG, SO_ERROR, SO_KEEPALIVE, SO_LINGER } = chapel;
  assert.deepEqual([SO_ACCEPTCONN, SO_BROADCAST, SO_DEBUG, SO_ERROR, SO_KEEPALIVE, SO_LINGER], [30, 6, 1, 4, 9, 13]);
  const { SO_OOBINLINE, SO_RCVBUF, SO_RCVTIMEO, SO_REUSEADDR, SO_SNDBUF, SO_SNDTIMEO } = chapel;
  assert.deepEqual([SO_OOBINLINE, SO_RCVBUF, SO_RCVTIMEO, SO_REUSEADDR, SO_SNDBUF, SO_SNDTIMEO], [10, 8, 20, 2, 7, 21]);
  const { AF_INET, AF_INET6, IPPROTO_TCP, TCP_NODELAY, TCP_QUICKACK, SOL_SOCKET, backlogDefault } = chapel;
  assert.deepEqual([AF_INET, AF_INET6, IPPROTO_TCP, TCP_NODELAY, TCP_QUICKACK, SOL_SOCKET], [2, 10, 6, 1, 12, 1]);
  assert.equal(backlogDefault, Math.min(constants['SOMAXCONN']!, 128));
  assert.ok('SO_SECINFO' in chapel);
  assert.equal(chapel.SO_SECINFO, undefined);
  assert.deepEqual({ ...chapel.indefiniteTimeout }, { tv_sec: -1, tv_usec: 0 });
  assert.throws(() => Object.assign(chapel.indefiniteTimeout, { tv_sec: 1 }), TypeError);
});

test('standard addresses are what they are called', () => {
  const { INADDR_ANY, INADDR_BROADCAST, INADDR_LOOPBACK, IPv4Any, IPv4Broadcast, IPv4Localhost } = chapel;
  assert.deepEqual([INADDR_ANY, INADDR_BROADCAST, INADDR_LOOPBACK], [0, 0xffffffff, 0x7f000001]);
  assert.deepEqual([IPv4Any, IPv4Broadcast, IPv4Localhost], [INADDR_ANY, INADDR_BROADCAST, INADDR_LOOPBACK]);
  const hosts = [IPv4Any, IPv4Broadcast, IPv4Localhost].map((host) => ipAddr.ipv4(host).host);
  assert.deepEqual(hosts, ['0.0.0.0', '255.255.255.255', '127.0.0.1']);
  const { in6addr_any, in6addr_loopback, IPv6Any, IPv6Localhost } = chapel;
  assert.deepEqual([IPv6Any, IPv6Localhost], [in6addr_any, in6addr_loopback]);
  assert.deepEqual([ipAddr.ipv6(IPv6Any).host, ipAddr.ipv6(IPv6Localhost).host], ['::', '::1']);
  assert.equal(ipAddr.ipv6(Buffer.from('20010db8000000000000ff0000428329', 'hex')).host, '2001:db8::ff00:42:8329');
  assert.equal(ipAddr.ipv4(0xc6336407).host, '198.51.100.7');
});

test('an address has host, port and family, from text and from standard addresses', () => {
  const cases: [ipAddr, string, number, IPFamily][] = [
    [ipAddr.create('127.0.0.1', 8000, IPFamily.IPv4), '127.0.0.1', 8000, IPFamily.IPv4],
    [ipAddr.create('::1', 8000, IPFamily.IPv6), '::1', 8000, IPFamily.IPv6],
    [ipAddr.create('0:0::0:1', 65_535, IPFamily.IPv6), '::1', 65_535, IPFamily.IPv6],
    [ipAddr.create('::FFFF:192.0.2.1', 0, IPFamily.IPv6), '::ffff:192.0.2.1', 0, IPFamily.IPv6],
    [ipAddr.ipv4(chapel.IPv4Localhost, 1), '127.0.0.1', 1, IPFamily.IPv4],
    [ipAddr.ipv4(chapel.IPv4Localhost), '127.0.0.1', 8000, IPFamily.IPv4],
    [ipAddr.ipv6(chapel.IPv6Localhost, 2), '::1', 2, IPFamily.IPv6],
    [ipAddr.ipv6(chapel.IPv6Localhost), '::1', 8000, IPFamily.IPv6],
    [ipAddr.create(), '127.0.0.1', 8000, IPFamily.IPv4],
    [ipAddr.create('192.0.2.1'), '192.0.2.1', 8000, IPFamily.IPv4],
    [ipAddr.create(undefined, 9), '127.0.0.1', 9, IPFamily.IPv4],
    [new ipAddr(), '127.0.0.1', 8000, IPFamily.IPv4],
  ];
  for (const [addr, host, port, family] of cases)
    assert.deepEqual([addr.host, addr.port, addr.family], [host, port, family]);
});

test('a host that is no literal of the family is an IllegalArgumentError, which is a SystemError', () => {
  const { IPv4, IPv6, IPUnspec } = IPFamily;
  const wrong: [string, IPFamily][] = [
    ['::1', IPv4],
    ['127.0.0.1', IPv6],
    ['127.0.0.1', IPUnspec],
    ['::1', IPUnspec],
    ['127.1', IPv4],
    ['0x7f.0.0.1', IPv4],
    ['2130706433', IPv4],
    ['127.0.0.01', IPv4],
    ['256.0.0.1', IPv4],
    ['localhost', IPv4],
    ['', IPv4],
    ['', IPv6],
    [' 127.0.0.1', IPv4],
    ['127.0.0.1\0', IPv4],
    ['::1%lo', IPv6],
    ['fe80::1%1', IPv6],
    ['[::1]', IPv6],
    ['::1', 7 as IPFamily],
  ];
  for (const [host, family] of wrong) {
    const { err, code } = fails(
      () => ipAddr.create(host, 1, family),
      IllegalArgumentError,
      'Incompatible Address and Family',
    );
    assert.deepEqual([err, code], [os.errno.EINVAL, 'EINVAL']);
  }
});

test('ports and standard addresses that are none are an IllegalArgumentError', () => {
  for (const port of [-1, 65_536, 1.5, NaN, '80', null] as number[]) {
    fails(
      () => ipAddr.create('127.0.0.1', port),
      IllegalArgumentError,
      /^port must be a whole number from 0 to 65535: /,
    );
    fails(() => ipAddr.ipv4(1, port), IllegalArgumentError, /^port /);
    fails(() => ipAddr.ipv6(chapel.IPv6Any, port), IllegalArgumentError, /^port /);
  }
  for (const host of [-1, 2 ** 32, 0.5, '127.0.0.1', null] as number[])
    fails(() => ipAddr.ipv4(host), IllegalArgumentError, /^host /);
  for (const host of [Buffer.alloc(4), Buffer.alloc(17), '::1', null, undefined] as Uint8Array[])
    fails(() => ipAddr.ipv6(host), IllegalArgumentError, /^host must be the 16 bytes/);
  for (const host of [127, null, {}] as unknown as string[])
    fails(() => ipAddr.create(host), IllegalArgumentError, /^host must be a string/);
});

test('== compares family, host and port', () => {
  const addr = ipAddr.create('127.0.0.1', 80);
  assert.ok(addr.equals(here(80)) && here(80).equals(addr) && addr.equals(addr));
  assert.ok(!addr.equals(here(81)));
  assert.ok(!addr.equals(ipAddr.create('127.0.0.2', 80)));
  assert.ok(!ipAddr.create('::', 80, IPFamily.IPv6).equals(ipAddr.create('0.0.0.0', 80)));
  assert.ok(ipAddr.create('0:0:0:0:0:0:0:1', 80, IPFamily.IPv6).equals(ipAddr.ipv6(chapel.IPv6Localhost, 80)));
  for (const other of [null, undefined, '127.0.0.1', { host: '127.0.0.1', port: 80, family: 2 }])
    assert.ok(!addr.equals(other as unknown as ipAddr));
});

test('= makes a copy, and so does new', () => {
  const one = ipAddr.create('192.0.2.1', 1);
  const two = new ipAddr(one);
  assert.ok(two.equals(one));
  assert.equal(two.assign(ipAddr.create('::1', 2, IPFamily.IPv6)), two);
  assert.deepEqual([two.host, two.port, two.family], ['::1', 2, IPFamily.IPv6]);
  assert.equal(one.host, '192.0.2.1');
  fails(() => two.assign('::1' as unknown as ipAddr), IllegalArgumentError, /^other must be an ipAddr/);
  fails(() => new ipAddr('::1' as unknown as ipAddr), IllegalArgumentError, /^other must be an ipAddr/);
  assert.equal(two.host, '::1');
});

test('the printed form of an address', () => {
  assert.equal(String(ipAddr.create()), '(family:IPv4,host:127.0.0.1,port:8000)');
  assert.equal(ipAddr.create('::1', 1, IPFamily.IPv6).toString(), '(family:IPv6,host:::1,port:1)');
  assert.equal(inspect(ipAddr.create()), '(family:IPv4,host:127.0.0.1,port:8000)');
});

test('a limit is a struct_timeval or seconds: 0 does not wait, and what is no limit is refused', (t) => {
  const server = listen(here(0));
  t.after(() => server.deinit());
  const timedOut = 'Connection timed out (accept() timed out)';
  const { tv_sec, tv_usec } = new struct_timeval();
  assert.deepEqual([tv_sec, tv_usec], [0, 0]);
  for (const none of [0, -0, new struct_timeval(0, 0), { tv_sec: 0, tv_usec: 0 }])
    assert.ok(took(() => fails(() => server.accept(none), TimeoutError, timedOut)) < 1000);
  for (const [limit, least] of [
    [0.06, 59],
    [new struct_timeval(0, 60_000), 59],
    [new struct_timeval(1, -940_000), 59],
  ] as const) {
    const ms = took(() => fails(() => server.accept(limit), TimeoutError, timedOut));
    assert.ok(ms >= least && ms < 3000, `${ms} ms`);
  }
  const wrong = [-0.5, -2, -Infinity, NaN, '1', null, true, {}, new struct_timeval(-2, 0), new struct_timeval(0, -1)];
  for (const limit of [...wrong, new struct_timeval(0.5, 0), new struct_timeval(0, NaN)])
    fails(() => server.accept(limit as number), IllegalArgumentError, /^timeout must be a struct_timeval or seconds/);
});

test('tv_sec -1 is no limit whatever tv_usec is, and so is the number -1', (t) => {
  const server = listen(here(0));
  t.after(() => server.deinit());
  // With connections that wait in the queue already, "for ever" ends at once; a wrong limit would be refused.
  const forever = [undefined, chapel.indefiniteTimeout, new struct_timeval(-1, 7), -1, -1.5, Infinity, 3e9];
  for (const limit of forever) {
    const client = chapel.connect(server.addr, limit);
    const conn = server.accept(limit);
    for (const one of [client, conn]) one.close();
  }
});
