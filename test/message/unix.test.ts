// Owns the tests of Unix datagram and seqpacket sockets: names, both ends, full queues, what the kernel refuses.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import { failure, folder, inBothColours, type Net, Python } from '../net/kit.js';

type Socket = ReturnType<Net['socket']>;

let names = 0;
const abstractName = (): string => `@berkeley-message-${process.pid}-${++names}`;

async function bound(net: Net, at: string): Promise<Socket> {
  const socket = net.socket('unix', 'dgram');
  await socket.bind(`unix:${at}`);
  return socket;
}

for (const kind of ['pathname', 'abstract'] as const)
  inBothColours(`Unix datagrams go both ways between Python and a ${kind} socket`, async (net, t) => {
    const place = kind === 'pathname' ? folder(t) : '';
    const at = kind === 'pathname' ? join(place, 'ours') : abstractName();
    const theirs = kind === 'pathname' ? join(place, 'theirs') : abstractName();
    const python = new Python(
      t,
      `
def name(at): return '\\0' + at[1:] if at[0] == '@' else at
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(name(sys.argv[2])); say('bound')
hear()
s.sendto(b'question', name(sys.argv[1]))
got, at = s.recvfrom(100)
say([got.decode(), at.decode().replace('\\0', '@') if isinstance(at, bytes) else at])
s.sendto(b'', name(sys.argv[1]))
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'nobody', name(sys.argv[1]))
`,
      at,
      theirs,
    );
    await python.hear();
    const socket = await bound(net, at);
    python.say('go');
    const question = (await socket.recvFrom())!;
    assert.equal(question.data.toString(), 'question');
    assert.equal(question.from.path, theirs);
    assert.equal(question.from.family, 'unix');
    assert.equal(await socket.sendTo('answer', question.from), 6);
    assert.deepEqual(await python.hear(), ['answer', at]);
    const empty = (await socket.recvFrom())!;
    assert.deepEqual([empty.data.length, empty.from.path], [0, theirs]);
    const unnamed = (await socket.recvFrom())!;
    assert.deepEqual([unnamed.data.toString(), unnamed.from.path, unnamed.from.address], ['nobody', undefined, '']);
    socket.close();
    if (kind === 'pathname') assert.ok(!existsSync(at), 'close has removed the file');
  });

inBothColours('autobind gives a Unix datagram socket an abstract name that others can answer', async (net) => {
  const server = await bound(net, abstractName());
  const client = net.socket('unix', 'dgram');
  // unix(7): binding to an address of the family alone. Five characters of the kernel's choice.
  await client.bind({
    family: net.constants['AF_UNIX']!,
    raw: new Uint8Array(new Uint16Array([net.constants['AF_UNIX']!]).buffer),
  });
  assert.match(client.getsockname().path!, /^@[0-9a-f]{5}$/);
  await client.connect(server.getsockname());
  await client.send('x');
  const { from } = (await server.recvFrom())!;
  assert.ok(from.equals(client.getsockname()));
  await server.sendTo('y', from);
  assert.equal((await client.recv())?.toString(), 'y');
  server.close();
  client.close();
});

inBothColours('a Unix datagram that nobody can take fails with what the kernel says', async (net, t) => {
  const place = folder(t);
  const socket = net.socket('unix', 'dgram');
  const nowhere = join(place, 'nowhere');
  const error = await failure(() => socket.sendTo('x', nowhere));
  assert.deepEqual([error.code, error.syscall, error.address], ['ENOENT', 'sendmsg', nowhere]);
  const gone = await bound(net, join(place, 'gone'));
  const copy = gone.dup();
  copy.close();
  const other = net.socket('unix', 'dgram');
  await other.connect(gone.getsockname());
  gone.shutdown('rd');
  assert.equal((await failure(() => socket.sendTo('x', gone.getsockname()))).code, 'EPIPE');
  gone.close();
  assert.equal((await failure(() => other.send('x'))).code, 'ECONNREFUSED');
  const stream = await net.listen(`unix:${join(place, 'stream')}`);
  assert.equal((await failure(() => socket.sendTo('x', stream.address))).code, 'EPROTOTYPE');
  stream.close();
  assert.equal((await failure(() => socket.send('x'))).code, 'ENOTCONN');
  const self = await bound(net, join(place, 'self'));
  assert.equal((await failure(() => self.sendTo(Buffer.alloc(4_000_000), self.getsockname()))).code, 'EMSGSIZE');
  assert.equal(await self.sendTo('still here', self.getsockname()), 10);
  for (const each of [socket, other, self]) each.close();
});

const drain = `
import { parentPort, workerData } from 'node:worker_threads';
import { adopt } from ${JSON.stringify(new URL('../../../dist/sync/index.js', import.meta.url).href)};
const socket = adopt(workerData.fd);
parentPort.postMessage('ready');
// Begins only when the sender surely waits: it cannot have sent more than the queue holds.
Atomics.wait(new Int32Array(workerData.gate), 0, 0);
const got = [];
while (got.length < workerData.count) got.push(socket.recv().toString());
parentPort.postMessage(got);
socket.close();
`;

/** A thread that begins to receive when the gate opens. */
async function drainer(fd: number, count: number): Promise<{ open: () => void; got: Promise<string[]> }> {
  const gate = new SharedArrayBuffer(4);
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(drain)}`), {
    workerData: { fd, count, gate },
  });
  await new Promise((ready) => worker.once('message', ready));
  const got = new Promise<string[]>((done) => worker.once('message', done));
  return {
    open: () => {
      Atomics.store(new Int32Array(gate), 0, 1);
      Atomics.notify(new Int32Array(gate), 0);
    },
    got,
  };
}

for (const how of ['connected', 'unconnected'] as const)
  inBothColours(
    `a sender that is ${how} waits while a Unix receiver's queue is full, and goes on when it drains`,
    async (net, t) => {
      const place = folder(t);
      const receiver = await bound(net, join(place, 'slow'));
      const to = receiver.getsockname();
      const sender = net.socket('unix', 'dgram');
      if (how === 'connected') await sender.connect(to);
      const send = (data: string, timeout?: number) =>
        how === 'connected' ? sender.send(data, { timeout }) : sender.sendTo(data, to, { timeout });
      let filled = 0;
      for (; filled < 10_000; filled++)
        try {
          await send(`${filled}`, 0);
        } catch (error) {
          assert.equal((error as { code: string }).code, 'ETIMEDOUT');
          break;
        }
      assert.ok(filled > 0 && filled < 10_000, `${filled} datagrams went out`);
      assert.equal((await failure(() => send('too late', 20))).code, 'ETIMEDOUT');
      const count = filled + 300;
      const { open, got } = await drainer(receiver.dup().detach(), count);
      // In the promise colour the first of these waits already, and those behind it queue.
      const queued = net === promises ? 2 : 0;
      const waiting = queued
        ? [send(`${filled}`), send(`${filled + 1}`), failure(() => send('x'.repeat(4_000_000)))]
        : [];
      open();
      const [, , refused] = await Promise.all(waiting);
      if (queued) assert.equal((refused as promises.SocketError).code, 'EMSGSIZE');
      for (let i = filled + queued; i < count; i++) await send(`${i}`, 10_000);
      assert.deepEqual(
        await got,
        Array.from({ length: count }, (_, i) => `${i}`),
      );
      sender.close();
      receiver.close();
    },
  );

inBothColours(
  'sendMany waits for room until all are sent, and a limit ends it after those that were',
  async (net, t) => {
    const receiver = await bound(net, join(folder(t), 'slow'));
    const sender = net.socket('unix', 'dgram');
    await sender.connect(receiver.getsockname());
    const messages = Array.from({ length: 5000 }, (_, i) => ({ data: `${i}` }));
    const sent = await sender.sendMany(messages, { timeout: 50 });
    assert.ok(sent > 0 && sent < messages.length, `${sent} were sent`);
    const late = await failure(() => sender.sendMany(messages, { timeout: 20 }));
    assert.deepEqual([late.code, late.bytesDone], ['ETIMEDOUT', 0]);
    const { open, got } = await drainer(receiver.dup().detach(), messages.length);
    const rest = messages.slice(sent);
    const waiting = net === promises ? sender.sendMany(rest) : null;
    open();
    assert.equal(await (waiting ?? sender.sendMany(rest, { timeout: 10_000 })), rest.length);
    assert.deepEqual(
      await got,
      messages.map(({ data }) => data),
    );
    sender.close();
    receiver.close();
  },
);

inBothColours('a seqpacket keeps boundaries, ends with null, and answers to Python', async (net, t) => {
  const at = join(folder(t), 'seq');
  const listener = net.socket('unix', 'seqpacket');
  await listener.bind(`unix:${at}`);
  listener.listen();
  const python = new Python(
    t,
    `
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.connect(sys.argv[1])
s.send(b'one'); s.send(b'2' * 100000); s.send(b'three')
say(s.recv(100).decode())
s.close()
`,
    at,
  );
  const socket = await listener.accept();
  assert.equal(socket.kind, 'seqpacket');
  assert.equal((await socket.recvFrom())?.data.toString(), 'one');
  const long = (await socket.recvMsg({ size: 10 }))!;
  assert.deepEqual([long.data.toString(), long.truncated], ['2222222222', true]);
  assert.equal((await socket.recv())?.toString(), 'three');
  assert.equal(await socket.send('four'), 4);
  assert.equal(await python.hear(), 'four');
  assert.equal(await socket.recvFrom(), null);
  assert.equal(await socket.recvMsg(), null);
  assert.deepEqual(await socket.recvMany(5), []);
  socket.close();
  listener.close();
});

inBothColours('recvMany tells empty packets from the end where the kernel does', async (net) => {
  const [one, two] = net.socketPair('seqpacket');
  for (const data of ['a', '', 'b', '']) await one.sendMsg({ data });
  const packets = await two.recvMany(10);
  assert.deepEqual(
    packets.map(({ data }) => data.toString()),
    ['a', '', 'b', ''],
  );
  await one.send('last');
  one.close();
  assert.deepEqual(
    (await two.recvMany(10)).map(({ data }) => data.toString()),
    ['last'],
  );
  assert.deepEqual(await two.recvMany(10), []);
  two.close();
});

inBothColours('a pair of datagram sockets sends both ways and wakes who waits', async (net) => {
  const [one, two] = net.socketPair('dgram');
  assert.equal(await one.sendMany([{ data: 'a' }, { data: 'b' }]), 2);
  assert.equal((await two.recvFrom())?.data.toString(), 'a');
  assert.equal((await two.recvFrom())?.data.toString(), 'b');
  await two.send('back');
  assert.equal((await one.recvMsg())?.data.toString(), 'back');
  two.close();
  assert.equal((await failure(() => one.send('x'))).code, 'ECONNREFUSED');
  one.close();
});
