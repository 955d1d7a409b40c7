// Owns fileWriter: what Chapel's IO writes to a connection. It must not know how bytes leave.

import { customInspect, show, type Shown } from '../../error/shown.js';
import type { Conn } from '../../sync/index.js';
import { shown } from './arguments.js';
import { type Context, EAGAIN, IllegalArgumentError, inChapel } from './errors.js';
import { ipAddr } from './ip-addr.js';
import { SocketRecord } from './record.js';

/** What can be written: bytes as they are, strings as UTF-8, numbers and booleans as text, records in their printed form. */
export type Printable = string | Uint8Array | number | bigint | boolean | ipAddr | SocketRecord;

/** Writes to a connection, from `tcpConn.writer()`. What is written is with the kernel when the call returns: nothing waits for `flush`. */
export class fileWriter {
  readonly #conn: Conn<'sync'>;

  /** @internal */
  constructor(conn: Conn<'sync'>) {
    this.#conn = conn;
  }

  [customInspect](...how: Shown): string {
    return show('fileWriter', { conn: this.#conn }, how);
  }

  /**
   * Writes its arguments, one behind the other.
   *
   * @throws BrokenPipeError, ConnectionResetError; BlockingIoError when SO_SNDTIMEO is set and spent; SystemError EBADF once closed, EILSEQ
   * for half of a surrogate pair
   */
  write(...args: Printable[]): void {
    const pieces = args.map(printed);
    inChapel(WRITING, () => this.#conn.write(pieces));
  }

  /** Writes its arguments and LF. */
  writeLine(...args: Printable[]): void {
    this.write(...args, '\n');
  }

  /** `writeLine`, as Chapel has it. */
  writeln(...args: Printable[]): void {
    this.writeLine(...args);
  }

  /** Does nothing: everything was sent. @throws SystemError EBADF once closed */
  flush(): void {
    inChapel(WRITING, () => this.#conn.write([]));
  }
}

function printed(value: Printable): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof ipAddr || value instanceof SocketRecord) return value.toString();
  throw new IllegalArgumentError(`cannot write ${shown(value)}: only strings, bytes, numbers, booleans and records`);
}

const WRITING: Context = { failed: 'write failed', late: EAGAIN };
