// Owns what is done at fault points besides connections, and what must hold of each when one of its calls has failed: nothing
// lost, nothing doubled, and it can go on. It must not know which call fails.

import assert from 'node:assert/strict';
import { closeSync, fstatSync, openSync } from 'node:fs';
import * as promises from 'berkeley';
import type { Net } from '../net/kit.js';
import { digest, LITTLE, MUCH, type Peers } from './faults-peers.js';
import type { Point } from './faults-kit.js';

export type Operation = (net: Net, peers: Peers, point: Point) => Promise<void>;

const LIMIT = { timeout: 10_000 } as const;
/** Beyond this nothing waits that was told to go on. */
const SOON = { timeout: 5000 } as const;

export const operations: Record<string, Operation> = {
  async 'a relay'(net, peers, point) {
    const [a, b] = await point.spared(
      async () => [await net.connect(peers.at('much')), await narrow(net, peers.at('little'))] as const,
    );
    point.after(async (failed) => {
      const dead = failed !== null && codeOf(failed) === 'ECONNRESET';
      // What was received and not sent is read next from where it came.
      const left = dead ? [] : [await a.readAll(SOON), await b.readAll(SOON)];
      const { aToB, bToA } = (failed instanceof promises.SocketError ? failed.relayed : null) ?? {
        aToB: MUCH.length,
        bToA: LITTLE.length,
      };
      await a.close(SOON);
      await b.close(SOON);
      const [atA, atB] = [await peers.told('much'), await peers.told('little')];
      assert.deepEqual(atA, digest(LITTLE.subarray(0, bToA)), 'carried to a');
      assert.deepEqual(atB, digest(MUCH.subarray(0, aToB)), 'carried to b');
      if (dead) return;
      assert.deepEqual(digest(left[0]!), digest(MUCH.subarray(aToB)), 'left of a');
      assert.deepEqual(digest(left[1]!), digest(LITTLE.subarray(bToA)), 'left of b');
    });
    assert.deepEqual(await net.relay(a, b, LIMIT), { aToB: MUCH.length, bToA: LITTLE.length });
  },

  async 'a large write'(net, peers, point) {
    const conn = await point.spared(() => narrow(net, peers.at('sink')));
    let written = 0;
    point.after(async (failed) => {
      if (failed !== null) written = sentBy(failed);
      if (failed !== null && codeOf(failed) !== 'ECONNRESET') written += await conn.write(MUCH.subarray(written), SOON);
      await conn.close(SOON);
      assert.deepEqual(await peers.told('sink'), digest(MUCH.subarray(0, written)));
    });
    written = await conn.write(MUCH, LIMIT);
  },

  async writeFile(net, peers, point) {
    const conn = await point.spared(() => narrow(net, peers.at('sink')));
    let written = 0;
    point.after(async (failed) => {
      if (failed !== null) written = sentBy(failed);
      if (failed !== null && codeOf(failed) !== 'ECONNRESET')
        written += await conn.writeFile(peers.file, { offset: written, ...SOON });
      await conn.close(SOON);
      assert.deepEqual(await peers.told('sink'), digest(MUCH.subarray(0, written)));
    });
    written = await conn.writeFile(peers.file, LIMIT);
    assert.equal(written, MUCH.length);
  },

  async 'writeFile of an open file'(net, peers, point) {
    const conn = await point.spared(() => net.connect(peers.at('sink')));
    const fd = openSync(peers.file, 'r');
    point.after(async (failed) => {
      // Its position has moved on by what was sent.
      if (failed !== null && codeOf(failed) !== 'ECONNRESET') {
        await conn.writeFile(fd, SOON);
        assert.equal(conn.bytesWritten, MUCH.length);
      }
      closeSync(fd);
      await conn.close(SOON);
      assert.deepEqual(await peers.told('sink'), digest(MUCH.subarray(0, conn.bytesWritten)));
    });
    assert.equal(await conn.writeFile(fd, LIMIT), MUCH.length);
  },

  async 'writeFile under TLS'(net, peers, point) {
    const conn = await point.spared(() => net.connect(peers.at('secure'), { tls: { ca: peers.ca } }));
    point.after(async (failed) => {
      if (failed === null) await conn.close(SOON);
      else conn.abort();
      const [length, hash] = await peers.told('secure');
      assert.deepEqual([length, hash], digest(MUCH.subarray(0, length)));
      if (failed === null) assert.equal(length, MUCH.length);
    });
    assert.equal(await conn.writeFile(peers.file, { length: 200_000, ...LIMIT }), 200_000);
    assert.equal(await conn.writeFile(peers.file, { offset: 200_000, ...LIMIT }), MUCH.length - 200_000);
  },

  async sendFile(net, peers, point) {
    const socket = await point.spared(async () => {
      const one = net.socket();
      await one.connect(peers.at('sink'), LIMIT);
      return one;
    });
    let at = 0;
    const all = async (): Promise<void> => {
      for (let n = 1; n > 0; at += n) n = await socket.sendFile(peers.file, { offset: at, ...LIMIT });
    };
    point.after(async (failed) => {
      if (failed !== null && codeOf(failed) !== 'ECONNRESET') await all();
      socket.shutdown('wr');
      const told = await peers.told('sink');
      socket.close();
      assert.deepEqual(told, digest(MUCH.subarray(0, at)));
    });
    await all();
    assert.equal(at, MUCH.length);
  },

  async 'datagrams one by one'(net, peers, point) {
    let socket: promises.UdpSocket<'async'> | null = null;
    const words = ['one', 'two', 'three'];
    const heard: string[] = [];
    let sent = 0;
    const all = async (): Promise<void> => {
      for (; sent < words.length || heard.length < sent;) {
        if (heard.length === sent) {
          await socket!.send(words[sent]!, peers.at('udp'), LIMIT);
          sent++;
        }
        heard.push(String((await socket!.recv(LIMIT)).data));
      }
    };
    point.after(async () => {
      if (socket === null) return;
      await all();
      assert.deepEqual(heard, words);
      socket.close();
    });
    socket = await net.udp('127.0.0.1:0');
    await all();
  },

  async 'many datagrams'(net, peers, point) {
    const socket = await point.spared(() => net.udp('127.0.0.1:0'));
    const words = Array.from({ length: 40 }, (_, i) => `number ${i}`);
    const heard: string[] = [];
    let sent = 0;
    const all = async (): Promise<void> => {
      while (sent < words.length)
        sent += await socket.sendMany(
          words.slice(sent).map((data) => ({ data, to: peers.at('udp') })),
          LIMIT,
        );
      while (heard.length < words.length)
        heard.push(...(await socket.recvMany(16, { size: 100, ...LIMIT })).map(({ data }) => String(data)));
    };
    point.after(async (failed) => {
      if (failed !== null) await all();
      assert.deepEqual(heard, words);
      socket.close();
    });
    await all();
  },

  async 'a connected datagram socket'(net, peers, point) {
    const socket = await point.spared(() => net.udp('127.0.0.1:0'));
    point.after(async (failed) => {
      if (failed !== null) {
        // Whatever had come of it before, it works now; an answer to the first try may be there, too.
        await socket.connect(peers.at('udp'), SOON);
        await socket.send('again', undefined, SOON);
        while (String((await socket.recv(SOON)).data) !== 'again');
      }
      socket.close();
    });
    await socket.connect(peers.at('udp'), LIMIT);
    await socket.send('once', undefined, LIMIT);
    assert.equal(String((await socket.recv(LIMIT)).data), 'once');
    await socket.connect(null, LIMIT);
  },

  async 'messages with descriptors'(net, peers, point) {
    const socket = await point.spared(async () => {
      const one = net.socket('unix', 'stream');
      await one.connect(`unix:${peers.rights}`, LIMIT);
      return one;
    });
    const fd = openSync(peers.file, 'r');
    let sent = false;
    const all = async (): Promise<void> => {
      if (!sent) assert.equal(await socket.sendMsg({ data: 'take this', meta: { fds: [fd, fd] } }, LIMIT), 9);
      sent = true;
      const message = (await socket.recvMsg(LIMIT))!;
      assert.equal(String(message.data), 'take this');
      const fds = message.meta.fds ?? [];
      for (const one of fds) {
        assert.equal(fstatSync(one).ino, fstatSync(fd).ino);
        closeSync(one);
      }
      assert.equal(fds.length, 2);
    };
    point.after(async (failed) => {
      if (failed !== null && codeOf(failed) !== 'ECONNRESET') await all();
      closeSync(fd);
      socket.close();
    });
    await all();
  },

  async adopt(net, peers, point) {
    const fd = await point.spared(async () => (await net.connect(peers.at('echo'))).socket.detach());
    let socket: ReturnType<Net['socket']> | null = null;
    let conn: promises.AsyncConn | null = null;
    const all = async (): Promise<void> => {
      socket ??= net.adopt(fd);
      conn ??= net.conn(socket);
      await echo(conn);
    };
    point.after(async () => {
      // The descriptor is the caller's until it was taken over.
      if (conn === null) await all();
      conn!.abort();
    });
    await all();
  },

  async share(net, peers, point) {
    const listener = await point.spared(() => net.listen('127.0.0.1:0'));
    let accepted: promises.AsyncConn | null = null;
    const shared = net.share(listener);
    point.after(async (failed) => {
      if (accepted === null && failed !== null) accepted = await shared.tryAccept(5000);
      accepted?.abort();
      listener.close();
      await peers.hangUp();
    });
    await point.spared(() => peers.dial(shared.address.port!));
    accepted = await shared.accept(LIMIT);
    const face = net.share(accepted);
    assert.equal(String(await face.readExact(5, LIMIT)), 'hello');
  },

  async 'a copy of a socket, and a look at two'(net, peers, point) {
    const conn = await point.spared(() => net.connect(peers.at('echo')));
    let copy: ReturnType<Net['socket']> | null = null;
    point.after(async (failed) => {
      copy?.close();
      if (failed === null || codeOf(failed) !== 'ECONNRESET') await echo(conn);
      conn.abort();
    });
    copy = conn.socket.dup();
    assert.equal((await copy.poll({ write: true }, LIMIT))?.write, true);
    assert.equal(
      (
        await net.select(
          [
            [conn, { read: true }],
            [copy, { write: true }],
          ],
          LIMIT,
        )
      ).length,
      1,
    );
    const [one, other] = net.socketPair('seqpacket');
    one.close();
    other.close();
  },
};

/** A connection that takes so little at once that much has to wait. */
async function narrow(net: Net, target: string): Promise<promises.AsyncConn> {
  const conn = await net.connect(target);
  conn.socket.setOption(promises.options.SO_SNDBUF, 8 * 1024);
  return conn;
}

/** There and back; nothing comes twice. */
async function echo(conn: promises.AsyncConn): Promise<void> {
  await conn.write('there and back', LIMIT);
  assert.equal(String(await conn.readExact(14, LIMIT)), 'there and back');
}

/** How much was sent, by what a call failed with. */
function sentBy(error: Error): number {
  return 'bytesDone' in error ? Number(error.bytesDone) : 0;
}

export function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : null;
}
