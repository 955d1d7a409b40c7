// Owns the tests of the address object: its making, equality and printed forms.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { Address } from '../../src/contract/address.js';
import { ipv4Address, ipv6Address, misuse, parseTarget, rawAddress, unixAddress, withCanonicalName } from './room.js';

test('an address has the properties of its family and no others', () => {
  const table: [Address, object][] = [
    [ipv4Address('127.0.0.1', 80), { family: 'ipv4', address: '127.0.0.1', port: 80 }],
    [ipv6Address('FE80:0::1', 80), { family: 'ipv6', address: 'fe80::1', port: 80 }],
    [ipv6Address('fe80::1', 0, 'eth0'), { family: 'ipv6', address: 'fe80::1', port: 0, scope: 'eth0' }],
    [unixAddress('/run/x'), { family: 'unix', address: '/run/x', path: '/run/x' }],
    [unixAddress('@x'), { family: 'unix', address: '@x', path: '@x' }],
    [unixAddress(''), { family: 'unix', address: '' }],
    [rawAddress(17, Uint8Array.of(17, 0)), { family: 17, address: '', raw: Uint8Array.of(17, 0) }],
    [
      ipv4Address('192.0.2.1', 1, 'example.org'),
      { family: 'ipv4', address: '192.0.2.1', port: 1, canonicalName: 'example.org' },
    ],
  ];
  for (const [address, properties] of table) assert.deepEqual({ ...address }, properties);
});

test('an address cannot be changed', () => {
  const address = ipv4Address('127.0.0.1', 80);
  assert.throws(() => Object.assign(address, { port: 81 }), TypeError);
  const bytes = Uint8Array.of(17, 0, 1);
  const raw = rawAddress(17, bytes);
  bytes[2] = 2;
  assert.equal(raw.raw?.[2], 1);
});

test('what is no address is refused by name', () => {
  assert.throws(() => ipv4Address('127.1', 80), misuse('TypeError', 'address'));
  assert.throws(() => ipv4Address('::1', 80), misuse('TypeError', 'address'));
  assert.throws(() => ipv4Address('127.0.0.1', 65536), misuse('RangeError', 'port'));
  assert.throws(() => ipv6Address('127.0.0.1', 80), misuse('TypeError', 'address'));
  assert.throws(() => ipv6Address('fe80::1%eth0', 80), misuse('TypeError', 'address'));
  assert.throws(() => ipv6Address('fe80::1', 80, 'a b'), misuse('TypeError', 'scope'));
  assert.throws(() => unixAddress(`/${'x'.repeat(107)}`), misuse('TypeError', 'path', /107 bytes/));
  assert.throws(() => rawAddress(17, [] as unknown as Uint8Array), misuse('TypeError', 'raw'));
});

test('addresses are equal when family, bytes, port and zone are', () => {
  const all = [
    ipv4Address('127.0.0.1', 80),
    ipv4Address('127.0.0.1', 81),
    ipv4Address('127.0.0.2', 80),
    ipv6Address('::ffff:127.0.0.1', 80),
    ipv6Address('::1', 80),
    ipv6Address('::1', 80, 'eth0'),
    ipv6Address('::1', 80, '1'),
    unixAddress(''),
    unixAddress('x'),
    unixAddress('@x'),
    rawAddress(17, Uint8Array.of(17, 0)),
    rawAddress(17, Uint8Array.of(17, 0, 0)),
  ];
  for (const [i, a] of all.entries()) {
    for (const [j, b] of all.entries()) assert.equal(a.equals(b), i === j, `${a.toString()} and ${b.toString()}`);
  }
});

test('spelling and canonical names make no difference', () => {
  assert.ok(ipv6Address('0:0:0:0:0:0:0:1', 80, '0').equals(ipv6Address('::1', 80)));
  assert.ok(ipv6Address('::1', 80, '07').equals(ipv6Address('::1', 80, '7')));
  assert.ok(ipv4Address('127.0.0.1', 80, 'a').equals(withCanonicalName(ipv4Address('127.0.0.1', 80), 'b')));
  assert.ok(rawAddress('vsock', Uint8Array.of(40, 0)).equals(rawAddress(40, Uint8Array.of(40, 0))));
  const other = { family: 'ipv6', address: '0::1', port: 80, equals: () => false } as Address;
  assert.ok(ipv6Address('::1', 80).equals(other));
});

test('the printed form is a target that leads back to the address', () => {
  const table: [Address, string][] = [
    [ipv4Address('127.0.0.1', 80), '127.0.0.1:80'],
    [ipv6Address('::1', 80), '[::1]:80'],
    [ipv6Address('fe80::1', 80, 'eth0'), '[fe80::1%eth0]:80'],
    [unixAddress('/p'), 'unix:/p'],
    [unixAddress('p q'), 'unix:p q'],
    [unixAddress('@name'), 'unix:@name'],
    [unixAddress('//host/p'), 'unix:////host/p'],
  ];
  for (const [address, text] of table) {
    assert.equal(address.toString(), text);
    assert.deepEqual(parseTarget(text), parseTarget(address), text);
  }
  assert.equal(unixAddress('').toString(), 'unix:');
  assert.equal(rawAddress(17, Uint8Array.of(17, 0, 255)).toString(), 'family 17: 1100ff');
});

test('inspect shows one line, and no control characters that a peer put into its name', () => {
  assert.equal(inspect(ipv4Address('127.0.0.1', 80)), 'SocketAddress <127.0.0.1:80>');
  assert.equal(inspect({ a: ipv4Address('192.0.2.1', 1, 'x.org') }), '{ a: SocketAddress <192.0.2.1:1 (x.org)> }');
  assert.equal(inspect(unixAddress('@a\x1b[31m\u202e')), 'SocketAddress <unix:@a\\u{1b}[31m\\u{202e}>');
  assert.match(inspect(ipv4Address('127.0.0.1', 80), { colors: true }), /\x1b\[36m127\.0\.0\.1:80/); // eslint-disable-line no-control-regex -- a colour
});
