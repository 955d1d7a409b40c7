// In a network namespace of its own: everything that takes a second host. Prints a line for each title of ../veth-titles.ts.

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { Meta, UdpSocket } from 'berkeley';
import { colours, failure } from '../../net/kit.js';
import { LINK, ours, startNetwork, theirs } from '../network.js';
import { titles } from '../veth-titles.js';

const SOON = { timeout: '10s' } as const;
const [, net] = colours.find(([name]) => name === process.argv[2])!;
const cleanups: (() => unknown)[] = [];
const python = await startNetwork({ after: (cleanup) => void cleanups.push(cleanup as () => unknown) });
/** Whatever was sent to a socket before this has arrived, or does not arrive. */
const MARK = 'that was all';
const families = ['ipv4', 'ipv6'] as const;
const group = { ipv4: '239.7.7.7', ipv6: 'ff15::77' };
const index = await linkIndex();

type Socket = UdpSocket<'async'>;

async function linkIndex(): Promise<number> {
  await using socket = await net.udp(undefined, { meta: ['ifindex'] });
  await python.run(`udp('${theirs.ipv4}').sendto(b'', ('${ours.ipv4}', ${socket.localAddr.port}))`);
  return (await socket.recv(SOON)).meta.ifindex!;
}

function bracketed(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Has Python send from an address of its own. */
async function send(words: string[], from: string, to: string, port: number, before = ''): Promise<void> {
  await python.run(`
s = udp('${from}')
${before}
${words.map((word) => `s.sendto(${JSON.stringify(word)}.encode(), (${JSON.stringify(to)}, ${port}))`).join('\n')}
s.close()`);
}

/** What arrives up to the mark, which is sent to `at`. */
async function upToMark(socket: Socket, at: string): Promise<string[]> {
  await send([MARK], at.includes(':') ? theirs.ipv6 : theirs.ipv4, at, socket.localAddr.port!);
  const words: string[] = [];
  for await (const { data } of socket) {
    if (data.toString() === MARK) break;
    words.push(data.toString());
  }
  return words;
}

/** Python's side of a group: its interface for what it sends. */
const outOn = (family: 'ipv4' | 'ipv6'): string =>
  family === 'ipv4'
    ? `s.setsockopt(0, socket.IP_MULTICAST_IF, struct.pack('4s4si', b'', b'', index()))`
    : `s.setsockopt(41, socket.IPV6_MULTICAST_IF, index())`;

const tests: Record<(typeof titles)[number], () => Promise<void>> = {
  async 'what is sent to a group arrives while it is joined, by name or by number, IPv4 and IPv6'() {
    for (const family of families) {
      for (const on of [LINK, index]) {
        for (const dual of [false, true]) {
          await using socket = await (dual ? net.udp() : net.udp({ port: 0 }, { family }));
          const { port } = socket.localAddr;
          const to = group[family];
          await send(['before'], theirs[family], to, port!, outOn(family));
          assert.equal(socket.join(to, { interface: on }), socket);
          await send(['during'], theirs[family], to, port!, outOn(family));
          assert.deepEqual(await upToMark(socket, ours[family]), ['during']);
          socket.leave(to, { interface: on });
          await send(['after'], theirs[family], to, port!, outOn(family));
          assert.deepEqual(await upToMark(socket, ours[family]), []);
        }
      }
    }
  },

  async 'a group that names a zone is joined there'() {
    await using socket = await net.udp('[::]:0');
    for (const zone of [LINK, index]) {
      socket.join(`ff12::77%${zone}`);
      await send(['zoned'], theirs.ipv6, 'ff12::77', socket.localAddr.port!, outOn('ipv6'));
      assert.deepEqual(await upToMark(socket, ours.ipv6), ['zoned']);
      socket.leave(`ff12::77%${zone}`);
    }
    const twice = await failure(() => socket.join(`ff12::77%${LINK}`, { interface: LINK }));
    assert.match(String(twice), /TypeError.*"interface"/);
  },

  async 'a source-specific membership takes what its source sends, and nothing else'() {
    const groups = { ipv4: '232.7.7.7', ipv6: 'ff35::77' };
    const second = { ipv4: theirs.second4, ipv6: theirs.second6 };
    for (const family of families) {
      await using socket = await net.udp();
      const to = groups[family];
      const o = { interface: LINK, source: theirs[family] };
      socket.join(to, o);
      const { port } = socket.localAddr;
      await send(['from another'], second[family], to, port!, outOn(family));
      await send(['from the source'], theirs[family], to, port!, outOn(family));
      assert.deepEqual(await upToMark(socket, ours[family]), ['from the source']);
      socket.join(to, { interface: LINK, source: second[family] });
      await send(['from another'], second[family], to, port!, outOn(family));
      assert.deepEqual(await upToMark(socket, ours[family]), ['from another']);
      socket.leave(to, o);
      await send(['from the source'], theirs[family], to, port!, outOn(family));
      assert.deepEqual(await upToMark(socket, ours[family]), []);
    }
  },

  async 'a member twice is EADDRINUSE, and leaving what was not joined EADDRNOTAVAIL'() {
    await using socket = await net.udp();
    for (const family of families) {
      const to = group[family];
      const o = { interface: LINK };
      socket.join(to, o);
      const twice = await failure(() => socket.join(to, o));
      assert.deepEqual([twice.code, twice.syscall, twice.address], ['EADDRINUSE', 'setsockopt', to]);
      socket.leave(to, o);
      assert.equal((await failure(() => socket.leave(to, o))).code, 'EADDRNOTAVAIL');
      assert.equal((await failure(() => socket.join(to, { interface: 4711 }))).code, 'ENODEV');
    }
  },

  async 'what we send to a group has multicast.ttl and goes out on multicast.interface'() {
    for (const family of families) {
      const six = family === 'ipv6';
      await python.run(`
m = udp('${six ? '::' : '0.0.0.0'}')
${
  six
    ? `m.setsockopt(41, socket.IPV6_JOIN_GROUP, socket.inet_pton(socket.AF_INET6, '${group.ipv6}') + struct.pack('i', index())); m.setsockopt(41, socket.IPV6_RECVHOPLIMIT, 1)`
    : `m.setsockopt(0, socket.IP_ADD_MEMBERSHIP, struct.pack('4s4si', socket.inet_aton('${group.ipv4}'), b'', index())); m.setsockopt(0, 12, 1)`
}`);
      const to = bracketed(group[family], (await python.value('port(m)')) as number);
      for (const dual of [false, true]) {
        await using socket = await (dual ? net.udp() : net.udp({ port: 0 }, { family }));
        assert.deepEqual({ ...facts(socket) }, { ttl: 1, loopback: true, interface: null });
        socket.multicast.ttl = 9;
        socket.multicast.interface = LINK;
        assert.deepEqual(facts(socket), { ttl: 9, loopback: true, interface: LINK });
        await socket.send('to all', to);
        const [data, control, , [from]] = (await python.value(
          '(lambda r: [r[0].decode(), [d[0] for _, _, d in r[1]], r[2], r[3]])(m.recvmsg(100, 100))',
        )) as [string, number[], number, [string]];
        assert.deepEqual([data, control], ['to all', [9]]);
        assert.ok(Object.values(ours).includes(from.replace(/%.*/, '')), from);
        socket.multicast.interface = 'lo';
        assert.equal(socket.multicast.interface, 'lo');
        // lo has no way to IPv6 groups.
        if (six) assert.equal((await failure(() => socket.send('to nobody', to))).code, 'ENETUNREACH');
        else await socket.send('to nobody there', to);
        socket.multicast.interface = index;
        await socket.send('there again', to);
        assert.equal(((await python.value('got(m)')) as string[])[0], 'there again');
        socket.multicast.interface = null;
        assert.equal(socket.multicast.interface, null);
      }
    }
  },

  async 'multicast.loopback decides whether members here get it, too'() {
    for (const family of families) {
      await using member = await net.udp();
      member.join(group[family], { interface: LINK });
      await using socket = await net.udp();
      socket.multicast.interface = LINK;
      const to = bracketed(group[family], member.localAddr.port!);
      await socket.send('looped', to);
      socket.multicast.loopback = false;
      assert.equal(socket.multicast.loopback, false);
      await socket.send('not looped', to);
      assert.deepEqual(await upToMark(member, ours[family]), ['looped']);
    }
  },

  async 'a broadcast arrives, both ways'() {
    await python.run(`b = udp('0.0.0.0'); b.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)`);
    const port = (await python.value('port(b)')) as number;
    for (const at of [{ port: 0 }, '0.0.0.0:0'] as const) {
      await using socket = await net.udp(at, { meta: ['ifindex'] });
      const to = `10.77.0.255:${port}`;
      assert.equal((await failure(() => socket.send('hello', to))).code, 'EACCES');
      assert.equal((await failure(() => socket.sendMany([{ data: 'hello', to }]))).code, 'EACCES');
      socket.broadcast = true;
      await socket.send('hello', to);
      assert.deepEqual(await python.value('got(b)'), ['hello', ours.ipv4, socket.localAddr.port]);
      await python.run(`b.sendto(b'hi', ('10.77.0.255', ${socket.localAddr.port}))`);
      const { data, from, meta } = await socket.recv(SOON);
      assert.deepEqual(
        [data.toString(), from.address.replace('::ffff:', ''), meta.ifindex],
        ['hi', theirs.ipv4, index],
      );
    }
    await python.run('b.close()');
  },

  async 'meta tells the local address and the interface, IPv4, IPv6 and dual stack'() {
    for (const family of families) {
      for (const dual of [false, true]) {
        await using socket = await (dual
          ? net.udp(undefined, { meta: ['local', 'ifindex'] })
          : net.udp({ port: 0 }, { family, meta: ['local'] }));
        for (const to of family === 'ipv4' ? [ours.ipv4, ours.second4] : [ours.ipv6, ours.second6]) {
          await send(['x'], theirs[family], to, socket.localAddr.port!);
          const { meta } = await socket.recv(SOON);
          assert.equal(meta.ifindex, index);
          assert.equal(meta.local!.address, dual && family === 'ipv4' ? `::ffff:${to}` : to);
          await send(['y'], theirs[family], to, socket.localAddr.port!);
          const [many] = await socket.recvMany(4, SOON);
          assert.equal(many!.meta.local!.address, dual && family === 'ipv4' ? `::ffff:${to}` : to);
        }
      }
    }
  },

  async 'meta.local and meta.ifindex choose where a datagram comes from'() {
    for (const family of families) {
      await python.run(`r = udp('${theirs[family]}')`);
      const to = bracketed(theirs[family], (await python.value('port(r)')) as number);
      const from = family === 'ipv4' ? [ours.second4, ours.ipv4] : [ours.second6, ours.ipv6];
      for (const dual of [false, true]) {
        await using socket = await (dual ? net.udp() : net.udp({ port: 0 }, { family }));
        for (const local of from) {
          await socket.send('x', to, { meta: { local: net.address({ host: local, port: 0 }), ifindex: index } });
          assert.deepEqual(await python.value('got(r)'), ['x', local, socket.localAddr.port]);
          await socket.sendMany([{ data: 'y', to, meta: { local: net.address({ host: local, port: 0 }) } }]);
          assert.deepEqual(await python.value('got(r)'), ['y', local, socket.localAddr.port]);
        }
        // The answer goes out from where the question went to.
        await using server = await net.udp(undefined, { meta: ['local'] });
        await python.run(`r.sendto(b'q', ('${from[0]}', ${server.localAddr.port}))`);
        const question = await server.recv(SOON);
        await server.send('a', question.from, { meta: question.meta });
        assert.deepEqual(await python.value('got(r)'), ['a', from[0], server.localAddr.port]);
      }
      await python.run('r.close()');
    }
    await python.run(`r = udp('::')`);
    await using socket = await net.udp('[::]:0');
    const to = `[${theirs.link}]:${(await python.value('port(r)')) as number}`;
    await socket.send('by its interface', to, { meta: { ifindex: index } });
    assert.equal(((await python.value('got(r)')) as string[])[0], 'by its interface');
    await python.run('r.close()');
  },

  async 'connect from one network to another takes the local address that fits'() {
    await python.run(`n = udp('${theirs.ipv4}')`);
    const to = bracketed(theirs.ipv4, (await python.value('port(n)')) as number);
    for (const at of ['0.0.0.0:0', '[::]:0']) {
      await using socket = await net.udp(at, { connect: '127.0.0.1:9' });
      const { port } = socket.localAddr;
      await socket.connect(to);
      assert.equal(socket.localAddr.address.replace('::ffff:', ''), ours.ipv4);
      await socket.send('x');
      assert.deepEqual(await python.value('got(n)'), ['x', ours.ipv4, port]);
    }
    await python.run('n.close()');
  },

  async 'the zone of a link-local address is kept both ways'() {
    await python.run(`z = udp('::')`);
    const port = (await python.value('port(z)')) as number;
    await using socket = await net.udp('[::]:0');
    await socket.send('over the link', `[${theirs.link}%${LINK}]:${port}`);
    const [word, from] = (await python.value('got(z)')) as [string, string];
    assert.deepEqual([word, from.replace(/%.*/, '')], ['over the link', ours.link]);
    await python.run(`z.sendto(b'back', ('${ours.link}', ${socket.localAddr.port}, 0, index()))`);
    const answer = await socket.recv(SOON);
    assert.equal(answer.from.scope, LINK);
    assert.equal(answer.from.toString(), `[${theirs.link}%${LINK}]:${port}`);
    await socket.send('and again', answer.from);
    assert.equal(((await python.value('got(z)')) as string[])[0], 'and again');
    await using bound = await net.udp(`[${ours.link}%${LINK}]:0`, { connect: `[${theirs.link}%${index}]:${port}` });
    assert.equal(bound.localAddr.scope, LINK);
    await bound.send('bound to it');
    assert.equal(((await python.value('got(z)')) as string[])[0], 'bound to it');
    await python.run('z.close()');
  },

  async 'meta.segment: what is sent in one piece arrives as single datagrams (GSO)'() {
    for (const family of families) {
      await python.run(`g = udp('${theirs[family]}')`);
      const to = bracketed(theirs[family], (await python.value('port(g)')) as number);
      await using socket = await net.udp();
      const bytes = Buffer.from(Array.from({ length: 10_500 }, (_, i) => (i * 7) & 127));
      assert.equal(await socket.send(bytes, to, { meta: { segment: 1000 } }), bytes.length);
      const pieces = [bytes.subarray(0, 4321), bytes.subarray(4321)];
      await socket.sendMany([{ data: pieces, to, meta: { segment: 1000 } }]);
      for (let round = 0; round < 2; round++) {
        const got = (await python.value('[got(g)[0] for _ in range(11)]')) as string[];
        assert.deepEqual(
          got.map(({ length }) => length),
          [...Array.from({ length: 10 }, () => 1000), 500],
        );
        assert.equal(got.join(''), bytes.toString('latin1'));
      }
      // More than an Ethernet frame, or more pieces than the kernel takes, is its error, and the socket lives.
      assert.match((await failure(() => socket.send(bytes, to, { meta: { segment: 1 } }))).code, /^(EINVAL|EMSGSIZE)$/);
      await socket.send('alive', to);
      assert.equal(((await python.value('got(g)')) as string[])[0], 'alive');
      await python.run('g.close()');
    }
  },

  async "meta: ['segment'] hands out in one piece what came as many (GRO)"() {
    const segments = (count: number): string =>
      `s.setsockopt(17, 103, 1200); s.sendto(bytes(i // 1200 + 65 for i in range(${count * 1200 - 300})), TO)`;
    for (const family of families) {
      await using joined = await net.udp(undefined, { meta: ['segment'] });
      await using single = await net.udp();
      for (const socket of [joined, single]) {
        const to = `('${ours[family]}', ${socket.localAddr.port})`;
        await send([], theirs[family], '', 0, segments(8).replace('TO', to));
      }
      const { data, meta } = await joined.recv(SOON);
      assert.deepEqual([data.length, meta.segment], [8 * 1200 - 300, 1200]);
      for (let i = 0; i < 8; i++) assert.equal(data[i * 1200], 65 + i);
      await send([], theirs[family], '', 0, segments(8).replace('TO', `('${ours[family]}', ${joined.localAddr.port})`));
      const [many] = await joined.recvMany(8, SOON);
      assert.deepEqual([many!.data.length, many!.meta.segment], [8 * 1200 - 300, 1200]);
      for (let i = 0; i < 8; i++) {
        const one = await single.recv(SOON);
        assert.deepEqual([one.data.length, one.data[0], one.meta.segment], [i < 7 ? 1200 : 900, 65 + i, undefined]);
      }
      await send(['alone'], theirs[family], ours[family], joined.localAddr.port!);
      const alone = await joined.recv(SOON);
      assert.deepEqual([alone.data.toString(), alone.truncated], ['alone', false]);
    }
  },

  async 'ttl, tos and ecn of one datagram, both ways, IPv4, IPv6 and dual stack'() {
    const recv = {
      ipv4: 'c.setsockopt(0, 12, 1); c.setsockopt(0, 13, 1)',
      ipv6: 'c.setsockopt(41, 51, 1); c.setsockopt(41, 66, 1)',
    };
    const sends = { ipv4: '[(0, 2, 44), (0, 1, 0x4b)]', ipv6: '[(41, 52, 44), (41, 67, 0x4b)]' };
    for (const family of families) {
      await python.run(`c = udp('${theirs[family]}'); ${recv[family]}`);
      const to = bracketed(theirs[family], (await python.value('port(c)')) as number);
      for (const dual of [false, true]) {
        const meta = ['ttl', 'tos', 'ecn'] satisfies (keyof Meta)[];
        await using socket = await (dual ? net.udp(undefined, { meta }) : net.udp({ port: 0 }, { family, meta }));
        const seen = 'sorted(d[0] for _, _, d in c.recvmsg(100, 200)[1])';
        await socket.send('x', to, { meta: { ttl: 17, tos: 0xb8 } });
        assert.deepEqual(await python.value(seen), [17, 0xb8]);
        await socket.send('x', to, { meta: { ttl: 5, ecn: 2 } });
        assert.deepEqual(await python.value(seen), [2, 5]);
        await socket.sendMany([{ data: 'x', to, meta: { tos: 0xb8, ecn: 1, ttl: 3 } }]);
        assert.deepEqual(await python.value(seen), [3, 0xb9]);
        await socket.send('as usual', to);
        assert.deepEqual(await python.value(seen), [0, 64]);
        await python.run(
          `c.sendmsg([b'y'], [(l, t, struct.pack('i', v)) for l, t, v in ${sends[family]}], 0, ('${ours[family]}', ${socket.localAddr.port}))`,
        );
        const { meta: got } = await socket.recv(SOON);
        assert.deepEqual([got.ttl, got.tos, got.ecn], [44, 0x4b, 3]);
      }
      await python.run('c.close()');
    }
  },

  async 'the timestamp of the kernel lies between sending and now'() {
    await using socket = await net.udp(undefined, { meta: ['timestamp'] });
    // The first datagrams after the option was set may come without: the kernel switches timestamps on behind its back.
    const before = BigInt(Date.now()) * 1_000_000n;
    for (const family of families) {
      await send(['x'], theirs[family], ours[family], socket.localAddr.port!);
      const { timestamp } = (await socket.recv(SOON)).meta;
      const now = BigInt(Date.now() + 1) * 1_000_000n;
      assert.ok(timestamp! >= before && timestamp! <= now, `${String(before)} ${String(timestamp)} ${String(now)}`);
    }
  },
};

function facts({ multicast: { ttl, loopback, interface: on } }: Socket): object {
  return { ttl, loopback, interface: on };
}

for (const title of titles) {
  let error: string | null = null;
  try {
    await tests[title]();
  } catch (reason) {
    error = inspect(reason);
  }
  console.log(JSON.stringify({ title, error }));
}
for (const cleanup of cleanups) await cleanup();
