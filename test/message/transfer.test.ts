// Owns the tests of messages between sockets of the library and Python: data, senders, boundaries, batches.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as promises from 'berkeley';
import { constants } from 'berkeley';
import { failure, inBothColours, type Net, Python } from '../net/kit.js';

type Socket = ReturnType<Net['socket']>;

/** A bound UDP socket on loopback. */
async function bound(net: Net): Promise<Socket> {
  const socket = net.socket('ipv4', 'dgram');
  await socket.bind('127.0.0.1:0');
  return socket;
}

inBothColours('recvFrom gives each datagram with its sender, and sendTo answers it', async (net, t) => {
  const python = new Python(
    t,
    `
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('127.0.0.1', 0)); say(s.getsockname()[1])
port = hear()
for n in (0, 1, 1400, 65507): s.sendto(bytes([n & 255]) * n, ('127.0.0.1', port))
got, at = s.recvfrom(70000); say([got.decode(), at[1]])
`,
  );
  const theirs = await python.hear<number>();
  using socket = await bound(net);
  const own = socket.getsockname();
  python.say(own.port);
  for (const n of [0, 1, 1400, 65507]) {
    const datagram = await socket.recvFrom(70_000);
    assert.ok(datagram);
    assert.deepEqual(datagram.data, Buffer.alloc(n, n & 255));
    assert.equal(datagram.from.toString(), `127.0.0.1:${theirs}`);
    assert.equal(datagram.truncated, false);
    assert.equal(datagram.flags, 0);
    assert.deepEqual(datagram.meta, {});
  }
  assert.equal(await socket.sendTo('answer', `127.0.0.1:${theirs}`), 6);
  assert.deepEqual(await python.hear(), ['answer', own.port]);
});

inBothColours('a datagram that is cut off says so, and the next one is whole', async (net) => {
  using receiver = await bound(net);
  using sender = await bound(net);
  const to = receiver.getsockname();
  for (const data of ['0123456789', 'ab', '0123456789', 'cd']) await sender.sendTo(data, to);
  const cut = (await receiver.recvFrom(4))!;
  assert.deepEqual([cut.data.toString(), cut.truncated], ['0123', true]);
  assert.ok(cut.flags & constants['MSG_TRUNC']!);
  const whole = (await receiver.recvMsg({ size: 4 }))!;
  assert.deepEqual([whole.data.toString(), whole.truncated], ['ab', false]);
  const both = await receiver.recvMany(9, { size: 3 });
  assert.deepEqual(
    both.map(({ data, truncated }) => [data.toString(), truncated]),
    [
      ['012', true],
      ['cd', false],
    ],
  );
});

for (const count of [1, 64, 1024, 3000])
  inBothColours(`a batch of ${count} messages goes out and comes in, in order`, async (net) => {
    using receiver = await bound(net);
    using sender = await bound(net);
    const to = receiver.getsockname();
    let received = 0;
    let sent = 0;
    const all = Array.from({ length: count }, (_, i) => ({ data: `message ${i}`, to }));
    while (sent < count) {
      // As many as the receive buffer surely has room for.
      const some = all.slice(sent, sent + 200);
      assert.equal(await sender.sendMany(some), some.length);
      sent += some.length;
      while (received < sent) {
        const datagrams = await receiver.recvMany(1024);
        assert.ok(datagrams.length > 0);
        for (const { data, from } of datagrams) {
          assert.equal(data.toString(), `message ${received++}`);
          assert.equal(from.port, sender.getsockname().port);
        }
      }
    }
    assert.equal((await failure(() => receiver.recvMany(1, { timeout: 0 }))).code, 'ETIMEDOUT');
  });

inBothColours(
  'sendMany returns how many went out before one that failed, and fails when that is the first',
  async (net) => {
    using receiver = await bound(net);
    using sender = await bound(net);
    const to = receiver.getsockname();
    const large = { data: Buffer.alloc(66_000), to };
    assert.equal(await sender.sendMany([{ data: 'a', to }, { data: 'b', to }, large, { data: 'c', to }]), 2);
    const error = await failure(() => sender.sendMany([large, { data: 'c', to }]));
    assert.deepEqual([error.code, error.syscall, error.port], ['EMSGSIZE', 'sendmmsg', to.port]);
    assert.equal(await sender.sendMany([{ data: 'd', to }]), 1, 'the socket lives on');
    assert.equal(await sender.sendMany([]), 0);
    const received = [];
    while (received.length < 3) received.push(...(await receiver.recvMany(9)));
    assert.deepEqual(
      received.map(({ data }) => data.toString()),
      ['a', 'b', 'd'],
    );
  },
);

inBothColours('a target may be a name: it is looked up, for one message and for each of a batch', async (net) => {
  using receiver = await bound(net);
  using sender = await bound(net);
  const { port } = receiver.getsockname();
  assert.equal(await sender.sendTo('a', `localhost:${port}`), 1);
  assert.equal(await sender.sendMsg({ data: 'b', to: { host: 'localhost', port: port! } }), 1);
  const to = [`localhost:${port}`, receiver.getsockname(), `127.0.0.1:${port}`, { host: 'LOCALHOST', port: port! }];
  assert.equal(await sender.sendMany(to.map((each, i) => ({ data: `${i}`, to: each }))), 4);
  const received: string[] = [];
  while (received.length < 6) for (const { data } of await receiver.recvMany(10)) received.push(data.toString());
  assert.equal(received.join(''), 'ab0123');
  const error = await failure(() => sender.sendTo('x', 'no-such-host.invalid:9', { timeout: '5s' }));
  assert.match(error.code, /^(ENOTFOUND|EAI_AGAIN)$/);
  assert.equal(error.phase, 'lookup');
  const wrong = await failure(() => sender.sendTo('x', '[::1]:9'));
  assert.equal(wrong.code, 'ERR_NO_ADDRESS');
});

test('receives are served in call order, and a signal takes one of them out', async () => {
  using receiver = await bound(promises);
  using sender = await bound(promises);
  const away = new AbortController();
  const first = receiver.recvFrom();
  const second = failure(() => receiver.recvMsg({ signal: away.signal }));
  const third = receiver.recvMany(5);
  const fourth = receiver.recv();
  away.abort();
  assert.equal((await second).code, 'ABORT_ERR');
  await sender.sendTo('1', receiver.getsockname());
  assert.equal((await first)?.data.toString(), '1');
  await sender.sendTo('2', receiver.getsockname());
  assert.deepEqual(
    (await third).map(({ data }) => data.toString()),
    ['2'],
  );
  await sender.sendTo('3', receiver.getsockname());
  assert.equal((await fourth)?.toString(), '3');
  const last = failure(() => receiver.recvFrom());
  receiver.close();
  assert.equal((await last).code, 'ERR_SOCKET_CLOSED');
});
