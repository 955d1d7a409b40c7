// Does what it is told while signals come. The arguments are what to do, the colour, the port of the peer, and more for some.
// It prints what it found, line by line.

import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { colours, type Conn } from '../../real/colours.js';

const [what, name, port, ...rest] = process.argv.slice(2) as [string, string, string, ...string[]];
const { net } = colours.find((colour) => colour.name === name)!;
const place = `127.0.0.1:${port}`;

/** Not process.stdout: a line must be out before the thread blocks. */
function say(...words: unknown[]): void {
  writeSync(1, `${words.join(' ')}\n`);
}

const parts: Record<string, () => Promise<void>> = {
  /** A read that nobody answers, without a handler. */
  async defaulted() {
    const conn = await net.connect(place);
    say('ready');
    await conn.read();
  },

  /** A read that is answered after a signal, which has a handler. */
  async handled() {
    let handled = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => {
        handled = true;
        say('handled');
      });
    const conn = await net.connect(place);
    say('ready');
    say('read', String(await conn.read()));
    await conn.close();
    // Signals come in turns of the loop.
    while (!handled) await turns();
    process.exit(0);
  },

  /** A read with a limit, in the middle of which the process is stopped. */
  async limited() {
    const conn = await net.connect(place);
    say('ready');
    const begun = performance.now();
    const got = await attempt(() => conn.read(100, { timeout: 200 }));
    say(got, Math.round(performance.now() - begun));
    // Whatever came is still there.
    say(await attempt(() => conn.read(100, { timeout: '10s' })));
    conn.abort();
  },

  /** Bytes both ways, as many as are told, over TLS when there is a root to trust. */
  async transfer() {
    const [bytes, ca] = rest as [string, string | undefined];
    let signals = 0;
    for (const signal of ['SIGUSR2', 'SIGALRM'] as const) process.on(signal, () => signals++);
    const conn = await net.connect(
      place,
      ca === undefined ? {} : { tls: { ca: { file: ca }, serverName: 'localhost' } },
    );
    const piece = Buffer.alloc(100_003, 'a piece of a prime length');
    const [sent, got] = [createHash('sha256'), createHash('sha256')];
    say('ready');
    for (let left = Number(bytes); left > 0; left -= piece.length) {
      const part = piece.subarray(0, Math.min(left, piece.length));
      piece.writeUInt32BE(left);
      sent.update(part);
      const [n, answer] = await bothWays(conn, part);
      if (n !== part.length) throw new Error(`${n} of ${part.length} were written`);
      got.update(answer);
    }
    say(sent.digest('hex'), got.digest('hex'));
    await conn.close();
    await turns();
    say(signals);
    process.exit(0);
  },

  /** Writes of every kind to a peer that is gone. */
  async broken() {
    let pipes = 0;
    process.on('SIGPIPE', () => pipes++);
    const codes: string[] = [];
    const [file] = rest;
    const ways: ((conn: Conn) => unknown)[] = [
      (conn) => conn.write('x'),
      (conn) => conn.write(['x', 'y']),
      (conn) => conn.writeFile(file!),
      (conn) => conn.socket.send('x'),
      (conn) => conn.socket.sendAll('x'),
      (conn) => conn.socket.sendMsg({ data: 'x' }),
      (conn) => conn.socket.sendMany([{ data: 'x' }, { data: 'y' }]),
      (conn) => conn.socket.sendFile(file!),
      async (conn) => {
        const [a, b] = net.pair();
        await a.write(Buffer.alloc(100_000));
        await a.closeWrite();
        await net.relay(b, conn, { timeout: '10s' });
      },
    ];
    for (const way of ways) {
      const [a, b] = net.pair();
      b.abort();
      codes.push(await attempt(() => way(a)));
      a.abort();
    }
    await turns();
    say(pipes, codes.join());
    process.exit(0);
  },
};

await parts[what]!();

/** So many that a signal that has come is handled. */
async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((turn) => setImmediate(turn));
}

async function bothWays(conn: Conn, part: Uint8Array): Promise<[number, Buffer]> {
  // The echo takes no more than there is room for, so a blocking write of this size never waits for our own reading.
  if (name === 'promises') return Promise.all([conn.write(part), conn.readExact(part.length)]);
  return [await conn.write(part), await conn.readExact(part.length)];
}

async function attempt(call: () => unknown): Promise<string> {
  try {
    return String(await call());
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
