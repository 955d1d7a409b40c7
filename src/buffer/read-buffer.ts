// Owns bytes that have arrived and were not yet asked for: one window of contiguous memory, so that parsers see plain
// buffers. It must not know where bytes come from.
//
// Memory that was handed out is never written again: bytes are only added behind the window, and when there is no room
// the rest moves to new memory. An empty buffer holds no memory, because most connections are idle.

import { isAscii } from 'node:buffer';

const SMALLEST = 4096;
const CR = 0x0d;
/** Pieces up to this size are copied out, so that a short line does not keep the memory of a long transfer alive. */
const COPY = 1024;

/** How much is turned into text at once for the lines in it. A line that is kept may keep so much alive. */
const TEXT = 4096;

const NONE: readonly string[] = [];
const NOTHING: Buffer = Buffer.alloc(0);

/** The least room that is worth a receive. */
export const LITTLE = 1024;

export class ReadBuffer {
  /** How much room the next receive behind other bytes gets. */
  appetite = LITTLE;
  #memory: Buffer = NOTHING;
  #start = 0;
  #end = 0;
  /** False while the memory belongs to somebody else, who may use what lies behind our window. */
  #owned = false;

  /** Lines that stand in the memory from #linesAt on; those before #line are taken. Bytes that were received never change. */
  #lines: readonly string[] = NONE;
  #line = 0;
  #linesAt = 0;
  /** Up to here it is known that the bytes are not all ASCII. */
  #notText = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  /** What is there, without a copy. Valid until the next change. */
  view(length = this.length): Buffer {
    return this.#memory.subarray(this.#start, this.#start + length);
  }

  /** Takes `n` bytes out; there must be so many. */
  take(n: number): Buffer {
    const piece = this.#memory.subarray(this.#start, this.#start + n);
    this.skip(n);
    return n <= COPY ? Buffer.from(piece) : piece;
  }

  /** Takes up to `length` bytes out into `target`; returns how many. */
  takeInto(target: Uint8Array): number {
    const n = Math.min(target.length, this.length);
    this.#memory.copy(target, 0, this.#start, this.#start + n);
    this.skip(n);
    return n;
  }

  /** Takes a number out, or returns undefined if not all of its bytes are there. */
  takeNumber(form: {
    readonly size: number;
    read(bytes: Buffer, at: number): number | bigint;
  }): number | bigint | undefined {
    const start = this.#start;
    const end = start + form.size;
    // Not `>`: what is no form has no size, and NaN is not within.
    if (!(end <= this.#end)) return undefined;
    const value = form.read(this.#memory, start);
    if (end === this.#end) this.#release();
    else this.#start = end;
    return value;
  }

  /**
   * FAST PATH (bench: lines): takes a line out that is ASCII and whole, without its LF or CRLF; null says nothing but that it
   * must be looked for in the other way. To turn some lines into text at once costs less than each by itself.
   */
  takeAsciiLine(): string | null {
    if ((this.#line === this.#lines.length || this.#start !== this.#linesAt) && !this.#split()) return null;
    const line = this.#lines[this.#line++]!;
    const next = this.#start + line.length + 1;
    this.#linesAt = next;
    if (next === this.#end) this.#release();
    else this.#start = next;
    return line.charCodeAt(line.length - 1) === CR ? line.slice(0, -1) : line;
  }

  /** Turns the lines that come next into text. False if they are not ASCII, or if there is no end of a line. */
  #split(): boolean {
    const start = this.#start;
    if (start < this.#notText) return false;
    const end = Math.min(this.#end, start + TEXT);
    if (!isAscii(this.#memory.subarray(start, end))) {
      this.#notText = end;
      return false;
    }
    const text = this.#memory.toString('latin1', start, end);
    const last = text.lastIndexOf('\n');
    if (last < 0) return false;
    this.#lines = text.slice(0, last).split('\n');
    this.#line = 0;
    return true;
  }

  #forget(): void {
    this.#lines = NONE;
    this.#line = 0;
    this.#notText = 0;
  }

  skip(n: number): void {
    this.#start += n;
    if (this.#start === this.#end) this.#release();
  }

  /** Adds a piece that somebody else made. An empty buffer takes it as it is, without a copy. */
  append(piece: Buffer): void {
    if (this.length === 0) {
      this.#hold(piece);
      return;
    }
    this.room(piece.length);
    piece.copy(this.#memory, this.#end);
    this.#end += piece.length;
  }

  /** Puts bytes in front. */
  prepend(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#hold(this.length === 0 ? piece : Buffer.concat([piece, this.view()]));
  }

  /** Makes room for at least `n` more bytes, and returns all the room there is. `commit` says how much was filled. */
  room(n: number): Buffer {
    if (!this.#owned || this.#memory.length - this.#end < n) this.#move(n);
    return this.#memory.subarray(this.#end);
  }

  commit(n: number): void {
    this.#end += n;
  }

  #hold(piece: Buffer): void {
    this.#forget();
    this.#memory = piece;
    this.#start = 0;
    this.#end = piece.length;
    this.#owned = false;
  }

  #move(n: number): void {
    const kept = this.length;
    let capacity = SMALLEST;
    while (capacity < kept + n || capacity < kept * 2) capacity *= 2;
    const memory = Buffer.allocUnsafeSlow(capacity);
    this.#memory.copy(memory, 0, this.#start, this.#end);
    this.#forget();
    this.#memory = memory;
    this.#start = 0;
    this.#end = kept;
    this.#owned = true;
  }

  #release(): void {
    this.#forget();
    this.#memory = NOTHING;
    this.#start = 0;
    this.#end = 0;
    this.#owned = false;
  }
}
