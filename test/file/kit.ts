// Owns what the tests of files and relays share: a Python at the other end that counts and digests, files to send, and the
// count of descriptors. It must not know what is tested.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { AsyncConn } from 'berkeley';
import { folder, type Net } from '../net/kit.js';
import { type Puppet, startPuppet } from '../support/python.js';

export { colours, descriptors, failure, folder, inBothColours, type Net, until } from '../net/kit.js';

const PEER = `
import hashlib
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(sys.argv[1]))
listener.bind(('127.0.0.1', 0))
listener.listen(8)
def accept():
    return listener.accept()[0]
def digest(s):
    h, n = hashlib.sha256(), 0
    while True:
        piece = s.recv(1 << 18)
        if not piece: return [n, h.hexdigest()]
        h.update(piece)
        n += len(piece)
def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    s.close()
`;

/** A Python that listens: `accept()` is the next connection, `digest(s)` reads it to its end. */
export async function startPeer(t: TestContext, o: { receiveBuffer?: number } = {}): Promise<Puppet & { at: string }> {
  const puppet = startPuppet(t, PEER, { args: [`${o.receiveBuffer ?? 1 << 20}`] });
  const port = (await puppet.value('listener.getsockname()[1]')) as number;
  return { ...puppet, at: `127.0.0.1:${port}` };
}

/** A connection of ours to a new peer, where it is called `c`. */
export async function connected(
  net: Net,
  t: TestContext,
  o: { receiveBuffer?: number } = {},
): Promise<{ conn: AsyncConn; peer: Puppet }> {
  const peer = await startPeer(t, o);
  const conn = await net.connect(peer.at);
  t.after(() => conn.abort());
  await peer.run('c = accept()');
  return { conn, peer };
}

/** Two connections of ours that are each other's peer. */
export function pairOf(net: Net, t: TestContext): [AsyncConn, AsyncConn] {
  const both = net.pair();
  t.after(() => {
    for (const conn of both) conn.abort();
  });
  return both;
}

/** Bytes that are no text, have NULs in them, and are not the same everywhere. */
export function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0, x = 1; i < length; i++) {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    bytes[i] = i % 7 === 0 ? 0 : x >>> 24;
  }
  return bytes;
}

export function sha256(...pieces: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** A file of these bytes in a folder of the test. */
export function fileOf(t: TestContext, bytes: Uint8Array | string): string {
  const path = join(folder(t), 'file');
  writeFileSync(path, bytes);
  return path;
}

/** A FIFO in a folder of the test. */
export function fifoOf(t: TestContext): string {
  const path = join(folder(t), 'fifo');
  execFileSync('mkfifo', [path]);
  return path;
}
