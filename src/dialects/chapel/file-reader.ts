// Owns fileReader: what Chapel's IO reads from a connection. It must not know how bytes arrive.

import { type Codec, type Conn, EndOfStreamError, LimitError } from '../../sync/index.js';
import { customInspect, show, type Shown } from '../../error/shown.js';
import { bool, shown, whole } from './arguments.js';
import { type Context, EAGAIN, EEOF, EFORMAT, EILSEQ, IllegalArgumentError, inChapel, systemError } from './errors.js';
import { isType, valueIn, type Values } from './values.js';

/** Reads from a connection, from `tcpConn.reader()`. All readers of a connection share one buffer, so nothing is lost between them. */
export class fileReader {
  readonly #conn: Conn<'sync'>;

  /** @internal */
  constructor(conn: Conn<'sync'>) {
    this.#conn = conn;
  }

  [customInspect](...how: Shown): string {
    return show('fileReader', { conn: this.#conn }, how);
  }

  /**
   * Reads a line, with its LF unless `stripNewline`, as a string or as bytes. What stands before the end without LF is a line, too. `maxSize` is
   * the longest line in bytes, -1 for any.
   *
   * @throws EofError at the end; BadFormatError for a longer line, of which nothing is consumed; SystemError EILSEQ for bytes that are no UTF-8,
   * likewise; BlockingIoError when SO_RCVTIMEO is set and spent; ConnectionResetError and others
   */
  readLine(type?: 'string', maxSize?: number, stripNewline?: boolean): string;
  readLine(type: 'bytes', maxSize?: number, stripNewline?: boolean): Buffer;
  readLine(type: 'string' | 'bytes' = 'string', maxSize = -1, stripNewline = false): string | Buffer {
    checkType(type);
    whole('maxSize', maxSize, -1, MOST);
    bool('stripNewline', stripNewline);
    const line = this.#upTo((conn) => conn.readUntil('\n', { max: maxSize < 0 ? MOST : Math.max(maxSize, 1) }));
    const ends = stripNewline && line.at(-1) === LF;
    return this.#as(type, line, ends ? line.subarray(0, -1) : line);
  }

  /**
   * Reads the text of a value, after any blanks, and nothing behind it: `'int'`, `'uint'` and `'real'` as numbers, `'bigint'` as an integer of any
   * size, `'bool'`, or a word as `'string'` or `'bytes'`.
   *
   * @throws BadFormatError for what is no such value, and SystemError ERANGE for an integer beyond 2^53: nothing is consumed; EofError at the end
   * @example const answer = conn.reader().read('int');
   */
  read<T extends keyof Values>(type: T): Values[T];
  /** Reads `size` bytes, fewer only before the end; without a size what has arrived, at least a byte. @throws EofError at the end */
  read(size?: number): Buffer;
  read(size?: number | keyof Values): unknown {
    if (typeof size === 'string') return this.#value(size);
    if (size === undefined) {
      const piece = inChapel(READING, () => this.#conn.read());
      if (piece === null) throw end();
      return piece;
    }
    whole('size', size, 0, MOST);
    return this.#upTo((conn) => conn.readExact(size));
  }

  /** Reads to the end, as bytes unless told. At the end it is empty. */
  readAll(type?: 'bytes'): Buffer;
  readAll(type: 'string'): string;
  readAll(type: 'string' | 'bytes' = 'bytes'): string | Buffer {
    checkType(type);
    const all = inChapel(READING, () => this.#conn.readAll({ max: MOST }));
    return this.#as(type, all, all);
  }

  #value<T extends keyof Values>(type: T): Values[T] {
    if (!isType(type)) throw new IllegalArgumentError(`type must be 'int', 'real' …: ${shown(type)}`);
    return inChapel(READING, () => {
      try {
        const value = this.#conn.framed(codecOf(type)).read();
        if (value === null) throw end();
        return value;
      } catch (error) {
        if (error instanceof LimitError)
          throw systemError(EFORMAT, `read failed: the ${type} is too long`, { cause: error });
        if (!(error instanceof EndOfStreamError) || error.partial === undefined) throw error;
        return this.#lastValue(type, error.partial, error);
      }
    });
  }

  /** The stream has ended, so what reached to its end is complete. */
  #lastValue<T extends keyof Values>(type: T, rest: Buffer, cause: unknown): Values[T] {
    let used = 0;
    try {
      const found = valueIn(type, rest, true);
      used = found?.used ?? rest.length;
      if (found === null) throw end(cause);
      return found.value;
    } finally {
      if (used < rest.length) this.#conn.unread(rest.subarray(used));
    }
  }

  /** What a read that wants more got before the end; nothing is the end. */
  #upTo(read: (conn: Conn<'sync'>) => Buffer): Buffer {
    return inChapel(READING, () => {
      try {
        return read(this.#conn);
      } catch (error) {
        if (error instanceof LimitError) throw systemError(EFORMAT, 'line longer than maxSize', { cause: error });
        if (!(error instanceof EndOfStreamError)) throw error;
        if (error.partial === undefined || error.partial.length === 0) throw end(error);
        return error.partial;
      }
    });
  }

  #as(type: 'string' | 'bytes', taken: Buffer, wanted: Buffer): string | Buffer {
    if (type === 'bytes') return wanted;
    try {
      return utf8.decode(wanted);
    } catch (cause) {
      this.#conn.unread(taken);
      throw systemError(EILSEQ, 'read failed', { cause });
    }
  }
}

function codecOf<T extends keyof Values>(type: T): Codec<Values[T], never> {
  return { encode: () => [], decode: (buffer) => valueIn(type, buffer, false), maxFrame: LONGEST_VALUE };
}

function checkType(type: unknown): void {
  if (type !== 'string' && type !== 'bytes')
    throw new IllegalArgumentError(`type must be 'string' or 'bytes': ${shown(type)}`);
}

function end(cause?: unknown): Error {
  return systemError(EEOF, 'in fileReader', { cause });
}

const READING: Context = { failed: 'read failed', late: EAGAIN };
const LF = 10;
const LONGEST_VALUE = 64 * 1024;
const MOST = 0x7fffffff;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
