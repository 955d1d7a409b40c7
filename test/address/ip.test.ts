// Owns the tests of IPv4 and IPv6 text; Node's and Python's parsers are the other end.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { isIPv4, isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from './room.js';

const fourBytes = fc.uint8Array({ minLength: 4, maxLength: 4 });
/** Random addresses hardly ever have runs of zeros, so most of these are made of few different groups. */
const sixteenBytes = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  fc
    .array(fc.constantFrom(0, 0, 0, 1, 0xffff, 0x0a0b), { minLength: 8, maxLength: 8 })
    .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]))),
);

test('IPv4 text is four decimal numbers from 0 to 255', () => {
  assert.deepEqual(parseIpv4('192.0.2.255'), Uint8Array.of(192, 0, 2, 255));
  assert.deepEqual(parseIpv4('0.0.0.0'), Uint8Array.of(0, 0, 0, 0));
  for (const text of [
    ...['', '.', '...', '1', '127.1', '1.2.3', '1.2.3.', '.1.2.3', '1..2.3', '1.2.3.4.', '1.2.3.4.5', '256.0.0.1'],
    ...['01.2.3.4', '00.0.0.0', '1.2.3.04', '0x7f.0.0.1', '+1.2.3.4', '-1.2.3.4', ' 1.2.3.4', '1.2.3.4 ', '1e1.2.3.4'],
    ...['2130706433', '1.2.3.4\0', '1.2.3.١', '1.2.3.4%0', '1000000000000000000000000.1.1.1'],
  ]) {
    assert.equal(parseIpv4(text), null, JSON.stringify(text));
    assert.equal(isIPv4(text), false, JSON.stringify(text));
  }
});

test('IPv4 bytes survive the way to text and back', () => {
  fc.assert(fc.property(fourBytes, (bytes) => assert.deepEqual(parseIpv4(formatIpv4(bytes)), bytes)));
});

test('IPv6 text is printed as RFC 5952 wants it', () => {
  const table: [string, string][] = [
    ['::', '::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8::0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:3:4:5:6:0:0', '::3:4:5:6:0:0'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ['0:0:0:0:0:FFFF:0102:0304', '::ffff:1.2.3.4'],
    ['::1.2.3.4', '::102:304'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:255.255.255.255', '1:2:3:4:5:6:ffff:ffff'],
    ['1::3:4:5:6:1.2.3.4', '1:0:3:4:5:6:102:304'],
  ];
  for (const [text, printed] of table) {
    const bytes = parseIpv6(text);
    assert.ok(bytes, text);
    assert.equal(formatIpv6(bytes), printed, text);
  }
});

test('what is no IPv6 text is refused, and Node agrees', () => {
  for (const text of [
    ...['', ':', ':::', '1', '1:2', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::1::', '1::2::3', ':1:2:3:4:5:6:7:8'],
    ...['1:2:3:4:5:6:7:', ':1', '1:', '12345::', '::g', '::-1', ':: ', ' ::', '::1\0', '[::1]', '1:2:3:4:5:6:7::8'],
    ...[
      '::1:2:3:4:5:6:7:8',
      '1.2.3.4',
      '::1.2.3',
      '::1.2.3.4.5',
      '::1.2.3.04',
      '::1.2.3.256',
      '1.2.3.4::',
      '::1.2.3.4:5',
    ],
    ...['1:2:3:4:5:6:7:1.2.3.4', '1:2:3:4:5:6:7:8:1.2.3.4', '::0x1', '1:2:3:4::5:6:7:1.2.3.4', '::١'],
  ]) {
    assert.equal(parseIpv6(text), null, JSON.stringify(text));
    assert.equal(isIPv6(text), false, JSON.stringify(text));
  }
});

test('a zone is not part of an address', () => {
  assert.equal(parseIpv6('fe80::1%eth0'), null);
});

test('IPv6 bytes survive the way to text and back', () => {
  fc.assert(fc.property(sixteenBytes, (bytes) => assert.deepEqual(parseIpv6(formatIpv6(bytes)), bytes)));
});

test('Node and this library agree on which texts are addresses', () => {
  const piece = fc.constantFrom('::', ':', '.', '1', '0', '00', 'f', 'FFFF', '255', '256', '1.2.3.4', '01', 'g');
  const near = fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(near, (text) => {
      assert.equal(parseIpv4(text) !== null, isIPv4(text), text);
      assert.equal(parseIpv6(text) !== null, isIPv6(text), text);
    }),
    { numRuns: 3000 },
  );
});

const python = spawnSync('python3', ['-c', 'import ipaddress']).status === 0;

test('Python prints a thousand addresses the same way', { skip: python ? false : 'no python3' }, () => {
  const addresses = fc.sample(sixteenBytes, 1000);
  const script = `
import sys, ipaddress
for line in sys.stdin:
    a = ipaddress.IPv6Address(bytes.fromhex(line.strip()))
    print('::ffff:%s' % a.ipv4_mapped if a.ipv4_mapped else a.compressed)`;
  const input = addresses.map((bytes) => Buffer.from(bytes).toString('hex')).join('\n');
  const { stdout } = spawnSync('python3', ['-c', script], { input, encoding: 'utf8' });
  assert.deepEqual(
    addresses.map((bytes) => formatIpv6(bytes)),
    stdout.trim().split('\n'),
  );
});

test('Python reads a thousand spellings to the same bytes', { skip: python ? false : 'no python3' }, () => {
  const spelling = fc.tuple(sixteenBytes, fc.nat(4), fc.boolean()).map(([bytes, width, ipv4]) => {
    const groups = Array.from({ length: 8 }, (_, i) => (bytes[i * 2]! << 8) | bytes[i * 2 + 1]!);
    const texts = groups.map((group) => group.toString(16).padStart(width, '0').toUpperCase());
    return ipv4 ? `${texts.slice(0, 6).join(':')}:${bytes.slice(12).join('.')}` : texts.join(':');
  });
  const texts = fc.sample(spelling, 1000);
  const script = 'import sys, ipaddress\nfor l in sys.stdin: print(ipaddress.IPv6Address(l.strip()).packed.hex())';
  const { stdout } = spawnSync('python3', ['-c', script], { input: texts.join('\n'), encoding: 'utf8' });
  assert.deepEqual(
    texts.map((text) => Buffer.from(parseIpv6(text) ?? []).toString('hex')),
    stdout.trim().split('\n'),
  );
});
