// Owns what sending and receiving have in common: the encoding of text, the events of packets, and the names of failures. It must not
// know which method asks.

import type { Conn } from '../../sync/index.js';
import { EndOfStreamError, LimitError } from '../../error/socket-error.js';
import { countdown, within } from './argument.js';
import { EVENT_PACKET_READ, EVENT_PACKET_SENT } from './constants.js';
import { QoreException } from './exception.js';
import { readFailure, remoteClosed, writeFailure } from './failure.js';
import type { Link } from './link.js';

type Connection = Conn<'sync'>;

/** More than any read is asked for. */
const ALL = 0x7fffffff;
/** How much a read that takes what is there may gather. */
const MOST = 16 * 1024 * 1024;

/** Runs a write: 0, or -1 and errno(). An event for each part that the system took. */
export function sending(link: Link, method: string, write: (conn: Connection) => void): 0 | -1 {
  const conn = link.connected(method);
  const off = watchSent(link, conn);
  try {
    write(conn);
    return 0;
  } catch (error) {
    const failure = writeFailure(link, method, error);
    if (failure !== null) throw failure;
    return -1;
  } finally {
    off();
  }
}

/** Posts an event for each part that the system takes, and `before` it what else there is to post, until it is called off. */
export function watchSent(link: Link, conn: Connection, before: () => void = nothing): () => void {
  if (link.queue === null) return nothing;
  return conn.on('sent', ({ bytes, total, wanted }) => {
    before();
    link.post({ event: EVENT_PACKET_SENT, sent: bytes, total_sent: total, total_to_send: wanted });
  });
}

/**
 * Runs a read. `length` tells how many bytes of a result were asked for and delivered; events are posted for these: what had come before
 * in one, and one for each part that the system gave meanwhile. `asked` is what the events say was to be read.
 */
export function receiving<T>(
  link: Link,
  method: string,
  ms: number | null,
  read: (conn: Connection) => { value: T; length: number },
  asked?: number,
): T {
  const conn = link.connected(method);
  const parts: number[] = [];
  const off = link.queue === null ? nothing : conn.on('read', ({ bytes }) => parts.push(bytes));
  let length = Infinity;
  try {
    const result = read(conn);
    length = result.length;
    return result.value;
  } catch (error) {
    throw readFailure(link, method, error, ms);
  } finally {
    off();
    if (link.queue !== null) postRead(link, parts, length, asked);
  }
}

/** The bytes of a read: `size` of them, all to the end for a size below 0, what is there for 0. */
export function receiveBytes(conn: Connection, method: string, size: number, ms: number | null): Buffer {
  if (size > 0) return exactly(conn, () => conn.readExact(size, within(ms)));
  if (size < 0) return conn.readAll({ ...within(ms), max: ALL });
  const first = conn.read(undefined, within(ms));
  if (first === null) throw remoteClosed(method);
  const pieces = [first];
  let length = first.length;
  for (let more = true; more && length < MOST;) {
    const piece = conn.waitReadable({ timeout: 0 }) ? conn.read() : null;
    more = piece !== null;
    if (piece !== null) length += pieces.push(piece) && piece.length;
  }
  return pieces.length === 1 ? first : Buffer.concat(pieces, length);
}

/** The same as text. Bytes at the end that are the beginning of a character stay for the next read. */
export function receiveText(
  link: Link,
  conn: Connection,
  size: number,
  ms: number | null,
): { value: string; length: number } {
  conn.encoding = link.charset;
  const left = countdown(ms);
  const bytes = receiveBytes(conn, 'recv', size, ms);
  if (bytes.length === 0) return { value: '', length: 0 };
  conn.unread(bytes);
  const value = size === 0 ? wholeText(conn, bytes.length, left) : sizedText(conn, bytes.length);
  if (size < 0) noneLeft(conn, value);
  return { value, length: bytes.length };
}

/** What is there may be the beginning of a character only, whose end is waited for. */
function wholeText(conn: Connection, length: number, left: () => number | null): string {
  try {
    return sizedText(conn, length);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return conn.readText(undefined, within(left())) ?? '';
  }
}

function sizedText(conn: Connection, length: number): string {
  return conn.readText(length, { timeout: 0 }) ?? '';
}

/** A stream that ends in the middle of a character is no text. */
function noneLeft(conn: Connection, text: string): void {
  if (conn.peek(1, { timeout: 0 }).length === 0) return;
  conn.unread(text);
  throw new QoreException('ENCODING-CONVERSION-ERROR', 'the stream ended in the middle of a character');
}

/** Runs a read of a number of bytes. When the stream ends before, what had come can still be read. */
export function exactly<T>(conn: Connection, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof EndOfStreamError && error.partial !== undefined) conn.unread(error.partial);
    throw error;
  }
}

function postRead(link: Link, parts: number[], length: number, asked: number | undefined): void {
  const known = Number.isFinite(length);
  const received = parts.reduce((sum, part) => sum + part, 0);
  if (known && length > received) parts.unshift(length - received);
  let total = 0;
  for (const part of parts) {
    // What came with it belongs to the next read.
    const read = known ? Math.min(part, length - total) : part;
    if (read <= 0) return;
    total += read;
    link.post({
      event: EVENT_PACKET_READ,
      read,
      total_read: total,
      ...(asked === undefined ? {} : { total_to_read: asked }),
    });
  }
}

const nothing = (): void => undefined;
