// Owns the tests of the memory that a batch of received datagrams lies in: theirs alone, whole, and not much of it.

import assert from 'node:assert/strict';
import { colours } from '../real/colours.js';
import { test, type TestContext } from 'node:test';
import { startPython } from '../support/python.js';

/** Around every border: nothing at all, what counts as large, and what lies together. */
const SIZES = [0, 1, 64, 1023, 1024, 1025, 1200, 0, 16_383, 16_384, 16_385, 300, 300, 30_000, 2, 0];

/** Sends round after round of datagrams of these sizes; byte k of datagram i is (7 * round + 13 * i + k) % 251. */
function startSender(t: TestContext, port: number): ReturnType<typeof startPython> {
  const source = `
import json
sizes, port = json.loads(sys.argv[1]), int(sys.argv[2])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
pattern = bytes(k % 251 for k in range(70000 + 251))
for line in sys.stdin:
    turn = int(line)
    for i, size in enumerate(sizes):
        at = (7 * turn + 13 * i) % 251
        s.sendto(pattern[at:at + size], ('127.0.0.1', port))
    say('sent')
`;
  return startPython(t, source, { args: [JSON.stringify(SIZES), String(port)] });
}

function expected(turn: number, i: number): Buffer {
  return Buffer.from(Array.from({ length: SIZES[i]! }, (_, k) => (7 * turn + 13 * i + k) % 251));
}

for (const { name, net } of colours) {
  test(`datagrams of a batch keep their bytes, also when later batches have come (${name})`, async (t) => {
    const receiver = net.socket('ipv4', 'dgram');
    t.after(() => receiver.close());
    await receiver.bind('127.0.0.1:0');
    const python = startSender(t, receiver.getsockname().port!);
    const kept: { turn: number; i: number; data: Buffer }[] = [];
    for (let turn = 0; turn < 20; turn++) {
      python.tell(String(turn));
      assert.equal(await python.line(), 'sent');
      for (let i = 0; i < SIZES.length;) {
        // Batches of several lengths, so that their borders fall anywhere.
        const some = await receiver.recvMany(1 + ((turn * 5) % 17), { timeout: '5s' });
        for (const { data, truncated } of some) {
          assert.equal(truncated, false);
          kept.push({ turn, i: i++, data });
        }
      }
    }
    for (const { turn, i, data } of kept) assert.ok(data.equals(expected(turn, i)), `datagram ${i} of round ${turn}`);
  });

  test(`a datagram of a batch keeps at most 64 KiB alive, among small ones 16 KiB (${name})`, async (t) => {
    const receiver = net.socket('ipv4', 'dgram');
    t.after(() => receiver.close());
    await receiver.bind('127.0.0.1:0');
    const python = startSender(t, receiver.getsockname().port!);
    for (let turn = 0; turn < 4; turn++) {
      python.tell(String(turn));
      assert.equal(await python.line(), 'sent');
      for (let left = SIZES.length; left > 0;) {
        const some = await receiver.recvMany(left, { timeout: '5s' });
        left -= some.length;
        for (const { data } of some) {
          const alive = data.buffer.byteLength;
          assert.ok(alive <= 64 * 1024, `${data.length} bytes keep ${alive} alive`);
        }
      }
    }
    const sender = net.socket('ipv4', 'dgram');
    t.after(() => sender.close());
    const to = receiver.getsockname();
    for (let i = 0; i < 60; i++) await sender.sendTo(Buffer.alloc(1000), to);
    for (let left = 60; left > 0;) {
      const some = await receiver.recvMany(left, { timeout: '5s' });
      left -= some.length;
      for (const { data } of some) assert.ok(data.buffer.byteLength <= 16 * 1024, `${data.buffer.byteLength}`);
    }
  });
}
