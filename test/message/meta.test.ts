// Owns the tests of what travels with a datagram: every field of Meta against Python, both ways, over IPv4, IPv6 and both on one
// socket; raw control messages; the queue of errors; what is refused.

import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import type { TestContext } from 'node:test';
import * as promises from 'berkeley';
import type { Meta } from 'berkeley';
import { failure, inBothColours, type Net } from '../net/kit.js';
import { type Puppet, startPuppet } from '../support/python.js';

type Socket = ReturnType<Net['socket']>;
const C = promises.constants as Record<string, number>;
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

interface Scene {
  readonly family: 'ipv4' | 'ipv6';
  readonly host: string;
  /** What Python's socket is bound to. */
  readonly theirs: string;
  /** Options that make the kernel tell everything, as [level, name]. */
  readonly asking: readonly (readonly [number, number])[];
}

const four = [
  [C['IPPROTO_IP']!, C['IP_PKTINFO']!],
  [C['IPPROTO_IP']!, C['IP_RECVTTL']!],
  [C['IPPROTO_IP']!, C['IP_RECVTOS']!],
] as const;
const six = [
  [C['IPPROTO_IPV6']!, C['IPV6_RECVPKTINFO']!],
  [C['IPPROTO_IPV6']!, C['IPV6_RECVHOPLIMIT']!],
  [C['IPPROTO_IPV6']!, C['IPV6_RECVTCLASS']!],
] as const;

const scenes: Record<string, Scene> = {
  IPv4: { family: 'ipv4', host: '127.0.0.1', theirs: '127.0.0.1', asking: four },
  ...(hasIpv6
    ? {
        IPv6: { family: 'ipv6', host: '::1', theirs: '::1', asking: six },
        'IPv4 over an IPv6 socket': { family: 'ipv6', host: '::', theirs: '127.0.0.1', asking: [...four, ...six] },
      }
    : {}),
};

/** Our socket, which is told everything, and Python's `s`, likewise, which knows ours as `ours`. */
async function setUp(
  net: Net,
  t: TestContext,
  { family, host, theirs, asking }: Scene,
): Promise<[Socket, Puppet, promises.Address]> {
  const socket = net.socket(family, 'dgram');
  await socket.bind({ host, port: 0 });
  for (const [level, name] of asking) socket.setsockopt(level, name, 1);
  const to = JSON.stringify([theirs, socket.getsockname().port]);
  const python = startPuppet(
    t,
    `
family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM); s.bind((sys.argv[1], 0))
ours = tuple(__import__('json').loads(sys.argv[2]))
for level, name in (((0, 8), (0, 12), (0, 13)) if family == socket.AF_INET else ((41, 49), (41, 51), (41, 66))): s.setsockopt(level, name, 1)
def everything():
    data, control, flags, at = s.recvmsg(100, 1000)
    return [data.decode(), sorted([level, kind, data.hex()] for level, kind, data in control)]`,
    { args: [theirs, to] },
  );
  const port = (await python.value('s.getsockname()[1]')) as number;
  return [socket, python, net.address({ host: theirs, port })];
}

for (const [title, scene] of Object.entries(scenes)) {
  const overSix = scene.theirs.includes(':');
  const local = scene.family === 'ipv6' && !overSix ? '::ffff:127.0.0.1' : scene.theirs;

  inBothColours(`what comes with a datagram of Python is decoded (${title})`, async (net, t) => {
    const [socket, python] = await setUp(net, t, scene);
    await python.run(
      overSix
        ? 's.setsockopt(41, 16, 33); s.setsockopt(41, 67, 0x2b)' // IPV6_UNICAST_HOPS, IPV6_TCLASS
        : 's.setsockopt(0, 2, 33); s.setsockopt(0, 1, 0x2b)', // IP_TTL, IP_TOS
    );
    socket.setsockopt(C['SOL_SOCKET']!, C['SO_TIMESTAMPNS']!, 1);
    const before = BigInt(Date.now() - 1) * 1_000_000n;
    await python.run('s.sendto(b"x", ours)');
    const { meta } = (await socket.recvMsg())!;
    const after = BigInt(Date.now() + 1) * 1_000_000n;
    const { timestamp, ...rest } = meta;
    assert.ok(timestamp! >= before && timestamp! <= after, `${before} <= ${timestamp} <= ${after}`);
    const { local: at, ...plain } = rest;
    assert.deepEqual(plain, { ttl: 33, tos: 0x2b, ecn: 3, ifindex: 1 });
    assert.equal(at?.address, local);
    assert.equal(at?.port, undefined);
    socket.close();
  });

  inBothColours(`what is to go with a datagram reaches Python (${title})`, async (net, t) => {
    const [socket, python, to] = await setUp(net, t, scene);
    const [ttl, tos, info] = overSix
      ? [
          [41, 52],
          [41, 67],
          [41, 50],
        ]
      : [
          [0, 2],
          [0, 1],
          [0, 8],
        ];
    const told = async (): Promise<Record<string, string>> => {
      const [, control] = (await python.value('everything()')) as [string, [number, number, string][]];
      const find = ([level, type]: readonly number[]): string =>
        control.find((one) => one[0] === level && one[1] === type)?.[2] ?? '';
      return { ttl: find(ttl), tos: find(tos), info: find(info) };
    };
    const send = (meta: Meta) => socket.sendMsg({ data: 'x', to, meta });
    const int = (value: number) => Buffer.from(Int32Array.of(value).buffer).toString('hex');
    const byte = (value: number) => (overSix ? int(value) : Buffer.of(value).toString('hex'));

    await send({ ttl: 9, tos: 0x28 });
    const first = await told();
    assert.deepEqual([first['ttl'], first['tos']], [int(9), byte(0x28)]);
    await send({ tos: 0x2b, ecn: 1 });
    assert.equal((await told())['tos'], byte(0x29), 'ecn replaces its two bits');
    await send({ ecn: 2 });
    assert.equal((await told())['tos'], byte(2));
    if (!overSix) {
      // All of 127.0.0.0/8 is ours.
      const own = scene.family === 'ipv6' ? net.address('[::ffff:127.0.0.5]:0') : net.address('127.0.0.5');
      await send({ local: own, ifindex: 1 });
      await told();
      await send({ local: net.address('127.0.0.5') });
      await python.run('data, control, flags, at = s.recvmsg(100, 1000)');
      assert.equal(await python.value('at[0]'), '127.0.0.5');
    } else {
      await send({ local: net.address('[::1]:0'), ifindex: 1 });
      assert.equal((await told())['info']?.slice(0, 32), `${'0'.repeat(31)}1`);
    }
    const error = await failure(() => send({ local: net.address(overSix ? '[2001:db8::1]:0' : '198.51.100.7') }));
    assert.ok(['EINVAL', 'ENETUNREACH', 'EADDRNOTAVAIL'].includes(error.code), error.message);
    assert.equal(
      await socket.sendMany([
        { data: 'a', to, meta: { ttl: 3 } },
        { data: 'b', to },
        { data: 'c', to, meta: { ttl: 5 } },
      ]),
      3,
    );
    assert.deepEqual([(await told())['ttl'], (await told())['ttl'], (await told())['ttl']], [int(3), int(64), int(5)]);
    socket.close();
  });

  inBothColours(
    `one send is several datagrams with a segment, and received as one with UDP_GRO (${title})`,
    async (net, t) => {
      const [socket, python, to] = await setUp(net, t, scene);
      assert.equal(await socket.sendMsg({ data: Buffer.alloc(2500, 'z'), to, meta: { segment: 1000 } }), 2500);
      assert.deepEqual(await python.value('[len(s.recv(9000)) for i in range(3)]'), [1000, 1000, 500]);
      socket.setsockopt(C['IPPROTO_UDP']!, C['UDP_GRO']!, 1);
      // UDP_SEGMENT: 103.
      await python.run('s.sendmsg([b"y" * 2500], [(17, 103, struct.pack("H", 1000))], 0, ours)');
      const one = (await socket.recvMsg())!;
      assert.deepEqual([one.data.length, one.meta.segment], [2500, 1000]);
      await python.run('s.sendmsg([b"y" * 2500], [(17, 103, struct.pack("H", 1000))], 0, ours)');
      const [same] = await socket.recvMany(8);
      assert.deepEqual([same!.data.length, same!.meta.segment], [2500, 1000]);
      socket.close();
    },
  );
}

inBothColours('the timestamps of SO_TIMESTAMP and SO_TIMESTAMPING are nanoseconds, too', async (net) => {
  for (const [option, value] of [
    ['SO_TIMESTAMP', 1],
    ['SO_TIMESTAMP_NEW', 1],
    ['SO_TIMESTAMPNS_NEW', 1],
    // linux/net_tstamp.h: RX_SOFTWARE | SOFTWARE.
    ['SO_TIMESTAMPING', 8 | 16],
    ['SO_TIMESTAMPING_NEW', 8 | 16],
  ] as const) {
    const [receiver, sender] = await two(net);
    receiver.setsockopt(C['SOL_SOCKET']!, C[option]!, value);
    const before = BigInt(Date.now() - 1) * 1_000_000n;
    // The kernel turns its clock for it on a little later; until then there are no stamps of software.
    let meta: Meta = {};
    for (let tries = 0; tries < 1000 && (meta.timestamp ?? 0n) === 0n; tries++) {
      await sender.send('x');
      ({ meta } = (await receiver.recvMsg())!);
    }
    assert.ok(meta.timestamp! >= before && meta.timestamp! < before + 60_000_000_000n, `${option}: ${meta.timestamp}`);
    assert.deepEqual(Object.keys(meta), ['timestamp']);
    receiver.close();
    sender.close();
  }
});

async function two(net: Net): Promise<[Socket, Socket]> {
  const receiver = net.socket('ipv4', 'dgram');
  await receiver.bind('127.0.0.1:0');
  const sender = net.socket('ipv4', 'dgram');
  await sender.connect(receiver.getsockname());
  return [receiver, sender];
}

inBothColours('credentials of Unix sockets are who the kernel says, both ways', async (net, t) => {
  const [one, other] = net.socketPair('dgram');
  other.setsockopt(C['SOL_SOCKET']!, C['SO_PASSCRED']!, 1);
  const own = { pid: process.pid, uid: process.getuid!(), gid: process.getgid!() };
  await one.send('x');
  assert.deepEqual((await other.recvMsg())?.meta, { credentials: own });
  await one.sendMsg({ data: 'x', meta: { credentials: { uid: own.uid, gid: own.gid } } });
  assert.deepEqual((await other.recvMsg())?.meta, { credentials: own }, 'this process unless told');
  if (own.uid === 0) {
    const python = startPuppet(t);
    const credentials = { pid: python.pid, uid: 65534, gid: 4_000_000_000 };
    await one.sendMsg({ data: 'x', meta: { credentials } });
    assert.deepEqual((await other.recvMany(2))[0]?.meta, { credentials });
  }
  const error = await failure(() =>
    one.sendMsg({ data: 'x', meta: { credentials: { pid: 999_999_999, uid: 0, gid: 0 } } }),
  );
  assert.ok(['ESRCH', 'EPERM'].includes(error.code), error.message);
  one.close();
  other.close();
});

inBothColours('raw control messages go and come as they are', async (net) => {
  const [receiver, sender] = await two(net);
  receiver.setsockopt(C['IPPROTO_IP']!, C['IP_RECVTTL']!, 1);
  receiver.setsockopt(C['SOL_SOCKET']!, C['SO_RXQ_OVFL']!, 1);
  const ttl = { level: C['IPPROTO_IP']!, type: C['IP_TTL']!, data: new Uint8Array(Int32Array.of(17).buffer) };
  await sender.sendMsg({ data: 'x', meta: { control: [ttl] } });
  assert.equal((await receiver.recvMsg())?.meta.ttl, 17);
  // SO_RXQ_OVFL is told once something was dropped.
  receiver.setsockopt(C['SOL_SOCKET']!, C['SO_RCVBUF']!, 1);
  for (let i = 0; i < 50; i++) await sender.send(Buffer.alloc(1000));
  assert.ok((await receiver.recvMany(100)).length < 50);
  await sender.send('after the drops');
  const [dropped] = (await receiver.recvMsg())!.meta.control!;
  assert.deepEqual([dropped!.level, dropped!.type, dropped!.data.length], [C['SOL_SOCKET'], C['SO_RXQ_OVFL'], 4]);
  assert.ok(new Uint32Array(dropped!.data.slice().buffer)[0]! > 0);
  receiver.close();
  sender.close();
});

inBothColours(
  'the queue of errors has what was refused, with its destination, and waiting for it takes no data',
  async (net) => {
    const [closed, sender] = await two(net);
    const nobody = closed.getsockname();
    closed.close();
    sender.setsockopt(C['IPPROTO_IP']!, C['IP_RECVERR']!, 1);
    const flags = C['MSG_ERRQUEUE']!;
    assert.equal((await failure(() => sender.recvMsg({ flags, timeout: 20 }))).code, 'ETIMEDOUT');
    await sender.send('to nobody');
    const datagram = (await sender.recvMsg({ flags, timeout: 5000 }))!;
    assert.equal(datagram.data.toString(), 'to nobody');
    assert.ok(datagram.from.equals(nobody));
    assert.ok(datagram.flags & flags);
    const [error] = datagram.meta.control!;
    assert.deepEqual([error!.level, error!.type], [C['IPPROTO_IP'], C['IP_RECVERR']]);
    assert.equal(new Uint32Array(error!.data.slice(0, 4).buffer)[0], 111, 'sock_extended_err: ECONNREFUSED');
    // Data lies there all the time, and must neither be taken nor keep the processor busy.
    const [receiver, source] = await two(net);
    await source.send('data');
    const begun = process.cpuUsage();
    assert.equal((await failure(() => receiver.recvMsg({ flags, timeout: 200 }))).code, 'ETIMEDOUT');
    const { user, system } = process.cpuUsage(begun);
    assert.ok(user + system < 100_000, `${user + system} µs of 200,000`);
    assert.equal((await receiver.recv())?.toString(), 'data');
    for (const each of [sender, receiver, source]) each.close();
  },
);

inBothColours('what is wrong in a message is a typed error that names it, before anything is sent', async (net) => {
  const [receiver, sender] = await two(net);
  const wrong: [string, unknown, RegExp][] = [
    ['nothing', undefined, /"message" argument must be an object/],
    ['no data', {}, /"message\.data" argument/],
    ['data that is a number', { data: 5 }, /"message\.data"/],
    ['a piece', { data: ['a', 5] }, /"message\.data\[1\]"/],
    ['a target', { data: 'x', to: 'no port' }, /"message\.to"/],
    ['a descriptor as target', { data: 'x', to: 'fd:3' }, /"message\.to"/],
    ['meta', { data: 'x', meta: 5 }, /"message\.meta"/],
    ['an unknown field', { data: 'x', meta: { hops: 5 } }, /"message\.meta" argument has an unknown field "hops"/],
    ['ttl 0', { data: 'x', meta: { ttl: 0 } }, /"message\.meta\.ttl"/],
    ['ttl', { data: 'x', meta: { ttl: 256 } }, /"message\.meta\.ttl"/],
    ['tos', { data: 'x', meta: { tos: 256 } }, /"message\.meta\.tos"/],
    ['ecn', { data: 'x', meta: { ecn: 4 } }, /"message\.meta\.ecn"/],
    ['segment', { data: 'x', meta: { segment: 0 } }, /"message\.meta\.segment"/],
    ['ifindex', { data: 'x', meta: { ifindex: -1 } }, /"message\.meta\.ifindex"/],
    ['local', { data: 'x', meta: { local: '127.0.0.1' } }, /"message\.meta\.local"/],
    ['local of another family', { data: 'x', meta: { local: net.address('[::1]:0') } }, /"message\.meta\.local"/],
    ['fds', { data: 'x', meta: { fds: 5 } }, /"message\.meta\.fds"/],
    [
      'fds over UDP',
      { data: 'x', meta: { fds: [0] } },
      /"message\.meta\.fds" argument can be sent over Unix sockets only/,
    ],
    ['credentials over UDP', { data: 'x', meta: { credentials: { uid: 0, gid: 0 } } }, /"message\.meta\.credentials"/],
    ['control', { data: 'x', meta: { control: {} } }, /"message\.meta\.control"/],
    [
      'a control message',
      { data: 'x', meta: { control: [{ level: 1, type: 1, data: 'x' }] } },
      /"message\.meta\.control\[0\]\.data"/,
    ],
  ];
  for (const [what, message, pattern] of wrong) {
    for (const [call, expected] of [
      [() => sender.sendMsg(message as promises.Message), pattern.source],
      [
        () => sender.sendMany([{ data: 'first' }, message as promises.Message]),
        pattern.source.replace('message', 'messages\\[1\\]'),
      ],
    ] as const) {
      const error = await failure(call);
      assert.ok(error instanceof TypeError || error instanceof RangeError, `${what}: ${String(error)}`);
      assert.match(error.message, new RegExp(expected), what);
      assert.match((error as unknown as { code: string }).code, /^ERR_INVALID_ARG_(TYPE|VALUE)$/);
    }
  }
  const [unix, peer] = net.socketPair('dgram');
  for (const meta of [
    { ttl: 1 },
    { tos: 1 },
    { ecn: 1 },
    { ifindex: 1 },
    { segment: 5 },
    { local: net.address('[::1]:0') },
  ] as Meta[]) {
    const error = await failure(() => unix.sendMsg({ data: 'x', meta }));
    assert.match(
      error.message,
      new RegExp(`"message\\.meta\\.${Object.keys(meta)[0]}" argument means something on IPv4 and IPv6`),
    );
  }
  for (const call of [
    () => receiver.recvFrom(0),
    () => receiver.recvFrom(1.5),
    () => receiver.recvMsg({ size: 0 }),
    () => receiver.recvMsg({ control: -1 }),
    () => receiver.recvMsg({ flags: -1 }),
    () => receiver.recvMany(0),
    () => receiver.recvMany(5, { size: 0 }),
    () => sender.sendMany('x' as never),
    () => sender.sendTo('x', 5 as never),
    () => sender.sendTo(5 as never, '127.0.0.1:1'),
  ]) {
    const error = await failure(call);
    assert.match((error as unknown as { code: string }).code, /^ERR_INVALID_ARG_(TYPE|VALUE)$/, String(error));
  }
  assert.equal((await failure(() => receiver.recv(1, { timeout: 0 }))).code, 'ETIMEDOUT', 'nothing was sent');
  for (const each of [receiver, sender, unix, peer]) each.close();
});
