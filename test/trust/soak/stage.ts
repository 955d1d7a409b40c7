// Owns what the parts of the soak share: the stage that each of them plays on, and the exchange of bytes that most of them are
// made of. It must not know what is measured.

import assert from 'node:assert/strict';
import * as net from 'berkeley';
import type { AsyncConn } from 'berkeley';
import { sha256 } from '../../support/bytes.js';
import type { Pki } from '../../support/pki.js';
import type { Draw } from '../draw.js';
import type { Peer } from './peer.js';

/** What a part plays with. `draw` is its own. */
export interface Stage {
  readonly draw: Draw;
  readonly peer: Peer;
  readonly pki: Pki;
  /** A port that nobody listens on. */
  readonly deadPort: number;
  /** A file, and the hash of its bytes. */
  readonly file: { readonly path: string; readonly size: number; readonly sha256: string };
  /** One signal for the whole soak, never aborted: a listener that stays behind is found on it. */
  readonly signal: AbortSignal;
}

/** One thing that programs do with sockets, from the beginning to the end. What it opens is gone when it returns, or collected. */
export type Part = (stage: Stage) => Promise<void>;

/** So that what hangs is found by its name. Nothing here takes a second on an idle machine. */
export const limit = { timeout: '30s' } as const;

/** A connection on which the peer does what `words` say, over any of its streams, under TLS or not. */
export async function open(stage: Stage, words: string, secure: boolean): Promise<AsyncConn> {
  const conn = await net.connect(stage.draw.pick(stage.peer.streams), { ...limit, signal: stage.signal });
  if (secure) {
    await conn.writeLine('tls', { eol: '\n' });
    assert.equal((await conn.readExact(1, limit)).toString(), '+');
    await conn.startTls({ ca: stage.pki.root.cert, serverName: 'localhost', ...limit });
  }
  await conn.write(`${words}\n`, limit);
  return conn;
}

/** Writes bytes and reads as many, in pieces of any size, both at the same time; both ways are the same bytes. */
export async function exchange(stage: Stage, conn: AsyncConn, size: number): Promise<void> {
  const { draw } = stage;
  const data = draw.bytes(size);
  const [back] = await Promise.all([received(draw.child(), conn, size), sent(draw.child(), conn, data)]);
  assert.equal(sha256(back), sha256(data));
}

/** Ends it in one of the ways there are. */
export async function finish(draw: Draw, conn: AsyncConn): Promise<void> {
  switch (draw.below(4)) {
    case 0:
      conn.abort();
      return;
    case 1:
      return conn.close();
    case 2:
      await conn.closeWrite(limit);
      assert.equal(await conn.read(1, limit), null);
      return conn.close();
    default:
      await conn.close(limit);
      assert.equal(conn.closeInfo?.clean, true);
  }
}

async function sent(draw: Draw, conn: AsyncConn, data: Buffer): Promise<void> {
  for (let at = 0; at < data.length;) {
    const piece = data.subarray(at, at + draw.size(data.length));
    await conn.write(draw.percent(20) ? [piece.subarray(0, 1), piece.subarray(1)] : piece, limit);
    at += piece.length;
  }
}

async function received(draw: Draw, conn: AsyncConn, size: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let left = size; left > 0;) {
    const n = Math.min(left, draw.size(65_536));
    const piece = draw.percent(30) ? await conn.readExact(n, limit) : await conn.read(n, limit);
    assert.ok(piece !== null, `the end, and ${left} of ${size} bytes are missing`);
    parts.push(Buffer.from(piece));
    left -= piece.length;
  }
  return Buffer.concat(parts);
}
