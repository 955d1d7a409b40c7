// Options that do what they say on non-blocking descriptors (promise 14), compared with what Python reads of the same socket.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, options, TimeoutError } from 'berkeley';
import { startPuppet } from '../support/python.js';
import { colours, failureOf } from '../real/colours.js';
import { limit, pythonPeer, took } from './peers.js';

const { SOL_SOCKET, SO_RCVTIMEO, SO_SNDTIMEO, SO_LINGER } = constants as Record<string, number>;

/** struct timeval. */
function timeval(seconds: number, micros: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64LE(BigInt(seconds), 0);
  bytes.writeBigInt64LE(BigInt(micros), 8);
  return bytes;
}

for (const { name, net } of colours) {
  test(`14. SO_RCVTIMEO and SO_SNDTIMEO, set by token or raw, reach the kernel and read back in Python (${name})`, async (t) => {
    const [ours, theirs] = net.socketPair('stream');
    const listener = await net.listen('127.0.0.1:0');
    t.after(() => {
      ours.close();
      theirs.close();
      listener.close();
    });
    const [socket] = listener.sockets;
    ours.setInheritable(true);
    socket!.setInheritable(true);
    const python = startPuppet(
      t,
      `socks = [socket.socket(fileno=int(n)) for n in sys.argv[1:]]
def both(i): return [list(struct.unpack('ll', socks[i].getsockopt(socket.SOL_SOCKET, o, 16))) for o in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO)]`,
      { args: [String(ours.fd), String(socket!.fd)] },
    );
    for (const [i, each] of [ours, socket!].entries()) {
      const both = () => python.value(`both(${i})`);
      each.setOption(options.SO_RCVTIMEO, 1500).setOption(options.SO_SNDTIMEO, 0.25);
      // The kernel keeps whole ticks, rounded up; what it keeps is what we read.
      const [[rs, rus], [ss, sus]] = (await both()) as [[number, number], [number, number]];
      assert.deepEqual([rs, rus], [1, 500_000]);
      assert.equal(ss, 0);
      assert.ok(sus >= 250 && sus <= 10_000, `${sus} µs`);
      assert.equal(each.getOption(options.SO_RCVTIMEO), 1500);
      assert.equal(each.getOption(options.SO_SNDTIMEO), sus / 1000);
      assert.equal(each.receiveTimeout, 1500);
      each
        .setsockopt(SOL_SOCKET!, SO_RCVTIMEO!, timeval(2, 0))
        .setsockopt(SOL_SOCKET!, SO_SNDTIMEO!, timeval(0, 500_000));
      assert.deepEqual(await both(), [
        [2, 0],
        [0, 500_000],
      ]);
      assert.equal(each.receiveTimeout, 2000);
      assert.equal(each.sendTimeout, 500);
      each.receiveTimeout = '3s';
      each.setOption(options.SO_SNDTIMEO, null);
      assert.deepEqual(await both(), [
        [3, 0],
        [0, 0],
      ]);
      assert.equal(each.sendTimeout, null);
    }
    await python.end();
  });

  for (const way of ['token', 'raw', 'property'] as const) {
    test(`14. SO_RCVTIMEO set by ${way} limits receives, reads and accepts (${name})`, async (t) => {
      const { conn } = await pythonPeer(t, net);
      const listener = await net.listen('127.0.0.1:0');
      t.after(() => listener.close());
      for (const socket of [conn.socket, listener.sockets[0]!]) {
        if (way === 'token') socket.setOption(options.SO_RCVTIMEO, 80);
        else if (way === 'raw') socket.setsockopt(SOL_SOCKET!, SO_RCVTIMEO!, timeval(0, 80_000));
        else socket.receiveTimeout = 80;
      }
      for (const call of [
        () => conn.socket.recv(10),
        () => conn.read(),
        () => conn.readExact(5),
        () => conn.readLine(),
        () => listener.accept(),
        () => listener.sockets[0]!.accept(),
        // The earlier one counts.
        () => conn.read(10, limit),
      ]) {
        const ms = await took(async () => assert.ok((await failureOf(call)) instanceof TimeoutError));
        assert.ok(ms >= 75 && ms < 2000, `${call.toString()} took ${ms} ms`);
      }
    });
  }

  test(`14. SO_SNDTIMEO limits a write that the peer does not read, and says how far it got (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    conn.socket.setOption(options.SO_SNDTIMEO, 100);
    const failure = await failureOf(() => conn.write(Buffer.alloc(64 << 20)));
    assert.ok(failure instanceof TimeoutError);
    assert.ok(failure.bytesDone > 0 && failure.bytesDone < 64 << 20);
    assert.equal(failure.bytesDone, conn.bytesWritten);
    conn.socket.shutdown('wr');
    peer.begin('n = len(everything(c))');
    assert.equal(await peer.value('n'), failure.bytesDone);
  });

  for (const [transport, inherits] of [
    ['tcp', true],
    ['unix', false],
  ] as const) {
    test(`14. an accepted ${transport} socket has the SO_RCVTIMEO that the kernel gives it (${name})`, async (t) => {
      const place = transport === 'tcp' ? '127.0.0.1:0' : `unix:@berkeley-${process.pid}-${name}-timeout`;
      const listener = await net.listen(place, { options: [[options.SO_RCVTIMEO, 80]] });
      t.after(() => listener.close());
      const to = inherits ? `('127.0.0.1', ${listener.address.port})` : `'\\0${listener.address.path!.slice(1)}'`;
      const peer = startPuppet(t, `c = socket.socket(socket.AF_${inherits ? 'INET' : 'UNIX'})\nc.connect(${to})`);
      await peer.run('pass');
      const conn = await listener.accept();
      t.after(() => conn.abort());
      assert.equal(conn.socket.getOption(options.SO_RCVTIMEO), inherits ? 80 : null);
      assert.equal(conn.socket.receiveTimeout, inherits ? 80 : null);
      peer.begin(`time.sleep(0.3); c.sendall(b'late')`);
      if (inherits) assert.ok((await failureOf(() => conn.read(10, limit))) instanceof TimeoutError);
      else assert.equal((await conn.read(10, limit))?.toString(), 'late');
    });
  }

  test(`14. SO_LINGER above 0 waits for the queue without freezing the thread in close (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    await fill(conn.socket);
    conn.linger = '1s';
    let turns = 0;
    const ticking = setInterval(() => turns++, 10);
    const ms = await took(() => conn.close());
    clearInterval(ticking);
    // Nobody reads, so the whole second is waited for.
    assert.ok(ms >= 950 && ms < 4000, `${ms} ms`);
    if (name === 'promises') assert.ok(turns > 20, `the loop turned ${turns} times`);
    await peer.run('pass');
  });

  test(`14. SO_LINGER above 0 does not wait longer than the peer takes (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    const sent = await fill(conn.socket);
    conn.linger = '8s';
    peer.begin('time.sleep(0.1); n = len(everything(c))');
    const ms = await took(() => conn.close());
    assert.ok(ms < 4000, `${ms} ms`);
    assert.equal(await peer.value('n'), sent);
  });

  test(`14. closing a plain socket with SO_LINGER above 0 does not freeze the thread in close(2) (${name})`, async (t) => {
    const peer = startPuppet(t, `listener = socket.create_server(('127.0.0.1', 0))`);
    const port = (await peer.value('listener.getsockname()[1]')) as number;
    peer.begin('c, _ = listener.accept()');
    const socket = net.socket();
    await socket.connect(`127.0.0.1:${port}`, limit);
    await peer.caughtUp();
    await fill(socket);
    socket.setOption(options.SO_LINGER, 1000);
    const ms = await took(() => socket.close());
    assert.equal(socket.fd, -1);
    // The blocking colour waits, as documented; the promise colour must not, for nobody could do anything meanwhile.
    if (name === 'promises') assert.ok(ms < 500, `close took ${ms} ms`);
    else assert.ok(ms >= 950 && ms < 4000, `${ms} ms`);
  });

  test(`SO_LINGER 0 makes close a reset, and Python reads the option as we set it (${name})`, async (t) => {
    const { conn, peer } = await pythonPeer(t, net);
    conn.linger = 0;
    const linger = conn.socket.getsockopt(SOL_SOCKET!, SO_LINGER!, 8);
    assert.deepEqual([linger.readInt32LE(0), linger.readInt32LE(4)], [1, 0]);
    await conn.write('sent before');
    await conn.close();
    await peer.run(`
got = c.recv(100)
try:
    c.recv(100)
    end = 'none'
except OSError as e: end = errno.errorcode[e.errno]
`);
    assert.equal(await peer.value('got.decode() + " " + end'), 'sent before ECONNRESET');
  });
}

/** Sends until the kernel takes no more; how much it took. */
async function fill(socket: { send(data: Buffer, o: { timeout: number }): Promise<number> }): Promise<number> {
  const piece = Buffer.alloc(1 << 20, 'x');
  for (let total = 0; ;) {
    try {
      total += await socket.send(piece, { timeout: 30 });
    } catch (error) {
      if (error instanceof TimeoutError) return total;
      throw error;
    }
  }
}
