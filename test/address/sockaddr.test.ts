// Owns the tests of sockaddr bytes: the layouts, and that nothing a kernel or a peer could send makes decoding throw.

import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeSockaddr,
  encodeSockaddr,
  ipv4Address,
  ipv6Address,
  misuse,
  parseTarget,
  rawAddress,
  unixAddress,
  type SockaddrEnv,
} from './room.js';

const env: SockaddrEnv = {
  AF_INET: 2,
  AF_INET6: 10,
  AF_UNIX: 1,
  AF_NETLINK: 16,
  AF_PACKET: 17,
  AF_VSOCK: 40,
  zoneIndex(name) {
    if (name === 'lo') return 1;
    throw new RangeError(`no zone ${name}`);
  },
  zoneName: (index) => (index === 1 ? 'lo' : null),
};

/** Two bytes of an address family, and four of a zone, in this machine's order. */
const family = (number: number) => host([number & 255, number >> 8]);
const host = (bytes: number[]) => (endianness() === 'LE' ? bytes : bytes.toReversed());
const chars = (text: string) => [...Buffer.from(text)];
const zeros = (count: number) => new Array<number>(count).fill(0);
const decode = (bytes: Uint8Array, length = bytes.length) => decodeSockaddr(bytes, length, env);

const layouts = [
  {
    title: 'IPv4',
    address: ipv4Address('192.0.2.1', 0x1234),
    bytes: [...family(2), 0x12, 0x34, 192, 0, 2, 1, ...zeros(8)],
  },
  {
    title: 'IPv6',
    address: ipv6Address('2001:db8::1', 443),
    bytes: [...family(10), 1, 0xbb, ...zeros(4), 0x20, 1, 0x0d, 0xb8, ...zeros(11), 1, ...zeros(4)],
  },
  {
    title: 'IPv6 with a named zone',
    address: ipv6Address('fe80::1', 0, 'lo'),
    bytes: [...family(10), 0, 0, ...zeros(4), 0xfe, 0x80, ...zeros(13), 1, ...host([1, 0, 0, 0])],
  },
  {
    title: 'IPv6 with a zone that has no name',
    address: ipv6Address('fe80::1', 0, '4294967294'),
    bytes: [...family(10), 0, 0, ...zeros(4), 0xfe, 0x80, ...zeros(13), 1, ...host([254, 255, 255, 255])],
  },
  { title: 'a Unix path', address: unixAddress('/ü'), bytes: [...family(1), ...chars('/ü'), 0] },
  { title: 'an abstract name', address: unixAddress('@ab'), bytes: [...family(1), 0, ...chars('ab')] },
  { title: 'the empty abstract name', address: unixAddress('@'), bytes: [...family(1), 0] },
  { title: 'an unnamed Unix socket', address: unixAddress(''), bytes: family(1) },
  {
    title: 'a family unknown here',
    address: rawAddress(29, Uint8Array.of(...family(29), 1, 2)),
    bytes: [...family(29), 1, 2],
  },
];

for (const { title, address, bytes } of layouts) {
  test(`the layout of ${title} is that of the system`, () => {
    assert.deepEqual([...encodeSockaddr(address, env)], bytes);
    assert.deepEqual(decode(Uint8Array.from(bytes)), address);
  });
}

test('a sockaddr may lie in larger memory, at any offset, and be shorter than its length says', () => {
  const bytes = Buffer.alloc(140, 0xee);
  bytes.set(encodeSockaddr(ipv6Address('fe80::1', 7, 'lo'), env), 3);
  assert.ok(decode(bytes.subarray(3), 28).equals(ipv6Address('fe80::1', 7, 'lo')));
  bytes.set(encodeSockaddr(unixAddress('/p'), env), 3);
  assert.ok(decode(bytes.subarray(3), 5).equals(unixAddress('/p')));
  assert.ok(decode(bytes.subarray(3, 7), 4000).equals(unixAddress('/p')));
});

test('a path of 108 bytes without a NUL keeps its bytes', () => {
  const bytes = Uint8Array.from([...family(1), ...chars(`/${'x'.repeat(107)}`)]);
  const address = decode(bytes);
  assert.equal(address.path, `/${'x'.repeat(107)}`);
  assert.deepEqual(encodeSockaddr(address, env), bytes);
});

test('a path of 107 bytes and an abstract name of 107 bytes go both ways', () => {
  for (const path of [`/${'x'.repeat(106)}`, `@${'x'.repeat(107)}`]) {
    const bytes = encodeSockaddr(unixAddress(path), env);
    assert.equal(bytes.length, 110);
    assert.deepEqual(decode(bytes), unixAddress(path));
  }
});

test('a name that no text can carry keeps its bytes, as an address and as a target', () => {
  const names = [
    [0, ...chars('a'), 0, ...chars('b')],
    [0, 0xff, 0xfe],
    [...chars('/x'), 0xff, 0],
    [...chars('@file'), 0],
    [0, ...chars('padded'), ...zeros(101)],
  ];
  for (const name of names) {
    const bytes = Uint8Array.from([...family(1), ...name]);
    const address = decode(bytes);
    assert.equal(address.family, 'unix');
    assert.deepEqual(encodeSockaddr(address, env), bytes);
    assert.deepEqual(parseTarget(address), { kind: 'raw', family: 1, raw: bytes });
  }
  assert.equal(decode(Uint8Array.from([...family(1), ...chars('@file'), 0])).path, './@file');
  assert.equal(decode(Uint8Array.from([...family(1), 0, 0xff])).path, '@\ufffd');
});

test('a name with U+FFFD in it is a name like any other', () => {
  const address = decode(encodeSockaddr(unixAddress('/\ufffd'), env));
  assert.deepEqual(address, unixAddress('/\ufffd'));
});

test('an unknown zone is the error of whoever knows the zones', () => {
  assert.throws(() => encodeSockaddr(ipv6Address('fe80::1', 1, 'eth9'), env), /no zone eth9/);
});

test('an address that cannot be encoded is refused', () => {
  const equals = () => false;
  const wrong = [
    { family: 'ipv4', address: 'localhost', port: 1, equals },
    { family: 'ipv6', address: '127.0.0.1', port: 1, equals },
    { family: 29, address: '3', port: 1, equals },
    { family: 38, address: '', equals },
  ] as const;
  for (const address of wrong) assert.throws(() => encodeSockaddr(address, env), misuse('TypeError', 'address'));
});

test('the bytes of an address and of its sockaddr are not shared', () => {
  const bytes = Buffer.from([...family(17), 1]);
  const address = decode(bytes);
  bytes[2] = 9;
  assert.equal(address.raw?.[2], 1);
  encodeSockaddr(address, env)[2] = 9;
  assert.equal(address.raw[2], 1);
  assert.ok(!Buffer.isBuffer(address.raw));
});

const port = fc.integer({ min: 0, max: 65535 });
const anyAddress = fc.oneof(
  fc.tuple(fc.ipV4(), port).map(([text, port]) => ipv4Address(text, port)),
  fc
    .tuple(
      fc.ipV6(),
      port,
      fc.option(
        fc.oneof(
          fc.constant('lo'),
          fc.nat().map((n) => String(n + 2)),
        ),
        { nil: undefined },
      ),
    )
    .map(([text, port, scope]) => ipv6Address(text, port, scope)),
  fc
    .string({ unit: 'binary', maxLength: 25 })
    .filter((text) => !text.includes('\0'))
    .map((text) => unixAddress(text)),
);

test('every address survives the way to bytes and back, and the way to text and back', () => {
  fc.assert(
    fc.property(anyAddress, (address) => {
      const bytes = encodeSockaddr(address, env);
      assert.deepEqual(decode(bytes), address);
      if (address.address !== '') assert.deepEqual(parseTarget(address.toString()), parseTarget(address));
    }),
    { numRuns: 2000 },
  );
});

test('decoding never throws, whatever the bytes and the length', () => {
  const start = fc.constantFrom(family(1), family(2), family(10), family(17), family(0), [], [0], [2]);
  const bytes = fc.tuple(start, fc.uint8Array({ maxLength: 140 })).map(([a, b]) => Uint8Array.from([...a, ...b]));
  const length = fc.oneof(fc.integer({ min: -1, max: 140 }), fc.constantFrom(NaN, Infinity, -Infinity, 2 ** 32, 1.5));
  fc.assert(
    fc.property(bytes, length, (bytes, length) => {
      const address = decode(bytes, length);
      assert.ok(address.equals(decode(bytes.slice(), length)));
      assert.equal(typeof address.toString(), 'string');
    }),
    { numRuns: 5000 },
  );
});

test('Unix names of any bytes come back from decoding as they were', () => {
  const name = fc.oneof(
    fc.uint8Array({ maxLength: 107 }).map((name) => [0, ...name]),
    fc.uint8Array({ min: 1, minLength: 1, maxLength: 107 }).map((name) => [...name, 0]),
  );
  fc.assert(
    fc.property(name, (name) => {
      const bytes = Uint8Array.from([...family(1), ...name]);
      assert.deepEqual(encodeSockaddr(decode(bytes), env), bytes);
    }),
  );
});
