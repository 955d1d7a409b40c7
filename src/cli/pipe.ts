// Owns the two directions between a connection and this process's input and output, and when they end. It must not know
// how the connection came about.

import type { AsyncConn } from '../contract/conn.js';
import type { Duration } from '../contract/mode.js';
import { SocketError, TimeoutError } from '../error/socket-error.js';
import type { PipeOptions } from './arguments.js';
import { crlf } from './crlf.js';
import type { Input } from './input.js';
import type { Output } from './output.js';

/**
 * Sends the input, ends our direction at its end, and hands on what comes, until the peer ends. What the peer's end
 * finds on its way is let out; what is still in the input stays there. Closes the connection in every case.
 */
export async function pipe(conn: AsyncConn, input: Input, output: Output, options: PipeOptions): Promise<void> {
  const failures: unknown[] = [];
  const state = { ended: false };
  void send(conn, input, options, state).catch((error: unknown) => {
    if (state.ended) return;
    failures.push(error);
    // A peer that takes nothing any more may still have said something: the other direction finds its end by itself.
    if (!isBroken(error)) conn[Symbol.dispose]();
  });
  try {
    await receive(conn, output, options.timeout);
    state.ended = true;
    await conn.close({ timeout: options.timeout });
  } catch (error) {
    state.ended = true;
    failures.push(error);
    conn[Symbol.dispose]();
  }
  if (failures.length > 0) throw failures[0];
}

/** Sends back what comes, until the peer ends its direction and has everything. Closes the connection in every case. */
export async function echo(conn: AsyncConn, timeout: Duration | undefined): Promise<void> {
  try {
    for (;;) {
      const piece = await conn.read(undefined, { timeout });
      if (piece === null) break;
      await write(conn, piece, timeout);
    }
    await conn.close();
  } catch (error) {
    conn[Symbol.dispose]();
    throw error;
  }
}

async function send(conn: AsyncConn, input: Input, options: PipeOptions, state: { ended: boolean }): Promise<void> {
  const translate = options.crlf ? crlf() : (piece: Buffer) => piece;
  for (;;) {
    const piece = await input.peek();
    if (state.ended) return;
    if (piece === null) {
      await conn.closeWrite();
      return;
    }
    input.drop();
    await write(conn, translate(piece), options.timeout);
  }
}

async function receive(conn: AsyncConn, output: Output, timeout: Duration | undefined): Promise<void> {
  let sent = conn.bytesWritten;
  for (;;) {
    try {
      const piece = await conn.read(undefined, { timeout });
      if (piece === null) return;
      await output.write(piece);
    } catch (error) {
      // It is not silence while we are the one who speaks. A read that timed out has consumed nothing.
      if (!(error instanceof TimeoutError) || conn.bytesWritten === sent) throw error;
      sent = conn.bytesWritten;
    }
  }
}

/** Writes everything; the limit is for the silence of a peer that takes nothing, not for the whole piece. */
async function write(conn: AsyncConn, piece: Uint8Array, timeout: Duration | undefined): Promise<void> {
  for (let rest = piece; ;) {
    try {
      await conn.write(rest, { timeout });
      return;
    } catch (error) {
      if (!(error instanceof TimeoutError) || error.bytesDone === 0) throw error;
      rest = rest.subarray(error.bytesDone);
    }
  }
}

function isBroken(error: unknown): boolean {
  return error instanceof SocketError && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
}
