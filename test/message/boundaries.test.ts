// Owns the tests of what keeps messages apart in the methods that streams have too: recv, recvInto, send, sendAll.

import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import * as promises from 'berkeley';
import { constants } from 'berkeley';
import { failure, folder, inBothColours, type Net } from '../net/kit.js';
import { startPuppet } from '../support/python.js';

type Socket = ReturnType<Net['socket']>;
const { MSG_PEEK, MSG_TRUNC, MSG_WAITALL } = constants as Record<string, number>;

async function two(net: Net): Promise<[Socket, Socket]> {
  const receiver = net.socket('ipv4', 'dgram');
  await receiver.bind('127.0.0.1:0');
  const sender = net.socket('ipv4', 'dgram');
  await sender.connect(receiver.getsockname());
  return [receiver, sender];
}

inBothColours('recv of datagrams never loses what it has asked for, however full the slab is', async (net) => {
  const [receiver, sender] = await two(net);
  // Large pieces use the slab up, each of a different length, so that every place in it comes along.
  for (let n = 60_000; n > 59_950; n--) {
    await sender.send(Buffer.alloc(n, n & 255));
    const data = await receiver.recv();
    assert.deepEqual(data, Buffer.alloc(n, n & 255));
  }
  await sender.send(Buffer.alloc(65_507, 7));
  assert.deepEqual(await receiver.recv(1_000_000), Buffer.alloc(65_507, 7));
  sender.close();
  receiver.close();
});

inBothColours(
  'MSG_TRUNC answers with the length of the datagram, and never with bytes that did not arrive',
  async (net) => {
    const [receiver, sender] = await two(net);
    await sender.send('0123456789');
    const flags = MSG_TRUNC! | MSG_PEEK!;
    assert.equal(await receiver.recvInto(Buffer.alloc(4), { flags }), 10);
    assert.equal((await receiver.recv(4, { flags }))?.toString(), '0123');
    const datagram = (await receiver.recvMsg({ size: 4, flags }))!;
    assert.deepEqual([datagram.data.toString(), datagram.truncated], ['0123', true]);
    assert.equal((await receiver.recv())?.toString(), '0123456789', 'peeking has left it');
    sender.close();
    receiver.close();
  },
);

inBothColours('MSG_TRUNC throws bytes of TCP away, and shows no memory of others', async (net) => {
  const listener = await net.listen('127.0.0.1:0');
  const conn = await net.connect(listener.address);
  const { socket } = await listener.accept();
  await conn.write('secret');
  assert.equal((await socket.recv())?.toString(), 'secret');
  await conn.write('abcdef');
  await socket.poll({ read: true });
  assert.deepEqual(await socket.recv(4, { flags: MSG_TRUNC! }), Buffer.alloc(4));
  assert.deepEqual((await socket.recvMsg({ size: 1, flags: MSG_TRUNC! }))?.data, Buffer.alloc(1));
  assert.equal((await socket.recv())?.toString(), 'f');
  conn.abort();
  socket.close();
  listener.close();
});

inBothColours('MSG_WAITALL does not put datagrams together', async (net) => {
  const [receiver, sender] = await two(net);
  await sender.send('ab');
  await sender.send('cd');
  assert.equal((await receiver.recv(100, { flags: MSG_WAITALL! }))?.toString(), 'ab');
  assert.equal(await receiver.recvInto(Buffer.alloc(100), { flags: MSG_WAITALL! }), 2);
  sender.close();
  receiver.close();
});

inBothColours('sendAll of pieces is one datagram, of nothing an empty one', async (net) => {
  const [receiver, sender] = await two(net);
  const pieces = Array.from({ length: 3000 }, (_, i) => String.fromCharCode(97 + (i % 26)));
  assert.equal(await sender.sendAll(pieces), 3000);
  assert.equal((await receiver.recv())?.toString(), pieces.join(''));
  assert.equal(await sender.sendAll(''), 0);
  assert.equal((await receiver.recv())?.length, 0);
  assert.equal(await sender.sendAll([]), 0);
  assert.equal((await receiver.recvFrom())?.data.length, 0);
  assert.equal(await sender.sendMsg({ data: ['one ', Buffer.from('and '), 'two'] }), 11);
  assert.equal((await receiver.recv())?.toString(), 'one and two');
  sender.close();
  receiver.close();
});

inBothColours('a datagram that is too long fails, and those that queue behind it go out', async (net) => {
  const [receiver, sender] = await two(net);
  const large = Buffer.alloc(65_508);
  // In the promise colour all of them are begun before the first is known to fail.
  const calls = [
    () => sender.send('a'),
    () => sender.send(large),
    () => sender.sendMsg({ data: large }),
    () => sender.send('b'),
  ];
  const outcomes = calls.map(async (call) => {
    try {
      return await call();
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
  assert.deepEqual(await Promise.all(outcomes), [1, 'EMSGSIZE', 'EMSGSIZE', 1]);
  assert.equal((await receiver.recv())?.toString(), 'a');
  assert.equal((await receiver.recv())?.toString(), 'b');
  sender.close();
  receiver.close();
});

inBothColours(
  'promise 1: a timed-out receive consumes nothing; what had arrived stays for the next call',
  async (net) => {
    const [receiver, sender] = await two(net);
    for (const call of [() => receiver.recvFrom(9, { timeout: 5 }), () => receiver.recvMsg({ timeout: 0 })])
      assert.equal((await failure(call)).code, 'ETIMEDOUT');
    assert.equal((await failure(() => receiver.recvMany(9, { timeout: 5 }))).code, 'ETIMEDOUT');
    for (const data of ['a', 'b', 'c']) await sender.send(data);
    assert.equal((await receiver.recvFrom())?.data.toString(), 'a');
    assert.deepEqual(
      (await receiver.recvMany(9, { timeout: 0 })).map(({ data }) => data.toString()),
      ['b', 'c'],
    );
    sender.close();
    receiver.close();
  },
);

inBothColours(
  'recvFrom on a stream names the peer, and sendMany on one sends everything, however short the sends',
  async (net) => {
    const listener = await net.listen('127.0.0.1:0');
    const conn = await net.connect(listener.address);
    const { socket } = await listener.accept();
    socket.setsockopt(constants['SOL_SOCKET']!, constants['SO_SNDBUF']!, 1);
    const large = Buffer.alloc(20_000, 'large ');
    const messages = [{ data: 'first ' }, { data: large }, { data: '' }, { data: ' last' }];
    const whole = Buffer.concat(messages.map(({ data }) => Buffer.from(data)));
    if (net === promises) {
      const [sent, received] = await Promise.all([socket.sendMany(messages), conn.readExact(whole.length)]);
      assert.equal(sent, 4);
      assert.deepEqual(received, whole);
    } else {
      // Nobody reads meanwhile: what the kernel has taken of a message is in the error.
      const error = await failure(() =>
        socket.sendMany([{ data: Buffer.alloc(50_000_000) }, ...messages], { timeout: 50 }),
      );
      assert.equal(error.code, 'ETIMEDOUT');
      assert.ok(error.bytesDone > 0 && error.bytesDone < 50_000_000);
      assert.equal((await conn.readExact(error.bytesDone)).length, error.bytesDone);
    }
    await conn.write('back');
    const datagram = (await socket.recvFrom())!;
    assert.equal(datagram.data.toString(), 'back');
    assert.ok(datagram.from.equals(conn.localAddr));
    conn.abort();
    socket.close();
    listener.close();
  },
);

for (const kind of ['TCP', 'Unix'] as const)
  inBothColours(`promise 14: MSG_WAITALL of recvMsg and recvFrom waits for all, over ${kind}`, async (net, t) => {
    const at = kind === 'TCP' ? '127.0.0.1:0' : `unix:${join(folder(t), 'meeting')}`;
    const listener = await net.listen(at);
    const { address } = listener;
    const to = JSON.stringify(address.path ?? [address.address, address.port]);
    const python = startPuppet(t, `s = socket.socket(socket.AF_${kind === 'TCP' ? 'INET' : 'UNIX'})`);
    python.begin(`s.connect(${address.path === undefined ? `tuple(${to})` : to})`);
    const { socket } = await listener.accept();
    const flags = MSG_WAITALL!;
    const limit = { timeout: 10_000, flags };
    const pieces = (words: string) => python.begin(`for piece in ${words}: s.sendall(piece); time.sleep(0.03)`);

    pieces("[b'0123', b'45', b'6789ab']");
    const first = (await socket.recvMsg({ ...limit, size: 10 }))!;
    assert.equal(first.data.toString(), '0123456789');
    if (kind === 'TCP') assert.ok(first.from.equals(socket.getpeername()));
    assert.equal((await socket.recvFrom(2, limit))?.data.toString(), 'ab');
    pieces("[b'abc', b'def']");
    assert.equal((await socket.recvMsg({ ...limit, size: 6, flags: flags | MSG_PEEK! }))?.data.toString(), 'abcdef');
    assert.equal((await socket.recvMsg({ ...limit, size: 6 }))?.data.toString(), 'abcdef');
    // A limit ends the wait as it does in the kernel: with what is there, and with an error when there is nothing.
    await python.run("s.sendall(b'xyz')");
    assert.equal((await socket.recvMsg({ size: 10, flags, timeout: 50 }))?.data.toString(), 'xyz');
    assert.equal((await failure(() => socket.recvMsg({ size: 10, flags, timeout: 50 }))).code, 'ETIMEDOUT');
    if (kind === 'Unix') {
      // Descriptors stay with their own message.
      await python.run("s.sendall(b'before'); socket.send_fds(s, [b'with'], [0]); s.sendall(b'after')");
      const own = (await socket.recvMsg({ ...limit, size: 100 }))!;
      const { fds } = own.meta;
      assert.equal(fds?.length, 1);
      for (const fd of fds ?? []) closeSync(fd);
      assert.equal(own.data.toString(), 'beforewith');
      assert.equal((await socket.recv())?.toString(), 'after');
    }
    pieces("[b'end', b'']");
    python.begin('s.close()');
    assert.equal((await socket.recvMsg({ ...limit, size: 10 }))?.data.toString(), 'end');
    assert.equal(await socket.recvMsg(limit), null);
    socket.close();
    listener.close();
  });
