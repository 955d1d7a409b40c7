// Owns datagrams over a bad network: each arrives as it was sent or not at all, perhaps twice, and what is known of it is true on
// the other side of a router; paths whose packets must be small are found.

import assert from 'node:assert/strict';
import * as promises from 'berkeley';
import { failure, inBothColours, until } from '../net/kit.js';
import { pattern, sha256 } from '../support/bytes.js';
import { congestion, enterNetwork, far, near, PERFECT, startFar, startLink } from '../support/link.js';
import { seed } from './size.js';

enterNetwork();
const link = await startLink(seed);
const SOON = { timeout: '20s' } as const;
const families = ['ipv4', 'ipv6'] as const;
type Family = (typeof families)[number];

/** `u` is a socket of each family, `listener` one for TCP. */
const python = startFar(
  link,
  `
import hashlib
def udp(host, level, options):
    s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    s.settimeout(20)
    for option in options: s.setsockopt(level, option, 1)
    s.bind((host, 0))
    return s
u = {'ipv4': udp('${far.ipv4}', 0, (12, 13)), 'ipv6': udp('${far.ipv6}', 41, (51, 66))}
listener = congest(socket.create_server(('::', 0), family=socket.AF_INET6, dualstack_ipv6=True))
def got(family, n): return [u[family].recv(65535).hex() for _ in range(n)]
`,
);
const ports = (await python.value('{f: u[f].getsockname()[1] for f in u}')) as Record<Family, number>;

inBothColours('what is known of a datagram is true across the link, both ways, IPv4 and IPv6', async (net) => {
  await link.set('both', { ...PERFECT, delay: [20, 10] });
  for (const family of families) {
    const meta = ['ttl', 'tos', 'ecn', 'local', 'ifindex', 'timestamp'] satisfies (keyof promises.Meta)[];
    await using socket = await net.udp({ host: near[family], port: 0 }, { meta });
    const to = net.address({ host: far[family], port: ports[family] });
    await socket.send('out', to, { meta: { ttl: 17, tos: 0xb8, ecn: 1 } });
    const seen = `(lambda r: [r[0].decode(), sorted(d[0] for _, _, d in r[1]), r[3][0], r[3][1]])(u['${family}'].recvmsg(100, 200))`;
    const from = [near[family], socket.localAddr.port];
    assert.deepEqual(await python.value(seen), ['out', [17, 0xb9], ...from]);
    await socket.sendMany([{ data: 'many', to, meta: { ttl: 3, tos: 0x20 } }]);
    assert.deepEqual(await python.value(seen), ['many', [3, 0x20], ...from]);
    const control = family === 'ipv4' ? '(0, 2, 44), (0, 1, 0x4b)' : '(41, 52, 44), (41, 67, 0x4b)';
    const before = BigInt(Date.now()) * 1_000_000n;
    // Twice: the kernel switches timestamps on behind its back.
    for (let i = 0; i < 2; i++) {
      await python.run(
        `u['${family}'].sendmsg([b'in' * 500], [(l, t, struct.pack('i', v)) for l, t, v in [${control}]], 0, ('${near[family]}', ${socket.localAddr.port}))`,
      );
      const { data, from: sender, meta: told, truncated } = await socket.recv(SOON);
      assert.deepEqual([data.toString(), truncated, sender.toString()], ['in'.repeat(500), false, to.toString()]);
      assert.deepEqual([told.ttl, told.tos, told.ecn, told.local?.address], [44, 0x4b, 3, near[family]]);
      assert.ok(told.ifindex! > 1);
      if (i === 1) assert.ok(told.timestamp! >= before && told.timestamp! <= BigInt(Date.now() + 1) * 1_000_000n);
    }
  }
});

/** What has left the link: a packet whose damage shows in its first byte is refused by the device. */
const out = (way: { packets: number; refused: number }): number => way.packets + way.refused;

inBothColours('datagrams arrive whole or not at all, and just as often as the link delivers them', async (net, t) => {
  for (const family of families) {
    await link.set('both', PERFECT);
    await using socket = await net.udp(
      { host: near[family], port: 0 },
      { options: [[net.options.SO_RCVBUF, 8 << 20]] },
    );
    const before = (await link.counts()).back;
    await link.set('back', { loss: 0.2, duplicate: 0.1, corrupt: 0.1, delay: [20, 15], reorder: 0.05 });
    const sent = 400;
    await python.run(`
for i in range(${sent}): u['${family}'].sendto(hashlib.sha256(b'%d' % i).digest() * (i % 40 + 1), ('${near[family]}', ${socket.localAddr.port}))`);
    const came = new Map<string, number>();
    let all = 0;
    for (;;) {
      try {
        for (const { data, truncated } of await socket.recvMany(64, { timeout: 500 })) {
          assert.equal(truncated, false);
          came.set(data.toString('hex'), (came.get(data.toString('hex')) ?? 0) + 1);
          all++;
        }
      } catch (error) {
        if (!(error instanceof net.TimeoutError)) throw error;
        const { back } = await link.counts();
        // Everything that went into the link has come out of it.
        if (out(back) - out(before) + back.lost - before.lost === sent + back.duplicated - before.duplicated) break;
      }
    }
    const { back } = await link.counts();
    const delivered = out(back) - out(before);
    const damaged = back.corrupted - before.corrupted;
    t.diagnostic(
      `${family}: of ${sent} came ${all} in ${delivered} packets of which ${damaged} were damaged; ${came.size} different ones`,
    );
    // A few bits of IPv6's header have no checksum, and mean nothing here.
    if (family === 'ipv4') assert.equal(all, delivered - damaged);
    else assert.ok(all >= delivered - damaged && all <= delivered);
    const known = new Set(
      (await python.value(
        `[(hashlib.sha256(b'%d' % i).digest() * (i % 40 + 1)).hex() for i in range(${sent})]`,
      )) as string[],
    );
    for (const [bytes, times] of came) {
      assert.ok(known.has(bytes), 'a datagram that nobody sent');
      assert.ok(times <= 2, `the same one ${times} times`);
    }
    assert.ok(damaged > 0 && came.size < sent && all > came.size);
  }
});

inBothColours('many datagrams at once, cut by the kernel or joined by it, cross the link in order', async (net) => {
  await link.set('both', { ...PERFECT, delay: [10, 0] });
  for (const family of families) {
    await using socket = await net.udp(
      { host: near[family], port: 0 },
      { meta: ['segment'], options: [[net.options.SO_RCVBUF, 8 << 20]] },
    );
    const to = net.address({ host: far[family], port: ports[family] });
    const data = pattern(20_500);
    assert.equal(await socket.send(data, to, { meta: { segment: 1000 } }), data.length);
    const whole = ((await python.value(`got('${family}', 21)`)) as string[]).map((hex) => Buffer.from(hex, 'hex'));
    assert.deepEqual([whole[0]!.length, whole[20]!.length, sha256(Buffer.concat(whole))], [1000, 500, sha256(data)]);

    const batch = Array.from({ length: 300 }, (_, i) => pattern(i + 1));
    assert.equal(await socket.sendMany(batch.map((one) => ({ data: one, to }))), batch.length);
    assert.deepEqual(
      await python.value(`got('${family}', 300)`),
      batch.map((one) => one.toString('hex')),
    );

    const target = `('${near[family]}', ${socket.localAddr.port})`;
    await python.run(`
u['${family}'].setsockopt(17, 103, 1200)
u['${family}'].sendto(bytes(i // 1200 + 65 for i in range(11700)), ${target})
u['${family}'].setsockopt(17, 103, 0)
for i in range(200): u['${family}'].sendto(b'%d' % i, ${target})`);
    let bytes = '';
    while (bytes.length < 11_700 + 490)
      for (const one of await socket.recvMany(64, SOON)) {
        assert.ok(one.meta.segment === undefined || one.meta.segment <= 1200);
        bytes += one.data.toString('latin1');
      }
    const segments = Array.from({ length: 10 }, (_, i) => String.fromCharCode(65 + i).repeat(i < 9 ? 1200 : 900));
    assert.equal(bytes, segments.join('') + Array.from({ length: 200 }, (_, i) => i).join(''));
  }
});

inBothColours('the MTU of the path is found by what a router says, and EMSGSIZE tells of it', async (net) => {
  const { options, constants } = net;
  for (const family of families) {
    // Another for each, and another address for each colour, since the kernel remembers.
    const mtu = paths.shift()!;
    const host = net === promises ? far[family === 'ipv4' ? 'second4' : 'second6'] : far[family];
    await python.run(`p = udp('${host}', 0, ())`);
    await link.set('both', { ...PERFECT, mtu });
    const [discover, known, rule, head] =
      family === 'ipv4'
        ? ([options.IP_MTU_DISCOVER, options.IP_MTU, constants.IP_PMTUDISC_DO, 28] as const)
        : ([options.IPV6_MTU_DISCOVER, options.IPV6_MTU, constants.IPV6_PMTUDISC_DO, 48] as const);
    const to = net.address({ host, port: (await python.value('p.getsockname()[1]')) as number });
    await using socket = await net.udp(undefined, {
      connect: to,
      options: [[discover, rule!]] as promises.OptionSetting[],
    });
    await socket.send(pattern(1500 - head));
    await until(() => socket.socket.getOption(known) === mtu, `an MTU of ${mtu}`);
    // The kernel tells of the first once, and of each that is longer from then on.
    assert.equal((await failure(() => socket.recv(SOON))).code, 'EMSGSIZE');
    const error = await failure(() => socket.send(pattern(mtu - head + 1)));
    assert.deepEqual([error.code, error.address, error.port], ['EMSGSIZE', to.address, to.port]);
    assert.equal(await socket.send(pattern(mtu - head)), mtu - head);
    assert.equal(await python.value('len(p.recv(65535))'), mtu - head);
    // Without the rule it goes in pieces.
    await using free = await net.udp(undefined, { connect: to });
    await free.send(pattern(5000));
    assert.equal(await python.value('hashlib.sha256(p.recv(65535)).hexdigest()'), sha256(pattern(5000)));
    await python.run('p.close()');
  }
});

inBothColours('a stream goes on when the MTU of its path becomes smaller', async (net) => {
  await link.set('both', { ...PERFECT, delay: [5, 0] });
  for (const family of families) {
    const mtu = paths.shift()!;
    const port = (await python.value('listener.getsockname()[1]')) as number;
    python.begin('s = listener.accept()[0]');
    const options = [[net.options.TCP_CONGESTION, congestion] as const];
    await using conn = await net.connect(far[family], port, { ...SOON, options });
    await python.caughtUp();
    await link.set('there', { mtu });
    python.begin('s.sendall(hashlib.sha256(exactly(s, 1 << 20)).hexdigest().encode())');
    await conn.write(pattern(1 << 20), SOON);
    assert.equal((await conn.readExact(64, SOON)).toString(), sha256(pattern(1 << 20)));
    await python.caughtUp();
    assert.equal(conn.socket.tcpInfo().pmtu, mtu);
    await link.set('there', { mtu: 0 });
  }
});

/** One for each test of the MTU, in falling order. */
const paths = [1404, 1400, 1396, 1392, 1372, 1368, 1364, 1360];
