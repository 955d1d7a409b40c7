// Owns the tests of sockets of every kind in a child process: the child uses the descriptor, in blocking mode, and ours goes on.

import assert from 'node:assert/strict';
import type { Kind } from 'berkeley';
import { startPuppet, type Puppet } from '../support/python.js';
import { failure, flags, inBothColours, limit, mayBeRaw, type AnySocket, type Net } from './kit.js';
import type { TestContext } from 'node:test';

/** A Python that has the descriptor, and says so. */
async function childWith(t: TestContext, socket: AnySocket): Promise<Puppet> {
  socket.setInheritable(true);
  assert.deepEqual(flags(socket.fd), { nonBlocking: false, closeOnExec: false });
  const child = startPuppet(t, 's = socket.socket(fileno=int(sys.argv[1]))', { args: [String(socket.fd)] });
  assert.equal(await child.value('os.get_blocking(s.fileno())'), true);
  return child;
}

/** Afterwards no new child gets it. */
async function keepsFromNow(t: TestContext, socket: AnySocket): Promise<void> {
  socket.setInheritable(false);
  assert.deepEqual(flags(socket.fd), { nonBlocking: true, closeOnExec: true });
  const other = startPuppet(t, '');
  assert.equal(await other.value(`os.path.exists('/proc/self/fd/${socket.fd}')`), false);
  await other.end();
}

for (const [family, any] of [
  ['ipv4', '127.0.0.1:0'],
  ['ipv6', '[::1]:0'],
] as const)
  inBothColours(
    `10. an inheritable ${family} datagram socket is read by the child and by us in turn`,
    false,
    async (net, t) => {
      const socket = await net.socket(family, 'dgram').bind(any);
      const peer = net.socket(family, 'dgram');
      await peer.connect(socket.getsockname());
      const child = await childWith(t, socket);
      await peer.send('to the child');
      assert.equal(
        await child.value(`(lambda m: [s.sendto(b'from the child', m[1]), m[0].decode()][1])(s.recvfrom(99))`),
        'to the child',
      );
      assert.equal((await peer.recv(99, limit))!.toString(), 'from the child');
      // A blocking descriptor must not freeze us.
      assert.equal((await failure(() => socket.recvFrom(99, { timeout: 20 }))).code, 'ETIMEDOUT');
      assert.equal((await failure(() => socket.recvMany(9, { timeout: 20 }))).code, 'ETIMEDOUT');
      await peer.send('to us');
      assert.equal((await socket.recvFrom(99, limit))!.data.toString(), 'to us');
      await keepsFromNow(t, socket);
      socket.close();
      // The child's is another descriptor of the same socket.
      await peer.send('still there');
      assert.equal(await child.value('s.recv(99).decode()'), 'still there');
      peer.close();
      await child.end();
    },
  );

for (const kind of ['stream', 'dgram', 'seqpacket'] as const satisfies Kind[])
  inBothColours(`10. an inheritable Unix ${kind} socket is the child's, too`, false, async (net, t) => {
    const [ours, theirs] = net.socketPair(kind);
    const child = await childWith(t, theirs);
    await ours.send('to the child');
    assert.equal(await child.value('s.recv(99).decode()'), 'to the child');
    await child.run(`s.send(b'from the child')`);
    assert.equal((await ours.recv(99, limit))!.toString(), 'from the child');
    assert.equal((await failure(() => theirs.recv(99, { timeout: 20 }))).code, 'ETIMEDOUT');
    await keepsFromNow(t, theirs);
    theirs.close();
    await child.run(`s.send(b'alone')`);
    assert.equal((await ours.recv(99, limit))!.toString(), 'alone');
    await child.end();
    ours.close();
  });

inBothColours('10. an inheritable netlink socket is the child’s, too', false, async (net, t) => {
  const socket = net.socket('netlink', 'dgram', 2);
  await socket.bind({ family: 'netlink' });
  const other = net.socket('netlink', 'dgram', 2);
  await other.bind({ family: 'netlink' });
  const child = await childWith(t, socket);
  assert.equal(
    `netlink:${((await child.value('s.getsockname()')) as number[]).join(':')}`,
    socket.getsockname().toString(),
  );
  await other.sendTo('to the child', socket.getsockname());
  assert.equal(await child.value('s.recv(99).decode()'), 'to the child');
  assert.equal((await failure(() => socket.recv(99, { timeout: 20 }))).code, 'ETIMEDOUT');
  await keepsFromNow(t, socket);
  for (const each of [socket, other]) each.close();
  await child.end();
});

inBothColours('10. inheritable raw and packet sockets are the child’s, too', mayBeRaw, async (net, t) => {
  const raw = await net.socket('ipv4', 'raw', 254).bind({ host: '127.0.9.9', port: 0 });
  const child = await childWith(t, raw);
  assert.deepEqual(await child.value('s.getsockname()'), ['127.0.9.9', 254]);
  const sender = net.socket('ipv4', 'raw', 254);
  await sender.sendTo('to the child', { host: '127.0.9.9', port: 0 });
  assert.equal(await child.value('s.recv(99)[20:].decode()'), 'to the child');
  assert.equal((await failure(() => raw.recv(99, { timeout: 20 }))).code, 'ETIMEDOUT');
  await keepsFromNow(t, raw);
  await child.end();
  const type = 0x88b7;
  const packet = net.socket('packet', 'dgram', 0);
  await packet.bind({ family: 'packet', host: 'lo', port: type });
  const second = await childWith(t, packet);
  assert.deepEqual(await second.value('s.getsockname()[:2]'), ['lo', type]);
  assert.equal((await failure(() => packet.recvFrom(99, { timeout: 20 }))).code, 'ETIMEDOUT');
  await keepsFromNow(t, packet);
  await second.end();
  for (const each of [raw, sender, packet]) each.close();
});

inBothColours('10. what is detached goes to a child as it is, whatever it is', mayBeRaw, async (net: Net, t) => {
  const made = [
    await net.socket('ipv4', 'dgram').bind('127.0.0.1:0'),
    net.socketPair('seqpacket')[0],
    net.socket('ipv4', 'raw', 254),
    net.socket('packet', 'raw', 0),
    net.socket('netlink', 'raw', 0),
  ];
  for (const socket of made) {
    const { kind } = socket;
    const fd = socket.detach();
    assert.deepEqual([socket.fd, socket.state], [-1, 'closed']);
    assert.deepEqual(flags(fd), { nonBlocking: false, closeOnExec: true });
    const again = net.adopt(fd);
    assert.equal(again.kind, kind);
    const child = await childWith(t, again);
    await child.value('s.getsockname() and 1');
    await child.end();
    again.close();
  }
});
