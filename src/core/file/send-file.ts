// Owns sendfile(2): one call, and what its answer means. The BSD layer's sendFile is one such call.

import { systemError } from '../../error/system.js';
import * as C from '../../native/constants.js';
import { native } from '../../native/load.js';
import type { Attempt } from '../attempt.js';
import { Sending } from '../direction.js';
import type { Handle } from '../handle.js';
import { sendOnce } from '../send.js';
import { isWant, Want } from '../want.js';
import type { SourceFile } from './source-file.js';

/** What one sendfile(2) is asked for at most: a disk and a fast peer must not hold the thread for long. */
export const AT_ONCE = 2 * 1024 * 1024;
/** What is read and sent where sendfile(2) cannot help. */
export const PIECE = 64 * 1024;

/** The file, or this kind of file, is none that sendfile(2) takes. Read and sent it may be, or that says what is wrong. */
export const UNFIT = Want.Pause;

/**
 * Sends a part of the file: how many bytes, 0 at its end, Want.Write, UNFIT, or -errno of the socket.
 *
 * Not asked for more than the file holds: before Linux 6.4 the last segment would then wait for more.
 */
export function sendFileOnce(handle: Handle, source: SourceFile, done: number, length: number): number {
  const { registration } = handle;
  // On a descriptor in blocking mode it would wait, whatever we say.
  if (!source.positional || source.size === 0 || handle.inheritable) return UNFIT;
  if (!registration.writable) return Want.Write;
  const position = source.start + done;
  if (!source.holds(position)) return 0;
  const n = native.sendfile(registration.fd, source.fd, position, Math.min(length, source.size - position));
  if (n >= 0) return n;
  if (n === C.EAGAIN) {
    registration.writable = false;
    return Want.Write;
  }
  return ofTheSocket.has(n) ? n : UNFIT;
}

const ofTheSocket = new Set([C.EPIPE, C.ECONNRESET, C.ECONNABORTED, C.ETIMEDOUT, C.ENOTCONN, C.EHOSTUNREACH]);

/** One sendfile(2); it may be short. A file that it cannot take is read with pread(2) and sent. */
export class SendFile extends Sending implements Attempt<number> {
  readonly #source: SourceFile;
  readonly #length: number;
  /** The file is to blame: nothing was sent. */
  #unsent = false;

  constructor(handle: Handle, source: SourceFile, length: number) {
    super(handle);
    this.#source = source;
    this.#length = length;
  }

  override get breaks(): boolean {
    return super.breaks && !this.#unsent;
  }

  step(): number {
    try {
      const n = this.#send();
      if (!isWant(n)) this.#source.close(n);
      return n;
    } catch (error) {
      this.#source.close(0);
      throw error;
    }
  }

  abandon(): void {
    this.#source.close(0);
  }

  #send(): number {
    if (this.#length === 0) return 0;
    this.#source.begin();
    const n = sendFileOnce(this.handle, this.#source, 0, Math.min(this.#length, AT_ONCE));
    if (n === UNFIT) return this.#sendPiece();
    if (n < 0 && !isWant(n)) throw systemError(n, 'sendfile', 'write');
    return n;
  }

  #sendPiece(): number {
    const piece = Buffer.allocUnsafe(Math.min(this.#length, PIECE));
    const got = this.#read(piece);
    if (got === 0) return 0;
    const n = sendOnce(this.handle, piece, 0, got, 0);
    if (n < 0 && !isWant(n)) throw systemError(n, 'send', 'write');
    return n;
  }

  #read(piece: Buffer): number {
    this.#unsent = true;
    // What a short send leaves behind could not be put back.
    if (!this.#source.positional)
      throw systemError(C.EINVAL, 'sendfile', 'read', null, {
        hint: 'sendfile(2) takes no pipe, terminal or socket; writeFile of a connection does.',
      });
    const got = this.#source.read(piece, piece.length, 0);
    this.#unsent = false;
    return got;
  }
}
