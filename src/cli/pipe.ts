// Owns the two directions between a connection and this process's input and output, and when they end. It must not know
// how the connection came about.

import type { AsyncConn } from '../contract/conn.js';
import type { Duration } from '../contract/mode.js';
import { SocketError, TimeoutError } from '../error/socket-error.js';
import { crlf } from './crlf.js';
import type { Input } from './input.js';
import type { Output } from './output.js';

export interface PipeManner {
  /** The longest silence. */
  readonly timeout: Duration | undefined;
  /** Line ends of the input go out as CR LF. */
  readonly crlf: boolean;
  /**
   * At the end of the input our direction stays open until the peer has been silent for a while. For clients of TLS: RFC 5246
   * §7.2.1 made close_notify the end of both directions, and most servers still answer no more once they have seen it.
   */
  readonly endsLate?: boolean;
}

/**
 * Sends the input, ends our direction at its end, and hands on what comes, until the peer ends. A peer may end its
 * direction and still listen, so input that keeps coming goes out first. Closes the connection in every case.
 */
export async function pipe(conn: AsyncConn, input: Input, output: Output, options: PipeManner): Promise<void> {
  const state: State = { peerEnded: false, over: false, writing: false };
  const failures: unknown[] = [];
  const sending = send(conn, input, options, state).catch((error: unknown) => {
    // A peer that has ended takes nothing any more: that is how it ends, and no failure.
    if (state.over || (state.peerEnded && isBroken(error))) return;
    failures.push(error);
    // One that only takes nothing may still have said something: the other direction finds its end by itself.
    if (!isBroken(error)) conn[Symbol.dispose]();
  });
  try {
    await receive(conn, output, options.timeout);
    state.peerEnded = true;
    if (!input.interactive) await untilSilent(conn, sending, state);
    state.over = true;
    await conn.close({ timeout: options.timeout });
  } catch (error) {
    state.over = true;
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

interface State {
  /** The peer has ended its direction. */
  peerEnded: boolean;
  /** The connection is given up; what is still in the input stays there. */
  over: boolean;
  writing: boolean;
}

async function send(conn: AsyncConn, input: Input, options: PipeManner, state: State): Promise<void> {
  const translate = options.crlf ? crlf() : (piece: Buffer) => piece;
  for (;;) {
    const piece = await input.peek();
    if (state.over) return;
    if (piece === null) {
      // A failure is found by the other direction, which is all that is left.
      if (options.endsLate === true) endWhenSilent(conn, state).catch(() => undefined);
      else await conn.closeWrite();
      return;
    }
    input.drop();
    state.writing = true;
    await write(conn, translate(piece), options.timeout);
    state.writing = false;
  }
}

async function endWhenSilent(conn: AsyncConn, state: State): Promise<void> {
  const passed = (): number => conn.bytesRead + delivered(conn);
  for (let before = -1; !state.over && before !== passed();) {
    before = passed();
    await silence();
  }
  if (!state.over && !state.peerEnded) await conn.closeWrite();
}

/** Waits until everything is sent, or the input has said nothing for half a second. */
async function untilSilent(conn: AsyncConn, sending: Promise<void>, state: State): Promise<void> {
  let sent = -1;
  while (state.writing || conn.bytesWritten !== sent) {
    sent = conn.bytesWritten;
    if (await settlesWithin(sending, patience)) return;
  }
}

async function receive(conn: AsyncConn, output: Output, timeout: Duration | undefined): Promise<void> {
  let sent = delivered(conn);
  for (;;) {
    try {
      const piece = await conn.read(undefined, { timeout });
      if (piece === null) return;
      await output.write(piece);
    } catch (error) {
      // It is not silence while the peer takes what we say. A read that timed out has consumed nothing.
      if (!(error instanceof TimeoutError) || delivered(conn) === sent) throw error;
      sent = delivered(conn);
    }
  }
}

/** What the peer's kernel has acknowledged; a big send buffer takes minutes of a slow line. */
function delivered(conn: AsyncConn): number {
  return conn.bytesWritten - conn.socket.queued().out;
}

/** Writes everything; the limit is for the silence of a peer that takes nothing, not for the whole piece. */
async function write(conn: AsyncConn, piece: Uint8Array, timeout: Duration | undefined): Promise<void> {
  for (let rest = piece; ;) {
    const before = delivered(conn);
    try {
      await conn.write(rest, { timeout });
      return;
    } catch (error) {
      if (!(error instanceof TimeoutError) || (error.bytesDone === 0 && delivered(conn) === before)) throw error;
      rest = rest.subarray(error.bytesDone);
    }
  }
}

function isBroken(error: unknown): boolean {
  return error instanceof SocketError && ['EPIPE', 'ECONNRESET', 'ENOTCONN'].includes(error.code);
}

function settlesWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(false);
    }, ms);
    void promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

function silence(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, longSilence).unref();
  });
}

/** Longer than servers usually think before they answer. */
const longSilence = 2000;

/** As long as socat waits for the other direction when one has ended. */
const patience = 500;
