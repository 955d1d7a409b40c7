// Owns the tests of descriptors that are handed to workers and to processes: who owns one while it travels, and what becomes
// of it when nobody takes it.

import assert from 'node:assert/strict';
import * as sync from 'berkeley/sync';
import { descriptors, failure, inBothColours, until, type Net } from '../net/kit.js';
import { startPuppet } from '../support/python.js';
import { Member, type Kind } from './kit.js';

const limit = { timeout: 10_000 };
const nameOf = (net: Net): string => (net === (sync as unknown) ? 'blocking' : 'promises');

inBothColours('a worker accepts from a copy of a listener, and goes on when the first is closed', async (net, t) => {
  const python = startPuppet(t);
  const listener = await net.listen('127.0.0.1:0');
  const port = listener.address.port!;
  const fd = listener.sockets[0]!.dup().detach();
  const worker = new Member(t, 'worker', { colour: nameOf(net), role: 'inherit', name: 'worker', fd });
  assert.equal(await worker.hear(), listener.address.toString());
  // Before, between and after: nobody is refused, because the queue is the open socket's and not the descriptor's.
  const ask = `everything(socket.create_connection(('127.0.0.1', ${port}))).decode()`;
  assert.equal(await python.value(ask), 'worker');
  listener.close();
  assert.equal(await python.value(ask), 'worker');
});

for (const kind of ['worker', 'process'] as const)
  inBothColours(
    `one acceptor deals its connections out to two of kind ${kind}, with what it has read of them`,
    async (net, t) => {
      const before = descriptors();
      const python = startPuppet(
        t,
        `
def begin(port):
    global conns
    conns = [socket.create_connection(('127.0.0.1', port)) for i in range(40)]
    for i, c in enumerate(conns): c.sendall(b'%d\\nhello ' % i)
def finish():
    for i, c in enumerate(conns): c.sendall(b'%d\\n' % i)
    return [everything(c).decode() for c in conns]`,
      );
      const listener = await net.listen('127.0.0.1:0');
      const dealers = await Promise.all([0, 1].map((i) => channelTo(net, t, kind, `${kind} ${i}`)));
      await python.run(`begin(${listener.address.port})`);
      const expected: string[] = [];
      for (let n = 0; n < 40; n++) {
        const conn = await listener.accept(limit);
        // Who serves it is told by its first line.
        const i = Number(await conn.readLine(limit)) % 3 === 0 ? 0 : 1;
        const head = await conn.peek(6, limit);
        await conn.readExact(head.length);
        await dealers[i]!.channel.sendMsg({ data: [' ', head], meta: { fds: [conn.socket.fd] } }, limit);
        // Ours only: the connection is the other one's.
        await conn.close();
        expected.push(`${kind} ${i} hello ${n}`);
      }
      assert.deepEqual(await python.value('finish()'), expected);
      for (const { channel } of dealers) channel.close();
      await Promise.all(dealers.map(({ member }) => member.ended()));
      listener.close();
      await python.end();
      await until(() => descriptors() <= before, 'all descriptors are closed');
    },
  );

for (const kind of ['worker', 'process'] as const)
  inBothColours(
    `what a ${kind} had not taken when it died is closed by the kernel, or goes to another one`,
    async (net, t) => {
      const python = startPuppet(t);
      const before = descriptors();
      const { channel, member } = await channelTo(net, t, kind, 'dead', 'hold');
      const listener = await net.listen('127.0.0.1:0');
      await python.run(`
lost = socket.create_connection(('127.0.0.1', ${listener.address.port}))
kept = socket.create_connection(('127.0.0.1', ${listener.address.port}))`);
      const lost = await listener.accept(limit);
      await channel.sendMsg({ data: ' ', meta: { fds: [lost.socket.fd] } }, limit);
      await lost.close();
      assert.equal(await member.hear(), 'something is there');
      const kept = await listener.accept(limit);
      await channel.sendMsg({ data: ' ', meta: { fds: [kept.socket.fd] } }, limit);
      await member.kill();
      // The first was nobody's any more; of the second we have a descriptor until we close it.
      assert.equal(await python.value(`everything(lost).decode()`), '');
      await kept.write('from the one that is left');
      await kept.close();
      assert.equal(await python.value(`everything(kept).decode()`), 'from the one that is left');
      const gone = await failure(() => channel.recv(1, limit));
      assert.equal(gone.code, 'ECONNRESET', 'it has not taken all that it was sent');
      channel.close();
      listener.close();
      await until(() => descriptors() <= before, 'all descriptors are closed');
    },
  );

/** A member, and the socket over which it is given connections. */
async function channelTo(
  net: Net,
  t: Parameters<Parameters<typeof inBothColours>[1]>[1],
  kind: Kind,
  name: string,
  role: 'dealt' | 'hold' = 'dealt',
): Promise<{ channel: ReturnType<Net['socket']>; member: Member }> {
  const [channel, theirs] = net.socketPair('seqpacket');
  const colour = nameOf(net);
  if (kind === 'process') {
    const member = new Member(t, kind, { colour, role, name, fd: 3 }, theirs.setInheritable(true).fd);
    assert.equal(await member.hear(), 'ready');
    theirs.close();
    return { channel, member };
  }
  const member = new Member(t, kind, { colour, role, name, fd: theirs.detach() });
  assert.equal(await member.hear(), 'ready');
  return { channel, member };
}
