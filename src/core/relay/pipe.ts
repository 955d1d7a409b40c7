// Owns a pipe(7) of the kernel's, as the place where bytes stay between two splice(2) calls. It must not know who they are
// from and where they go.

import { EAGAIN } from '../../native/constants.js';
import { native } from '../../native/load.js';

/** What the pipe has room for, where the kernel allows it: pipe(7), /proc/sys/fs/pipe-max-size. */
const SIZE = 256 * 1024;

export class Pipe {
  readonly #out: number;
  readonly #in: number;
  readonly #size: number;
  /** Bytes in it. */
  held = 0;

  private constructor(out: number, into: number) {
    this.#out = out;
    this.#in = into;
    const size = native.setPipeSize(into, SIZE);
    this.#size = size > 0 ? size : 64 * 1024;
  }

  /** Null when there are no descriptors left, or no memory. */
  static open(): Pipe | null {
    const ends = new Int32Array(2);
    return native.pipe(ends) < 0 ? null : new Pipe(ends[0]!, ends[1]!);
  }

  /** splice(2) from a socket into the empty pipe: how many bytes, 0 at the end, or -errno. */
  fill(fd: number): number {
    const n = native.splice(fd, this.#in, this.#size);
    if (n > 0) this.held += n;
    return n;
  }

  /** splice(2) to a socket: how many bytes, or -errno. */
  drain(fd: number): number {
    const n = native.splice(this.#out, fd, this.held);
    if (n > 0) this.held -= n;
    return n;
  }

  /** Takes everything out. */
  empty(): Buffer {
    const bytes = Buffer.allocUnsafeSlow(this.held);
    let got = 0;
    while (got < bytes.length) {
      const n = native.read(this.#out, bytes, got, bytes.length - got, -1);
      if (n === EAGAIN || n <= 0) break;
      got += n;
    }
    this.held = 0;
    return bytes.subarray(0, got);
  }

  close(): void {
    native.close(this.#out);
    native.close(this.#in);
  }
}
