// Owns bytes that have arrived and were not yet asked for: one window of contiguous memory, so that parsers see plain
// buffers. It must not know where bytes come from.
//
// Memory that was handed out is never written again: bytes are only added behind the window, and when there is no room
// the rest moves to new memory. An empty buffer holds no memory, because most connections are idle.

const SMALLEST = 4096;
/** Pieces up to this size are copied out, so that a short line does not keep the memory of a long transfer alive. */
const COPY = 1024;

const NOTHING: Buffer = Buffer.alloc(0);

export class ReadBuffer {
  #memory: Buffer = NOTHING;
  #start = 0;
  #end = 0;
  /** False while the memory belongs to somebody else, who may use what lies behind our window. */
  #owned = false;

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
    this.#memory = memory;
    this.#start = 0;
    this.#end = kept;
    this.#owned = true;
  }

  #release(): void {
    this.#memory = NOTHING;
    this.#start = 0;
    this.#end = 0;
    this.#owned = false;
  }
}
