// Owns the tests of packet, netlink and vsock addresses: their layouts, the targets that mean them, and how they print.

import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeSockaddr, encodeSockaddr, misuse, parseTarget, type SockaddrEnv } from './room.js';

const env: SockaddrEnv = {
  AF_INET: 2,
  AF_INET6: 10,
  AF_UNIX: 1,
  AF_NETLINK: 16,
  AF_PACKET: 17,
  AF_VSOCK: 40,
  zoneIndex: (name) => (name === 'eth0' ? 258 : assert.fail(`no interface ${name}`)),
  zoneName: (index) => (index === 258 ? 'eth0' : null),
};

const little = endianness() === 'LE';
const host = (bytes: number[]) => (little ? bytes.toReversed() : bytes);
const zeros = (count: number) => new Array<number>(count).fill(0);

function encoded(target: object): Uint8Array {
  const endpoint = parseTarget(target);
  assert.equal(endpoint.kind, 'other');
  return encodeSockaddr(endpoint.kind === 'other' ? endpoint.parts : assert.fail(), env);
}

const table: { target: object; bytes: number[]; address: string; port?: number; scope?: string; text: string }[] = [
  {
    target: { family: 'packet', host: 'eth0', port: 0x0800 },
    bytes: [...host([0, 17]), 8, 0, ...host([0, 0, 1, 2]), 0, 0, 0, 0, ...zeros(8)],
    address: '',
    port: 0x0800,
    scope: 'eth0',
    text: 'packet:eth0:0x0800',
  },
  {
    target: { family: 17, host: '02:Ff:00:00:00:01%7' },
    bytes: [...host([0, 17]), 0, 0, ...host([0, 0, 0, 7]), 0, 0, 0, 6, 2, 255, 0, 0, 0, 1, 0, 0],
    address: '02:ff:00:00:00:01',
    port: 0,
    scope: '7',
    text: 'packet:[02:ff:00:00:00:01%7]:0x0000',
  },
  {
    target: { family: 'packet', port: 3 },
    bytes: [...host([0, 17]), 0, 3, ...zeros(16)],
    address: '',
    port: 3,
    text: 'packet:*:0x0003',
  },
  {
    target: { family: 'netlink' },
    bytes: [...host([0, 16]), ...zeros(10)],
    address: '0:0',
    text: 'netlink:0:0',
  },
  {
    target: { family: 'netlink', host: '4294967295:17' },
    bytes: [...host([0, 16]), 0, 0, 255, 255, 255, 255, ...host([0, 0, 0, 17])],
    address: '4294967295:17',
    text: 'netlink:4294967295:17',
  },
  {
    target: { family: 'vsock', host: 'host', port: 1024 },
    bytes: [...host([0, 40]), 0, 0, ...host([0, 0, 4, 0]), ...host([0, 0, 0, 2]), ...zeros(4)],
    address: '2',
    port: 1024,
    text: 'vsock:2:1024',
  },
  {
    target: { family: 40 },
    bytes: [...host([0, 40]), 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, ...zeros(4)],
    address: 'any',
    port: 0xffff_ffff,
    text: 'vsock:any:any',
  },
];

for (const { target, bytes, address, port, scope, text } of table) {
  test(`the target ${JSON.stringify(target)} has the layout of the system, and reads ${text}`, () => {
    const raw = Uint8Array.from(bytes);
    assert.deepEqual(encoded(target), raw);
    const decoded = decodeSockaddr(raw, raw.length, env);
    assert.deepEqual([decoded.address, decoded.port, decoded.scope], [address, port, scope]);
    assert.equal(decoded.toString(), text);
    assert.deepEqual(decoded.raw, raw);
    assert.deepEqual(encodeSockaddr(decoded, env), raw);
    assert.deepEqual(parseTarget(decoded), { kind: 'raw', family: raw[little ? 0 : 1], raw });
    assert.ok(decoded.equals(decodeSockaddr(raw.slice(), raw.length, env)));
    // No text of a target may be taken for something else that it names.
    assert.throws(() => parseTarget(text), TypeError);
  });
}

test('the end of a hardware address that the kernel left out is put back, because it refuses to bind without', () => {
  const short = Uint8Array.from([...host([0, 17]), 0, 3, ...host([0, 0, 1, 2]), 0, 1, 0, 6, 2, 0, 0, 0, 0, 1]);
  const address = decodeSockaddr(short, 18, env);
  assert.equal(address.toString(), 'packet:[02:00:00:00:00:01%eth0]:0x0003');
  assert.equal(address.raw!.length, 20);
  const long = Uint8Array.from([...host([0, 17]), 0, 3, ...zeros(5), 0, 0, 20, ...zeros(19), 9]);
  assert.match(decodeSockaddr(long, 32, env).address, /^(00:){19}09$/);
  assert.deepEqual(encodeSockaddr(decodeSockaddr(long, 32, env), env), long);
});

test('what is too short for its family keeps its bytes and a number for a family', () => {
  for (const [family, length] of [
    [16, 11],
    [17, 11],
    [40, 15],
  ] as const) {
    const raw = Uint8Array.from([...host([0, family]), ...zeros(length - 2)]);
    const address = decodeSockaddr(raw, length, env);
    assert.deepEqual([address.family, address.raw], [family, raw]);
    assert.deepEqual(encodeSockaddr(address, env), raw);
  }
});

test('targets of these families that mean nothing are refused', () => {
  const wrong: [object, string, string][] = [
    [{ family: 'packet', host: '' }, 'TypeError', 'target.host'],
    [{ family: 'packet', host: 'a/b' }, 'TypeError', 'target.host'],
    [{ family: 'packet', host: 'a-name-that-is-too-long' }, 'TypeError', 'target.host'],
    [{ family: 'packet', host: '02:00%' }, 'TypeError', 'target.host'],
    [{ family: 'packet', host: '2:0%eth0' }, 'TypeError', 'target.host'],
    [{ family: 'packet', host: '%eth0' }, 'TypeError', 'target.host'],
    [{ family: 'packet', host: '00:00:00:00:00:00:00:00:00%eth0' }, 'TypeError', 'target.host'],
    [{ family: 'packet', host: 2 }, 'TypeError', 'target.host'],
    [{ family: 'packet', host: 'eth0', port: 65536 }, 'RangeError', 'target.port'],
    [{ family: 'packet', host: 'eth0', port: '0x0800' }, 'TypeError', 'target.port'],
    [{ family: 'packet', path: '/p' }, 'TypeError', 'target'],
    [{ family: 'netlink', host: 'kernel' }, 'TypeError', 'target.host'],
    [{ family: 'netlink', host: '4294967296' }, 'TypeError', 'target.host'],
    [{ family: 'netlink', host: '0:4294967296' }, 'TypeError', 'target.host'],
    [{ family: 'netlink', host: '0:' }, 'TypeError', 'target.host'],
    [{ family: 'netlink', host: 1 }, 'TypeError', 'target.host'],
    [{ family: 'netlink', host: '1', port: 1 }, 'TypeError', 'target.port'],
    [{ family: 'vsock', host: 'localhost', port: 1 }, 'TypeError', 'target.host'],
    [{ family: 'vsock', host: '4294967296', port: 1 }, 'TypeError', 'target.host'],
    [{ family: 'vsock', host: 2, port: 1 }, 'TypeError', 'target.host'],
    [{ family: 'vsock', host: '2', port: 4294967296 }, 'RangeError', 'target.port'],
    [{ family: 'vsock', host: '2', port: -1 }, 'RangeError', 'target.port'],
  ];
  for (const [target, name, argument] of wrong)
    assert.throws(() => parseTarget(target), misuse(name as 'TypeError', argument), JSON.stringify(target));
});

test('whatever bytes a kernel gives: decoding never throws, and encodes to what it was', () => {
  const bytes = fc
    .tuple(fc.constantFrom(16, 17, 40), fc.uint8Array({ maxLength: 40 }))
    .map(([family, rest]) => Uint8Array.from([...host([0, family]), ...rest]));
  fc.assert(
    fc.property(bytes, (raw) => {
      const address = decodeSockaddr(raw, raw.length, env);
      const again = encodeSockaddr(address, env);
      assert.deepEqual(again.subarray(0, raw.length), raw);
      assert.ok(again.subarray(raw.length).every((byte) => byte === 0));
      assert.equal(typeof address.toString(), 'string');
      assert.ok(decodeSockaddr(again, again.length, env).equals(address));
    }),
  );
});
