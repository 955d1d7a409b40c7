// Owns the laws of what comes from the kernel: sockaddr bytes and control messages of any length and content are a value or an
// error with a name, never look beside their memory, and come back as what they were. The other half of the option tables is
// in inputs-options.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { constants, socket as openSocket } from 'berkeley/sync';
import type { Meta, SocketError } from 'berkeley';
import type * as Sockaddr from '../../src/address/sockaddr.js';
import type * as Targets from '../../src/address/target.js';
import type * as CoreSockaddr from '../../src/core/sockaddr.js';
import type * as Control from '../../src/core/message/control.js';
import type * as Encode from '../../src/core/message/encode.js';
import type * as Decode from '../../src/core/message/meta.js';
import type * as Addresses from '../../src/address/socket-address.js';
import { built, tries } from './inputs.js';

const { decodeBytes, sockaddrOf } = (await built('core/sockaddr')) as typeof CoreSockaddr;
const { decodeSockaddr } = (await built('address/sockaddr')) as typeof Sockaddr;
const { parseTarget } = (await built('address/target')) as typeof Targets;
const { SocketAddress } = (await built('address/socket-address')) as typeof Addresses;
const { readControl } = (await built('core/message/control')) as typeof Control;
const { encodeMeta } = (await built('core/message/encode')) as typeof Encode;
const { decodeMeta, descriptorsIn } = (await built('core/message/meta')) as typeof Decode;

const C = constants as Record<string, number>;
const number = (name: string): number => C[name]!;

const family = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      ...['AF_UNIX', 'AF_INET', 'AF_INET6', 'AF_NETLINK', 'AF_PACKET', 'AF_VSOCK'].map(number),
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) },
);
const byte = fc.oneof(fc.constantFrom(0, 0xff, 0x40, 0x2f, 0x80), fc.integer({ min: 0, max: 255 }));
const length = fc.oneof(fc.constantFrom(0, 1, 2, 3, 12, 16, 20, 28, 108, 110, 126, 128), fc.nat(140));
const sockaddr = fc
  .tuple(family, length, fc.array(byte, { maxLength: 40 }), fc.boolean())
  .map(([number, length, some, cyclic]) => {
    const bytes = new Uint8Array(length);
    for (let i = 2; i < length; i++) bytes[i] = some[cyclic ? i % (some.length || 1) : i - 2] ?? 0;
    if (length > 1) new Uint16Array(bytes.buffer, 0, 1)[0] = number;
    return bytes;
  });

test('sockaddr bytes of any family and length are an address, which is as long as they are and nothing more', (t) => {
  const other = new SocketAddress({ family: 'ipv4', address: '192.0.2.9', port: 1 });
  tries(
    t,
    100_000,
    2_000_000,
    fc.property(sockaddr, fc.oneof(fc.nat(200), fc.constantFrom(-1, 2 ** 31, NaN)), (bytes, told) => {
      const address = decodeBytes(amid(bytes, 0xaa));
      assert.ok(address.equals(decodeBytes(amid(bytes, 0x55))), 'what lies around it');
      const text = address.toString();
      assert.ok(text.length > 0 && text.length < 1000);
      assert.equal(address.equals(other), false);
      const again = sockaddrOf(address);
      assert.ok(decodeBytes(again).equals(address), 'there and back');
      // An abstract name is all of its bytes.
      if (address.family === 'unix' && bytes.length > 2 && bytes[2] === 0) assert.deepEqual(again, bytes);
      if (address.raw !== undefined && address.family !== 'packet')
        assert.deepEqual(new Uint8Array(address.raw), bytes);
      // As a target it is the same place, or misuse.
      try {
        parseTarget(address);
      } catch (error) {
        assert.match((error as NodeJS.ErrnoException).code ?? '', /^ERR_INVALID_ARG/, String(error));
      }
      // The length that a kernel tells may be another than that of the memory.
      const short = decodeSockaddr(bytes, told, env);
      const end = Math.max(0, Math.min(bytes.length, Number.isNaN(told) ? bytes.length : told));
      assert.ok(short.equals(decodeSockaddr(bytes.slice(0, end), end, env)));
    }),
  );
});

const kinds: readonly (readonly [number, number])[] = (
  [
    ['SOL_SOCKET', 'SCM_RIGHTS'],
    ['SOL_SOCKET', 'SCM_CREDENTIALS'],
    ['SOL_SOCKET', 'SCM_PIDFD'],
    ['SOL_SOCKET', 'SO_TIMESTAMPNS_OLD'],
    ['SOL_SOCKET', 'SO_TIMESTAMP_OLD'],
    ['SOL_SOCKET', 'SO_TIMESTAMPING_OLD'],
    ['SOL_SOCKET', 'SO_TIMESTAMPING_NEW'],
    ['IPPROTO_IP', 'IP_TOS'],
    ['IPPROTO_IP', 'IP_TTL'],
    ['IPPROTO_IP', 'IP_PKTINFO'],
    ['IPPROTO_IPV6', 'IPV6_TCLASS'],
    ['IPPROTO_IPV6', 'IPV6_HOPLIMIT'],
    ['IPPROTO_IPV6', 'IPV6_PKTINFO'],
    ['IPPROTO_UDP', 'UDP_GRO'],
    ['IPPROTO_UDP', 'UDP_SEGMENT'],
  ] as const
).map(([level, type]) => [number(level), C[type] ?? -1]);
const HEADER = 16;
const lie = fc.oneof(
  fc.nat(80).map(BigInt),
  fc.constantFrom(
    0n,
    15n,
    16n,
    17n,
    (1n << 31n) - 1n,
    1n << 32n,
    (1n << 63n) - 8n,
    (1n << 64n) - 1n,
    (1n << 64n) - 15n,
  ),
);
const message = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...kinds) },
      { weight: 1, arbitrary: fc.tuple(fc.integer(), fc.integer()) },
    ),
    fc.array(byte, { maxLength: 56 }),
    fc.option(lie, { freq: 4 }),
  )
  .map(([[level, type], data, told]) => {
    const bytes = Buffer.alloc((HEADER + data.length + 7) & -8);
    bytes.writeBigUInt64LE(told ?? BigInt(HEADER + data.length));
    bytes.writeInt32LE(level, 8);
    bytes.writeInt32LE(type, 12);
    bytes.set(data, HEADER);
    return bytes;
  });
const memory = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.array(message, { maxLength: 4 }), fc.nat(40))
      .map(([all, cut]) => Uint8Array.from(Buffer.concat(all)).subarray(0, -cut || undefined)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 160 }) },
);

test('control messages of any content are read as cmsg(3) reads them, and look at nothing else', (t) => {
  tries(
    t,
    60_000,
    1_500_000,
    fc.property(memory, (bytes) => {
      const found = readControl(amid(bytes, 0xaa));
      assert.equal(shown(found), shown(naive(bytes)));
      const meta = decodeMeta(amid(bytes, 0xaa), null);
      assert.equal(shown(meta), shown(decodeMeta(amid(bytes, 0x55), null)));
      checkMeta(meta);
      const { passed, others } = descriptorsIn(amid(bytes, 0xff));
      const rights = naive(bytes).filter(
        ({ level, type }) => level === number('SOL_SOCKET') && type === number('SCM_RIGHTS'),
      );
      const ints = rights.flatMap(({ data }) =>
        Array.from({ length: data.length >> 2 }, (_, i) => Buffer.from(data).readInt32LE(4 * i)),
      );
      assert.equal(shown(passed), shown(ints.filter((fd) => fd >= 0)));
      assert.ok(others.every((fd) => fd >= 0));
    }),
  );
});

const uint = fc.oneof(fc.constantFrom(0, 1, 65_534, 0x7fff_ffff, 0xffff_ffff), fc.nat(0xffff_ffff));
const wild = fc.record(
  {
    tos: fc.integer({ min: 0, max: 255 }),
    ecn: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
    ttl: fc.integer({ min: 1, max: 255 }),
    segment: fc.integer({ min: 1, max: 65_535 }),
    ifindex: fc.nat(0x7fff_ffff),
    local: fc.oneof(fc.ipV4(), fc.ipV6()).map((address) => ({ address }) as unknown as NonNullable<Meta['local']>),
    fds: fc.array(fc.nat(0x7fff_ffff), { maxLength: 6 }),
    credentials: fc.record({ pid: fc.integer({ min: 1, max: 0x7fff_ffff }), uid: uint, gid: uint }),
    control: fc.array(
      fc.record({
        level: fc.constantFrom(77, 1000),
        type: fc.nat(0x7fff_ffff),
        data: fc.uint8Array({ maxLength: 20 }),
      }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: [] },
);

test('what is sent with a message is read as what was meant, or refused by the name of its field', (t) => {
  tries(
    t,
    40_000,
    500_000,
    fc.property(wild, fc.constantFrom('AF_INET', 'AF_INET6', 'AF_UNIX'), (given, name) => {
      const meta: Meta = given;
      let bytes: Uint8Array | null;
      try {
        bytes = encodeMeta('meta', meta, number(name));
      } catch (error) {
        assert.match(
          (error as Error).message,
          /^The "meta\.(tos|ecn|ttl|segment|ifindex|local|fds|credentials)" argument /,
        );
        return;
      }
      if (bytes === null) {
        assert.equal(Object.keys(meta).filter((key) => !['fds', 'control'].includes(key)).length, 0);
        return;
      }
      const read = decodeMeta(bytes, null);
      const { tos, ecn, ttl, segment, ifindex, local, credentials, control = [] } = meta;
      const service = ecn === undefined ? tos : ((tos ?? 0) & ~3) | ecn;
      assert.equal(read.tos, service);
      assert.equal(read.ttl, ttl);
      assert.equal(read.segment, segment);
      if (ifindex !== undefined) assert.equal(read.ifindex, ifindex);
      if (local !== undefined && name === 'AF_INET') assert.equal(read.local?.address, local.address);
      if (credentials !== undefined) assert.deepEqual(read.credentials, credentials);
      assert.deepEqual(descriptorsIn(bytes).passed, [...(meta.fds ?? [])]);
      const rest = (read.control ?? []).filter(({ level }) => level === 77 || level === 1000);
      assert.equal(shown(rest), shown(control));
    }),
  );
});

test('the system calls take sockaddr bytes of any kind, with an answer or an errno', (t) => {
  // What connects a datagram socket sends nothing. Unix names that may stand in the file system only look for one.
  const sockets = (['ipv4', 'ipv6', 'unix'] as const).map((name) => openSocket(name, 'dgram'));
  try {
    tries(
      t,
      15_000,
      200_000,
      fc.property(sockaddr, fc.constantFrom(...sockets), (raw, socket) => {
        if (raw.length < 2) return;
        const family = new Uint16Array(raw.buffer, 0, 1)[0]!;
        try {
          socket.connect({ family, raw });
          const peer = family === 0 ? null : socket.getpeername();
          if (peer !== null) assert.equal(typeof peer.toString(), 'string');
        } catch (error) {
          const { code, syscall, name } = error as SocketError;
          if (name === 'TypeError') assert.match(code, /^ERR_INVALID_ARG/);
          else
            assert.ok(/^E[A-Z0-9]+$/.test(code) && ['connect', 'getpeername'].includes(syscall ?? ''), String(error));
        }
      }),
    );
  } finally {
    for (const socket of sockets) socket.close();
  }
});

const env: Sockaddr.SockaddrEnv = {
  AF_INET: number('AF_INET'),
  AF_INET6: number('AF_INET6'),
  AF_UNIX: number('AF_UNIX'),
  AF_NETLINK: number('AF_NETLINK'),
  AF_PACKET: number('AF_PACKET'),
  AF_VSOCK: number('AF_VSOCK'),
  zoneIndex: () => 1,
  zoneName: () => null,
};

/** The same bytes with others around them. */
function amid(bytes: Uint8Array, other: number): Uint8Array {
  const room = new Uint8Array(bytes.length + 64).fill(other);
  room.set(bytes, 32);
  return room.subarray(32, 32 + bytes.length);
}

interface One {
  level: number;
  type: number;
  data: Uint8Array;
}

/** CMSG_FIRSTHDR and CMSG_NXTHDR, in whole numbers of any size. */
function naive(memory: Uint8Array): One[] {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const found: One[] = [];
  const size = BigInt(memory.length);
  for (let at = 0n; at + BigInt(HEADER) <= size;) {
    const begin = Number(at);
    const length = view.getBigUint64(begin, true);
    if (length < HEADER) break;
    const end = at + length < size ? at + length : size;
    const data = memory.slice(begin + HEADER, Number(end));
    found.push({ level: view.getInt32(begin + 8, true), type: view.getInt32(begin + 12, true), data });
    at += ((length + 7n) / 8n) * 8n;
  }
  return found;
}

/** Whatever bytes there were, what a program is told has these types. */
function checkMeta({ tos, ecn, ttl, segment, ifindex, local, timestamp, credentials }: Meta): void {
  for (const [value, most] of [
    [tos, 255],
    [ecn, 3],
    [ttl, 255],
  ] as const)
    assert.ok(value === undefined || (Number.isInteger(value) && value >= 0 && value <= most));
  for (const value of [segment, ifindex]) assert.ok(value === undefined || Number.isInteger(value));
  assert.ok(local === undefined || local.family === 'ipv4' || local.family === 'ipv6');
  assert.ok(timestamp === undefined || typeof timestamp === 'bigint');
  assert.ok(credentials === undefined || (credentials.uid >= 0 && credentials.gid >= 0 && (credentials.pid ?? 1) > 0));
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    one instanceof Uint8Array ? Buffer.from(one).toString('hex') : typeof one === 'bigint' ? String(one) : one,
  );
}
