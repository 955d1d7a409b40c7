// Owns the two ends of a connection under attack, in any colour: what each of them does, and what it comes to. It must not know
// who attacks, nor what may come of it.
//
// The client says four bytes of length and a payload; the server says the same again, and that this is all; the client says so, too.

import assert from 'node:assert/strict';
import type { AsyncConn, SocketError, TlsInfo } from 'berkeley';
import { agreed } from './tls-scenarios.js';

/** What became of one end. */
export interface End {
  error: SocketError | null;
  /** It has heard the other end say that this was all. */
  clean: boolean;
  /** It has said so itself. */
  ended: boolean;
  info: object | null;
  data: Buffer;
  /** A client: its ticket. */
  session: Uint8Array | undefined;
}

type Start = () => Promise<TlsInfo> | TlsInfo;

export function clientEnd(conn: AsyncConn, start: Start, payload: Buffer, timeout: number): Promise<End> {
  return ended(conn, timeout, async (end) => {
    end.info = agreed(await start());
    await conn.write(payload, { timeout });
    return async () => {
      await readAll(conn, end, payload.length, timeout);
      end.session = conn.tls!.session ?? undefined;
    };
  });
}

export function serverEnd(conn: AsyncConn, start: Start, payload: Buffer, timeout: number): Promise<End> {
  return ended(conn, timeout, async (end) => {
    end.info = agreed(await start());
    while (end.data.length < payload.length) {
      const piece = await conn.read(payload.length - end.data.length, { timeout });
      assert.ok(piece !== null, 'an end that nobody has said');
      end.data = Buffer.concat([end.data, piece]);
    }
    await conn.write(end.data, { timeout });
    return async () => {
      end.ended = true;
      await conn.closeWrite({ timeout });
      await readAll(conn, end, 0, timeout);
    };
  });
}

/** The laws that one end must keep, whatever was done. */
export function assertLawful(end: End, o: { usual: object; payload: Buffer; mayWait: boolean }): void {
  // What it knows of the other end is what both have agreed on, or it knows nothing.
  if (end.info !== null) assert.deepEqual(end.info, o.usual);
  assert.ok(o.payload.subarray(0, end.data.length).equals(end.data), 'other bytes than were sent');
  assert.ok(!end.clean || end.data.equals(o.payload), 'an end before everything was there');
  if (end.error === null) {
    assert.ok(end.clean);
    return;
  }
  const { name, code, phase, message } = end.error;
  const known =
    /^(Tls|Certificate)Error$/.test(name) || ['ECONNRESET', 'EPIPE', 'ENOTCONN', 'ETIMEDOUT'].includes(code);
  assert.ok(known, `${name} ${code}: ${message}`);
  assert.ok(['tls', 'read', 'write', 'close'].includes(phase ?? ''), `${code} in phase ${phase}`);
  assert.ok(o.mayWait || name !== 'TimeoutError', 'it has waited for nothing');
}

/** Everything arrived, and the end. */
export function isWhole({ clean, error, data }: End, payload: Buffer): boolean {
  return clean && error === null && data.equals(payload);
}

/** `speak` says everything, and returns what is left to be heard. */
async function ended(
  conn: AsyncConn,
  timeout: number,
  speak: (end: End) => Promise<() => Promise<void>>,
): Promise<End> {
  const end: End = { error: null, clean: false, ended: false, info: null, data: Buffer.alloc(0), session: undefined };
  let spoken = false;
  try {
    const hear = await speak(end);
    spoken = true;
    await hear();
    end.ended = true;
    await conn.close({ timeout });
  } catch (error) {
    if (!isSocketError(error)) {
      conn.abort();
      throw error;
    }
    end.error = error;
    if (end.info === null) {
      assert.equal(conn.socket.fd, -1, 'a failed handshake closes the socket');
      assert.equal(conn.tls, null);
      assert.equal(conn.bytesWritten, 0);
    } else if (spoken) {
      // As a program would: it ends what it has said whole, and tears the rest.
      end.ended = true;
      await quietly(() => conn.close({ timeout }));
    } else conn.abort();
  }
  assert.equal(conn.socket.fd, -1);
  return end;
}

async function quietly(call: () => unknown): Promise<void> {
  try {
    await call();
  } catch {
    // The first failure counts.
  }
}

function isSocketError(error: unknown): error is SocketError {
  return error instanceof Error && 'phase' in error && 'code' in error;
}

/** Until the end; what comes beyond `most` is too much. */
async function readAll(conn: AsyncConn, end: End, most: number, timeout: number): Promise<void> {
  for (let left = most; ;) {
    const piece = await conn.read(undefined, { timeout });
    if (piece === null) break;
    left -= piece.length;
    assert.ok(left >= 0, 'more than was sent');
    end.data = Buffer.concat([end.data, piece]);
  }
  end.clean = true;
}
