// Owns the tests of descriptors that came with a message and that nobody has looked at: they are closed, once, and no others.

import assert from 'node:assert/strict';
import { closeSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import * as promises from 'berkeley';
import { descriptors, inBothColours, until } from '../net/kit.js';

const { SCM_PIDFD, SO_PASSPIDFD, SOL_SOCKET } = promises.constants as Record<string, number>;

function closeAll(fds: readonly number[]): void {
  for (const fd of fds) closeSync(fd);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

async function collected(isSo: () => boolean, what: string): Promise<void> {
  await until(() => {
    collect();
    return isSo();
  }, what);
}

inBothColours(
  'promise 10: descriptors that nobody looks at are closed when their message is collected, and only those',
  async (net) => {
    const [one, two] = net.socketPair('seqpacket');
    const before = descriptors();
    const taken: number[] = [];
    async function forget(): Promise<void> {
      for (let i = 0; i < 20; i++) await one.sendMsg({ data: 'x', meta: { fds: [0, 0] } });
      for (let i = 0; i < 10; i++) {
        const { meta } = (await two.recvMsg())!;
        // Looking at one of them is enough for all of its message.
        if (i === 0) taken.push(...meta.fds!);
      }
      const others = await two.recvMany(20);
      assert.equal(others.length, 10);
      // Who prints a message has not looked at its descriptors.
      assert.doesNotMatch(inspect(others), /fds/);
      assert.match(inspect(others[0]!.meta), /fds: \[Getter/);
    }
    await forget();
    assert.equal(descriptors(), before + 40);
    await collected(() => descriptors() === before + 2, 'the descriptors of forgotten messages are closed');
    for (let i = 0; i < 5; i++) {
      collect();
      await new Promise((go) => setImmediate(go));
    }
    for (const fd of taken) assert.ok(readlinkSync(`/proc/self/fd/${fd}`));
    closeAll(taken);
    one.close();
    two.close();
  },
);

inBothColours('descriptors live as long as the meta that leads to them, and are the same each time', async (net) => {
  const [one, two] = net.socketPair('seqpacket');
  const before = descriptors();
  await one.sendMsg({ data: 'x', meta: { fds: [0, 0] } });
  async function metaOnly(): Promise<promises.Meta> {
    return (await two.recvMsg())!.meta;
  }
  const meta = await metaOnly();
  // The message is gone by now, and a second one, which nobody reaches, shows that the collector was here.
  await one.sendMsg({ data: 'x', meta: { fds: [0] } });
  await metaOnly();
  await collected(() => descriptors() === before + 2, 'the other one is closed');
  const { fds } = meta;
  assert.equal(fds?.length, 2);
  assert.equal(meta.fds, fds);
  for (const fd of fds) assert.ok(readlinkSync(`/proc/self/fd/${fd}`));
  closeAll(fds);
  assert.equal(descriptors(), before);
  one.close();
  two.close();
});

test('promise 10: descriptors that nobody looks at are closed when their worker is terminated', async () => {
  const [one, two] = promises.socketPair('seqpacket');
  const program = `
    import { parentPort, workerData } from 'node:worker_threads';
    import { adopt } from ${JSON.stringify(new URL('../../../dist/sync/index.js', import.meta.url).href)};
    const socket = adopt(workerData);
    const first = socket.recvMsg();
    globalThis.kept = [socket, first, socket.recvMany(100)];
    parentPort.postMessage([kept[2].length, first.meta.fds]);
    socket.recvMsg();
  `;
  for (let i = 0; i < 10; i++) await one.sendMsg({ data: 'x', meta: { fds: [0, 0, 0] } });
  const before = descriptors();
  const there = two.dup().detach();
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`), { workerData: there });
  const [count, taken] = await new Promise<[number, number[]]>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  assert.equal(count, 9);
  assert.ok(descriptors() >= before + 30);
  await worker.terminate();
  // What was looked at is the program's, and stays.
  await until(() => descriptors() === before + 3, 'what nobody looked at is closed');
  closeAll(taken);
  one.close();
  two.close();
});

inBothColours('a pidfd that comes with SO_PASSPIDFD is raw, and closed like the others', async (net, t) => {
  const [one, two] = net.socketPair('seqpacket');
  try {
    // Newer than the headers of some systems that have it.
    two.setsockopt(SOL_SOCKET!, SO_PASSPIDFD ?? 76, 1);
  } catch (error) {
    assert.equal((error as promises.SocketError).code, 'ENOPROTOOPT');
    t.skip('this kernel has no SO_PASSPIDFD');
    return;
  }
  const before = descriptors();
  async function forget(): Promise<void> {
    await one.send('x');
    await two.recvMsg();
  }
  await forget();
  assert.equal(descriptors(), before + 1);
  await collected(() => descriptors() === before, 'the pidfd is closed');
  await one.send('y');
  const [cmsg, ...more] = (await two.recvMsg())!.meta.control!;
  assert.deepEqual(more, []);
  assert.deepEqual([cmsg!.level, cmsg!.type], [SOL_SOCKET, SCM_PIDFD ?? 4]);
  const fd = new Int32Array(cmsg!.data.slice().buffer)[0]!;
  assert.match(readlinkSync(`/proc/self/fd/${fd}`), /pidfd/);
  closeSync(fd);
  one.close();
  two.close();
});
