// Owns the tests of many datagrams: boundaries, order and senders of a thousand, and what a flood loses.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { options, TimeoutError, type Datagram, type UdpSocket } from 'berkeley';
import { startPython } from '../support/python.js';
import { descriptors, inBothColours, SOON } from './kit.js';

for (const how of ['recv', 'recvMany', 'iteration'] as const)
  inBothColours(
    `1,000 small datagrams from three senders keep boundaries, order per sender and addresses: ${how}`,
    async (net, t) => {
      await using socket = await net.udp('127.0.0.1:0', { options: [[options.SO_RCVBUF, 4 << 20]] });
      const python = startPython(
        t,
        `
senders = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
for s in senders: s.bind(('127.0.0.1', 0))
say(*[s.getsockname()[1] for s in senders])
hear()
for i in range(1000):
    n = i * i % 61
    senders[i % 3].sendto(struct.pack('!HH', i, n) + bytes([i & 255]) * n, ('127.0.0.1', ${socket.localAddr.port}))
say('sent')
`,
      );
      const ports = (await python.line()).split(' ').map(Number);
      python.tell('go');
      // The blocking colour could not read Python's word meanwhile; the buffer holds all of it.
      assert.equal(await python.line(), 'sent');
      const seen = new Map<number, number[]>(ports.map((port) => [port, []]));
      let count = 0;
      const take = ({ data, from, truncated }: Awaited<ReturnType<typeof socket.recv>>): void => {
        assert.equal(from.address, '127.0.0.1');
        assert.equal(truncated, false);
        const i = data.readUInt16BE(0);
        const n = data.readUInt16BE(2);
        assert.equal(data.length, 4 + n);
        assert.ok(data.subarray(4).every((byte) => byte === (i & 255)));
        assert.equal(from.port, ports[i % 3]);
        seen.get(from.port!)!.push(i);
        count++;
      };
      if (how === 'recv') while (count < 1000) take(await socket.recv(SOON));
      else if (how === 'recvMany') while (count < 1000) (await socket.recvMany(64, SOON)).forEach(take);
      else
        for await (const datagram of socket) {
          take(datagram);
          if (count === 1000) break;
        }
      for (const [port, list] of seen)
        assert.deepEqual(
          list,
          Array.from({ length: list.length }, (_, k) => 3 * k + ports.indexOf(port)),
        );
      assert.deepEqual(
        [...seen.values()].map((list) => list.length),
        [334, 333, 333],
      );
      await python.end();
    },
  );

inBothColours('a flood of 100,000 loses only what the kernel dropped, and leaks nothing', async (net, t) => {
  const FLOOD = 100_000;
  await using socket = await net.udp('127.0.0.1:0', { options: [[options.SO_RCVBUF, 64 * 1024]] });
  const { port } = socket.localAddr;
  const python = startPython(
    t,
    `
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(('127.0.0.1', ${port}))
hear()
for i in range(${FLOOD}): s.send(struct.pack('!I', i))
say('flooded')
`,
  );
  // What one receive needs for the first time is no leak.
  await socket.send('warm', socket.localAddr);
  await socket.recv(SOON);
  const before = { fds: descriptors(), heap: process.memoryUsage().arrayBuffers };
  python.tell('go');
  let flooded = false;
  const word = python.line().then((line) => {
    assert.equal(line, 'flooded');
    flooded = true;
  });
  let received = 0;
  let expected = 0;
  for (;;) {
    // Slowly: one at a time, and the loop turns in between, in both colours.
    await new Promise((go) => setImmediate(go));
    // On loopback a datagram is in the queue when it was sent.
    const over = flooded;
    const datagram = await next(socket, over ? 0 : 20);
    if (datagram === null && over) break;
    if (datagram === null) continue;
    assert.equal(datagram.data.length, 4);
    const i = datagram.data.readUInt32BE();
    assert.ok(i >= expected, 'order, and nothing twice');
    expected = i + 1;
    received++;
  }
  await word;
  const dropped = dropsOf(port!);
  assert.ok(dropped > 0, 'it was no flood');
  assert.equal(received + dropped, FLOOD);
  // What earlier tests held may have gone meanwhile.
  assert.ok(descriptors() <= before.fds);
  assert.ok(process.memoryUsage().arrayBuffers - before.heap < 32 << 20);
  await python.end();
});

async function next(socket: UdpSocket<'async'>, timeout: number): Promise<Datagram | null> {
  try {
    return await socket.recv({ timeout });
  } catch (error) {
    if (error instanceof TimeoutError) return null;
    throw error;
  }
}

/** The last column of /proc/net/udp. */
function dropsOf(port: number): number {
  const hex = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const line = readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .find((each) => each.trim().split(/\s+/)[1] === hex);
  assert.ok(line !== undefined);
  return Number(line.trim().split(/\s+/).at(-1));
}
